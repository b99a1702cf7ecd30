"""The plane of a task, as it is given and as the last hidden layer hands it on: still pictures."""

import re

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from ..checks import Array
from ..colours import LIGHT
from ..network import Layer, Network, forward
from ..plotting.style import ACTIVATION_SCALE, upright

__all__ = ["draw_hidden_space", "draw_plane", "moved", "shorter_paths"]


def moved(net: Network, x: Array, axes: list[int]) -> Array:
    """Return what two neurons of the last hidden layer say for inputs x, shape (2, m)."""
    return forward(net, x).a[-2][axes]


def draw_plane(ax: Axes, net: Network, x: Array, y: Array, grid: bool = False) -> Array:
    """Draw the plane, with the network's answer, as it is given; return the lines of its grid."""
    low, high = x.min(axis=1), x.max(axis=1)
    half = 0.64 * float((high - low).max())
    (left, bottom), (right, top) = (low + high) / 2 - half, (low + high) / 2 + half
    ax.set(xlim=(left, right), ylim=(bottom, top), xticks=[], yticks=[], aspect="equal")
    ax.set(xlabel="$x_1$", ylabel="$x_2$")
    upright(ax)
    along, places = np.linspace(0, 1, 25), (np.arange(9) + 0.5) / 9
    across = np.stack(np.broadcast_arrays(along, places[:, np.newaxis]))
    unit = np.concatenate([across, across[::-1]], axis=1)
    lines: Array = unit * 2 * half + np.reshape([left, bottom], (2, 1, 1))
    _draw_answer(ax, net)
    if grid:
        _draw_lines(ax, lines)
    _draw_examples(ax, x, y)
    return lines


def draw_hidden_space(
    ax: Axes, net: Network, x: Array, y: Array, axes: list[int], lines: Array
) -> None:
    """Draw the plane of two hidden neurons: the bent grid, and where the examples have gone."""
    places = moved(net, x, axes)
    (W, b), layer, activation = net.layers[-1], len(net.layers) - 1, net.activations[-2].name
    low = -1 if activation == "tanh" else 0
    high = _round_up(float(places.max())) if activation == "relu" else 1
    room = 0.06 * (high - low)
    limits = low - room, high + room
    ax.set(xlim=limits, ylim=limits, xticks=[low, high], yticks=[low, high], aspect="equal")
    across, up = (f"$a_{{{j}}}^{{({layer})}}$" for j in axes)
    ax.set(xlabel=across, ylabel=up)
    upright(ax)
    if W.shape[1] == 2:  # among more neurons the border is no line in the plane of two
        _draw_answer(ax, Network([Layer(W[:, axes], b)]))
    _draw_lines(ax, moved(net, lines.reshape(2, -1), axes).reshape(lines.shape))
    _draw_examples(ax, places, y)


def _draw_answer(ax: Axes, net: Network) -> None:
    """Draw what a network answers all over some axes, in steps, and the line where it is ½."""
    one, other = np.meshgrid(
        *(np.linspace(*limits, 37) for limits in (ax.get_xlim(), ax.get_ylim()))
    )
    a = net(np.stack([one.ravel(), other.ravel()])).reshape(one.shape)
    colours = [ACTIVATION_SCALE(0.75 * middle) for middle in (0.125, 0.375, 0.625, 0.875)]
    ax.contourf(one, other, a, [0, 0.25, 0.5, 0.75, 1], colors=colours)
    if a.min() < 0.5 < a.max():
        ax.contour(one, other, a, [0.5], colors=LIGHT.ink, linewidths=1.6)


def _draw_lines(ax: Axes, lines: Array) -> None:
    """Draw lines, shape (2, lines, points), as one path with gaps."""
    gaps = np.pad(lines, ((0, 0), (0, 0), (0, 1)), constant_values=np.nan)
    ax.plot(*gaps.reshape(2, -1), "-", color=LIGHT.muted, lw=0.7, alpha=0.6)


def _draw_examples(ax: Axes, x: Array, y: Array) -> None:
    """Draw class 0 as rings and class 1 as full triangles, each class as one path."""
    size = (0.018 if x.shape[1] > 20 else 0.04) * float(np.ptp(ax.get_xlim()))
    for wanted, corners, face in ((0, 8, LIGHT.paper), (1, 3, LIGHT.target)):
        mark = Path.unit_regular_polygon(corners)
        shape, codes = np.array(mark.vertices), np.array(mark.codes)
        chosen = x[:, y[0] == wanted].T
        places = (chosen[:, np.newaxis] + size * shape).reshape(-1, 2)
        path = Path(places, np.tile(codes, len(chosen)))
        patch = PathPatch(path, facecolor=face, edgecolor=LIGHT.target, lw=1.2, zorder=4)
        patch.set_clip_on(False)
        ax.add_patch(patch)


def _round_up(x: float) -> float:
    """Round up to 1, 2 or 5 times a power of ten."""
    power = 10.0 ** np.floor(np.log10(max(x, 0.1)))
    return float(next(each * power for each in (1, 2, 5, 10) if each * power >= x))


def shorter_paths(svg: str) -> str:
    """Write paths to a tenth of a point, each of their lines only by its end: they are many."""

    def shorter(path: re.Match[str]) -> str:
        digits = re.sub(r"\d+\.\d+", lambda n: f"{float(n[0]):.1f}".removesuffix(".0"), path[0])
        return digits.replace("\nL", "")

    return re.sub(r' d="[^"]*"', shorter, svg)
