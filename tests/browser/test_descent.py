"""The descent: its start dragged, its rate typed, its steps run, in a real browser."""

import re
from collections.abc import Callable

import numpy as np
import pytest
from driving import drag, middle_of, number_in, quiet_frame
from playwright.sync_api import Locator, Page, expect

from backprop.live import Descent
from backprop.live.descent import Walk

OpenFigure = Callable[..., tuple[Page, Locator]]


def start_knob(figure: Locator) -> Locator:
    return figure.get_by_role("slider", name="start of the walk")


def shown_walk(figure: Locator) -> Walk:
    """The walk that the figure's controls describe."""
    place = start_knob(figure).get_attribute("aria-valuetext") or ""
    w1, w2 = (float(each.replace("−", "-")) for each in re.findall(r"[−\d.]+(?=,|$)", place))
    pressed = [each.get_attribute("value") for each in figure.locator("input:checked").all()]
    features, batch = pressed
    again = figure.get_by_role("button", name="Draw others", include_hidden=True).inner_text()
    seed = re.search(r"seed (\d+)", again)
    return Walk(
        start=(w1, w2),
        rate=number_in(figure.locator(".nt-scrub")),
        steps=int(number_in(figure.get_by_role("textbox", name="steps"))),
        features=features or "",
        batch=batch or "",
        seed=int(seed[1]) if seed else 0,
    )


def result(figure: Locator, name: str) -> float:
    return number_in(figure.locator(f"[data-result={name}]"))


def assert_true(figure: Locator) -> Walk:
    """Every number on the page is the one that Python computes from the settings on the page."""
    walk = shown_walk(figure)
    w1, w2 = walk.path[-1]
    for name, value in (("first", w1), ("second", w2), ("cost", walk.costs[-1])):
        # From a million on the page writes two digits.
        rel = 0.03 if abs(value) >= 1e6 else 1e-9
        assert result(figure, name) == pytest.approx(value, rel=rel, abs=0.00501)
    assert result(figure, "limit") == pytest.approx(walk.bowl.largest_stable_rate, rel=2e-3)
    assert result(figure, "lowest") == 41.73
    return walk


def type_rate(figure: Locator, rate: str) -> None:
    field = figure.get_by_role("textbox", name="learning rate η, typed")
    field.fill(rate)
    field.press("Enter")


@pytest.mark.parametrize(
    ("width", "scheme", "from_file"),
    [(390, "light", False), (390, "dark", True), (1280, "light", True), (1280, "dark", False)],
)
def test_wakes(open_figure: OpenFigure, width: int, scheme: str, from_file: bool) -> None:
    page, figure = open_figure("descent", width=width, scheme=scheme, from_file=from_file)
    card = figure.locator(".nt-figure")
    expect(card).to_be_visible()
    assert float(card.get_attribute("data-maxdiff") or "nan") < 1e-10
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert assert_true(figure) == Walk()


def test_still_picture_without_javascript(open_figure: OpenFigure) -> None:
    _, figure = open_figure("descent", javascript=False)
    picture = figure.get_by_role("img")
    expect(picture).to_be_visible()
    assert "star marks the exact minimum" in (picture.get_attribute("aria-label") or "")


def test_drag_the_start(open_figure: OpenFigure) -> None:
    page, figure = open_figure("descent")
    path = figure.locator(".nt-way").first
    before = path.get_attribute("d")
    drag(page, start_knob(figure), 90, 40)
    walk = assert_true(figure)
    assert walk.start[0] > 0
    assert walk.start[1] < 12
    assert path.get_attribute("d") != before
    # The path that is drawn is the path: as many points, the last at the star.
    assert (path.get_attribute("d") or "").count("L") == walk.steps


def test_click_on_the_map_puts_the_start_there(open_figure: OpenFigure) -> None:
    page, figure = open_figure("descent")
    x, y = middle_of(figure.locator(".nt-ground rect"))
    page.mouse.click(x, y)
    quiet_frame(page)
    assert assert_true(figure).start == pytest.approx((8, 4), abs=0.2)


