"""What the outputs wish for: one, summed, averaged; in a real browser."""

import re
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from driving import number_in, quiet_frame
from playwright.sync_api import Locator, Page, expect

from backprop.live import Wishes

OpenFigure = Callable[..., tuple[Page, Locator]]
CLASSES = (1, 3, 7, 8)


def result(figure: Locator, name: str) -> float:
    return number_in(figure.locator(f"[data-result={name}]"))


def assert_one(figure: Locator, **settings: int) -> None:
    """δ and the three wishes are Python's, and so is every bar's number."""
    wishes = Wishes(**settings)
    j, k = CLASSES.index(wishes.output), wishes.hidden
    delta = wishes.delta[j]
    below = wishes._trace.a[1][:, 0]
    assert result(figure, "delta") == pytest.approx(delta, abs=6e-4)
    assert result(figure, "wish-b") == pytest.approx(-delta, abs=6e-4)
    assert result(figure, "wish-w") == pytest.approx(-delta * below[k], abs=6e-4)
    assert result(figure, "wish-a") == pytest.approx(wishes.wishes[j, k], abs=6e-4)
    texts = figure.locator(".nt-bar-row .nt-wish-text").all_text_contents()
    shown = [float(text.replace("−", "-")) for text in texts]
    expected = [-delta]
    for each, activation in zip(below, wishes.wishes[j], strict=True):
        expected += [-delta * each, activation]
    assert shown == pytest.approx(expected, abs=6e-3)


def assert_sum(figure: Locator, outputs: list[int], hidden: int, shown: int = 10) -> None:
    """The sums, in the equation and beside the neurons, are Python's."""
    wishes = Wishes(outputs=outputs, hidden=hidden, shown=shown)
    assert result(figure, "total") == pytest.approx(wishes.total[hidden], abs=6e-4)
    texts = figure.locator(".nt-halo-text.nt-wish-text").all_text_contents()
    beside = [float(text.replace("−", "-")) for text in texts]
    assert beside == pytest.approx(wishes.total, abs=6e-3)
    terms = figure.locator(".nt-lines:visible .nt-term:visible .nt-number").all_inner_texts()
    parts = [wishes.wishes[CLASSES.index(digit), hidden] for digit in outputs]
    assert [float(text.replace("−", "-")) for text in terms] == pytest.approx(parts, abs=6e-4)


def assert_mean(figure: Locator, batch: list[int], output: int = 8, hidden: int = 2) -> None:
    wishes = Wishes(batch=batch)
    expected = -wishes.mean_gradient[1].W[CLASSES.index(output), hidden]
    assert result(figure, "mean") == pytest.approx(expected, abs=6e-4)
    assert figure.locator(".nt-lines:visible .nt-term:visible").count() == len(batch)


