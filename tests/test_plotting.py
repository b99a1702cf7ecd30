"""Static figures: that they show the numbers they are given, and can be read."""

import base64
import os
import re
import subprocess
import sys
from itertools import combinations
from types import SimpleNamespace

import matplotlib as mpl
import matplotlib.pyplot as plt
import nbclient
import nbformat
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from IPython.core.formatters import DisplayFormatter
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.colors import to_hex
from matplotlib.patches import Circle, FancyBboxPatch, PathPatch
from matplotlib.text import Text
from matplotlib_inline import backend_inline

from backprop import (
    ACTIVATIONS,
    Bowl,
    Layer,
    Network,
    data,
    descend,
    forward,
    gradient,
    plotting,
    quadratic_prime,
    sgd,
)
from backprop.colours import LIGHT, contrast
from backprop.plotting import style
from backprop.plotting.images import activation_colour
from backprop.plotting.labels import _spread
from backprop.plotting.style import ACTIVATION_SCALE, readable_on
from backprop.the_mathematics import deltas_by_index

DIGITS = data.digits()
CHAIN = Network([Layer([[1.2]], [[0.1]]), Layer([[-0.7]], [[0.2]]), Layer([[2.0]], [[-0.3]])])
CENTRED = data.penguins().X - data.penguins().X.mean(axis=0)
BOWL = Bowl(CENTRED / CENTRED.std(axis=0), data.penguins().y - data.penguins().y.mean())
PATH = descend(BOWL.gradient, [-6.0, 14.0], 0.12, 25)


@pytest.fixture(autouse=True)
def book_style():
    plt.switch_backend("agg")
    with mpl.rc_context():
        plotting.use_book_style()
        yield
    plt.close("all")


@pytest.fixture(scope="module")
def trained():
    """The network of the book after a few epochs, with and without its hidden layer."""
    test = (DIGITS.x_test, DIGITS.y_test)
    return {
        "-".join(map(str, widths)): sgd(
            Network.initialise(widths),
            DIGITS.x_train,
            DIGITS.y_train,
            epochs=8,
            batch_size=10,
            learning_rate=3.0,
            test=test,
        )
        for widths in ([16, 8, 4], [16, 4])
    }


def texts(ax):
    """Everything written on the axes, with plain minus signs."""
    found = [text for text in ax.findobj(Text) if text.get_visible() and text.get_text().strip()]
    return [text.get_text().replace("\N{MINUS SIGN}", "-") for text in found]


def segments(ax, colour=None):
    """Lines of the weights: ((from, to), width, dashed), of one colour if asked for."""
    found = []
    for group in ax.findobj(LineCollection):
        dashed = group.get_linestyle()[0][1] is not None
        for line, width in zip(group.get_segments(), group.get_linewidth(), strict=True):
            if colour is None or to_hex(group.get_color()[0]).lower() == colour.lower():
                found.append((tuple(map(tuple, line)), float(width), dashed))
    return found


# --- all figures --------------------------------------------------------------------------------


def penguin_contours():
    rates = (0.05, 0.3, 0.6)
    paths = {f"η = {rate}": descend(BOWL.gradient, [-6.0, 14.0], rate, 20) for rate in rates}
    return plotting.cost_contour(BOWL, paths)


def small_network_with_everything():
    net = Network.initialise([2, 2, 2])
    trace = forward(net, [[0.5], [1.0]])
    _, deltas = deltas_by_index(net, np.array([0.5, 1.0]), np.array([1.0, 0.0]))
    return plotting.network_diagram(
        net, trace, values=True, names=True, weights="values", deltas=deltas, targets=[1, 0]
    )


def digit_network(run, **options):
    trace = forward(run.network, DIGITS.x_test[:, :3])
    titles = ["16 pixels", "8 hidden neurons", "4 digits"]
    return plotting.network_diagram(
        run.network, trace, values=True, outputs=["1", "3", "7", "8"], titles=titles, **options
    )


def exponential_errors(f=np.exp):
    hs = 10.0 ** np.arange(-14, 0)
    forwards = (f(1 + hs) - f(1)) / hs
    centrals = (f(1 + hs) - f(1 - hs)) / (2 * hs)
    errors = {"forward": abs(forwards / np.e - 1), "central": abs(centrals / np.e - 1)}
    return plotting.error_against_h(hs, errors)


def eight_to_one():
    net = Network.initialise([8, 1], rng=3)
    x = DIGITS.x_train[4:12, :1]
    return plotting.network_diagram(net, forward(net, x), values=True, targets=[1.0])


SPEEDS = {"PyTorch": 8.65, "one by one": 120.0, "none": None, "sgd": 0.48, "loops": 0.007}

