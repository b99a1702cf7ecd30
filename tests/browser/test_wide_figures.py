"""On a phone a wide drawing keeps its size: its box scrolls, by key too, and the caption stays."""

from collections.abc import Callable

from driving import quiet_frame, wait_until
from playwright.sync_api import Page, expect

OpenPage = Callable[..., Page]
PAGE = "chapters/01_network_assumptions.html"


def test_a_wide_figure_scrolls_by_key_below_its_caption(open_page: OpenPage) -> None:
    page = open_page(PAGE, width=390, reduced_motion=True)
    figure = page.locator("figure.wide").first
    figure.scroll_into_view_if_needed()
    expect(figure).to_have_attribute("tabindex", "0")
    assert figure.locator("> img").evaluate("(img) => img.clientWidth") >= 450
    caption = figure.locator("> figcaption")
    before = caption.bounding_box()
    figure.focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
        quiet_frame(page)
    wait_until(figure, "element.scrollLeft > 40")
    after = caption.bounding_box()
    assert before and after and abs(before["x"] - after["x"]) < 1
    assert after["x"] >= 0 and after["x"] + after["width"] <= 390


def test_where_it_fits_it_is_no_stop(open_page: OpenPage) -> None:
    page = open_page(PAGE, width=1280)
    figure = page.locator("figure.wide").first
    figure.scroll_into_view_if_needed()
    quiet_frame(page)
    assert figure.get_attribute("tabindex") is None
