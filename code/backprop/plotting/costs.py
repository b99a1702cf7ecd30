"""The cost over two weights: as a surface, as a map, and with the path of a descent on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike, NDArray

from ..checks import as_floats
from ..colours import LIGHT
from .style import COMPACT, COST_SCALE, new_axes, upright

__all__ = ["cost_contour", "cost_surface"]

Array = NDArray[np.floating]
Axes3D = Any  # of mpl_toolkits, which has no types
Extent = tuple[float, float, float, float]
FACETS = 16  # along each side of a surface: few enough for a small file
PATH_STYLES: tuple[tuple[str, Any], ...] = (
    (LIGHT.gradient, "-"),
    (LIGHT.ink, (0, (5, 1.6))),
    (LIGHT.positive, (0, (1.2, 1.2))),
    (LIGHT.muted, (0, (6, 1.5, 1.2, 1.5))),
)


@runtime_checkable
class _HasCost(Protocol):
    def cost(self, w: ArrayLike) -> Any: ...


Cost = _HasCost | Callable[[Array], Any]
Paths = ArrayLike | Mapping[str, ArrayLike] | None


def cost_contour(
    cost: Cost,
    path: Paths = None,
    *,
    minimum: bool = True,
    extent: Extent | None = None,
    levels: int = 9,
    labels: Sequence[str] = ("$w_1$", "$w_2$"),
    ax: Axes | None = None,
) -> Axes:
    """Draw a map of the cost over two weights: lines of equal cost.

    Parameters
    ----------
    cost : Bowl, or callable
        Something with a method ``cost``, or a function, that takes weights of shape (…, 2) and
        returns costs of shape (…).
    path : array, shape (steps + 1, 2), or mapping of str to such arrays, optional
        Where a descent went; the keys of a mapping label the paths.
    minimum : bool
        Mark ``cost.minimum`` with a star, if there is one.
    extent : tuple (left, right, bottom, top), optional
        Which weights to show; without it, all of the paths and the minimum.
    levels : int
        Number of lines.
    labels : sequence of two str
        What to call the weights.
    ax : matplotlib Axes, optional

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    ValueError
        If a path is none, or it is not known which weights to show.
    """
    paths = _paths(path)
    lowest = _minimum(cost) if minimum else None
    left, right, bottom, top = extent = extent or _extent(paths, lowest)
    ax = ax or new_axes(COMPACT + 0.6, COMPACT)
    w1, w2, costs = _grid(cost, extent, 57)
    heights = _levels(costs, levels)
    colours = [to_hex(COST_SCALE(0.25 + 0.5 * step / levels)) for step in range(levels)]
    ax.contourf(w1, w2, costs, [float(costs.min()) - 1, *heights], colors=_bands(levels))
    ax.contour(w1, w2, costs, heights, colors=colours, linewidths=0.8)
    ax.set_facecolor(_bands(levels)[-1])
    for number, (label, steps) in enumerate(paths.items()):
        _draw_path(ax, steps, label, number)
    if lowest is not None:
        ax.plot(*lowest, "*", markersize=13, color=LIGHT.ink, mec=LIGHT.paper, zorder=6)
    ax.set(xlim=(left, right), ylim=(bottom, top), xlabel=labels[0], ylabel=labels[1])
    upright(ax)
    if any(not label.startswith("_") for label in paths):
        ax.legend(loc="upper right", handlelength=2.6, frameon=True, edgecolor="none", framealpha=1)
    return ax


def cost_surface(
    cost: Cost,
    path: ArrayLike | None = None,
    *,
    minimum: bool = True,
    extent: Extent | None = None,
    labels: Sequence[str] = ("$w_1$", "$w_2$", "$C$"),
    elevation: float = 28,
    azimuth: float = -62,
    ax: Axes3D | None = None,
) -> Axes3D:
    """Draw the cost over two weights as a surface.

    Parameters
    ----------
    cost : Bowl, or callable
        As for `cost_contour`.
    path : array, shape (steps + 1, 2), optional
        Where a descent went.
    minimum : bool
        Mark ``cost.minimum`` with a star, if there is one.
    extent : tuple (left, right, bottom, top), optional
        Which weights to show; without it, all of the path and the minimum.
    labels : sequence of three str
        What to call the weights and the cost.
    elevation, azimuth : float
        From where to look, in degrees.
    ax : mpl_toolkits Axes3D, optional

    Returns
    -------
    mpl_toolkits Axes3D

    Raises
    ------
    ValueError
        As for `cost_contour`.
    """
    paths = _paths(path)
    lowest = _minimum(cost) if minimum else None
    extent = extent or _extent(paths, lowest)
    if ax is None:
        ax = plt.figure(figsize=(COMPACT + 0.6, COMPACT)).add_subplot(projection="3d")
    ax.computed_zorder = False
    w1, w2, costs = _grid(cost, extent, FACETS + 1)
    _draw_facets(ax, w1, w2, costs)
    for steps in paths.values():
        heights = _costs(cost, steps)
        ax.plot(*steps.T, heights, "-", color=LIGHT.gradient, linewidth=1.8, zorder=5)
        ax.plot(*steps.T, heights, "o", color=LIGHT.gradient, markersize=3.2, zorder=6)
    if lowest is not None:
        height = [float(_costs(cost, lowest))]
        star = {"markersize": 12, "color": LIGHT.ink, "mec": LIGHT.paper, "zorder": 7}
        ax.plot([lowest[0]], [lowest[1]], height, "*", **star)
    _dress_3d(ax, extent, labels, elevation, azimuth)
    return ax


def _draw_facets(ax: Axes3D, w1: Array, w2: Array, costs: Array) -> None:
    """Draw the surface as coloured facets, few enough for a small file."""
    top = float(costs.max()) or 1.0
    colours = np.empty(costs.shape, dtype=object)
    for place, height in np.ndenumerate(costs):
        colours[place] = to_hex(COST_SCALE(0.06 + 0.8 * round(float(height / top), 2)))
    surface = ax.plot_surface(
        w1, w2, costs, facecolors=colours, rstride=1, cstride=1, shade=False, zorder=1
    )
    surface.set_edgecolor(to_hex(COST_SCALE(0.7)))
    surface.set_linewidth(0.25)
    surface.set_clip_on(False)


def _dress_3d(
    ax: Axes3D, extent: Extent, labels: Sequence[str], elevation: float, azimuth: float
) -> None:
    ax.view_init(elevation, azimuth)
    ax.set(xlim=extent[:2], ylim=extent[2:], xlabel=labels[0], ylabel=labels[1], zlabel=labels[2])
    for axis in (ax.xaxis, ax.yaxis, ax.zaxis):
        axis.pane.set(facecolor=LIGHT.paper, edgecolor="#D5DADF", alpha=1)
        axis.set_major_locator(MaxNLocator(4))
        axis._axinfo["grid"].update(color="#E3E7EA", linewidth=0.6)
    ax.tick_params(labelsize=9, pad=0)
    ax.set_box_aspect((1, 1, 0.72), zoom=0.92)


def _draw_path(ax: Axes, steps: Array, label: str, number: int) -> None:
    """Draw one path: its start a ring, its steps dots, its way a line."""
    colour, dashes = PATH_STYLES[number % len(PATH_STYLES)]
    ax.plot(*steps.T, linestyle=dashes, color=colour, linewidth=1.5, label=label, zorder=4)
    ax.plot(*steps[1:].T, "o", color=colour, markersize=3.2, zorder=5)
    ax.plot(*steps[0], "o", mfc=LIGHT.paper, mec=colour, mew=1.6, markersize=7, zorder=5)


def _paths(path: Paths) -> dict[str, Array]:
    """Return paths of shape (steps + 1, 2) by label; a label that starts with _ is not shown."""
    if path is None:
        return {}
    named = path if isinstance(path, Mapping) else {"_path": path}
    checked = {}
    for label, each in named.items():
        steps = as_floats("path", each)
        if steps.ndim != 2 or steps.shape[1] != 2 or len(steps) == 0:
            raise ValueError(f"path must have shape (steps + 1, 2); got {steps.shape}.")
        checked[label] = steps
    return checked


def _minimum(cost: Cost) -> Array | None:
    lowest = getattr(cost, "minimum", None)
    return None if lowest is None else np.asarray(lowest, float)


def _extent(paths: Mapping[str, Array], lowest: Array | None) -> Extent:
    """Choose weights to show: all points of interest, the minimum in the middle if there is one."""
    points = [*paths.values()] + ([] if lowest is None else [lowest[np.newaxis]])
    if not paths:
        raise ValueError("give extent=(left, right, bottom, top), or a path to show.")
    everything = np.concatenate(points)
    middle = (everything.min(axis=0) + everything.max(axis=0)) / 2 if lowest is None else lowest
    reach = 1.2 * np.abs(everything - middle).max(axis=0)
    reach = np.where(reach > 0, reach, max(float(reach.max()), 1.0))
    left, bottom = (middle - reach).tolist()
    right, top = (middle + reach).tolist()
    return left, right, bottom, top


def _costs(cost: Cost, w: Array) -> Array:
    return np.asarray(cost.cost(w) if isinstance(cost, _HasCost) else cost(w), float)


def _grid(cost: Cost, extent: Extent, points: int) -> tuple[Array, Array, Array]:
    """Evaluate the cost on a grid of weights; three arrays of shape (points, points)."""
    left, right, bottom, top = extent
    w1, w2 = np.meshgrid(np.linspace(left, right, points), np.linspace(bottom, top, points))
    costs = _costs(cost, np.stack([w1, w2], axis=-1))
    if costs.shape != w1.shape:
        raise ValueError(
            f"cost must turn weights of shape (…, 2) into costs of shape (…); for "
            f"{(points, points, 2)} it returned {costs.shape}."
        )
    return w1, w2, costs


def _levels(costs: Array, levels: int) -> list[float]:
    """Choose heights whose lines lie evenly in a bowl: their square roots are evenly spaced."""
    low, high = float(costs.min()), float(costs.max())
    steps = (np.arange(1, levels + 1) / (levels + 0.5)) ** 2
    heights: list[float] = (low + max(high - low, 1e-12) * steps).tolist()
    return heights


def _bands(levels: int) -> list[str]:
    return [to_hex(COST_SCALE(0.42 * step / levels)) for step in range(levels + 1)]