GALLERY = {
    "digits": lambda runs: plotting.digit_grid(
        DIGITS.x_train[:, :8], [str(label) for label in DIGITS.labels_train[:8]], marked=[2]
    ),
    "large digits": lambda runs: plotting.digit_grid(
        data.digits(8, range(10)).x_train[:, :10], list("0123456789")
    ),
    "pixel values": lambda runs: plotting.digit_grid(DIGITS.x_train[:, :3], values=True),
    "weights": lambda runs: plotting.weight_images(runs["16-8-4"].network.layers[0].W),
    "large weights": lambda runs: plotting.weight_images(
        np.random.default_rng(0).standard_normal((10, 64)), columns=5
    ),
    "16-8-4": lambda runs: digit_network(runs["16-8-4"], image=(4, 4)),
    "16-8-4 bare": lambda runs: plotting.network_diagram([16, 8, 4], names=True),
    "3-1": lambda runs: plotting.network_diagram(
        Network([Layer([[0.8, -1.4, 0.3]], [[0.1]])]), weights="values"
    ),
    "8-1": lambda runs: eight_to_one(),
    "1-1-1-1": lambda runs: plotting.network_diagram(
        CHAIN, forward(CHAIN, [[0.5]]), values=True, names=True, weights="names"
    ),
    "3-2": lambda runs: plotting.network_diagram(
        [3, 2], names=True, first=1, superscripts=["L-1", "L"], weights="names"
    ),
    "2-2-2": lambda runs: small_network_with_everything(),
    "deep": lambda runs: plotting.network_diagram(
        [4, 4, 4, 4, 3],
        names=True,
        highlight=plotting.onward([4, 4, 4, 4, 3], (1, 1, 2)),
        weights={(1, 1, 2): "$w$"},
    ),
    "64-30-10": lambda runs: plotting.network_diagram([64, 30, 10], most=12),
    "chain": lambda runs: plotting.computation_chain(CHAIN, 0.5, 1.0),
    "last link": lambda runs: plotting.computation_chain(
        CHAIN, 0.5, 1.0, layers=1, superscripts=["L-1", "L"]
    ),
    "forward chain": lambda runs: plotting.computation_chain(
        CHAIN, 0.5, 1.0, layers=2, derivatives=False
    ),
    "surface": lambda runs: plotting.cost_surface(BOWL, PATH),
    "contour": lambda runs: plotting.cost_contour(BOWL, PATH),
    "contours": lambda runs: penguin_contours(),
    "costs": lambda runs: plotting.learning_curves(runs),
    "accuracies": lambda runs: plotting.learning_curves(runs, "accuracy"),
    "one run": lambda runs: plotting.learning_curves(runs["16-8-4"], log=True),
    "activations": lambda runs: plotting.activation_curves(list(ACTIVATIONS.values()), slopes=True),
    "bars": lambda runs: plotting.gradient_bars([0.5, 3.9, 0.02], ["$w_0$", "$w_1$", "$w_2$"]),
    "compared bars": lambda runs: plotting.gradient_bars(
        [0.5, -1.9, 0.02, -0.4], others={"true change": [0.48, -1.7, 0.02, -0.45]}
    ),
    "errors": lambda runs: exponential_errors(),
    "speeds": lambda runs: plotting.speed_ratios(SPEEDS, ours=["sgd"]),
    "xor": lambda runs: plotting.decision_regions(Network.initialise([2, 3, 1]), *data.xor()),
    "moons": lambda runs: plotting.decision_regions(
        Network.initialise([2, 3, 1]), *data.two_moons()
    ),
}


@pytest.mark.parametrize("name", GALLERY)
def test_every_figure_is_small_legible_and_free_of_collisions(name, trained):
    """Under 120 kB as SVG, no text below 9 points, no text over another."""
    ax = GALLERY[name](trained)
    figure = ax.figure
    svg = plotting.render(figure, "svg")
    assert len(svg) < 120_000
    figure.draw_without_rendering()
    shown = [text for text in figure.findobj(Text) if text.get_visible() and text.get_text()]
    assert min(text.get_fontsize() for text in shown) >= 8.9
    # Of an annotation, the extent of the text alone, without the line that leads to it.
    boxes = [(t.get_text(), Text.get_window_extent(t)) for t in shown if drawn(t)]
    for (one, first), (other, second) in combinations(boxes, 2):
        overlap = mpl.transforms.Bbox.intersection(first, second)
        area = 0 if overlap is None else overlap.width * overlap.height
        # The boxes of formulas are taller than what is drawn in them.
        smaller = min(first.width * first.height, second.width * second.height)
        assert area <= 0.12 * smaller, f"{one!r} and {other!r} overlap"


def drawn(text):
    """Whether a text is on the page: tick labels beyond the limits of an axis are not."""
    x, y = Text.get_window_extent(text).get_points().mean(axis=0)
    for ax in text.figure.axes:
        box = ax.get_window_extent()
        if any(text is tick.label1 for tick in ax.xaxis.majorTicks + ax.xaxis.minorTicks):
            return ax.name != "3d" and box.x0 - 1 <= x <= box.x1 + 1
        if any(text is tick.label1 for tick in ax.yaxis.majorTicks + ax.yaxis.minorTicks):
            return ax.name != "3d" and box.y0 - 1 <= y <= box.y1 + 1
    return True


DRAW_ON = {
    "digit_grid": lambda ax: plotting.digit_grid(DIGITS.x_train[:, :2], ax=ax),
    "weight_images": lambda ax: plotting.weight_images(np.eye(4), ax=ax),
    "network_diagram": lambda ax: plotting.network_diagram([3, 2], ax=ax),
    "computation_chain": lambda ax: plotting.computation_chain(CHAIN, 0.5, 1, ax=ax),
    "cost_contour": lambda ax: plotting.cost_contour(BOWL, PATH, ax=ax),
    "learning_curves": lambda ax: plotting.learning_curves(run_of_xor(), ax=ax),
    "activation_curves": lambda ax: plotting.activation_curves(ACTIVATIONS["relu"], ax=ax),
    "gradient_bars": lambda ax: plotting.gradient_bars([1.0], ax=ax),
    "speed_ratios": lambda ax: plotting.speed_ratios({"a": 2.0}, ax=ax),
    "error_against_h": lambda ax: plotting.error_against_h([0.1], [0.2], ax=ax),
    "decision_regions": lambda ax: plotting.decision_regions(
        Network.initialise([2, 1]), *data.xor(), ax=ax
    ),
}


def run_of_xor():
    return sgd(
        Network.initialise([2, 2, 1]), *data.xor(), epochs=5, batch_size=4, learning_rate=0.5
    )


@pytest.mark.parametrize("name", DRAW_ON)
def test_functions_draw_on_the_axes_they_get_and_never_show(name, monkeypatch):
    monkeypatch.setattr(plt, "show", lambda *_, **__: pytest.fail("showed a figure"))
    figure, axes = plt.subplots(1, 2, figsize=(6.4, 3))
    assert DRAW_ON[name](axes[1]) is axes[1]
    assert plt.get_fignums() == [figure.number]
    assert not axes[0].has_data()
    assert len(axes[1].get_children()) > 10
    alone = DRAW_ON[name](None)
    assert alone.figure is not figure


