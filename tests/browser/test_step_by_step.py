"""The 2-2-2 example, walked through click by click in a real browser."""

import json
import re
from collections.abc import Callable

import numpy as np
import pytest
from driving import follow_link, number_in, quiet_frame, wait_until
from playwright.sync_api import Locator, Page, expect

from backprop import cost, forward, gradient
from backprop.costs import quadratic_prime
from backprop.listings import listing
from backprop.live.step_by_step import StepByStep, gradient_step

OpenFigure = Callable[..., tuple[Page, Locator]]


def by_place(early: bool = False, learning_rate: float = 0.5) -> dict[str, float]:
    """Every number of the figure as the package computes it, by its place on the page."""
    made = StepByStep(early=early, learning_rate=learning_rate)
    net, x, y = made.network, made.x, made.y
    trace, dC = forward(net, x), gradient(net, x, y)
    delta2 = dC[1].b
    W2 = made.after.layers[1].W if early else net.layers[1].W
    back = W2.T @ delta2
    slopes = [
        sigma.prime(z, a) for sigma, z, a in zip(net.activations, trace.z, trace.a[1:], strict=True)
    ]
    delta1 = back * slopes[0]
    arrays = {
        **{f"z{l}": trace.z[l - 1] for l in (1, 2)},
        **{f"a{l}": trace.a[l] for l in (1, 2)},
        **{f"slope{l}": slopes[l - 1] for l in (1, 2)},
        "back2": quadratic_prime(trace.a[2], y),
        "back1": back,
        "delta2": delta2,
        "delta1": delta1,
        "dw2": delta2 @ trace.a[1].T,
        "dw1": delta1 @ x.T,
        "db2": delta2,
        "db1": delta1,
        **{f"w{l}": made.after.layers[l - 1].W for l in (1, 2)},
        **{f"b{l}": made.after.layers[l - 1].b for l in (1, 2)},
    }
    places = {"cost": cost(net, x, y), "after": made.cost_after}
    for kind, array in arrays.items():
        for (j, k), value in np.ndenumerate(array):
            places[f"{kind}.{j}.{k}" if "w" in kind else f"{kind}.{j}"] = float(value)
    return places


def written(figure: Locator) -> dict[str, float]:
    """The numbers that the arithmetic shows, by their places."""
    return {
        each.get_attribute("data-entry") or "": number_in(each)
        for each in figure.locator("[data-entry]:visible").all()
    }


def walk(page: Page, figure: Locator) -> dict[str, float]:
    """Press Next to the end, and collect every number on the way."""
    found = {}
    forward_button = figure.get_by_role("button", name="Next")
    for _ in range(60):
        if forward_button.get_attribute("aria-disabled") == "true":
            break
        forward_button.click()
        quiet_frame(page)
        found |= written(figure)
    return found


