"""The playground: trained, paused, stepped and reset in a real browser, beside the package."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from driving import come_to, quiet_frame, wait_until
from playwright.sync_api import Locator, Page, expect

from backprop import accuracy, cost, data, gradient
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
        "moons": {"hidden": [8], "activation": "tanh", "learning_rate": 0.3, "batch_size": 10},
        "spiral": {"hidden": [8, 8], "activation": "tanh", "learning_rate": 1.0, "batch_size": 10},
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
    expect(figure.locator("canvas")).to_have_attribute("aria-label", re.compile("after epoch 1"))
