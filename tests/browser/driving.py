"""What a hand and an eye do with a figure, for the tests in this folder."""

from playwright.sync_api import Locator, Page


def quiet_frame(page: Page) -> None:
    """Wait until what was asked for has been drawn."""
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


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
