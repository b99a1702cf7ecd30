"""The 3-2 network: edge, entry and term pick the same weight, in a real browser."""

import re
from collections.abc import Callable

import pytest
from driving import number_in, quiet_frame
from playwright.sync_api import Locator, Page, expect

from backprop.live import Indices

OpenFigure = Callable[..., tuple[Page, Locator]]


def assert_true(figure: Locator, j: int, k: int, **changed: list[float]) -> None:
    """One edge, one entry and one term are picked, and both derivatives are Python's."""
    indices = Indices(**changed)
    for kind in (".nt-edge-group", ".nt-cell", ".nt-term"):
        picked = figure.locator(f"{kind}[aria-pressed=true]")
        expect(picked).to_have_count(1)
        name = picked.get_attribute("aria-label") or ""
        assert re.search(rf"(w {j + 1}{k + 1}\b|to {j + 1} from {k + 1}\b)", name)
    shown = [number_in(figure.locator(f"[data-result={name}]")) for name in ("dC_dW", "dC_da")]
    assert shown == pytest.approx([indices.dC_dW[j][k], indices.dC_da[k]], abs=6e-5)


@pytest.mark.parametrize("from_file", [False, True], ids=["served", "file"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_wakes(open_figure: OpenFigure, width: int, scheme: str, from_file: bool) -> None:
    page, figure = open_figure("indices", width=width, scheme=scheme, from_file=from_file)
    assert float(figure.locator(".nt-figure").get_attribute("data-maxdiff") or "nan") < 1e-10
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert_true(figure, 1, 0)


def test_an_entry_a_term_and_an_edge_pick_the_same(open_figure: OpenFigure) -> None:
    page, figure = open_figure("indices")
    figure.locator(".nt-cell").nth(2).click()
    quiet_frame(page)
    assert_true(figure, 0, 2)
    figure.locator(".nt-term").nth(4).hover()
    quiet_frame(page)
    assert_true(figure, 1, 1)
    figure.get_by_role("button", name="weight to 1 from 1").focus()
    quiet_frame(page)
    assert_true(figure, 0, 0)
    page.keyboard.press("ArrowDown")
    quiet_frame(page)
    assert_true(figure, 0, 1)


def test_activations_change_the_numbers(open_figure: OpenFigure) -> None:
    page, figure = open_figure("indices")
    field = figure.get_by_role("textbox", name="activation 1")
    field.fill("0.25")
    field.press("Enter")
    quiet_frame(page)
    assert_true(figure, 1, 0, a=[0.25, 0.4, 0.1])


def test_goal_can_be_reached(open_figure: OpenFigure) -> None:
    page, figure = open_figure("indices")
    goal = figure.locator(".nt-goal")
    expect(goal).not_to_have_class(re.compile("is-done"))
    weight = figure.get_by_role("slider", name="the picked weight")
    before = abs(number_in(figure.locator("[data-result=dC_da]")))
    weight.press("ArrowLeft")
    quiet_frame(page)
    assert abs(number_in(figure.locator("[data-result=dC_da]"))) < before
    low, high = -2.0, 2.0
    field = figure.get_by_role("textbox", name="the picked weight")
    for _ in range(20):
        middle = (low + high) / 2
        field.fill(str(middle))
        field.press("Enter")
        quiet_frame(page)
        if number_in(figure.locator("[data-result=dC_da]")) > 0:
            high = middle
        else:
            low = middle
    expect(goal).to_have_class(re.compile("is-done"))