def test_a_surface_draws_on_the_axes_it_gets():
    ax = plt.figure().add_subplot(projection="3d")
    assert plotting.cost_surface(BOWL, PATH, ax=ax) is ax


# --- style and files ----------------------------------------------------------------------------


@pytest.mark.parametrize("format", ["svg", "pdf", "png"])
def test_a_figure_gives_the_same_file_every_time_and_no_date(format):
    one, two = (plotting.render(plotting.cost_contour(BOWL, PATH).figure, format) for _ in "ab")
    assert one == two
    for telltale in (b"Date", b"date>", b"Matplotlib", b"matplotlib v"):
        assert telltale not in one


def test_files_do_not_depend_on_the_process():
    program = (
        "import matplotlib; matplotlib.use('agg'); import hashlib; from backprop import plotting;"
        "plotting.use_book_style(); ax = plotting.network_diagram([3, 2], names=True);"
        "print([hashlib.sha256(plotting.render(ax.figure, f)).hexdigest() for f in ('svg', 'pdf')])"
    )
    seen = {
        subprocess.run(
            [sys.executable, "-c", program],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(seen) == 1
    assert "'" in seen.pop()


def test_rounding_keeps_the_drawing():
    """Coordinates lose digits, scales of glyphs do not."""
    svg = plotting.render(plotting.activation_curves(ACTIVATIONS["tanh"]).figure).decode()
    numbers = [float(n) for d in re.findall(r' d="([^"]*)"', svg) for n in d.split() if "." in n]
    assert len(numbers) > 100
    assert all(number == round(number, 2) for number in numbers)
    assert re.search(r"scale\(0\.0\d{3,}", svg)


def test_only_figures_with_something_in_them_are_shown():
    """In IPython: SVG and PDF, and nothing for an empty figure."""
    figure = plotting.gradient_bars([1.0]).figure
    assert style._svg_or_nothing(figure) == plotting.render(figure, "svg").decode()
    assert base64.b64decode(style._pdf_or_nothing(figure)) == plotting.render(figure, "pdf")
    empty = plt.figure()
    assert style._svg_or_nothing(empty) is None
    assert style._pdf_or_nothing(empty) is None


def test_ipython_is_told_to_show_svg_and_pdf(monkeypatch):
    shell, chosen = SimpleNamespace(display_formatter=DisplayFormatter()), []
    monkeypatch.setattr(style, "get_ipython", lambda: shell)
    monkeypatch.setattr(backend_inline, "set_matplotlib_formats", lambda *f: chosen.extend(f))
    plotting.use_book_style()
    assert chosen == ["svg", "pdf"]
    bundle, _ = shell.display_formatter.format(plotting.gradient_bars([1.0]).figure)
    assert set(bundle) == {"image/svg+xml", "application/pdf", "text/plain"}


def test_an_unknown_format_is_refused():
    with pytest.raises(ValueError, match="format must be one of"):
        plotting.render(plt.figure(), "gif")


def test_the_style_takes_its_colours_from_the_book():
    assert mpl.rcParams["text.color"] == LIGHT.ink
    assert mpl.rcParams["figure.facecolor"] == LIGHT.paper
    assert mpl.rcParams["svg.hashsalt"] == "backprop"
    figure, ax = plt.subplots()
    assert to_hex(ax.get_facecolor()).upper() == LIGHT.paper
    assert figure.get_constrained_layout()


def test_runs_can_be_told_apart_without_colour():
    styles = [style["linestyle"] for style in mpl.rcParams["axes.prop_cycle"]]
    assert len(set(map(str, styles))) == len(styles) >= 5


@pytest.mark.parametrize("a", np.linspace(0, 1, 41))
def test_text_on_every_shade_can_be_read(a):
    shade = to_hex(ACTIVATION_SCALE(a))
    assert contrast(readable_on(shade), shade) >= 4.5


def test_a_notebook_stores_vector_figures_the_same_each_time(tmp_path):
    """In a kernel of its own, as the chapters run."""
    code = [
        "from backprop import plotting\nplotting.use_book_style()",
        "import matplotlib.pyplot as plt\nplotting.gradient_bars([1.0, -2.0])\nplt.show()",
        "plt.figure()\nplt.show()",
    ]
    environment = {name: value for name, value in os.environ.items() if name != "MPLBACKEND"}
    bundles = []
    for _ in range(2):
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in code])
        resources = {"metadata": {"path": str(tmp_path)}}
        client = nbclient.NotebookClient(notebook, kernel_name="python3", resources=resources)
        client.execute(env=environment)
        assert notebook.cells[0].outputs == []
        (output,) = notebook.cells[1].outputs
        bundles.append(output["data"])
        assert not any("image" in o.get("data", {}) for o in notebook.cells[2].outputs)
    assert set(bundles[0]) == {"image/svg+xml", "application/pdf", "text/plain"}
    assert bundles[0] == bundles[1]


# --- labels beside lines ------------------------------------------------------------------------


@given(
    st.lists(st.floats(0, 1), min_size=1, max_size=12),
    st.floats(0.01, 0.3),
)
def test_labels_are_moved_apart_and_keep_their_order(places, gap):
    places = np.array(places)
    spread = _spread(places, gap)
    order = np.argsort(places, kind="stable")
    assert (np.diff(spread[order]) >= gap - 1e-9).all()
    assert spread.mean() == pytest.approx(places.mean())


def test_labels_that_do_not_collide_stay():
    places = np.array([0.9, 0.1, 0.5])
    assert np.allclose(_spread(places, 0.2), places)
    assert np.allclose(_spread(np.array([0.5, 0.5, 0.1]), 0.2), [0.4, 0.6, 0.1])


