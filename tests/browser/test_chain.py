"""The chain: its product of factors, its table and its goal, in a real browser."""

import re
from collections.abc import Callable

import pytest
from driving import number_in, quiet_frame
from playwright.sync_api import Locator, Page, expect

from backprop import cost
from backprop.live import Chain
from backprop.live.chain import PARAMETERS

OpenFigure = Callable[..., tuple[Page, Locator]]


def settings(figure: Locator) -> dict[str, list[float]]:
    """Weights and biases as the fields show them."""
    return {
        kind[0]: [
            number_in(figure.get_by_role("textbox", name=f"{kind} of layer {l}")) for l in (1, 2, 3)
        ]
        for kind in ("weight", "bias")
    }


def last_row(figure: Locator) -> list[float]:
    """ΔC as the table has it: predicted, true."""
    cells = figure.locator(".nt-journey tbody tr").last.locator("td").all_inner_texts()
    return [float(text.replace("−", "-")) for text in cells[1:]]


def assert_true(figure: Locator, parameter: str, push: float = 0.5) -> Chain:
    """The product, and the predicted and true change of the cost, are Python's."""
    chain = Chain(**settings(figure))
    slope = chain.gradient[parameter]
    assert number_in(figure.locator("[data-result]")) == pytest.approx(slope, abs=6e-5)
    theta = chain.network.parameters
    theta[PARAMETERS.index(parameter)] += push
    after = cost(chain.network.with_parameters(theta), [[chain.x]], [[chain.y]])
    assert last_row(figure) == pytest.approx([slope * push, after - chain.cost], abs=6e-5)
    return chain


@pytest.mark.parametrize("from_file", [False, True], ids=["served", "file"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_wakes(open_figure: OpenFigure, width: int, scheme: str, from_file: bool) -> None:
    page, figure = open_figure("chain", width=width, scheme=scheme, from_file=from_file)
    assert float(figure.locator(".nt-figure").get_attribute("data-maxdiff") or "nan") < 1e-10
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert_true(figure, "w1")


def test_every_parameter_by_its_radio_button(open_figure: OpenFigure) -> None:
    page, figure = open_figure("chain")
    radios = figure.locator(".nt-choice input").all()
    for parameter, radio in zip(PARAMETERS, radios, strict=True):
        radio.check(force=True)
        quiet_frame(page)
        assert_true(figure, parameter)


def test_picking_in_the_diagram_by_pointer_and_by_key(open_figure: OpenFigure) -> None:
    page, figure = open_figure("chain")
    second = figure.get_by_role("button", name="weight of layer 2")
    second.click()
    quiet_frame(page)
    assert_true(figure, "w2")
    expect(second).to_have_attribute("aria-pressed", "true")
    third = figure.get_by_role("button", name="bias of layer 3")
    third.focus()
    page.keyboard.press("Enter")
    quiet_frame(page)
    assert_true(figure, "b3")


def test_typing_and_keys_change_the_chain(open_figure: OpenFigure) -> None:
    page, figure = open_figure("chain")
    field = figure.get_by_role("textbox", name="weight of layer 3")
    field.fill("-2.5")
    field.press("Enter")
    quiet_frame(page)
    assert assert_true(figure, "w1").w[2] == -2.5
    figure.get_by_role("slider", name="bias of layer 1").press("ArrowRight")
    quiet_frame(page)
    assert assert_true(figure, "w1").b[0] == -0.45


def test_goal_checks_itself(open_figure: OpenFigure) -> None:
    _, figure = open_figure("chain")
    expect(figure.locator(".nt-goal")).not_to_have_class(re.compile("is-done"))
    figure.get_by_role("button", name="Show one way").click()
    expect(figure.locator(".nt-goal")).to_have_class(re.compile("is-done"))
    chain = Chain(**settings(figure))
    assert abs(chain.gradient["w1"]) < 0.0005
    assert chain.cost > 0.2


def test_state_in_the_address(open_figure: OpenFigure) -> None:
    page, figure = open_figure("chain", address="#chain.w=1_2_3&chain.parameter=b2")
    assert assert_true(figure, "b2").w == [1, 2, 3]
    figure.get_by_role("button", name="Reset").click()
    quiet_frame(page)
    assert assert_true(figure, "w1").w == [1.5, -0.8, 2.0]


def test_is_announced(open_figure: OpenFigure) -> None:
    _, figure = open_figure("chain")
    figure.get_by_role("slider", name="push").press("ArrowRight")
    said = figure.locator("output[aria-live=polite]")
    expect(said).to_contain_text("The derivative for w1 is 0.0143. Pushed by 0.51")