def test_start_by_keyboard(open_figure: OpenFigure) -> None:
    page, figure = open_figure("descent")
    start_knob(figure).focus()
    for key, expected in (
        ("ArrowRight", (-4.75, 12)),
        ("Shift+ArrowDown", (-4.75, 9.5)),
        ("End", (24, 9.5)),
        ("PageDown", (24, 7)),
    ):
        page.keyboard.press(key)
        quiet_frame(page)
        assert assert_true(figure).start == expected


def test_everything_by_tab(open_figure: OpenFigure) -> None:
    page, figure = open_figure("descent", address="#descent.batch=one")
    figure.locator(".nt-scrub").focus()
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
    for name in ("start of the walk, in both weights", "number of steps", "steps", "scaled", "one"):
        assert name in reached
    assert {"One step", "Run", "Draw others (seed 0)", "Reset"} <= set(reached)


@pytest.mark.parametrize(
    ("rate", "words"),
    [
        ("0.03", "It will arrive, but not within 60 steps."),
        ("0.5", "It arrives: 8 steps to the bottom."),
        ("0.62", "It will arrive, but not"),
        ("0.63", "It diverges"),
        ("0,65", "It diverges"),
    ],
)
def test_verdict(open_figure: OpenFigure, rate: str, words: str) -> None:
    page, figure = open_figure("descent")
    type_rate(figure, rate)
    quiet_frame(page)
    walk = assert_true(figure)
    assert walk.rate == float(rate.replace(",", "."))
    expect(figure.locator(".nt-verdict")).to_contain_text(words)
    limit = walk.bowl.largest_stable_rate
    assert ("diverges" in words) == (walk.rate > limit)


def test_features_as_measured(open_figure: OpenFigure) -> None:
    page, figure = open_figure("descent")
    figure.get_by_role("radio", name="kg and mm").check(force=True)
    quiet_frame(page)
    assert result(figure, "limit") == 0.0334
    expect(figure.locator(".nt-verdict")).to_contain_text("It diverges")
    assert shown_walk(figure).rate == 0.5, "the rate stays what it was"
    type_rate(figure, "0.033")
    quiet_frame(page)
    assert_true(figure)
    expect(figure.locator(".nt-verdict")).to_contain_text("not within 60 steps")
    # The slider has the range that suits this bowl.
    figure.locator("input[type=range]:visible").first.press("ArrowRight")
    quiet_frame(page)
    assert assert_true(figure).rate == 0.0335
    expect(figure.locator(".nt-verdict")).to_contain_text("It diverges")


@pytest.mark.parametrize("batch", ["20", "1"])
def test_rough_gradients(open_figure: OpenFigure, batch: str) -> None:
    page, figure = open_figure("descent", address="#descent.rate=0.1&descent.steps=40")
    figure.get_by_role("radio", name=batch, exact=True).check(force=True)
    quiet_frame(page)
    first = assert_true(figure)
    expect(figure.locator(".nt-verdict")).to_contain_text("jitters")
    figure.get_by_role("button", name="Draw others").click()
    quiet_frame(page)
    second = assert_true(figure)
    assert second.seed == first.seed + 1
    assert not np.allclose(second.path[-1], first.path[-1])
    type_rate(figure, "0.8")
    quiet_frame(page)
    assert_true(figure)
    expect(figure.locator(".nt-verdict")).to_contain_text("It climbs")


def test_steps(open_figure: OpenFigure) -> None:
    page, figure = open_figure("descent")
    figure.get_by_role("button", name="One step").click()
    quiet_frame(page)
    assert assert_true(figure).steps == 16
    drag(page, figure.get_by_role("slider", name="number of steps"), 60, 0)
    assert assert_true(figure).steps > 20
    figure.get_by_role("textbox", name="steps").fill("0")
    figure.get_by_role("textbox", name="steps").press("Enter")
    quiet_frame(page)
    assert assert_true(figure).path.shape == (1, 2)
    figure.get_by_role("slider", name="number of steps").press("ArrowUp")
    quiet_frame(page)
    assert assert_true(figure).steps == 1


