"""What a hand and an eye do with a figure, for the tests in this folder."""

from playwright.sync_api import Locator, Page


def quiet_frame(page: Page) -> None:
    """Wait until what was asked for has been drawn."""
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def middle_of(locator: Locator) -> tuple[float, float]:
    """Where to put the pointer, in the window."""
    box = locator.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag(page: Page, locator: Locator, dx: float, dy: float, steps: int = 6) -> None:
    """Drag something by so many pixels, as a hand does: in several moves."""
    x, y = middle_of(locator)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + dx, y + dy, steps=steps)
    page.mouse.up()
    quiet_frame(page)


def number_in(locator: Locator) -> float:
    """The number that an element shows, with the book's minus sign."""
    text = locator.input_value() if locator.evaluate("e => 'value' in e") else locator.inner_text()
    return float(text.strip().replace("−", "-"))


def work_of_update(page: Page, act: str, moves: int = 80) -> float:
    """Milliseconds of work that one input makes: its listeners, the drawing, style and layout.

    act is JavaScript that makes one input, given i: "i => …".  The waiting for the next frame is
    left out, and so is what another program took of the processor: the lower quartile counts.
    """
    work: float = page.evaluate(
        """async ([act, moves]) => {
            const once = eval(act), times = [], ask = window.requestAnimationFrame;
            for (let i = 0; i < moves; i++) {
                await new Promise((done) => ask(done));
                const asked = [];
                window.requestAnimationFrame = (draw) => asked.push(draw);
                const from = performance.now();
                once(i);
                window.requestAnimationFrame = ask;
                for (const draw of asked) draw(from);
                // Reading a size makes the browser finish style and layout now.
                document.body.getBoundingClientRect();
                times.push(performance.now() - from);
            }
            return times.sort((a, b) => a - b)[Math.floor(moves / 4)];
        }""",
        [act, moves],
    )
    return work
