"""Labels beside the ends of lines, instead of a legend."""

from __future__ import annotations

from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from numpy.typing import NDArray

__all__ = ["label_lines"]


def label_lines(ax: Axes, gap: float = 1.25) -> Axes:
    """Write the label of every line beside its right end, instead of a legend.

    Labels that would cover each other are moved apart.  Call it last, when the limits of the
    axes are settled.

    Parameters
    ----------
    ax : matplotlib Axes
        Its lines with a label of their own are labelled, in their colour.
    gap : float
        Least distance between two labels, in lines of text.

    Returns
    -------
    matplotlib Axes
    """
    lines = [line for line in ax.get_lines() if not str(line.get_label()).startswith("_")]
    if not lines:
        return ax
    ax.autoscale_view()  # the limits are settled only when they are asked for
    to_axes = ax.transData + ax.transAxes.inverted()
    ends = np.array([to_axes.transform(_last_point(line)) for line in lines])
    size = float(mpl.rcParams["legend.fontsize"])
    points = 72 * ax.get_window_extent().height / ax.figure.dpi
    heights = _spread(np.clip(ends[:, 1], 0, 1), gap * size / points)
    for line, (x, y), height in zip(lines, ends, heights, strict=True):
        ax.annotate(
            str(line.get_label()),
            (x, min(max(y, 0.0), 1.0)),
            xytext=(20, points * (height - min(max(y, 0.0), 1.0))),
            xycoords="axes fraction",
            textcoords="offset points",
            color=line.get_color(),
            fontsize=size,
            va="center",
            arrowprops={
                "arrowstyle": "-",
                "color": line.get_color(),
                "linestyle": line.get_linestyle(),
                "linewidth": 1.0,
                "relpos": (0.0, 0.5),
                "shrinkA": 1,
                "shrinkB": 3,
            },
            annotation_clip=False,
        )
    return ax


def _last_point(line: Line2D) -> NDArray[Any]:
    """Return the last point of a line that can be drawn."""
    points = np.column_stack([np.asarray(line.get_xdata()), np.asarray(line.get_ydata())])
    points = points.astype(float)
    drawn: NDArray[Any] = points[np.isfinite(points).all(axis=1)]
    return drawn[-1] if len(drawn) else np.zeros(2)


def _spread(places: NDArray[Any], gap: float) -> NDArray[Any]:
    """Move places apart, as little as may be, until no two are closer than the gap."""
    order = np.argsort(places, kind="stable")
    # A run of places that are too close becomes a block around its own centre; blocks that then
    # touch are joined.
    blocks: list[list[int]] = []
    centres: list[float] = []
    for index in order:
        blocks.append([int(index)])
        centres.append(float(places[index]))
        while len(blocks) > 1:
            reach = gap * (len(blocks[-1]) + len(blocks[-2])) / 2
            if centres[-1] - centres[-2] >= reach - 1e-12:
                break
            joined = blocks[-2] + blocks[-1]
            blocks[-2:] = [joined]
            centres[-2:] = [float(np.mean(places[joined]))]
    spread = np.empty(len(places))
    for block, centre in zip(blocks, centres, strict=True):
        spread[block] = centre + gap * (np.arange(len(block)) - (len(block) - 1) / 2)
    return spread