def test_run(open_figure: OpenFigure) -> None:
    page, figure = open_figure("descent", address="#descent.steps=60")
    steps = figure.get_by_role("textbox", name="steps")
    figure.get_by_role("button", name="Run").click()
    expect(steps).to_have_value(re.compile(r"^[1-5]?\d$"))
    figure.get_by_role("button", name="Stop").click()
    expect(figure.get_by_role("button", name="Run")).to_be_visible()
    stood = assert_true(figure).steps
    assert stood < 60
    page.wait_for_timeout(400)
    assert shown_walk(figure).steps == stood


def test_reset_stops_a_run(open_figure: OpenFigure) -> None:
    page, figure = open_figure("descent")
    figure.get_by_role("button", name="Run").click()
    figure.get_by_role("button", name="Reset").click()
    expect(figure.get_by_role("button", name="Run")).to_be_visible()
    page.wait_for_timeout(300)
    assert assert_true(figure) == Walk()


def test_goal_checks_itself(open_figure: OpenFigure) -> None:
    _, figure = open_figure("descent")
    goal = figure.locator(".nt-goal")
    expect(goal).not_to_have_class(re.compile("is-done"))
    # Down the steepest axis of the bowl one step of 1/λ_max is enough.
    bowl = Walk().bowl
    values, vectors = np.linalg.eigh(bowl.hessian)
    axis = vectors[:, -1] * np.sign(vectors[0, -1])
    w1, w2 = bowl.minimum + 12 * axis
    preset = f"#descent.start={w1:.2f}_{w2:.2f}&descent.rate={1 / values[-1]:.4f}"
    figure.evaluate("(_, hash) => { location.hash = hash; }", preset)
    expect(goal).to_have_class(re.compile("is-done"))
    w1, w2 = bowl.minimum + 9 * axis
    preset = f"#descent.start={w1:.2f}_{w2:.2f}&descent.rate={1 / values[-1]:.4f}"
    figure.evaluate("(_, hash) => { location.hash = hash; }", preset)
    expect(goal).not_to_have_class(re.compile("is-done"))


def test_state_in_the_address(open_figure: OpenFigure) -> None:
    page, figure = open_figure("descent")
    drag(page, start_knob(figure), 30, 30)
    type_rate(figure, "0.45")
    quiet_frame(page)
    before = shown_walk(figure)
    expect(page).to_have_url(re.compile(r"descent\.rate=0\.45"))
    page.reload()
    page.wait_for_selector("html[data-live-figures=ready]", state="attached")
    assert shown_walk(figure) == before
    figure.get_by_role("button", name="Reset").click()
    expect(page).not_to_have_url(re.compile("#"))
    assert assert_true(figure) == Walk()


def test_touch(open_figure: OpenFigure) -> None:
    page, figure = open_figure("descent", width=390, touch=True)
    x, y = middle_of(figure.locator(".nt-ground rect"))
    page.touchscreen.tap(x + 60, y)
    quiet_frame(page)
    assert assert_true(figure).start[0] > 10
    buttons = figure.locator("button, input[type=range], .nt-choice label")
    assert all(box["height"] >= 44 for box in (e.bounding_box() for e in buttons.all()) if box)


def test_is_announced(open_figure: OpenFigure) -> None:
    _, figure = open_figure("descent")
    type_rate(figure, "0.65")
    said = figure.locator("output[aria-live=polite]")
    cost = Descent(rate=0.65).costs[-1]
    expect(said).to_contain_text(f"rate 0.6500; cost {cost:.2f} after 15 steps. It diverges")


def test_a_walk_beyond_all_numbers_stays_on_the_page(open_figure: OpenFigure) -> None:
    address = "#descent.features=unscaled&descent.rate=1&descent.batch=one&descent.steps=60"
    page, figure = open_figure("descent", address=address)
    drawn = figure.locator(".nt-way").first.get_attribute("d") or ""
    coordinates = [abs(float(each)) for each in re.findall(r"-?[\d.]+", drawn)]
    assert len(coordinates) >= 4
    assert max(coordinates) < 10_000
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
