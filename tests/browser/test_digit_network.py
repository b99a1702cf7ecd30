"""The 16-8-4 network: painted by pointer, touch and keys, in a real browser."""

import re
from collections.abc import Callable

import numpy as np
import pytest
from driving import middle_of, number_in, quiet_frame
from playwright.sync_api import Locator, Page, expect

from backprop import data, forward
from backprop.live.digit_network import CLASSES, SAMPLES, DigitNetwork, network

OpenFigure = Callable[..., tuple[Page, Locator]]

THREE = DigitNetwork().image


def pixel(figure: Locator, k: int) -> Locator:
    return figure.locator(".nt-pixel").nth(k)


def pixels(figure: Locator) -> list[float]:
    """The image, as the pad tells it: two decimals."""
    labels = [each.get_attribute("aria-label") or "" for each in figure.locator(".nt-pixel").all()]
    return [float(label.split(": ")[1]) for label in labels]


def neuron(figure: Locator, number: int) -> Locator:
    return figure.locator('.nt-node[role="button"]').nth(number)


def chosen(figure: Locator) -> int:
    pressed = [
        each.get_attribute("aria-pressed")
        for each in figure.locator('.nt-node[role="button"]').all()
    ]
    assert pressed.count("true") == 1
    return pressed.index("true")


def result(figure: Locator, name: str) -> float:
    return number_in(figure.locator(f"[data-result={name}]"))


def assert_true(figure: Locator, image: list[float] | None = None) -> list[float]:
    """Every number on the page is the one that Python computes for the image on the page."""
    seen = pixels(figure)
    if image is None:
        image = seen
    assert seen == pytest.approx(image, abs=0.0051)
    weights = figure.locator("input:checked").first.get_attribute("value") or ""
    net = network(weights)
    z, a = forward(net, np.reshape(image, (16, 1)))
    labels = [
        each.get_attribute("aria-label") or ""
        for each in figure.locator('.nt-node[role="button"]').all()
    ]
    shown = [float(label.rsplit(": ", 1)[1]) for label in labels]
    slack = 0.0051 if image is not seen else 0.05  # the pad rounds its pixels
    assert shown == pytest.approx(np.concatenate(a[1:]).ravel(), abs=slack)
    layer, j = divmod(chosen(figure), 8)
    assert result(figure, "z") == pytest.approx(z[layer][j, 0], abs=20 * slack)
    assert result(figure, "a") == pytest.approx(a[layer + 1][j, 0], abs=slack)
    W, b = net.layers[layer]
    assert result(figure, "products") == pytest.approx(z[layer][j, 0] - b[j, 0], abs=20 * slack)
    assert result(figure, "bias") == pytest.approx(b[j, 0], abs=0.0051)
    terms = figure.locator(".nt-term:visible").all_inner_texts()
    written = [[float(part.replace("−", "-")) for part in text.split("·")] for text in terms]
    assert [w for w, _ in written] == pytest.approx(W[j], abs=0.0051)
    assert [x for _, x in written] == pytest.approx(a[layer].ravel(), abs=slack)
    assert int(result(figure, "answer")) == CLASSES[int(a[2].argmax())]
    return seen


@pytest.mark.parametrize(
    ("width", "scheme", "from_file"),
    [(390, "light", False), (390, "dark", True), (1280, "light", True), (1280, "dark", False)],
)
def test_wakes(open_figure: OpenFigure, width: int, scheme: str, from_file: bool) -> None:
    page, figure = open_figure("digit_network", width=width, scheme=scheme, from_file=from_file)
    card = figure.locator(".nt-figure")
    expect(card).to_be_visible()
    assert float(card.get_attribute("data-maxdiff") or "nan") < 1e-10
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert_true(figure, THREE)
    assert chosen(figure) == 4
    terms = [each.bounding_box() for each in figure.locator(".nt-term").all()]
    assert all(each and each["width"] > 60 for each in terms)
    wider = "es => es.some(e => e.scrollWidth > e.clientWidth)"
    assert not figure.locator(".nt-term").evaluate_all(wider)


def test_still_picture_without_javascript(open_figure: OpenFigure) -> None:
    _, figure = open_figure("digit_network", javascript=False)
    picture = figure.get_by_role("img")
    expect(picture).to_be_visible()
    assert "the network says 3" in (picture.get_attribute("aria-label") or "")