def test_a_label_is_level_with_the_end_of_its_line():
    ax = plotting.new_axes()
    ax.plot([0, 1], [0, 3], label="up")
    ax.plot([0, 1, 2], [0, 1, np.nan], label="broken")
    ax.plot([0, 1], [0, 9], label="_hidden")
    plotting.label_lines(ax)
    ax.figure.canvas.draw()
    up, broken = (text for text in ax.texts)
    assert (up.get_text(), broken.get_text()) == ("up", "broken")
    for text, end in ((up, 3), (broken, 1)):
        box = Text.get_window_extent(text)
        assert (box.y0 + box.y1) / 2 == pytest.approx(ax.transData.transform((0, end))[1], abs=3)


def test_axes_without_labels_stay_bare():
    ax = plotting.new_axes()
    assert plotting.label_lines(ax) is ax
    assert not ax.texts


# --- images -------------------------------------------------------------------------------------


def squares(ax, colour):
    """Centres of the pixels of a colour, from left to right and top to bottom."""
    found = []
    for patch in ax.findobj(PathPatch):
        if to_hex(patch.get_facecolor()).lower() == colour.lower():
            vertices = patch.get_path().vertices.reshape(-1, 5, 2)
            found += [tuple(corners[:4].mean(axis=0).round(6)) for corners in vertices]
    return sorted(found, key=lambda p: (-p[1], p[0]))


def test_pixel_0_is_at_the_top_left():
    image = np.zeros(16)
    image[[0, 7]] = 1.0  # the top left one, and the last of the second row
    ax = plotting.digit_grid(image)
    (left, top), (right, below) = squares(ax, LIGHT.activation)
    everything = squares(ax, LIGHT.paper) + [(left, top), (right, below)]
    assert len(everything) == 16
    assert (left, top) == (min(x for x, _ in everything), max(y for _, y in everything))
    rows = sorted({y for _, y in everything}, reverse=True)
    assert below == rows[1]
    assert right == max(x for x, _ in everything)


def test_every_pixel_of_every_image_is_drawn_in_the_colour_of_its_value():
    images = DIGITS.x_train[:, :5]
    ax = plotting.digit_grid(images)
    values, counts = np.unique([activation_colour(v) for v in images.ravel()], return_counts=True)
    for colour, count in zip(values, counts, strict=True):
        assert len(squares(ax, colour)) == count


def test_values_are_written_into_the_pixels():
    ax = plotting.digit_grid(DIGITS.x_train[:, :1], values=True)
    assert texts(ax) == [f"{value:.2f}" for value in DIGITS.x_train[:, 0]]


def test_images_can_be_oblong():
    ax = plotting.digit_grid(np.linspace(0, 1, 6), shape=(2, 3))
    centres = [c for p in np.linspace(0, 1, 6) for c in squares(ax, activation_colour(p))]
    assert len({y for _, y in centres}) == 2
    assert len({x for x, _ in centres}) == 3


def test_weights_have_one_symmetric_scale():
    W = np.array([[1.0, -2.0, 0.0, 0.5], [2.0, 0.0, 0.0, 0.0]])
    ax = plotting.weight_images(W)
    legend = 1
    assert len(squares(ax, LIGHT.positive)) == 1 + legend  # the 2.0, and the end of the legend
    assert len(squares(ax, LIGHT.negative)) == 1 + legend
    assert [text for text in texts(ax) if text[-1] == "2"] == ["-2", "+2"]
    assert {"neuron 0", "neuron 1"} <= set(texts(ax))


def test_negative_weights_carry_a_minus_sign():
    W = np.array([[1.0, -1.0, -0.3, -0.01]])  # the last is too near to 0 to be called negative
    ax = plotting.weight_images(W, limit=1.0)
    strokes = [p for p in ax.findobj(PathPatch) if not p.get_fill()]
    marked = sum(len(patch.get_path().vertices) // 2 for patch in strokes)
    assert marked == 2 + 5  # and the five negative ones of the legend


def test_weights_can_be_written_into_their_pixels():
    ax = plotting.weight_images(np.array([[1.5, -2.25, 0.0, 0.5]]), values=True)
    assert {"+1.50", "-2.25", "+0.00", "+0.50"} <= set(texts(ax))


def test_zero_weights_are_no_trouble():
    plotting.weight_images(np.zeros((2, 9)))


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: plotting.digit_grid(np.zeros((2, 16))), "2 pixels do not make an image"),
        (lambda: plotting.digit_grid(np.zeros((16, 0))), r"one image a column; got \(16, 0\)"),
        (lambda: plotting.digit_grid(np.zeros((2, 2, 2))), "one image a column"),
        (lambda: plotting.digit_grid(np.zeros((16, 2)), ["7"]), "one for each of the 2 images"),
        (lambda: plotting.weight_images(np.eye(4), ["a"]), "one for each of 4 neurons; got 1"),
        (lambda: plotting.weight_images(np.ones((3, 5))), "5 pixels do not make an image"),
    ],
)
def test_images_say_what_is_wrong(call, said):
    with pytest.raises(ValueError, match=said):
        call()


# --- networks -----------------------------------------------------------------------------------


@pytest.mark.parametrize("widths", [(16, 8, 4), (3, 1), (8, 1), (1, 1, 1, 1), (3, 2), (2, 2, 2)])
def test_all_neurons_and_weights_are_there(widths):
    ax = plotting.network_diagram(widths)
    assert len(ax.findobj(Circle)) == sum(widths)
    assert len(segments(ax)) == sum(n * k for n, k in zip(widths[1:], widths, strict=False))


def test_lines_lead_from_neuron_k_to_neuron_j_with_the_width_and_dashes_of_w_jk():
    W = np.array([[2.0, -1.0, 0.5], [-0.25, 1.5, -2.0]])
    ax = plotting.network_diagram(Network([Layer(W, np.zeros((2, 1)))]))
    centres = sorted({circle.center for circle in ax.findobj(Circle)}, key=lambda c: (c[0], -c[1]))
    below, above = centres[:3], centres[3:]
    drawn = {line: (width, dashed) for line, width, dashed in segments(ax)}
    for j, k in np.ndindex(W.shape):
        width, dashed = drawn[below[k], above[j]]
        assert dashed == (W[j, k] < 0)
        assert width == pytest.approx(0.35 + 2.75 * abs(W[j, k]) / 2)


