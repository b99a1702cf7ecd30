"""Nudging the 3-1 network: predicted against true change, in a real browser."""

import re
from collections.abc import Callable

import pytest
from driving import drag, follow_link, number_in, quiet_frame
from playwright.sync_api import Locator, Page, expect

from backprop.live import Nudge

OpenFigure = Callable[..., tuple[Page, Locator]]


def assert_true(figure: Locator) -> list[float]:
    """Predicted and true change are those that Python computes from the nudges on the page."""
    nudges = [number_in(figure.get_by_role("textbox", name=f"nudge of w{k}")) for k in range(3)]
    nudge = Nudge(nudges=nudges)
    for name in ("predicted", "true"):
        shown = number_in(figure.locator(f"[data-result={name}]"))
        assert shown == pytest.approx(getattr(nudge, name), abs=6e-4)
    return nudges


@pytest.mark.parametrize("from_file", [False, True], ids=["served", "file"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_wakes(open_figure: OpenFigure, width: int, scheme: str, from_file: bool) -> None:
    page, figure = open_figure("nudge", width=width, scheme=scheme, from_file=from_file)
    assert float(figure.locator(".nt-figure").get_attribute("data-maxdiff") or "nan") < 1e-10
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert assert_true(figure) == [0, 0.2, 0]


def test_drag_and_keys_on_the_curve(open_figure: OpenFigure) -> None:
    page, figure = open_figure("nudge")
    knob = figure.get_by_role("slider", name="nudge of the chosen weight")
    drag(page, knob, -60, 0)
    dragged = assert_true(figure)[1]
    assert dragged < 0
    knob.focus()
    page.keyboard.press("ArrowRight")
    quiet_frame(page)
    assert assert_true(figure)[1] == pytest.approx(dragged + 0.01)


def test_choosing_another_weight(open_figure: OpenFigure) -> None:
    page, figure = open_figure("nudge")
    figure.get_by_role("radio", name="w₀").check(force=True)
    figure.get_by_role("slider", name="nudge of the chosen weight").press("Home")
    quiet_frame(page)
    assert assert_true(figure) == [-1, 0.2, 0]


def test_goal_checks_itself(open_figure: OpenFigure) -> None:
    page, figure = open_figure("nudge")
    goal = figure.locator(".nt-goal")
    expect(goal).not_to_have_class(re.compile("is-done"))
    page.evaluate("location.hash = '#nudge.nudges=0_-0.5_0'")
    expect(goal).to_have_class(re.compile("is-done"))
    page.evaluate("location.hash = '#nudge.nudges=-0.2_-0.5_0'")
    expect(goal).not_to_have_class(re.compile("is-done"))
    figure.get_by_role("button", name="No nudges").click()
    quiet_frame(page)
    assert assert_true(figure) == [0, 0, 0]


def test_guess_first_then_look(open_figure: OpenFigure) -> None:
    page, figure = open_figure("nudge")
    curve, knob = figure.locator(".nt-curve"), figure.get_by_role("slider", name="of the chosen")
    hide = figure.get_by_role("checkbox", name="Guess first")
    follow_link(page, "#nudge.guess=yes&nudge.nudges=0_0_0")
    expect(hide).to_be_checked()
    expect(curve.first).to_be_hidden()
    expect(curve.last).to_be_hidden()
    expect(knob).to_be_visible()
    knob.press("Home")
    quiet_frame(page)
    assert assert_true(figure) == [0, -1, 0]
    hide.press("Space")
    expect(curve.first).to_be_visible()
    expect(curve.last).to_be_visible()


def test_is_announced(open_figure: OpenFigure) -> None:
    _, figure = open_figure("nudge")
    figure.get_by_role("slider", name="nudge of w1").press("ArrowRight")
    said = figure.locator("output[aria-live=polite]")
    expect(said).to_contain_text("Predicted change of the cost 0.819, true change 0.987")
