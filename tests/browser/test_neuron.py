"""The neuron: dragged, typed into, driven by keys and by touch, in a real browser."""

import math
import re
from collections.abc import Callable

import pytest
from driving import drag, number_in, quiet_frame
from playwright.sync_api import Locator, Page, expect

from backprop.live import Neuron

OpenFigure = Callable[..., tuple[Page, Locator]]


def shown(figure: Locator) -> dict[str, float]:
    """What the figure says: the settings in the fields, the results in the equation."""
    settings = {
        key: number_in(figure.get_by_role("textbox", name=name))
        for key, name in (("w", "weight w"), ("b", "bias b"), ("x", "input x"))
    }
    z, a, slope = (number_in(each) for each in figure.locator(".nt-number[data-result]").all())
    return {**settings, "z": z, "a": a, "slope": slope}


def assert_true(figure: Locator, activation: str = "sigmoid") -> dict[str, float]:
    """Every number on the page is the one that Python computes from the settings on the page."""
    found = shown(figure)
    neuron = Neuron(w=found["w"], b=found["b"], x=found["x"], activation=activation)
    # Fields show two decimals of settings that are finer by at most 0.005.
    assert found["z"] == pytest.approx(neuron.z, abs=0.06)
    assert found["a"] == pytest.approx(neuron.a, abs=0.02)
    assert found["slope"] == pytest.approx(neuron.slope, abs=0.02)
    return found