def test_sign_has_its_colour_too():
    ax = plotting.network_diagram(Network([Layer([[1.0, -1.0]], [[0.0]])]))
    assert [dashed for _, _, dashed in segments(ax, LIGHT.positive)] == [False]
    assert [dashed for _, _, dashed in segments(ax, LIGHT.negative)] == [True]


def test_discs_are_the_greener_the_higher_the_activation():
    net = Network.initialise([2, 1])
    ax = plotting.network_diagram(net, forward(net, [[0.2, 0.9], [0.8, 0.1]]), example=1)
    faces = {c.center[1]: to_hex(c.get_facecolor()) for c in ax.findobj(Circle) if c.center[0] < 1}
    top, bottom = max(faces), min(faces)
    assert faces[top] == activation_colour(0.9)
    assert faces[bottom] == activation_colour(0.1)


def test_values_names_targets_and_outputs_are_written():
    net = Network.initialise([2, 3, 2])
    trace = forward(net, [[0.25], [1.0]])
    ax = plotting.network_diagram(
        net, trace, values=True, names=True, targets=[[1], [0]], outputs=["cat", "dog"]
    )
    written = texts(ax)
    for a in trace.a:
        assert {f"{value:.2f}" for value in a[:, 0]} <= set(written)
    assert {"$a^{(0)}_{1}$", "$a^{(1)}_{2}$", "$a^{(2)}_{0}$"} <= set(written)
    assert {"$y$ = 1", "$y$ = 0", "cat", "dog"} <= set(written)


def test_negative_activations_are_grey_and_have_a_minus_sign():
    net = Network.initialise([1, 1], activation="tanh")
    ax = plotting.network_diagram(net, forward(net, [[-0.5]]), values=True)
    assert "-0.50" in texts(ax)
    first = min(ax.findobj(Circle), key=lambda circle: circle.center[0])
    red, green, blue, _ = first.get_facecolor()
    assert max(red, green, blue) - min(red, green, blue) < 0.08
    assert any("activation -1, 0, 1" in text for text in texts(ax))


def test_names_follow_the_source_if_asked():
    ax = plotting.network_diagram(
        [3, 2], names=True, first=1, superscripts=["L-1", "L"], weights="names"
    )
    assert {"$a^{(L-1)}_{3}$", "$a^{(L)}_{2}$", "$w^{(L)}_{21}$"} <= set(texts(ax))
    place = next(text for text in ax.texts if text.get_text() == "$w^{(L)}_{21}$").get_position()
    discs = sorted({c.center for c in ax.findobj(Circle)}, key=lambda c: (c[0], -c[1]))
    one, two = np.array(discs[0]), np.array(discs[4])  # first input, second output
    along = (np.array(place) - one) / (two - one)
    assert along[0] == pytest.approx(along[1])  # on the line that it names
    assert 0 < along[0] < 1


def test_deltas_are_written_in_the_colour_of_gradients_with_rings_by_size():
    ax = small_network_with_everything()
    _, deltas = deltas_by_index(
        Network.initialise([2, 2, 2]), np.array([0.5, 1.0]), np.array([1.0, 0.0])
    )
    written = [text for text in ax.texts if "delta" in text.get_text()]
    numbers = [t.get_text().replace("\N{MINUS SIGN}", "-").split("= ")[1] for t in written]
    assert numbers == [f"{delta:+.3g}" for layer in deltas for delta in layer]
    assert {text.get_color() for text in written} == {LIGHT.gradient}
    rings = [c for c in ax.findobj(Circle) if not c.get_fill()]
    sizes = [abs(delta) for layer in deltas for delta in layer]
    assert np.argsort([ring.get_linewidth() for ring in rings]).tolist() == (
        np.argsort(sizes).tolist()
    )


def test_what_is_not_highlighted_fades():
    edges = plotting.onward([3, 2, 2], (1, 0, 2))
    ax = plotting.network_diagram([3, 2, 2], highlight=edges)
    assert len(segments(ax, LIGHT.ink)) == len(edges) == 3
    inked = [c for c in ax.findobj(Circle) if to_hex(c.get_edgecolor()).upper() == LIGHT.ink]
    assert len(inked) == 4  # where the weight comes from, where it goes to, both outputs


def test_onward_lists_every_path():
    widths = [2, 3, 4, 2]
    edges = plotting.onward(widths, (1, 2, 0))
    assert edges[0] == (1, 2, 0)
    assert {e for e in edges if e[0] == 2} == {(2, j, 2) for j in range(4)}
    assert len([e for e in edges if e[0] == 3]) == 8
    assert plotting.onward(Network.initialise(widths), (3, 1, 1)) == [(3, 1, 1)]


def test_names_stand_beside_the_first_and_the_last_layer_where_there_is_no_room_above():
    net = Network.initialise([16, 6])
    trace = forward(net, np.full((16, 1), 0.5))
    ax = plotting.network_diagram(net, trace, values=True, names=True, targets=np.ones(6))
    at = {text.get_text(): text.get_position() for text in ax.texts}
    discs = sorted({c.center for c in ax.findobj(Circle)}, key=lambda c: (c[0], -c[1]))
    beside_first = next(place for text, place in at.items() if "a^{(0)}_{0}" in text)
    assert beside_first[0] < discs[0][0]
    assert beside_first[1] == pytest.approx(discs[0][1])
    assert at["$a^{(1)}_{0}$"][0] > discs[16][0]
    assert at["$y$ = 1"][0] > at["$a^{(1)}_{0}$"][0]


def test_lines_and_neurons_left_out_or_faded_are_not_written_on():
    ax = plotting.network_diagram([64, 2], most=5, weights={(1, 0, 0): "seen", (1, 0, 30): "not"})
    assert "seen" in texts(ax)
    assert "not" not in texts(ax)
    deltas = [np.array([0.1, 0.2])]
    ax = plotting.network_diagram([2, 2], deltas=deltas, highlight=[(1, 0)])
    assert [text for text in texts(ax) if "delta" in text] == ["$\\delta$ = +0.1"]