@pytest.mark.parametrize("from_file", [False, True], ids=["served", "file"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_wakes(open_figure: OpenFigure, width: int, scheme: str, from_file: bool) -> None:
    page, figure = open_figure("step_by_step", width=width, scheme=scheme, from_file=from_file)
    card = figure.locator(".nt-figure")
    expect(card).to_be_visible()
    assert float(card.get_attribute("data-maxdiff") or "nan") < 1e-10
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    expect(figure).to_contain_text("step 1 of 16")


def test_still_picture_without_javascript(open_figure: OpenFigure) -> None:
    _, figure = open_figure("step_by_step", javascript=False)
    picture = figure.get_by_role("img")
    expect(picture).to_be_visible()
    assert "0.5109" in (picture.get_attribute("aria-label") or "")
    expect(picture).to_contain_text("−0.2154")


@pytest.mark.parametrize("grain", ["line", "number"])
@pytest.mark.parametrize("early", [False, True], ids=["in time", "too early"])
def test_every_number_is_the_packages(open_figure: OpenFigure, early: bool, grain: str) -> None:
    address = f"#step_by_step.grain={grain}" + ("&step_by_step.early=yes" if early else "")
    page, figure = open_figure("step_by_step", address=address)
    found = walk(page, figure)
    expected = by_place(early)
    assert found.keys() == expected.keys()
    for place, value in found.items():
        assert value == pytest.approx(expected[place], abs=6e-5), place


def test_numbers_stand_in_the_picture_and_nothing_before_its_time(open_figure: OpenFigure) -> None:
    page, figure = open_figure("step_by_step")
    picture = figure.locator(".nt-picture")
    expect(picture).not_to_contain_text("0.5498")
    for _ in range(2):
        figure.get_by_role("button", name="Next").click()
    quiet_frame(page)
    expect(picture).to_contain_text("0.5498")
    expect(picture).not_to_contain_text("0.2508")
    page.evaluate("location.hash = '#step_by_step.step=46'")
    for text in ("z 0.2508", "C = 0.5109", "δ −0.0923", "−0.8764", "→ 0.39044"):
        expect(picture).to_contain_text(text)


LIT = """[...element.querySelectorAll(".nt-listing.is-shown .is-lit")]
    .map(({ textContent }) => textContent).join("")"""


def test_the_code_is_the_packages_and_its_line_is_lit(open_figure: OpenFigure) -> None:
    page, figure = open_figure("step_by_step")
    for step, function, part in (
        (2, forward, "W @ activations[-1] + b"),
        (4, forward, "sigma(z)"),
        (17, None, "dC_da * slopes[-1]"),
        (19, None, "layer_above.W.T @ deltas[-1]"),
        (45, gradient_step, "Layer(W - learning_rate * dW, b - learning_rate * db)"),
    ):
        follow_link(page, f"#step_by_step.step={step}")
        wait_until(figure, f"{LIT} === {json.dumps(part)}")
        if function:
            lines = figure.locator(".nt-listing.is-shown code").all()
            shown = [line.text_content() or "" for line in lines]
            source = [line.strip() for line in listing(function).source.split("\n")]
            assert [line.strip() for line in shown] == source


def test_update_too_early(open_figure: OpenFigure) -> None:
    page, figure = open_figure("step_by_step", address="#step_by_step.step=21")
    expect(figure.locator(".nt-wrong:visible")).to_have_count(0)
    figure.get_by_role("checkbox", name="Update too early").check()
    quiet_frame(page)
    # It stands at the same operation, the hidden deltas, which now are wrong.
    assert written(figure).keys() == {"delta1.0", "delta1.1"}
    expect(figure.locator(".nt-wrong:visible")).to_have_text(
        ["✗ not −0.0923, 9 % off", "✗ not 0.0978, 9 % off"]
    )
    figure.get_by_role("textbox", name="learning rate").fill("4")
    figure.get_by_role("textbox", name="learning rate").press("Enter")
    quiet_frame(page)
    expected = by_place(early=True, learning_rate=4)
    assert written(figure)["delta1.0"] == pytest.approx(expected["delta1.0"], abs=6e-5)
    found = walk(page, figure)
    assert found["after"] == pytest.approx(expected["after"], abs=6e-6)


def test_work_it_out_first(open_figure: OpenFigure) -> None:
    page, figure = open_figure("step_by_step")
    goal = figure.locator(".nt-goal")
    field = figure.get_by_role("textbox", name="your number")
    for place in ("z1.0", "z1.1", "a1.0", "a1.1"):
        value = by_place()[place]
        field.fill(f"{value + 0.01:.3f}")
        field.press("Enter")
        expect(figure.locator(".nt-verdict")).to_contain_text("Not yet")
        expect(figure.locator(f"[data-entry='{place}']")).to_be_hidden()
        field.fill(f"{value:.3f}".replace(".", ","))
        field.press("Enter")
        expect(figure.locator(f"[data-entry='{place}']")).to_be_visible()
    expect(goal).not_to_have_class(re.compile("is-done"))
    field.fill(f"{by_place()['z2.0']:.4f}")
    figure.get_by_role("button", name="Check").click()
    quiet_frame(page)
    expect(goal).to_have_class(re.compile("is-done"))
    figure.get_by_role("button", name="Reset").click()
    expect(goal).not_to_have_class(re.compile("is-done"))


def test_keyboard_alone(open_figure: OpenFigure) -> None:
    page, figure = open_figure("step_by_step")
    figure.get_by_role("button", name="Next").focus()
    for _ in range(3):
        page.keyboard.press("Enter")
        quiet_frame(page)
    assert written(figure).keys() == {"z2.0", "z2.1"}
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Space")
    quiet_frame(page)
    assert written(figure).keys() == {"a1.0", "a1.1"}
    reached = []
    for _ in range(12):
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate(
                "(e => e.ariaLabel || e.labels?.[0]?.innerText || e.innerText)"
                "(document.activeElement)"
            )
        )
    assert {"Play", "learning rate η", "Update too early", "Check", "Copy link"} <= set(reached)
    assert any(name.startswith("your number for weighted input z 0 of layer 2") for name in reached)


def test_touch(open_figure: OpenFigure) -> None:
    page, figure = open_figure("step_by_step", width=390, touch=True)
    figure.locator(".nt-choice label", has_text="a number").tap()
    figure.get_by_role("button", name="Next").tap()
    quiet_frame(page)
    assert written(figure).keys() == {"z1.0"}
    buttons = figure.locator("button, input[type=range], .nt-choice label").all()
    assert all((each.bounding_box() or {})["height"] >= 43.5 for each in buttons)


@pytest.mark.parametrize("early", ["no", "yes"])
@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_jumps(open_figure: OpenFigure, width: int, early: str) -> None:
    address = f"#step_by_step.early={early}"
    page, figure = open_figure("step_by_step", width=width, address=address)
    button = figure.get_by_role("button", name="Next")
    at = set()
    for press in range(16):
        at.add((button.bounding_box() or {})["y"] - (figure.bounding_box() or {})["y"])
        if press < 15:
            button.click()
        quiet_frame(page)
    assert len(at) == 1, "the button moves away from the pointer"


def test_state_in_the_address(open_figure: OpenFigure) -> None:
    page, figure = open_figure("step_by_step")
    assert "#" not in page.url
    figure.get_by_role("button", name="Next").click()
    expect(page).to_have_url(re.compile(r"#step_by_step\.step=2$"))
    page.reload()
    page.wait_for_selector("html[data-live-figures=ready]", state="attached")
    assert written(figure).keys() == {"z1.0", "z1.1"}
    figure.get_by_role("button", name="Reset").click()
    expect(page).not_to_have_url(re.compile("#"))


def test_is_announced(open_figure: OpenFigure) -> None:
    _, figure = open_figure("step_by_step")
    figure.get_by_role("button", name="Next").click()
    expect(figure.locator("output[aria-live=polite]")).to_contain_text(
        "weighted input z 0 of layer 1: 0.2000, weighted input z 1 of layer 1: 0.7000"
    )


def test_plays_and_stops(open_figure: OpenFigure) -> None:
    _, figure = open_figure("step_by_step")
    figure.get_by_role("button", name="Play").click()
    # Whichever it plays when somebody looks.
    expect(figure).to_contain_text(re.compile(r"step ([2-9]|1[0-5]) of 16"))
    figure.get_by_role("button", name="Pause").click()
    expect(figure.get_by_role("button", name="Play")).to_be_visible()