@pytest.mark.parametrize("sample", range(8))
def test_pick_a_real_digit(open_figure: OpenFigure, sample: int) -> None:
    page, figure = open_figure("digit_network", reduced_motion=True)
    figure.locator(".nt-sample").nth(sample).click()
    quiet_frame(page)
    image = data.digits().x_test[:, SAMPLES[sample]].tolist()
    assert_true(figure, image)
    expect(figure.locator('.nt-sample[aria-pressed="true"]')).to_have_count(1)


def test_paint_by_pointer(open_figure: OpenFigure) -> None:
    page, figure = open_figure("digit_network")
    figure.get_by_role("button", name="Clear").click()
    quiet_frame(page)
    assert_true(figure, [0.0] * 16)
    page.mouse.move(*middle_of(pixel(figure, 1)))
    page.mouse.down()
    page.mouse.move(*middle_of(pixel(figure, 13)), steps=2)  # fast: not in every pixel
    page.mouse.up()
    quiet_frame(page)
    stroke = [1.0 if k % 4 == 1 else 0.0 for k in range(16)]
    assert_true(figure, stroke)
    # A stroke that begins on ink takes ink away.
    page.mouse.move(*middle_of(pixel(figure, 5)))
    page.mouse.down()
    page.mouse.move(*middle_of(pixel(figure, 6)), steps=3)
    page.mouse.up()
    quiet_frame(page)
    stroke[5] = 0.0
    assert_true(figure, stroke)


def test_paint_by_touch(open_figure: OpenFigure) -> None:
    page, figure = open_figure("digit_network", width=390, touch=True)
    figure.locator(".nt-pad").scroll_into_view_if_needed()
    page.touchscreen.tap(*middle_of(pixel(figure, 12)))
    quiet_frame(page)
    assert_true(figure, [*THREE[:12], 1.0, *THREE[13:]])
    neuron(figure, 7).tap()
    quiet_frame(page)
    assert chosen(figure) == 7
    box = pixel(figure, 0).bounding_box()
    assert box
    assert min(box["width"], box["height"]) >= 24
    buttons = figure.locator("button, .nt-choice label")
    assert all(box["height"] >= 44 for box in (e.bounding_box() for e in buttons.all()) if box)


def test_paint_by_keyboard(open_figure: OpenFigure) -> None:
    page, figure = open_figure("digit_network")
    pixel(figure, 0).focus()
    image = list(THREE)
    for keys, k, value in (
        (["ArrowRight", "ArrowDown", "Space"], 5, 1.0),
        (["Enter"], 5, 0.0),
        (["3"], 5, 3 / 9),
        (["ArrowDown", "ArrowDown", "9"], 13, 1.0),
        (["ArrowLeft", "+", "+", "-"], 12, image[12] + 0.1),
    ):
        for key in keys:
            page.keyboard.press(key)
            quiet_frame(page)
        image[k] = value
        assert pixels(figure) == pytest.approx(image, abs=0.0151)
        assert_true(figure)


def test_everything_by_tab(open_figure: OpenFigure) -> None:
    page, figure = open_figure("digit_network")
    neuron(figure, 0).focus()
    reached = []
    for _ in range(25):
        reached.append(
            page.evaluate(
                "(e => e.ariaLabel || e.innerText || e.value || e.tagName)(document.activeElement)"
            )
        )
        if reached[-1] == "Copy link":
            break
        page.keyboard.press("Tab")
    assert reached[0].startswith("hidden neuron 0")
    assert reached[1].startswith("pixel 0, row 1, column 1")
    assert {"a real 3, number 1", "Clear", "trained", "weights", "Reset"} <= set(reached)


def test_choose_a_neuron_by_keyboard(open_figure: OpenFigure) -> None:
    page, figure = open_figure("digit_network")
    neuron(figure, 0).focus()
    quiet_frame(page)
    assert chosen(figure) == 0
    for key, expected in (("ArrowDown", 1), ("ArrowDown", 2), ("ArrowRight", 9)):
        page.keyboard.press(key)
        quiet_frame(page)
        assert chosen(figure) == expected
        assert_true(figure, THREE)
    # An output has eight weights, and its layer's matrix has four rows.
    expect(figure.locator(".nt-term:visible")).to_have_count(8)
    expect(figure.locator("svg[aria-label^='Layer 2']")).to_be_visible()
    expect(figure.locator("svg[aria-label^='Layer 1']")).to_be_hidden()
    # Only the lines into the chosen neuron are brought out.
    expect(figure.locator(".nt-bundle:not(.is-dim)")).to_have_count(1)