def test_wide_layers_show_their_first_and_last_neurons():
    ax = plotting.network_diagram([64, 3], most=7, names=True)
    assert len(ax.findobj(Circle)) == 6 + 3
    assert {"$a^{(0)}_{0}$", "$a^{(0)}_{2}$", "$a^{(0)}_{61}$", "$a^{(0)}_{63}$"} <= set(texts(ax))
    assert "$a^{(0)}_{3}$" not in texts(ax)
    assert "⋮" in texts(ax)


def test_the_input_is_shown_as_an_image():
    net = Network.initialise([16, 2])
    ax = plotting.network_diagram(net, forward(net, np.eye(16)[:, :1]), image=(4, 4))
    assert len(squares(ax, LIGHT.activation)) == 1
    assert len(squares(ax, LIGHT.paper)) == 15


NET = Network.initialise([3, 2])
TRACE = forward(NET, np.ones((3, 1)))


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: plotting.network_diagram([3]), r"at least two layers of neurons; got \[3\]"),
        (lambda: plotting.network_diagram([3, 0]), "at least two layers of neurons"),
        (lambda: plotting.network_diagram([4, 2], TRACE), r"trace .* \[4, 2\]; got \[3, 2\]"),
        (lambda: plotting.network_diagram([3, 2], targets=[1]), "targets must hold a number"),
        (lambda: plotting.network_diagram([3, 2], deltas=[[1, 2, 3]]), "deltas must hold"),
        (lambda: plotting.network_diagram([3, 2], highlight=[(1, 2, 0)]), r"got \(1, 2, 0\)"),
        (lambda: plotting.network_diagram([3, 2], highlight=[(0, 1, 0)]), r"got \(0, 1, 0\)"),
        (lambda: plotting.network_diagram([3, 2], highlight=[(2, 0)]), r"got \(2, 0\)"),
        (lambda: plotting.network_diagram([3, 2], weights={(1, 0, 3): "w"}), r"got \(1, 0, 3\)"),
        (lambda: plotting.network_diagram([3, 2], weights="values"), 'weights must be "names"'),
        (lambda: plotting.network_diagram([3, 2], titles=["in"]), "one for each of the 2 layers"),
        (
            lambda: plotting.network_diagram([3, 2], names=True, superscripts=["L"]),
            "superscripts must be one for each of the 2 layers",
        ),
        (lambda: plotting.network_diagram([16, 2], image=(4, 4)), "give trace=forward"),
        (lambda: plotting.network_diagram(NET, TRACE, image=(2, 2)), "3 inputs do not make"),
        (lambda: plotting.onward([3, 2], (1, 5, 0)), r"got \(1, 5, 0\)"),
    ],
)
def test_diagrams_say_what_is_wrong(call, said):
    with pytest.raises(ValueError, match=said):
        call()


# --- the chain ----------------------------------------------------------------------------------


def numbers_beside(ax):
    """Map every name on a chain to the number written below it."""
    found = {}
    for name in ax.texts:
        if not name.get_text().startswith("$"):
            continue
        x, y = name.get_position()
        below = [
            (y - t.get_position()[1], t)
            for t in ax.texts
            if abs(t.get_position()[0] - x) < 1e-9 and 0 < y - t.get_position()[1] < 0.3
        ]
        number = min(below)[1].get_text().replace("\N{MINUS SIGN}", "-")
        found.setdefault(name.get_text().strip("$"), []).append(float(number))
    return found


def close(shown, wanted):
    return shown == pytest.approx(wanted, abs=6e-4, rel=0.05)


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu", "identity"])
def test_the_chain_shows_the_derivatives_that_back_propagation_finds(activation):
    net = Network(CHAIN.layers, activation)
    x, y = 0.5, 1.0
    shown = numbers_beside(plotting.computation_chain(net, x, y))
    trace = forward(net, [[x]])
    dC = gradient(net, [[x]], [[y]])
    for l in (1, 2, 3):
        layer = net.layers[l - 1]
        assert close(shown[f"a^{{({l})}}"], [trace.a[l].item()])
        assert close(shown[f"z^{{({l})}}"], [trace.z[l - 1].item()])
        assert close(shown[f"w^{{({l})}}"], [layer.W.item()])
        assert close(shown[f"b^{{({l})}}"], [layer.b.item()])
        assert close(shown[rf"\partial C/\partial w^{{({l})}}"], [dC[l - 1].W.item()])
        assert close(shown[rf"\partial C/\partial b^{{({l})}}"], [dC[l - 1].b.item()])
    assert close(shown["C"], [(trace.a[-1].item() - y) ** 2])
    assert close(shown[r"\partial C/\partial a"], [quadratic_prime(trace.a[-1], y).item()])
    assert sorted(shown[r"\partial z/\partial a"]) == sorted(W.item() for W, _ in net.layers)
    assert close(sorted(shown[r"\partial z/\partial w"]), sorted(a.item() for a in trace.a[:-1]))
    slopes = [
        s.prime(z, a).item() for s, z, a in zip(net.activations, trace.z, trace.a[1:], strict=True)
    ]
    assert close(sorted(shown[r"\partial a/\partial z"]), sorted(slopes))


def test_the_last_link_alone_has_the_names_of_the_source():
    ax = plotting.computation_chain(CHAIN, 0.5, 1.0, layers=1, superscripts=["L-1", "L"])
    shown = numbers_beside(ax)
    dC = gradient(CHAIN, [[0.5]], [[1.0]])
    assert close(shown[r"\partial C/\partial w^{(L)}"], [dC[-1].W.item()])
    assert close(shown["a^{(L-1)}"], [forward(CHAIN, [[0.5]]).a[2].item()])
    assert len(ax.findobj(FancyBboxPatch)) == 7  # a, z, a, C, and w, b, y above them


