"""Paths from a weight to the cost, and δ on its way back; in a real browser."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from driving import drag, follow_link, number_in, quiet_frame
from playwright.sync_api import Locator, Page, expect

from backprop import Network, gradient
from backprop.live import Paths

OpenFigure = Callable[..., tuple[Page, Locator]]


def result(figure: Locator, name: str) -> float:
    return number_in(figure.locator(f".nt-lines:visible [data-result={name}]"))


def assert_paths(figure: Locator, path: int = 0, **settings: Any) -> Paths:
    """Term, sums, derivative and counts are Python's; so are the factors."""
    paths = Paths(**settings)
    terms = paths.terms
    assert result(figure, "term") == pytest.approx(terms[path], abs=1e-9)
    assert result(figure, "so-far") == pytest.approx(terms[: path + 1].sum(), abs=1e-9)
    assert result(figure, "sum") == pytest.approx(terms.sum(), abs=1e-12)
    assert result(figure, "derivative") == pytest.approx(paths.derivative, abs=1e-12)
    texts = figure.locator(".nt-lines:visible .nt-term > span:first-child > span").all_inner_texts()
    factors = [float(text.strip("()").replace("−", "-")) for text in texts]
    assert len(factors) == 2 * (len(paths.widths) - paths.edge[0]) + 1
    assert np.prod(factors) == pytest.approx(terms[path], rel=0.1, abs=1e-5)
    for count in paths.multiplications.values():
        expect(figure.locator("svg:visible").nth(1)).to_contain_text(f"{count:,}")
    return paths


