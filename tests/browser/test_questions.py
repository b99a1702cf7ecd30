"""The questions at the end of a chapter: folded, opened by key, whole on paper and unscripted."""

from collections.abc import Callable

import pytest
from driving import quiet_frame
from playwright.sync_api import Page, expect

OpenPage = Callable[..., Page]

CHAPTERS = [
    "opening",
    "01_network_assumptions",
    "02_gradient_descent",
    "03_backpropagation",
    "04_the_mathematics",
]
chapters = pytest.mark.parametrize("chapter", CHAPTERS)
READABLE = """(answers) => answers.map(
    (answer) => answer.lastElementChild.checkVisibility({ contentVisibilityAuto: true })
)"""


@chapters
@pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no scripts"])
def test_an_answer_opens_by_key(open_page: OpenPage, chapter: str, javascript: bool) -> None:
    page = open_page(f"chapters/{chapter}.html", javascript=javascript)
    answer = page.locator("details.choice").first
    reason = answer.locator(":scope > p").first
    expect(reason).to_be_hidden()
    answer.locator("summary").press("Enter")
    expect(reason).to_be_visible()
    answer.locator("summary").press("Space")
    expect(reason).to_be_hidden()


@chapters
def test_an_answer_is_large_enough_for_a_thumb(open_page: OpenPage, chapter: str) -> None:
    page = open_page(f"chapters/{chapter}.html", width=390, touch=True)
    heights = "(all) => all.map((each) => each.getBoundingClientRect().height)"
    assert min(page.locator("details.choice > summary").evaluate_all(heights)) >= 44


@chapters
def test_on_paper_every_reason_is_there(open_page: OpenPage, chapter: str) -> None:
    page = open_page(f"chapters/{chapter}.html")
    answers = page.locator("details.choice")
    assert not any(answers.evaluate_all(READABLE))
    page.emulate_media(media="print")
    quiet_frame(page)  # until it is drawn, what was folded on the screen counts as folded
    assert answers.count() >= 15 and all(answers.evaluate_all(READABLE))