@pytest.mark.parametrize("from_file", [False, True], ids=["served", "file"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_wakes(open_figure: OpenFigure, width: int, scheme: str, from_file: bool) -> None:
    page, figure = open_figure("wishes", width=width, scheme=scheme, from_file=from_file)
    assert float(figure.locator(".nt-figure").get_attribute("data-maxdiff") or "nan") < 1e-10
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert_one(figure)


def test_still_picture_without_javascript(open_figure: OpenFigure) -> None:
    _, figure = open_figure("wishes", javascript=False)
    picture = figure.get_by_role("img")
    expect(picture).to_be_visible()
    assert "wishes" in (picture.get_attribute("aria-label") or "")


def test_a_weight_has_the_colour_of_its_sign(open_figure: OpenFigure) -> None:
    page, figure = open_figure("wishes")
    weights = Wishes().network.layers[1].W[CLASSES.index(Wishes().output)]
    signs = np.sign(weights)
    assert {(-1, 1), (1, -1)} <= set(pairwise(signs)), "it turns both ways"
    for k, weight in enumerate(weights):
        figure.get_by_role("button", name=re.compile(f"hidden neuron {k}")).hover()
        quiet_frame(page)
        number = figure.locator(".nt-lines:visible .nt-number:is([data-role$=tive])")
        expect(number).to_have_attribute("data-role", "negative" if weight < 0 else "positive")


def test_another_digit_another_output_another_neuron(open_figure: OpenFigure) -> None:
    page, figure = open_figure("wishes")
    figure.get_by_role("button", name="a 3, image 5").click()
    figure.get_by_role("radio", name="3", exact=True).check(force=True)
    figure.get_by_role("button", name=re.compile("hidden neuron 5")).hover()
    quiet_frame(page)
    assert_one(figure, shown=4, output=3, hidden=5)
    figure.get_by_role("button", name=re.compile("output for 7")).click()
    quiet_frame(page)
    assert_one(figure, shown=4, output=7, hidden=5)


def test_outputs_switched_on_one_by_one(open_figure: OpenFigure) -> None:
    page, figure = open_figure("wishes")
    figure.get_by_role("radio", name="the sum").check(force=True)
    on = [8]
    quiet_frame(page)
    assert_sum(figure, on, 2)
    for digit in (1, 7, 3):
        figure.get_by_role("checkbox", name=f"“{digit}”").click()
        on = sorted([*on, digit])
        quiet_frame(page)
        assert_sum(figure, on, 2)
    figure.get_by_role("button", name=re.compile("output for 8")).click()
    quiet_frame(page)
    assert_sum(figure, [1, 3, 7], 2)


def test_all_switched_off(open_figure: OpenFigure) -> None:
    _, figure = open_figure("wishes", address="#wishes.view=sum&wishes.outputs=none")
    assert_sum(figure, [], 2)
    expect(figure).to_contain_text("nobody is switched on")


def test_several_digits_are_averaged(open_figure: OpenFigure) -> None:
    page, figure = open_figure("wishes")
    figure.get_by_role("radio", name="the mean").check(force=True)
    quiet_frame(page)
    assert_mean(figure, [10])
    figure.get_by_role("button", name="a 3, image 2").click()
    quiet_frame(page)
    assert_mean(figure, [1, 10])
    figure.get_by_role("button", name="The first ten").click()
    quiet_frame(page)
    assert_mean(figure, list(range(10)))
    figure.get_by_role("button", name="a 1, image 1", exact=True).click()
    quiet_frame(page)
    assert_mean(figure, list(range(1, 10)))
    figure.get_by_role("button", name="Only the one shown").click()
    quiet_frame(page)
    assert_mean(figure, [0])
    figure.get_by_role("button", name="a 1, image 1", exact=True).click()
    quiet_frame(page)
    assert_mean(figure, [0])


def test_squares_are_the_gradient(open_figure: OpenFigure) -> None:
    """Each entry is a square: as many for more as the gradient has negative entries."""
    _, figure = open_figure("wishes", address="#wishes.view=mean&wishes.batch=0_1_2")
    gradient = Wishes(batch=[0, 1, 2]).mean_gradient
    entries = [entry for W, b in gradient for entry in [*W.ravel(), *b.ravel()]]
    squares = figure.locator(".nt-squares")
    drawn = [path.get_attribute("d") or "" for path in squares.all()][2:]
    sides = [re.findall(r"h(-?[\d.]+)", path) for path in drawn]
    # Squares that round to nothing have a side of 0, and a pixel that is 0 has no sign to show.
    assert len(sides[0]) // 2 == sum(entry < 0 for entry in entries)
    assert len(sides[1]) // 2 == sum(entry >= 0 for entry in entries)


def test_keyboard_alone(open_figure: OpenFigure) -> None:
    page, figure = open_figure("wishes")
    figure.get_by_role("button", name=re.compile("hidden neuron 0")).focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowDown"):
        page.keyboard.press(key)
    quiet_frame(page)
    assert_one(figure, hidden=3)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    quiet_frame(page)
    assert_one(figure, hidden=3, output=3)
    page.keyboard.press("ArrowUp")
    page.keyboard.press(" ")
    quiet_frame(page)
    assert_one(figure, hidden=3, output=1)


def test_touch(open_figure: OpenFigure) -> None:
    page, figure = open_figure("wishes", width=390, touch=True)
    figure.get_by_role("button", name=re.compile("hidden neuron 6")).tap()
    quiet_frame(page)
    assert_one(figure, hidden=6)
    buttons = figure.locator("button:visible, .nt-choice label:visible").all()
    assert all((each.bounding_box() or {})["height"] >= 44 for each in buttons)


def test_goal_checks_itself(open_figure: OpenFigure) -> None:
    page, figure = open_figure("wishes", address="#wishes.view=sum&wishes.hidden=0")
    aim = figure.locator(".nt-goal")
    expect(aim).not_to_have_class(re.compile("is-done"))
    parts = Wishes().wishes
    cancels = abs(parts).sum(axis=0) - abs(parts.sum(axis=0))
    figure.get_by_role("button", name="All four").click()
    for k in range(8):
        figure.get_by_role("button", name=re.compile(f"hidden neuron {k}")).click()
        quiet_frame(page)
        assert ("is-done" in (aim.get_attribute("class") or "")) == (k == cancels.argmax())


def test_state_in_the_address(open_figure: OpenFigure) -> None:
    page, figure = open_figure("wishes", address="#wishes.view=sum&wishes.outputs=1_8")
    assert_sum(figure, [1, 8], 2)
    figure.get_by_role("button", name=re.compile("hidden neuron 0")).click()
    expect(page).to_have_url(re.compile(r"wishes\.hidden=0"))
    page.reload()
    page.wait_for_selector("html[data-live-figures=ready]", state="attached")
    assert_sum(figure, [1, 8], 0)
    page.evaluate("location.hash = '#wishes.view=mean&wishes.batch=none&wishes.output=4'")
    expect(figure.locator("[data-result=mean]")).to_be_visible()
    assert_mean(figure, [10])
    figure.get_by_role("button", name="Reset").click()
    expect(page).not_to_have_url(re.compile("#"))
    assert_one(figure)


def test_is_announced(open_figure: OpenFigure) -> None:
    _, figure = open_figure("wishes")
    figure.get_by_role("radio", name="the sum").check(force=True)
    figure.get_by_role("checkbox", name="“1”").click()
    said = figure.locator("output[aria-live=polite]")
    expect(said).to_contain_text("Outputs on: 1, 8. Wishes for hidden neuron 2 add up to +0.1")
