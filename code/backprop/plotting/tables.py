"""A table of signed numbers in which size is seen before it is read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_hex, to_rgb
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

from ..checks import as_floats
from ..colours import LIGHT
from .style import drawing_board, minus, readable_on

__all__ = ["signed_table"]

CELL_WIDTH, CELL_HEIGHT, GAP = 0.6, 0.36, 0.12
FONT = 10.0


def signed_table(
    values: ArrayLike,
    rows: Sequence[str],
    columns: Sequence[str],
    *,
    total: str | None = None,
    digits: int = 2,
    ax: Axes | None = None,
) -> Axes:
    """Write gradients, or wishes, into a table whose cells are the darker the larger they are.

    Parameters
    ----------
    values : array, shape (rows, columns)
        What to write, each with its sign.
    rows, columns : sequence of str
        What to write beside the rows and above the columns.
    total : str, optional
        Add a row with the sums of the columns, under this name.
    digits : int
        Decimals to print.
    ax : matplotlib Axes, optional

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    ValueError
        If there is not one name for each row and one for each column.
    """
    values = as_floats("values", values)
    if values.shape != (len(rows), len(columns)):
        raise ValueError(
            f"values must have shape ({len(rows)}, {len(columns)}), one row and one column for "
            f"each name; got {values.shape}."
        )
    names, gaps = list(rows), [0.0] * len(rows)
    if total is not None:
        values, names, gaps = np.vstack([values, values.sum(axis=0)]), [*names, total], [*gaps, GAP]
    left = 0.15 + 0.085 * max(map(len, names))
    width = left + CELL_WIDTH * len(columns) + 0.05
    height = CELL_HEIGHT * (len(names) + 1) + sum(gaps) + 0.05
    board, scale = drawing_board(width, height, ax)
    style: dict[str, Any] = {"ha": "center", "va": "center_baseline", "fontsize": FONT * scale}
    middles = left + CELL_WIDTH * (np.arange(len(columns)) + 0.5)
    for x, name in zip(middles, columns, strict=True):
        board.text(x, height - CELL_HEIGHT / 2, name, **style)
    largest = float(np.abs(values).max()) or 1.0
    bottom = height - CELL_HEIGHT
    for name, gap, line in zip(names, gaps, values, strict=True):
        bottom -= CELL_HEIGHT + gap
        middle = bottom + CELL_HEIGHT / 2
        weight = "bold" if gap else "normal"
        board.text(left - 0.1, middle, name, **(style | {"ha": "right"}), weight=weight)
        for x, value in zip(middles, line, strict=True):
            face = _shade(abs(float(value)) / largest)
            corner = (x - CELL_WIDTH / 2, bottom)
            cell = Rectangle(corner, CELL_WIDTH, CELL_HEIGHT, fc=face, ec=LIGHT.paper, lw=1.5)
            board.add_patch(cell)
            said = minus(f"{value:+.{digits}f}")
            board.text(x, middle, said, **style, color=readable_on(face), weight=weight)
    return board


def _shade(share: float) -> str:
    """Mix the colour of gradients with paper: paper for 0, the colour itself for 1."""
    paper, full = np.array(to_rgb(LIGHT.paper)), np.array(to_rgb(LIGHT.gradient))
    mixed = paper + round(0.08 + 0.92 * share, 2) * (full - paper)
    return to_hex(mixed.tolist())
