"""How long others take for the same work: ratios on a logarithmic scale."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import NullLocator

from ..colours import LIGHT
from .style import COMPACT, new_axes

__all__ = ["speed_ratios"]


def speed_ratios(
    ratios: Mapping[str, float | None],
    *,
    ours: Collection[str] = (),
    limits: tuple[float, float] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw how long each takes, as a multiple of what one of them takes.

    Parameters
    ----------
    ratios : mapping of str to float or None
        A ratio for each name, the first at the top; None where there is none.
    ours : collection of str
        Names to bring out.
    limits : tuple of float, optional
        Ends of the axis; without it, all ratios and room to write them.
    ax : matplotlib Axes, optional

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    ValueError
        If there is no ratio, or one that is not positive.
    """
    known = [value for value in ratios.values() if value is not None]
    if not known or not all(0 < value < np.inf for value in known):
        raise ValueError(f"ratios must be positive numbers, at least one; got {known}.")
    ax = ax or new_axes(COMPACT + 0.8, 0.75 + 0.24 * len(ratios))
    for place, (name, value) in enumerate(ratios.items()):
        if value is None:
            continue
        mine = name in ours
        colour = LIGHT.ink if mine else LIGHT.muted
        ax.plot([1, value], [place, place], "-", color=colour, linewidth=2.2 if mine else 0.9)
        ax.plot(value, place, "o" if mine else "D", color=colour, markersize=6 if mine else 4)
        faster = value < 1
        ax.annotate(
            f"{value:.2g}" if value < 10 else f"{value:.0f}",
            (value, place),
            xytext=(-6 if faster else 6, 0),
            textcoords="offset points",
            ha="right" if faster else "left",
            va="center_baseline",
            fontsize=9,
            fontweight="bold" if mine else "normal",
            color=colour,
        )
    ax.axvline(1, color=LIGHT.ink, linewidth=0.8)
    low, high = limits or (min(0.5, *known) / 3, max(2.0, *known) * 3)
    ax.set(xscale="log", xlim=(low, high), ylim=(len(ratios) - 0.5, -0.5))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.set_yticks(range(len(ratios)), list(ratios))
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    return ax