def test_point_at_a_neuron_and_at_a_row(open_figure: OpenFigure) -> None:
    page, figure = open_figure("digit_network")
    neuron(figure, 6).hover()
    quiet_frame(page)
    assert chosen(figure) == 6
    assert_true(figure, THREE)
    row = figure.locator("svg[aria-label^='Layer 1'] [aria-label^='weights, a row'] rect")
    row.nth(2 * 16 + 3).hover()
    quiet_frame(page)
    assert chosen(figure) == 2
    frame = figure.locator("svg[aria-label^='Layer 1'] .nt-row").nth(2)
    framed, cell = frame.bounding_box(), row.nth(2 * 16).bounding_box()
    assert framed
    assert cell
    assert framed["y"] == pytest.approx(cell["y"], abs=2)


def test_untrained(open_figure: OpenFigure) -> None:
    page, figure = open_figure("digit_network")
    figure.get_by_role("radio", name="untrained").check(force=True)
    quiet_frame(page)
    assert_true(figure, THREE)
    outputs = forward(network("untrained"), np.reshape(THREE, (16, 1))).a[2]
    assert outputs.max() < 0.7, "it does not know what it sees"


def test_lines_show_what_flows(open_figure: OpenFigure) -> None:
    page, figure = open_figure("digit_network")
    line = figure.locator(".nt-bundle").nth(4).locator("line")
    weight = network("trained").layers[0].W[4]
    silent = THREE.index(0)
    wide = float(line.nth(silent).get_attribute("stroke-width") or 0)
    assert wide > 0.8
    assert abs(weight[silent]) > 0.05
    figure.get_by_role("radio", name="what flows").check(force=True)
    quiet_frame(page)
    assert float(line.nth(silent).get_attribute("stroke-width") or 0) == 0.75
    assert_true(figure, THREE)


def test_goal_checks_itself(open_figure: OpenFigure) -> None:
    page, figure = open_figure("digit_network")
    goal = figure.locator(".nt-goal")
    expect(goal).not_to_have_class(re.compile("is-done"))
    # The gap of the 3, filled in: the network takes it for an 8.
    page.mouse.click(*middle_of(pixel(figure, 5)))
    quiet_frame(page)
    assert_true(figure, [*THREE[:5], 1.0, *THREE[6:]])
    expect(goal).to_have_class(re.compile("is-done"))
    expect(goal).to_contain_text("1 pixel changed: 3 → 8")
    page.mouse.click(*middle_of(pixel(figure, 0)))
    expect(goal).to_contain_text("2 pixels changed")
    expect(goal).not_to_have_class(re.compile("is-done"))


def test_state_in_the_address(open_figure: OpenFigure) -> None:
    page, figure = open_figure("digit_network")
    neuron(figure, 10).focus()
    page.mouse.click(*middle_of(pixel(figure, 8)))
    before = assert_true(figure)
    expect(page).to_have_url(re.compile(r"digit_network\.image=.*digit_network\.neuron=10"))
    page.reload()
    page.wait_for_selector("html[data-live-figures=ready]", state="attached")
    assert assert_true(figure) == before
    assert chosen(figure) == 10
    figure.get_by_role("button", name="Reset").click()
    expect(page).not_to_have_url(re.compile("#"))
    assert_true(figure, THREE)


def test_preset_link(open_figure: OpenFigure) -> None:
    page, figure = open_figure("digit_network")
    page.evaluate("location.hash = '#digit_network.weights=untrained&digit_network.neuron=x'")
    expect(figure.get_by_role("radio", name="untrained")).to_be_checked()
    assert chosen(figure) == 4
    assert_true(figure, THREE)


def test_is_announced(open_figure: OpenFigure) -> None:
    _, figure = open_figure("digit_network")
    pixel(figure, 5).press("1")
    said = figure.locator("output[aria-live=polite]")
    expect(said).to_contain_text("The network says 3")
    expect(said).to_contain_text("hidden neuron 4: z")