@pytest.mark.parametrize("from_file", [False, True], ids=["served", "file"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_wakes(open_figure: OpenFigure, width: int, scheme: str, from_file: bool) -> None:
    page, figure = open_figure("paths", width=width, scheme=scheme, from_file=from_file)
    assert float(figure.locator(".nt-figure").get_attribute("data-maxdiff") or "nan") < 1e-10
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert_paths(figure)


def test_it_is_the_network_of_the_chapter() -> None:
    deep = Network.initialise([4, 4, 4, 4, 3], rng=4)
    x, y = np.random.default_rng(4).random((4, 1)), np.array([[1.0], [0.0], [0.0]])
    assert Paths().derivative == pytest.approx(gradient(deep, x, y)[0].W[1, 2], rel=1e-12)


def test_still_picture_without_javascript(open_figure: OpenFigure) -> None:
    _, figure = open_figure("paths", javascript=False)
    picture = figure.get_by_role("img")
    expect(picture).to_be_visible()
    assert "48 paths" in (picture.get_attribute("aria-label") or "")


def test_walk_along_the_paths(open_figure: OpenFigure) -> None:
    page, figure = open_figure("paths")
    for _ in range(3):
        figure.get_by_role("button", name="Next").click()
    quiet_frame(page)
    assert_paths(figure, 3)
    figure.get_by_role("button", name="Back", exact=True).click()
    quiet_frame(page)
    assert_paths(figure, 2)


def test_drag_along_the_sum(open_figure: OpenFigure) -> None:
    page, figure = open_figure("paths")
    knob = figure.get_by_role("slider", name="path")
    drag(page, knob, 100, 0)
    at = int(knob.get_attribute("aria-valuenow") or 0)
    assert 8 < at < 30
    assert_paths(figure, at - 1)
    knob.press("ArrowRight")
    quiet_frame(page)
    assert_paths(figure, at)
    knob.press("End")
    quiet_frame(page)
    assert_paths(figure, 47)
    assert result(figure, "so-far") == pytest.approx(result(figure, "derivative"), abs=1e-9)


def test_pick_a_weight(open_figure: OpenFigure) -> None:
    page, figure = open_figure("paths")
    edge = figure.get_by_role("button", name=re.compile("weight of layer 3 to 1 from 0"))
    edge.focus()
    quiet_frame(page)
    assert_paths(figure, l=3, j=1, k=0)
    page.keyboard.press("ArrowDown")
    quiet_frame(page)
    assert_paths(figure, l=3, j=1, k=1)
    figure.get_by_role("combobox", name="layer", exact=True).select_option("4")
    figure.get_by_role("combobox", name="to", exact=True).select_option("2")
    quiet_frame(page)
    assert_paths(figure, l=4, j=2, k=1)
    expect(figure).to_contain_text("1 path")


def test_click_a_line(open_figure: OpenFigure) -> None:
    page, figure = open_figure("paths", address="#paths.widths=2_2_1&paths.k=0")
    edge = figure.get_by_role("button", name=re.compile("weight of layer 2 to 0 from 1"))
    edge.locator("line").first.click()
    quiet_frame(page)
    assert_paths(figure, widths=[2, 2, 1], l=2, j=0, k=1)


def test_lit_lines_are_those_of_the_paths(open_figure: OpenFigure) -> None:
    _, figure = open_figure("paths")
    edges = figure.locator(".nt-edge-group:not(.nt-to-cost)")
    # The weight itself, 4 lines from its neuron, then all: 4 · 4 and 3 · 4.
    expect(edges.and_(figure.locator(":not(.is-off)"))).to_have_count(1 + 4 + 16 + 12)
    expect(edges.and_(figure.locator(".is-way"))).to_have_count(3)


@pytest.mark.parametrize(
    "widths", [[3, 2], [1, 1, 1], [5, 4, 3, 2, 1], [2, 3, 2, 3, 2, 3, 2], [5] * 7]
)
def test_other_widths(open_figure: OpenFigure, widths: list[int]) -> None:
    page, figure = open_figure("paths", address=f"#paths.widths={'_'.join(map(str, widths))}")
    assert_paths(figure, widths=widths)
    figure.get_by_role("radio", name="back-propagation").check(force=True)
    quiet_frame(page)  # until then, the button that is seen is that of the other view
    for _ in widths[1:]:
        figure.get_by_role("button", name="Next").click()
    quiet_frame(page)
    paths = Paths(widths=widths)
    assert result(figure, "derivative") == pytest.approx(paths.derivative, abs=1e-12)
    assert result(figure, "sum") == pytest.approx(paths.derivative, abs=1e-12)
    work = paths.multiplications["back_propagation"]
    expect(figure).to_contain_text(f"{work:,} of {work:,}")


def test_change_the_widths(open_figure: OpenFigure) -> None:
    page, figure = open_figure("paths")
    figure.get_by_role("combobox", name="width of layer 2").select_option("5")
    figure.get_by_role("button", name="Add layer").click()
    quiet_frame(page)
    assert_paths(figure, widths=[4, 4, 5, 4, 3, 3])
    for _ in range(4):
        figure.get_by_role("button", name="Remove layer").click()
    quiet_frame(page)
    assert_paths(figure, widths=[4, 4])


def test_delta_flows_back(open_figure: OpenFigure) -> None:
    page, figure = open_figure("paths", address="#paths.view=back")
    paths = Paths()
    net = paths.network
    deltas = [dC.b[:, 0] for dC in gradient(net, *paths._example)]
    expect(figure).to_contain_text("Forward is done")
    written = 0
    for layer in (4, 3, 2, 1):
        figure.get_by_role("button", name="Next").click()
        quiet_frame(page)
        neuron = 1 if layer == 1 else 0
        assert result(figure, "delta") == pytest.approx(deltas[layer - 1][neuron], abs=6e-7)
        written += len(deltas[layer - 1])
        texts = [text for text in figure.locator(".nt-delta").all_text_contents() if text]
        shown = sorted(float(text.replace("−", "-")) for text in texts)
        assert len(shown) == written
        assert shown == pytest.approx(sorted(np.concatenate(deltas[layer - 1 :])), abs=6e-4)
        waits = figure.get_by_text("waits for")
        expect(waits).to_have_count(0 if layer == 1 else 1)
    assert result(figure, "derivative") == pytest.approx(paths.derivative, abs=1e-12)


def test_playing_stops_at_the_end_and_on_another_view(open_figure: OpenFigure) -> None:
    page, figure = open_figure("paths", address="#paths.l=4&paths.view=back")
    figure.get_by_role("button", name="Play").click()
    expect(figure).to_contain_text(re.compile("step [2-5] of 5"))
    figure.get_by_role("radio", name="path by path").check(force=True)
    figure.get_by_role("radio", name="back-propagation").check(force=True)
    quiet_frame(page)
    expect(figure.get_by_role("button", name="Play")).to_be_visible()


def test_touch(open_figure: OpenFigure) -> None:
    page, figure = open_figure("paths", width=390, touch=True)
    figure.get_by_role("button", name="Next").tap()
    quiet_frame(page)
    assert_paths(figure, 1)
    parts = figure.locator("button:visible, select:visible, .nt-choice label:visible").all()
    assert all((each.bounding_box() or {})["height"] >= 44 for each in parts)


def test_goal_checks_itself(open_figure: OpenFigure) -> None:
    page, figure = open_figure("paths")
    aim = figure.locator(".nt-goal")
    for widths, done in (("4_4_4_4_4_4_4", False), ("1_1_4_4_4_4_4", True), ("1_1_4_4", False)):
        follow_link(page, f"#paths.widths={widths}")
        assert ("is-done" in (aim.get_attribute("class") or "")) == done
        paths = Paths(widths=list(map(int, widths.split("_"))))
        work = paths.multiplications["back_propagation"]
        assert (len(paths.terms) > 1000 and work < 200) == done


def test_state_in_the_address(open_figure: OpenFigure) -> None:
    page, figure = open_figure("paths", address="#paths.widths=4_9&paths.l=2&paths.path=7")
    assert_paths(figure, 7, l=2)
    figure.get_by_role("button", name="Next").click()
    expect(page).to_have_url(re.compile(r"paths\.path=8"))
    page.reload()
    page.wait_for_selector("html[data-live-figures=ready]", state="attached")
    assert_paths(figure, 8, l=2)
    figure.get_by_role("button", name="Reset").click()
    expect(page).not_to_have_url(re.compile("#"))
    assert_paths(figure)


def test_is_announced(open_figure: OpenFigure) -> None:
    _, figure = open_figure("paths")
    figure.get_by_role("button", name="Next").click()
    expect(figure.locator("output[aria-live=polite]")).to_contain_text("Path 2 of 48")
