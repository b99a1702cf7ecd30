"""What a network with two inputs answers everywhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike, NDArray

from ..checks import as_floats
from ..colours import LIGHT
from ..network import Network
from .style import ACTIVATION_SCALE, COMPACT, new_axes, upright

__all__ = ["decision_regions"]

Array = NDArray[np.floating]


def decision_regions(
    net: Network | Callable[[Array], Array],
    x: ArrayLike,
    y: ArrayLike,
    *,
    extent: tuple[float, float, float, float] | None = None,
    labels: Sequence[str] = ("$x_1$", "$x_2$"),
    ax: Axes | None = None,
) -> Axes:
    """Draw what a network with two inputs and one output answers everywhere, and the examples.

    The background has the colour of the output's activation; the line is where it is ½.

    Parameters
    ----------
    net : Network, or callable
        Takes inputs of shape (2, m), returns outputs of shape (1, m).
    x : array, shape (2, m)
        Examples.
    y : array, shape (1, m)
        Their classes, 0 (rings) or 1 (full triangles).
    extent : tuple (left, right, bottom, top), optional
        Which inputs to show; without it, a little more than the examples.
    labels : sequence of two str
        What to call the inputs.
    ax : matplotlib Axes, optional

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    ValueError
        If inputs or outputs are not of these shapes.
    """
    x, y = as_floats("x", x), as_floats("y", y)
    if x.ndim != 2 or len(x) != 2 or y.shape != (1, x.shape[1]):
        raise ValueError(
            f"x must have shape (2, m) and y (1, m), one example a column; got {x.shape} and "
            f"{y.shape}."
        )
    if extent is None:
        reach = 0.18 * np.ptp(x, axis=1, keepdims=True) + 1e-9
        low, high = (x - reach).min(axis=1), (x + reach).max(axis=1)
        extent = (float(low[0]), float(high[0]), float(low[1]), float(high[1]))
    left, right, bottom, top = extent
    ax = ax or new_axes(COMPACT, 0.55 + COMPACT * min(1.2, (top - bottom) / (right - left)))
    _draw_output(ax, net, extent)
    for value, marker, face in ((0, "o", LIGHT.paper), (1, "^", LIGHT.target)):
        chosen = (y[0] >= 0.5) == bool(value)
        size = 70 if x.shape[1] <= 20 else 20
        ax.scatter(
            x[0, chosen], x[1, chosen], s=size, marker=marker, label=f"$y = {value}$", zorder=4,
            facecolor=face, edgecolor=LIGHT.target, linewidth=1.2,
        )  # fmt: skip
    ax.set(xlim=extent[:2], ylim=extent[2:], xlabel=labels[0], ylabel=labels[1], aspect="equal")
    upright(ax)
    ax.legend(
        loc="lower left", bbox_to_anchor=(0, 1), borderaxespad=0.1, ncols=2, handletextpad=0.1,
        columnspacing=1.2,
    )  # fmt: skip
    return ax


def _draw_output(
    ax: Axes,
    net: Network | Callable[[Array], Array],
    extent: tuple[float, float, float, float],
) -> None:
    """Draw the output in steps, and the line where it is ½."""
    points = 65
    one, other = np.meshgrid(np.linspace(*extent[:2], points), np.linspace(*extent[2:], points))
    outputs = net(np.stack([one.ravel(), other.ravel()]))
    if outputs.shape != (1, points**2):
        raise ValueError(
            f"net must have 2 inputs and 1 output; for inputs of shape {(2, points**2)} it "
            f"returned {outputs.shape}."
        )
    a = outputs.reshape(points, points)
    steps = np.array([0, 0.1, 0.3, 0.5, 0.7, 0.9, 1])
    colours = [ACTIVATION_SCALE(0.75 * middle) for middle in (steps[:-1] + steps[1:]) / 2]
    ax.contourf(one, other, np.clip(a, 0, 1), steps, colors=colours)
    if a.min() < 0.5 < a.max():
        ax.contour(one, other, a, [0.5], colors=LIGHT.ink, linewidths=1.6)