def test_a_chain_can_leave_out_the_way_back():
    shown = numbers_beside(plotting.computation_chain(CHAIN, 0.5, 1.0, derivatives=False))
    assert not any("partial" in name for name in shown)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (
            lambda: plotting.computation_chain(Network.initialise([2, 1]), 0, 1),
            r"one neuron a layer; this network has widths \[2, 1\]",
        ),
        (lambda: plotting.computation_chain(CHAIN, 0, 1, layers=4), "from 1 to 3.*got 4"),
        (
            lambda: plotting.computation_chain(CHAIN, 0, 1, layers=1, superscripts=["L"]),
            r"superscripts must be 2.*got \['L'\]",
        ),
    ],
)
def test_chains_say_what_is_wrong(call, said):
    with pytest.raises(ValueError, match=said):
        call()


# --- costs --------------------------------------------------------------------------------------


def test_a_map_shows_the_whole_path_and_the_minimum():
    ax = plotting.cost_contour(BOWL, PATH)
    lines = [line.get_xydata() for line in ax.get_lines()]
    assert any(line.shape == PATH.shape and np.allclose(line, PATH) for line in lines)
    star = next(line for line in ax.get_lines() if line.get_marker() == "*")
    assert np.allclose(star.get_xydata(), BOWL.minimum)
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    assert left < PATH[:, 0].min() <= PATH[:, 0].max() < right
    assert bottom < PATH[:, 1].min() <= PATH[:, 1].max() < top


def test_lines_of_equal_cost_are_lines_of_equal_cost():
    ax = plotting.cost_contour(lambda w: w[..., 0] ** 2 + 4 * w[..., 1] ** 2, extent=(-2, 2, -1, 1))
    checked = 0
    for group in ax.collections:
        if group.get_facecolor().size:
            continue
        for path, level in zip(group.get_paths(), group.levels, strict=True):
            w = path.vertices
            assert np.allclose(w[:, 0] ** 2 + 4 * w[:, 1] ** 2, level, rtol=0.01, atol=0.01)
            checked += len(w)
    assert checked > 100


def test_several_paths_are_labelled_and_styled_apart():
    ax = penguin_contours()
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert labels == ["η = 0.05", "η = 0.3", "η = 0.6"]
    ways = [line for line in ax.get_lines() if line.get_label() in labels]
    assert len({str(line.get_linestyle()) + str(line._dash_pattern) for line in ways}) == 3


def test_a_function_has_no_minimum_to_mark():
    ax = plotting.cost_contour(lambda w: (w**2).sum(axis=-1), [[1.0, 1.0], [0.5, 0.5]])
    assert not [line for line in ax.get_lines() if line.get_marker() == "*"]


def test_a_surface_has_the_height_of_the_cost(monkeypatch):
    ax = plt.figure().add_subplot(projection="3d")
    plot_surface, grids = ax.plot_surface, []

    def spy(*arrays, **style):
        grids.append(arrays)
        return plot_surface(*arrays, **style)

    monkeypatch.setattr(ax, "plot_surface", spy)
    plotting.cost_surface(BOWL, PATH, ax=ax)
    ((w1, w2, heights),) = grids
    assert np.allclose(heights, BOWL.cost(np.stack([w1, w2], axis=-1)))
    assert w1.min() < PATH[:, 0].min()
    way = next(line for line in ax.get_lines() if line.get_linestyle() == "-")
    x, y, height = way.get_data_3d()
    assert np.allclose(np.column_stack([x, y]), PATH)
    assert np.allclose(height, BOWL.cost(PATH))


@pytest.mark.parametrize("draw", [plotting.cost_contour, plotting.cost_surface])
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((BOWL,), "give extent="),
        ((BOWL, [[1.0, 2.0, 3.0]]), r"shape \(steps \+ 1, 2\); got \(1, 3\)"),
        ((BOWL, np.zeros((0, 2))), r"shape \(steps \+ 1, 2\); got \(0, 2\)"),
        ((lambda w: w, PATH), r"costs of shape \(…\); for"),
    ],
)
def test_costs_say_what_is_wrong(draw, arguments, said):
    with pytest.raises(ValueError, match=said):
        draw(*arguments)


# --- curves -------------------------------------------------------------------------------------


@pytest.mark.parametrize("quantity", ["cost", "accuracy"])
def test_learning_curves_are_the_history(quantity, trained):
    ax = plotting.learning_curves(trained, quantity)
    lines = {line.get_label(): line.get_ydata() for line in ax.get_lines()}
    for name, run in trained.items():
        assert np.array_equal(lines[name], getattr(run.history, quantity))
        assert np.array_equal(lines[f"{name}, test"], getattr(run.history, f"test_{quantity}"))
    assert set(lines) <= set(texts(ax))
    without = plotting.learning_curves(trained, quantity, test=False)
    assert len(without.get_lines()) == 2


def test_one_run_is_labelled_training_and_test(trained):
    ax = plotting.learning_curves(trained["16-4"].history, log=True)
    assert {"training", "test"} <= set(texts(ax))
    assert ax.get_yscale() == "log"


def test_accuracy_is_in_per_cent(trained):
    ax = plotting.learning_curves(trained, "accuracy")
    ax.figure.canvas.draw()
    assert any(re.fullmatch(r"\d+ %", label.get_text()) for label in ax.get_yticklabels())


def test_learning_curves_say_what_is_wrong():
    with pytest.raises(ValueError, match='"cost" or "accuracy"; got \'loss\''):
        plotting.learning_curves(run_of_xor(), "loss")
    line = sgd(
        Network.initialise([1, 1], activation="identity"),
        [[0.0, 1.0]],
        [[0.0, 0.5]],
        epochs=1,
        batch_size=2,
        learning_rate=0.1,
    )
    with pytest.raises(ValueError, match="has no accuracy: its targets are not classes"):
        plotting.learning_curves(line, "accuracy")


