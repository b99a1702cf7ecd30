"""Signed numbers as bars, such as the entries of a gradient."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike, NDArray

from ..checks import as_floats
from ..colours import LIGHT
from .style import COMPACT, minus, new_axes

__all__ = ["gradient_bars"]

Array = NDArray[np.floating]


def gradient_bars(
    values: ArrayLike,
    labels: Sequence[str] | None = None,
    *,
    others: Mapping[str, ArrayLike] | None = None,
    digits: int = 2,
    xlabel: str = r"$\partial C/\partial w$",
    ax: Axes | None = None,
) -> Axes:
    """Draw signed numbers as bars, each with its value printed at its end.

    Parameters
    ----------
    values : array, shape (n,)
        Entries of a gradient, say; the first is at the top.
    labels : sequence of str, optional
        What to call them.
    others : mapping of str to array of shape (n,), optional
        Other numbers to compare with, drawn as markers on the bars.
    digits : int
        Decimals to print.
    xlabel : str
        What the numbers are.
    ax : matplotlib Axes, optional

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    ValueError
        If there is not one label, or not one other number, for each value.
    """
    values = as_floats("values", values)
    if values.ndim != 1 or len(values) == 0:
        raise ValueError(f"values must have shape (n,), one number a bar; got {values.shape}.")
    named = [str(place) for place in range(len(values))] if labels is None else list(labels)
    if len(named) != len(values):
        raise ValueError(f"labels must be one for each of {len(values)} bars; got {len(named)}.")
    ax = ax or new_axes(COMPACT + 0.8, 0.75 + 0.34 * len(values))
    places = np.arange(len(values), dtype=float)
    bars = ax.barh(places, values, height=0.62, color=LIGHT.gradient, edgecolor=LIGHT.gradient)
    for bar, value in zip(bars, values, strict=True):
        if value < 0:  # hollow and hatched: the sign is seen without colour
            bar.set(facecolor=LIGHT.paper, hatch="////")
    ends = _draw_others(ax, places, values, others)
    _write_at_ends(ax, values, ends, digits)
    ax.axvline(0, color=LIGHT.ink, linewidth=0.8)
    ax.set_yticks(places, named)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    ax.set(xlabel=xlabel, ylim=(len(values) - 0.5, -0.5))
    return ax


def _write_at_ends(ax: Axes, values: Array, ends: Array, digits: int) -> None:
    """Print each value beyond its bar, and make room for it."""
    for place, (value, end) in enumerate(zip(values, ends, strict=True)):
        right = value >= 0
        ax.annotate(
            minus(f"{value:+.{digits}f}"),
            (end, place),
            xytext=(6 if right else -6, 0),
            textcoords="offset points",
            ha="left" if right else "right",
            va="center_baseline",
            fontsize=9.5,
            color=LIGHT.gradient,
        )
    low, high = min(0.0, float(ends.min())), max(0.0, float(ends.max()))
    room = 0.2 * (high - low) or 1.0
    ax.set_xlim(low - room * bool((values < 0).any()), high + room * bool((values >= 0).any()))


def _draw_others(
    ax: Axes, places: Array, values: Array, others: Mapping[str, ArrayLike] | None
) -> Array:
    """Draw markers; return how far bars and markers reach, on the side of each bar."""
    ends: Array = values.copy()
    for marker, (label, each) in zip("Dosv", (others or {}).items(), strict=False):
        numbers = as_floats(label, each)
        if numbers.shape != values.shape:
            raise ValueError(
                f"{label} must be one number for each of {len(values)} bars; got {numbers.shape}."
            )
        ax.plot(
            numbers, places, marker, label=label, markersize=6, markeredgewidth=1.3,
            markerfacecolor=LIGHT.paper, markeredgecolor=LIGHT.ink,
        )  # fmt: skip
        ends = np.where(values >= 0, np.maximum(ends, numbers), np.minimum(ends, numbers))
    if others:
        ax.legend(
            loc="lower left", bbox_to_anchor=(0, 1), ncols=3, handletextpad=0.2, borderaxespad=0
        )
    return ends
