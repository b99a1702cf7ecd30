"""The playground: trained, paused, stepped and reset in a real browser, beside the package."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from driving import come_to, quiet_frame, wait_until
from playwright.sync_api import Locator, Page, expect

from backprop import accuracy, cost, data, gradient
from backprop.colours import DARK, LIGHT
from backprop.live.playground import Playground

OpenFigure = Callable[..., tuple[Page, Locator]]
SPIRAL = (
    "#playground.data=spiral&playground.hidden=8-8&playground.activation=tanh"
    "&playground.learning_rate=1&playground.epoch=40"
)


# The status of a run that has begun.
TRAINS = re.compile(r"epoch [1-9]")


def shown(figure: Locator) -> dict[str, float]:
    """What the status line says."""
    found = {}
    for line in figure.locator(".nt-status .nt-line:visible").all():
        words = line.inner_text().replace("C =", "").replace(" %", "").split()
        if words[0] in ("epoch", "cost", "right", "test"):
            found[words[0]] = float(words[1])
    return found


def assert_true(figure: Locator, **settings: Any) -> dict[str, float]:
    """What is shown is what the package finds when it trains the same network."""
    found = shown(figure)
    made = Playground(**settings, epoch=int(found["epoch"]))
    net, (x, y) = made.network, made.examples
    assert found["cost"] == pytest.approx(cost(net, x, y), abs=6e-5)
    assert found["right"] == pytest.approx(100 * accuracy(net, x, y), abs=0.06)
    if "test" in found:
        four = data.digits()
        assert found["test"] == pytest.approx(
            100 * accuracy(net, four.x_test, four.y_test), abs=0.06
        )
    return found


def ink_on(page: Page) -> str:
    """The picture on the canvas, to see whether it has changed."""
    picture: str = page.evaluate("document.querySelector('.nt-playground canvas').toDataURL()")
    return picture


@pytest.mark.parametrize("from_file", [False, True], ids=["served", "file"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_wakes(open_figure: OpenFigure, width: int, scheme: str, from_file: bool) -> None:
    page, figure = open_figure("playground", width=width, scheme=scheme, from_file=from_file)
    card = figure.locator(".nt-figure")
    expect(card).to_be_visible()
    assert float(card.get_attribute("data-maxdiff") or "nan") < 1e-10
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert assert_true(figure)["epoch"] == 0


def test_still_picture_without_javascript(open_figure: OpenFigure) -> None:
    _, figure = open_figure("playground", javascript=False)
    picture = figure.get_by_role("img")
    expect(picture).to_be_visible()
    assert "after 30 epochs" in (picture.get_attribute("aria-label") or "")


def test_thirty_epochs_are_the_packages(open_figure: OpenFigure) -> None:
    _, figure = open_figure("playground", address="#playground.epoch=30")
    expect(figure.locator(".nt-status")).to_contain_text("epoch 30")
    assert_true(figure)
    expect(figure.locator(".nt-goal")).to_have_class(re.compile("is-done"))


@pytest.mark.parametrize("name", ["xor", "moons", "spiral"])
def test_every_set_of_data(open_figure: OpenFigure, name: str) -> None:
    page, figure = open_figure("playground")
    before = ink_on(page)
    figure.get_by_label("data").select_option(name)
    quiet_frame(page)
    for _ in range(3):
        figure.get_by_role("button", name="One epoch").click()
    quiet_frame(page)
    start = {
        "xor": {"hidden": [2], "activation": "sigmoid", "learning_rate": 3.0, "batch_size": 5},
        "moons": {"hidden": [8, 2], "activation": "tanh", "learning_rate": 0.3, "batch_size": 10},
        "spiral": {
            "hidden": [8, 8, 2],
            "activation": "tanh",
            "learning_rate": 1.0,
            "batch_size": 10,
        },
    }[name]
    assert assert_true(figure, data=name, **start)["epoch"] == 3
    assert ink_on(page) != before


@pytest.mark.parametrize(
    ("label", "option", "setting"),
    [
        ("hidden layers", "none", {"hidden": []}),
        ("hidden layers", "16", {"hidden": [16]}),
        ("hidden layers", "8-8-8-8-8", {"hidden": [8] * 5}),
        ("learning rate", "0.3", {"learning_rate": 0.3}),
        ("batch size", "all", {"batch_size": 1000}),
        ("batch size", "1", {"batch_size": 1}),
        ("activation", "tanh", {"activation": "tanh"}),
        ("activation", "relu", {"activation": "relu"}),
    ],
)
def test_every_setting(
    open_figure: OpenFigure, label: str, option: str, setting: dict[str, Any]
) -> None:
    page, figure = open_figure("playground")
    if label == "activation":
        figure.get_by_role("radio", name=option).check(force=True)
    else:
        figure.get_by_label(label).select_option(label=option)
    quiet_frame(page)
    figure.get_by_role("button", name="One epoch").click()
    quiet_frame(page)
    assert assert_true(figure, **setting)["epoch"] == 1


def test_gradient_by_layer(open_figure: OpenFigure) -> None:
    page, figure = open_figure("playground", address="#playground.hidden=8-8-8-8-8")
    quiet_frame(page)
    made = Playground(hidden=[8] * 5)
    texts = figure.locator(".nt-size:visible").all_text_contents()
    sizes = [float((dC.W**2).sum() ** 0.5) for dC in gradient(made.network, *made.examples)]
    assert [float(text) for text in texts] == pytest.approx(sizes, rel=0.06)
    assert sizes[0] < sizes[-1] / 50, "it vanishes"


def test_run_pause_step_start_over(open_figure: OpenFigure) -> None:
    page, figure = open_figure("playground")
    figure.get_by_role("button", name="Run").click()
    expect(figure.locator(".nt-status")).to_contain_text(re.compile(r"epoch ([5-9]|[1-9]\d)"))
    figure.get_by_role("button", name="Pause").click()
    quiet_frame(page)
    paused = assert_true(figure)
    page.wait_for_timeout(200)
    assert shown(figure) == paused
    figure.get_by_role("button", name="One step").click()
    expect(figure.locator(".nt-status")).to_contain_text("+ 1/54")
    figure.get_by_role("button", name="Start over").click()
    quiet_frame(page)
    assert assert_true(figure)["epoch"] == 0


def test_settings_changed_while_it_runs(open_figure: OpenFigure) -> None:
    page, figure = open_figure("playground")
    figure.get_by_role("button", name="Run").click()
    expect(figure.locator(".nt-status")).to_contain_text(TRAINS)
    figure.get_by_label("learning rate").select_option(label="0.1")
    expect(figure.locator(".nt-key-test")).to_contain_text("the run before")
    expect(figure.locator(".nt-status")).to_contain_text(TRAINS)
    figure.get_by_role("button", name="Pause").click()
    quiet_frame(page)
    assert assert_true(figure, learning_rate=0.1)["epoch"] > 0
    expect(figure.locator(".nt-key-test")).to_contain_text("the run before")


def test_seeds_repeat_a_run(open_figure: OpenFigure) -> None:
    page, figure = open_figure("playground")
    first = shown(figure)["cost"]
    figure.get_by_role("button", name="New seed").click()
    quiet_frame(page)
    assert assert_true(figure, seed=1)["cost"] != first
    figure.get_by_role("button", name="Reset").click()
    quiet_frame(page)
    assert shown(figure)["cost"] == first


def test_reset_while_it_runs(open_figure: OpenFigure) -> None:
    page, figure = open_figure("playground")
    figure.get_by_role("button", name="Run").click()
    expect(figure.locator(".nt-status")).to_contain_text(TRAINS)
    figure.get_by_role("button", name="Reset").click()
    quiet_frame(page)
    assert assert_true(figure)["epoch"] == 0
    expect(figure.get_by_role("button", name="Run")).to_be_visible()


def test_keyboard_alone(open_figure: OpenFigure) -> None:
    page, figure = open_figure("playground")
    figure.get_by_role("button", name="Run").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    quiet_frame(page)
    assert assert_true(figure)["epoch"] == 1
    reached = []
    for _ in range(14):
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate(
                "(e => e.labels?.[0]?.innerText || e.innerText || '')(document.activeElement)"
            ).split("\n")[0]
        )
    wanted = {"Start over", "New seed", "data", "hidden layers", "batch size", "Copy link"}
    assert wanted <= set(reached)


def test_touch(open_figure: OpenFigure) -> None:
    page, figure = open_figure("playground", width=390, touch=True)
    figure.get_by_role("button", name="One epoch").tap()
    quiet_frame(page)
    assert assert_true(figure)["epoch"] == 1
    touched = figure.locator("button, select, .nt-choice label").all()
    assert all((each.bounding_box() or {})["height"] >= 43.5 for each in touched)


def test_state_in_the_address(open_figure: OpenFigure) -> None:
    page, figure = open_figure("playground", address=SPIRAL)
    expect(figure.locator(".nt-status")).to_contain_text("epoch 40")
    settings = {"data": "spiral", "hidden": [8, 8], "activation": "tanh", "learning_rate": 1.0}
    before = assert_true(figure, **settings)
    figure.get_by_role("button", name="One epoch").click()
    expect(page).to_have_url(re.compile(r"playground\.epoch=41"))
    page.reload()
    page.wait_for_selector("html[data-live-figures=ready]", state="attached")
    page.evaluate("scrollTo(0, 0)")  # what the address asks for is trained in view or not
    expect(figure.locator(".nt-status")).to_contain_text("epoch 41")
    figure.scroll_into_view_if_needed()
    quiet_frame(page)
    assert assert_true(figure, **settings)["epoch"] == before["epoch"] + 1


def test_canvas_follows_the_theme(open_figure: OpenFigure) -> None:
    page, figure = open_figure("playground")
    light = ink_on(page)
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    quiet_frame(page)
    assert ink_on(page) != light
    # So it does far from the window, where nothing is laid out.
    page.evaluate("scrollTo(0, 0)")
    card = figure.locator(".nt-figure")
    wait_until(card, "!element.checkVisibility({ contentVisibilityAuto: true })")
    page.evaluate("document.documentElement.dataset.theme = 'light'")
    quiet_frame(page)
    come_to(figure)
    assert ink_on(page) == light


def test_is_announced(open_figure: OpenFigure) -> None:
    _, figure = open_figure("playground")
    figure.get_by_role("button", name="One epoch").click()
    said = figure.locator("output[aria-live=polite]")
    expect(said).to_contain_text(re.compile(r"Epoch 1: cost 0\.\d{3}, .* of the test digits"))
    expect(figure.locator("canvas").first).to_have_attribute(
        "aria-label", re.compile("after epoch 1")
    )


# ---- what the last hidden layer makes of the plane ----

XOR = "#playground.data=xor&playground.hidden=2&playground.batch_size=5&playground.epoch=700"
MOONS = (
    "#playground.data=moons&playground.hidden={}&playground.activation=tanh"
    "&playground.learning_rate=0.3&playground.epoch=30"
)
MOONS_IN_PYTHON = {"data": "moons", "activation": "tanh", "learning_rate": 0.3, "epoch": 30}
# Left, top and side of the frame of the two neurons, in 320ths of the canvas.
LEFT, TOP, SIDE = 28, 26, 264


def hidden_space(figure: Locator) -> Locator:
    """The second canvas, once it says that it shows the epoch that was asked for."""
    canvas = figure.locator(".nt-hidden canvas")
    expect(canvas).to_have_attribute("aria-label", re.compile(r"after epoch [1-9]"))
    return canvas


def colours_at(canvas: Locator, places: Any) -> list[list[int]]:
    """The colours of a canvas at places in its own 320ths."""
    found: list[list[int]] = canvas.evaluate(
        """(canvas, places) => {
            const copy = document.createElement("canvas");
            [copy.width, copy.height] = [canvas.width, canvas.height];
            const pen = copy.getContext("2d", { willReadFrequently: true });
            pen.drawImage(canvas, 0, 0);
            return places.map(([x, y]) => [...pen.getImageData(
                Math.floor(x * copy.width / 320), Math.floor(y * copy.height / 320), 1, 1
            ).data.slice(0, 3)]);
        }""",
        [[float(x), float(y)] for x, y in places],
    )
    return found


def as_numbers(colour: str) -> list[int]:
    return [int(colour[i : i + 2], 16) for i in (1, 3, 5)]


def told_places(canvas: Locator) -> list[float]:
    """Where the rings and the triangles are on average, as the canvas says it in words."""
    words = (canvas.get_attribute("aria-label") or "").replace("−", "-").split("On average")[1]
    return [float(number) for number in re.findall(r"(-?\d\.\d\d) (?:across|up)", words)]


def averages(made: Playground) -> list[float]:
    moved, classes = made.moved, made.examples[1][0]
    return [float(a) for wanted in (0, 1) for a in moved[:, classes == wanted].mean(axis=1)]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_hidden_layer_moves_the_points(open_figure: OpenFigure, width: int, scheme: str) -> None:
    page, figure = open_figure("playground", width=width, scheme=scheme, address=XOR)
    canvas = hidden_space(figure)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    made = Playground(data="xor", hidden=[2], batch_size=5, epoch=700)
    assert_true(figure, data="xor", hidden=[2], batch_size=5)
    assert told_places(canvas) == pytest.approx(averages(made), abs=6e-3)
    # The examples are where the package has them: full triangles, and rings with paper in them.
    palette = LIGHT if scheme == "light" else DARK
    places = np.array([[LEFT], [TOP + SIDE]]) + SIDE * made.moved * [[1], [-1]]
    wanted = [palette.target if y else palette.paper for y in made.examples[1][0]]
    assert colours_at(canvas, places.T) == [as_numbers(colour) for colour in wanted]
    # And so is the straight line where the output says one half.
    (w,), b = made.network.layers[-1].W, made.network.layers[-1].b.item()
    across = np.array([0.1, 0.2, 0.3, 0.4])
    up = -(w[0] * across + b) / w[1]
    assert ((up > 0.05) & (up < 0.95)).all()
    line = np.transpose([LEFT + SIDE * across, TOP + SIDE * (1 - up)])
    for colour in colours_at(canvas, line):
        assert colour == pytest.approx(as_numbers(palette.ink), abs=40)


def test_hidden_layer_beside_or_below(open_figure: OpenFigure) -> None:
    boxes = []
    for width in (1280, 390):
        _, figure = open_figure("playground", width=width, address=XOR)
        boxes.append([each.bounding_box() or {} for each in figure.locator("canvas").all()])
    (one, other), (above, below) = boxes
    assert one["y"] == pytest.approx(other["y"], abs=1) and one["x"] < other["x"]
    assert one["width"] == pytest.approx(other["width"], abs=1)
    assert above["x"] == pytest.approx(below["x"], abs=1) and above["y"] < below["y"]


def test_hidden_layer_only_where_there_is_one_to_see(open_figure: OpenFigure) -> None:
    page, figure = open_figure("playground")
    second = figure.locator(".nt-hidden")
    expect(second).to_be_hidden()
    figure.get_by_label("data").select_option("moons")
    expect(second).to_be_visible()
    expect(second).to_contain_text("here the line is straight")
    expect(second.locator("select")).to_have_count(0)
    figure.get_by_label("hidden layers").select_option(label="none")
    expect(second).to_be_hidden()
    figure.get_by_label("hidden layers").select_option(label="8")
    expect(second).to_contain_text("straight only among all 8")
    figure.get_by_label("data").select_option("digits")
    expect(second).to_be_hidden()
    quiet_frame(page)
    assert assert_true(figure)["epoch"] == 0


def test_grid_bends_while_it_learns(open_figure: OpenFigure) -> None:
    page, figure = open_figure("playground", address=MOONS.format("8-2"))
    canvas = hidden_space(figure)
    seen = {canvas.evaluate("canvas => canvas.toDataURL()")}
    for _ in range(3):
        figure.get_by_role("button", name="One epoch").click()
        quiet_frame(page)
        seen.add(canvas.evaluate("canvas => canvas.toDataURL()"))
    assert len(seen) == 4
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    quiet_frame(page)
    assert canvas.evaluate("canvas => canvas.toDataURL()") not in seen


def test_two_neurons_are_chosen_by_keys(open_figure: OpenFigure) -> None:
    page, figure = open_figure("playground", address=MOONS.format("8"))
    canvas = hidden_space(figure)
    assert told_places(canvas) == pytest.approx(
        averages(Playground(hidden=[8], **MOONS_IN_PYTHON)), abs=6e-3
    )
    across, up = (figure.get_by_role("combobox", name=name) for name in ("across", "up"))
    across.focus()
    page.keyboard.press("End")
    page.keyboard.press("Tab")
    expect(up).to_be_focused()
    page.keyboard.press("ArrowDown")
    quiet_frame(page)
    assert told_places(canvas) == pytest.approx(
        averages(Playground(hidden=[8], axes=[7, 2], **MOONS_IN_PYTHON)), abs=6e-3
    )
    names = figure.locator(".nt-hidden .nt-symbol").all_inner_texts()
    assert ["".join(name.split()) for name in names] == ["a(1)7", "a(1)2"]
    assert shown(figure)["epoch"] == 30, "to look elsewhere is not to start over"
    expect(page).to_have_url(re.compile(r"playground\.axes=7-2"))
    # The neuron of the other axis: the two change places.
    across.select_option(label="neuron 2")
    quiet_frame(page)
    assert across.input_value() == "2"
    assert up.input_value() == "7"


@pytest.mark.parametrize(
    ("asked", "found"), [("5-3", ["5", "3"]), ("3-3", ["0", "1"]), ("9-1", ["0", "1"])]
)
def test_two_neurons_in_the_address(open_figure: OpenFigure, asked: str, found: list[str]) -> None:
    _, figure = open_figure("playground", address=f"{MOONS.format('8')}&playground.axes={asked}")
    hidden_space(figure)
    menus = figure.locator(".nt-hidden select").all()
    assert [menu.input_value() for menu in menus] == found


def test_a_relu_has_a_scale_that_only_grows(open_figure: OpenFigure) -> None:
    settings = {**MOONS_IN_PYTHON, "hidden": [8], "activation": "relu"}
    address = f"{MOONS.format('8')}&playground.axes=0-2".replace("=tanh", "=relu")
    page, figure = open_figure("playground", address=address)
    hidden_space(figure)
    across, up = (figure.get_by_role("combobox", name=name) for name in ("across", "up"))
    end = figure.locator(".nt-at-right")
    # The largest activations of neurons 0 to 5 are 1.5, 3.0, 1.8, 3.7, 3.0 and 2.2.
    for j, k, most in ((0, 2, 2), (3, 2, 5), (0, 2, 5)):
        across.select_option(label=f"neuron {j}")
        up.select_option(label=f"neuron {k}")
        quiet_frame(page)
        assert Playground(**settings, axes=[j, k]).moved.max() < most
        assert float(end.inner_text()) == most
    figure.get_by_role("button", name="Start over").click()
    quiet_frame(page)
    figure.get_by_role("button", name="One epoch").click()
    quiet_frame(page)
    made = Playground(**{**settings, "epoch": 1}, axes=[0, 2])
    assert made.moved.max() < float(end.inner_text()) <= 2.5 * made.moved.max(), "a new run"