def test_activation_curves_are_the_functions_and_their_slopes():
    z = np.linspace(-2, 2, 5)
    ax = plotting.activation_curves([ACTIVATIONS["sigmoid"], ACTIVATIONS["relu"]], z=z, slopes=True)
    lines = {line.get_label(): line.get_ydata() for line in ax.get_lines()}
    assert np.allclose(lines["sigmoid"], 1 / (1 + np.exp(-z)))
    assert np.allclose(lines["relu"], [0, 0, 0, 1, 2])
    assert np.allclose(lines["slope of relu"], [0, 0, 0, 1, 1])
    squares_of = plotting.activation_curves({"z²": np.square}, slopes=True)
    assert [text for text in texts(squares_of) if "slope" in text] == []


def test_the_best_h_is_marked():
    hs, errors = [1e-2, 1e-4, 1e-6, 1e-8], [1e-3, 1e-7, 1e-5, 0.0]
    ax = plotting.error_against_h(hs, errors)
    assert "best: $h \\approx 10^{-4}$" in texts(ax)
    curve = next(line for line in ax.get_lines() if len(line.get_xdata()) > 1)
    assert curve.get_xdata().tolist() == hs[:3]  # 0 has no place on a logarithmic axis


@pytest.mark.parametrize(
    ("hs", "errors"), [([0.1], [0.1, 0.2]), ([0.1], [-0.1]), ([0.0], [0.1]), ([[0.1]], [[0.1]])]
)
def test_errors_say_what_is_wrong(hs, errors):
    with pytest.raises(ValueError, match="hs must be positive and errors one number"):
        plotting.error_against_h(hs, errors)


# --- bars ---------------------------------------------------------------------------------------


def test_bars_have_the_length_and_sign_of_their_numbers():
    values = [0.5, -3.9, 0.02]
    ax = plotting.gradient_bars(values, ["first", "second", "third"])
    assert [bar.get_width() for bar in ax.patches] == values
    assert [bool(bar.get_hatch()) for bar in ax.patches] == [False, True, False]
    assert {"+0.50", "-3.90", "+0.02"} <= set(texts(ax))
    assert ax.yaxis_inverted()  # the first is at the top
    left, right = ax.get_xlim()
    assert left < -3.9
    assert right > 0.5


def test_other_numbers_are_drawn_as_markers():
    ax = plotting.gradient_bars([1.0, -2.0], others={"predicted": [1.1, -1.5], "true": [0.9, -2.5]})
    markers = {line.get_label(): line for line in ax.get_lines() if line.get_marker() != "None"}
    assert markers["predicted"].get_xdata().tolist() == [1.1, -1.5]
    assert markers["true"].get_xdata().tolist() == [0.9, -2.5]
    assert markers["true"].get_marker() != markers["predicted"].get_marker()


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: plotting.gradient_bars([]), r"shape \(n,\), one number a bar; got \(0,\)"),
        (lambda: plotting.gradient_bars([[1.0]]), r"got \(1, 1\)"),
        (lambda: plotting.gradient_bars([1.0], ["a", "b"]), "one for each of 1 bars; got 2"),
        (lambda: plotting.gradient_bars([1.0], others={"x": [1, 2]}), "x must be one number"),
    ],
)
def test_bars_say_what_is_wrong(call, said):
    with pytest.raises(ValueError, match=said):
        call()


# --- regions ------------------------------------------------------------------------------------


def test_regions_show_the_examples_by_class_and_the_line_at_one_half():
    x, y = data.two_moons(20)

    def slope(points):
        return 1 / (1 + np.exp(-3 * points[:1]))  # ½ where x_1 is 0

    ax = plotting.decision_regions(slope, x, y)
    zeros, ones = (c for c in ax.collections if isinstance(c, PathCollection))
    assert np.allclose(zeros.get_offsets(), x[:, y[0] == 0].T)
    assert np.allclose(ones.get_offsets(), x[:, y[0] == 1].T)
    assert zeros.get_paths()[0].vertices.shape != ones.get_paths()[0].vertices.shape
    border = next(c for c in ax.collections if getattr(c, "levels", [0])[0] == 0.5)
    assert np.allclose(border.get_paths()[0].vertices[:, 0], 0, atol=0.02)


def test_a_network_that_always_says_the_same_has_no_border():
    x, y = data.xor()
    ax = plotting.decision_regions(lambda points: np.full((1, points.shape[1]), 0.9), x, y)
    assert not [c for c in ax.collections if list(getattr(c, "levels", [])) == [0.5]]


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (
            lambda: plotting.decision_regions(NET, np.zeros((3, 4)), np.zeros((1, 4))),
            r"x must have shape \(2, m\) and y \(1, m\)",
        ),
        (
            lambda: plotting.decision_regions(Network.initialise([2, 2]), *data.xor()),
            "net must have 2 inputs and 1 output",
        ),
    ],
)
def test_regions_say_what_is_wrong(call, said):
    with pytest.raises(ValueError, match=said):
        call()


# --- speeds -------------------------------------------------------------------------------------


def test_a_ratio_is_drawn_where_it_is_and_written_beside():
    ax = plotting.speed_ratios(SPEEDS, ours=["sgd"])
    places = {float(line.get_ydata()[0]): float(line.get_xdata()[-1]) for line in ax.lines[:-1]}
    assert places == {0.0: 8.65, 1.0: 120.0, 3.0: 0.48, 4.0: 0.007}
    assert [label.get_text() for label in ax.get_yticklabels()] == list(SPEEDS)
    assert [text.get_text() for text in ax.texts] == ["8.7", "120", "0.48", "0.007"]
    assert [text.get_fontweight() for text in ax.texts] == ["normal", "normal", "bold", "normal"]


@pytest.mark.parametrize("ratios", [{}, {"a": None}, {"a": 0.0}, {"a": -1.0}, {"a": np.inf}])
def test_ratios_must_be_positive(ratios):
    with pytest.raises(ValueError, match="ratios must be positive numbers, at least one"):
        plotting.speed_ratios(ratios)