@pytest.mark.parametrize("from_file", [False, True], ids=["served", "file"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_wakes(open_figure: OpenFigure, width: int, scheme: str, from_file: bool) -> None:
    page, figure = open_figure("neuron", width=width, scheme=scheme, from_file=from_file)
    card = figure.locator(".nt-figure")
    expect(card).to_be_visible()
    assert float(card.get_attribute("data-maxdiff") or "nan") < 1e-10
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert_true(figure)


def test_still_picture_without_javascript(open_figure: OpenFigure) -> None:
    _, figure = open_figure("neuron", javascript=False)
    picture = figure.get_by_role("img")
    expect(picture).to_be_visible()
    assert "activation" in (picture.get_attribute("aria-label") or "")


def test_print_shows_the_still_picture(open_figure: OpenFigure) -> None:
    page, figure = open_figure("neuron")
    page.emulate_media(media="print")
    expect(figure.locator("> svg")).to_be_visible()
    expect(figure.locator(".nt-figure")).to_be_hidden()


def test_drag_the_handles(open_figure: OpenFigure) -> None:
    page, figure = open_figure("neuron")
    before = assert_true(figure)
    drag(page, figure.get_by_role("slider", name="bias b: shifts"), -60, 0)
    shifted = assert_true(figure)
    assert shifted["b"] > before["b"] + 1
    assert shifted["w"] == before["w"]
    drag(page, figure.get_by_role("slider", name="weight w: turns"), -10, 20)
    turned = assert_true(figure)
    assert turned["w"] != shifted["w"]
    # Turning keeps the middle of the curve, -b/w, where it was.
    assert -turned["b"] / turned["w"] == pytest.approx(-shifted["b"] / shifted["w"], abs=0.05)
    drag(page, figure.get_by_role("slider", name="input x").and_(figure.locator("g")), -80, 0)
    assert assert_true(figure)["x"] < turned["x"] - 1


def test_turning_past_flat_makes_the_weight_negative(open_figure: OpenFigure) -> None:
    page, figure = open_figure("neuron")
    drag(page, figure.get_by_role("slider", name="weight w: turns"), 20, 110)
    assert assert_true(figure)["w"] < 0


def test_type_a_number(open_figure: OpenFigure) -> None:
    page, figure = open_figure("neuron")
    field = figure.get_by_role("textbox", name="weight w")
    for typed, expected in (("3,25", 3.25), ("−1.5", -1.5), ("99", 8.0), ("nonsense", 8.0)):
        field.fill(typed)
        field.press("Enter")
        quiet_frame(page)
        assert assert_true(figure)["w"] == expected


def test_keyboard_alone(open_figure: OpenFigure) -> None:
    page, figure = open_figure("neuron")
    figure.get_by_role("slider", name="weight w", exact=True).first.focus()
    reached = []
    for _ in range(30):
        name = page.evaluate("document.activeElement.ariaLabel || document.activeElement.innerText")
        name = name or page.evaluate("document.activeElement.value")
        reached.append(name)
        page.keyboard.press("Tab")
        if name == "Copy link":
            break
    assert reached[:3] == ["weight w", "input x", "bias b"]
    assert {"bias b: shifts the curve", "weight w: turns the curve", "Reset"} <= set(reached)
    knob = figure.get_by_role("slider", name="bias b: shifts")
    knob.focus()
    before = shown(figure)["b"]
    for key, change in (("ArrowUp", 0.05), ("ArrowLeft", -0.05), ("Shift+ArrowRight", 0.5)):
        page.keyboard.press(key)
        quiet_frame(page)
        after = assert_true(figure)["b"]
        assert after - before == pytest.approx(change, abs=1e-9)
        before = after
    page.keyboard.press("End")
    quiet_frame(page)
    assert assert_true(figure)["b"] == 8
    assert knob.get_attribute("aria-valuenow") == "8"


def test_slider_by_keyboard(open_figure: OpenFigure) -> None:
    page, figure = open_figure("neuron")
    figure.locator("input[type=range]").first.press("ArrowRight")
    quiet_frame(page)
    assert assert_true(figure)["w"] == pytest.approx(2.05)


def test_touch(open_figure: OpenFigure) -> None:
    page, figure = open_figure("neuron", width=390, touch=True)
    figure.get_by_role("radio", name="tanh").tap()
    quiet_frame(page)
    assert_true(figure, "tanh")
    buttons = figure.locator("button, input[type=range], .nt-choice label").all()
    assert all((each.bounding_box() or {})["height"] >= 44 for each in buttons)


def test_keys_that_come_faster_than_frames(open_figure: OpenFigure) -> None:
    page, figure = open_figure("neuron")
    figure.evaluate("""(figure) => {
        const field = figure.querySelector("input[type=text]");
        const scrub = figure.querySelector(".nt-scrub");
        field.focus();
        field.value = "3.25";
        field.dispatchEvent(new Event("change"));
        scrub.focus();
        for (const _ of [1, 2]) scrub.dispatchEvent(new KeyboardEvent("keydown", {key: "ArrowUp"}));
    }""")
    quiet_frame(page)
    assert assert_true(figure)["w"] == pytest.approx(3.35)


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu", "step"])
def test_every_activation(open_figure: OpenFigure, activation: str) -> None:
    page, figure = open_figure("neuron", address="#neuron.w=1.5&neuron.x=0.25")
    figure.get_by_role("radio", name=activation).check(force=True)
    quiet_frame(page)
    assert_true(figure, activation)


def test_goal_checks_itself(open_figure: OpenFigure) -> None:
    _, figure = open_figure("neuron")
    (x1, a1), (x2, a2) = Neuron().pairs[0]
    logit = [math.log(a / (1 - a)) for a in (a1, a2)]
    w = (logit[1] - logit[0]) / (x2 - x1)
    goal = figure.locator(".nt-goal")
    expect(goal).not_to_have_class(re.compile("is-done"))
    for name, value in (("weight w", w), ("bias b", logit[1] - w * x2)):
        field = figure.get_by_role("textbox", name=name)
        field.fill(f"{value:.2f}")
        field.press("Enter")
    expect(goal).to_have_class(re.compile("is-done"))
    figure.get_by_role("button", name="Another pair").click()
    expect(goal).not_to_have_class(re.compile("is-done"))


def test_what_was_changed_last_is_there_on_the_way_back(open_figure: OpenFigure) -> None:
    page, figure = open_figure("neuron")
    weight = figure.get_by_role("slider", name="weight w", exact=True).first
    weight.press("ArrowRight")
    there = page.url
    quiet_frame(page)
    page.goto(there.replace("01_network_assumptions", "glossary"))
    page.go_back()
    expect(page).to_have_url(f"{there}#neuron.w=2.05")
    expect(weight).to_have_attribute("aria-valuetext", "2.05")


def test_state_in_the_address(open_figure: OpenFigure) -> None:
    page, figure = open_figure("neuron")
    assert "#" not in page.url
    drag(page, figure.get_by_role("slider", name="bias b: shifts"), -40, 0)
    before = shown(figure)
    expect(page).to_have_url(re.compile(r"#neuron\.b="))
    page.reload()
    page.wait_for_selector("html[data-live-figures=ready]", state="attached")
    assert shown(figure) == before
    figure.get_by_role("button", name="Reset").click()
    expect(page).not_to_have_url(re.compile("#"))
    assert shown(figure)["b"] == -1


def test_preset_link(open_figure: OpenFigure) -> None:
    page, figure = open_figure("neuron")
    figure.locator("input[type=range]").nth(2).press("PageUp")
    page.evaluate("location.hash = '#neuron.w=-3&neuron.activation=tanh&neuron.b=bad'")
    expect(figure.get_by_role("textbox", name="weight w")).to_have_value("−3.00")
    found = assert_true(figure, "tanh")
    assert (found["b"], found["x"]) == (-1, 2), "what a preset does not name opens as it was"


def test_is_announced(open_figure: OpenFigure) -> None:
    _, figure = open_figure("neuron")
    said = figure.locator("output[aria-live=polite]")
    expect(said).to_have_text("")
    figure.locator("input[type=range]").first.press("ArrowRight")
    expect(said).to_contain_text("w 2.05, b −1.00, x 2.00: z 3.10, a 0.957")
