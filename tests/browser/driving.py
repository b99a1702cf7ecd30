"""What a hand and an eye do with a figure, for the tests in this folder."""

from playwright.sync_api import Locator, Page


def quiet_frame(page: Page) -> None:
    """Wait until what was asked for has been drawn."""
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def wait_until(locator: Locator, condition: str) -> None:
    """Wait, frame by frame, until a condition in JavaScript holds for this element.

    Playwright's own waiting evaluates text in the page, which the pages' policy forbids.
    """
    locator.evaluate(f"""(element) => new Promise((done, fail) => {{
        let frames = 1200;
        const look = () => {{
            if ({condition}) done();
            else if (frames--) requestAnimationFrame(look);
            else fail(new Error("never came true"));
        }};
        look();
    }})""")


def follow_link(page: Page, preset: str) -> None:
    """Go where a chapter's link to a preset leads, and wait until the figure shows it."""
    page.evaluate(
        """(preset) => new Promise((done) => {
            addEventListener("hashchange", done, { once: true });
            location.hash = preset;
        })""",
        preset,
    )
    quiet_frame(page)


def come_to(locator: Locator) -> None:
    """Scroll to something, and wait until what is laid out only now around it moves it no more."""
    before, still = None, 0
    while still < 3:
        locator.scroll_into_view_if_needed()
        quiet_frame(locator.page)
        now = locator.bounding_box()
        still = still + 1 if now == before else 0
        before = now


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
