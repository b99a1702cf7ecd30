"""Images of digits and of weights, pixel by pixel, as vector drawings."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from math import ceil, isqrt
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path
from numpy.typing import ArrayLike, NDArray

from ..checks import as_floats
from ..colours import LIGHT
from .style import (
    ACTIVATION_SCALE,
    COLUMN,
    WEIGHT_SCALE,
    drawing_board,
    minus,
    readable_on,
)

__all__ = ["activation_colour", "digit_grid", "draw_pixels", "weight_images"]

Array = NDArray[np.floating]
Box = tuple[float, float, float, float]
CLOSED = np.array([Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY], np.uint8)
GRID_LINE = "#D5DADF"


def digit_grid(
    images: ArrayLike,
    titles: Sequence[str] | None = None,
    *,
    shape: tuple[int, int] | None = None,
    columns: int | None = None,
    marked: Collection[int] = (),
    values: bool = False,
    ax: Axes | None = None,
) -> Axes:
    """Show images side by side, every pixel in the colour of an activation.

    Parameters
    ----------
    images : array, shape (pixels, m)
        One image a column, as in `Dataset`, from 0 (paper) to 1.
    titles : sequence of str, optional
        What to write below each image.
    shape : tuple (rows, columns), optional
        Of one image; without it, images are square.
    columns : int, optional
        How many images go side by side.
    marked : collection of int
        Numbers of images to frame, in the colour of the error.
    values : bool
        Write the value into each pixel: for a few large images.
    ax : matplotlib Axes, optional

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    ValueError
        If the pixels do not make up images of the shape, or the titles are too few or too many.
    """
    pictures = _as_images(images, shape)
    m = len(pictures)
    if titles is not None and len(titles) != m:
        raise ValueError(f"titles must be one for each of the {m} images; got {len(titles)}.")
    places, side, ax, scale = _places(m, columns, titles is not None, values, ax)
    boxes = [_fitted(pictures.shape[1:], *place, side) for place in places]
    draw_pixels(ax, zip(pictures, boxes, strict=True), activation_colour)
    for number, (image, box) in enumerate(zip(pictures, boxes, strict=True)):
        if values:
            _write_values(ax, image, box, scale, activation_colour, ".2f")
        if number in marked:
            frame = Rectangle(box[:2], *box[2:], fill=False, edgecolor=LIGHT.target, linewidth=2.4)
            ax.add_patch(frame)
        if titles is not None:
            weight = "bold" if number in marked else "normal"
            _write_below(ax, box, titles[number], 10 * scale, weight=weight)
    return ax


def weight_images(
    W: ArrayLike,
    titles: Sequence[str] | None = None,
    *,
    shape: tuple[int, int] | None = None,
    columns: int | None = None,
    limit: float | None = None,
    values: bool = False,
    ax: Axes | None = None,
) -> Axes:
    """Show each neuron's incoming weights as an image, all on one scale.

    Positive weights are blue; negative ones are vermillion and carry a minus sign.

    Parameters
    ----------
    W : array, shape (neurons, pixels)
        One row a neuron, as in a `Layer`.
    titles : sequence of str, optional
        What to write below each image; without it, the number of the neuron.
    shape : tuple (rows, columns), optional
        Of one image; without it, images are square.
    columns : int, optional
        How many images go side by side.
    limit : float, optional
        The weight that has the full colour; without it, the largest in size.
    values : bool
        Write the weight into each pixel: for a few large images.
    ax : matplotlib Axes, optional

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    ValueError
        If the rows do not make up images of the shape, or the titles are too few or too many.
    """
    images = _as_images(np.asarray(W).T, shape)
    named = [f"neuron {j}" for j in range(len(images))] if titles is None else list(titles)
    if len(named) != len(images):
        raise ValueError(f"titles must be one for each of {len(images)} neurons; got {len(named)}.")
    limit = limit or max(float(np.abs(images).max()), 1e-12)
    places, side, ax, scale = _places(len(images), columns, True, values, ax, legend=0.5)

    def colour(weight: float) -> str:
        return to_hex(WEIGHT_SCALE(0.5 + round(25 * float(np.clip(weight / limit, -1, 1))) / 50))

    boxes = [_fitted(images.shape[1:], *place, side) for place in places]
    draw_pixels(ax, zip(images, boxes, strict=True), colour)
    if values:
        for image, box in zip(images, boxes, strict=True):
            _write_values(ax, image, box, scale, colour, "+.2f")
    else:
        _draw_minus_signs(ax, zip(images, boxes, strict=True), limit, scale)
    for title, box in zip(named, boxes, strict=True):
        _write_below(ax, box, title, 10 * scale)
    _weight_legend(ax, limit, colour, scale)
    return ax


def draw_pixels(
    ax: Axes, images: Iterable[tuple[Array, Box]], colour: Callable[[float], str]
) -> None:
    """Draw images as squares, all squares of one colour in one path: small files, sharp edges.

    Parameters
    ----------
    ax : matplotlib Axes
    images : iterable of (image, box)
        The image of shape (rows, columns), row 0 at the top, and where it goes in data
        coordinates: (left, bottom, width, height).
    colour : callable
        Turns a value into a colour ``#rrggbb``.
    """
    squares: dict[str, list[Path]] = {}
    line = 0.6
    for image, box in images:
        line = min(0.6, 3.0 * box[2] / image.shape[1])
        for (row, column), value in np.ndenumerate(image):
            left, bottom, width, height = _cell(image.shape, row, column, box)
            right, top = left + width, bottom + height
            corners = [(left, bottom), (right, bottom), (right, top), (left, top), (left, bottom)]
            squares.setdefault(colour(float(value)), []).append(Path(corners, CLOSED))
    for face, paths in squares.items():
        path = Path.make_compound_path(*paths)
        ax.add_patch(PathPatch(path, facecolor=face, edgecolor=GRID_LINE, linewidth=line))


def _as_images(columns: ArrayLike, shape: tuple[int, int] | None) -> Array:
    """Return images of shape (m, rows, columns) from an array of shape (pixels, m) or (pixels,)."""
    array = as_floats("images", columns)
    if array.ndim == 1:
        array = array[:, np.newaxis]
    if array.ndim != 2 or 0 in array.shape:
        raise ValueError(
            f"images must have shape (pixels, m), one image a column; got {array.shape}."
        )
    side = isqrt(len(array))
    rows, across = shape or (side, side)
    if rows * across != len(array):
        raise ValueError(
            f"{len(array)} pixels do not make an image of {rows} × {across}: give shape=(rows, "
            "columns). Images are columns; did you mean images.T?"
        )
    return array.T.reshape(-1, rows, across)


def _places(
    m: int,
    columns: int | None,
    titled: bool,
    large: bool,
    ax: Axes | None,
    legend: float = 0.0,
) -> tuple[list[tuple[float, float]], float, Axes, float]:
    """Choose the size of the images and where each goes; inches."""
    columns = columns or min(m, 4 if large else 8 if m % 8 == 0 or m > 10 else m)
    gap, margin, title = 0.16, 0.08, 0.27 if titled else 0.0
    side = min(2.0 if large else 0.95, (COLUMN - gap * (columns - 1)) / columns)
    across, down = side + gap, side + title + gap
    width = columns * across - gap + 2 * margin
    height = ceil(m / columns) * down - gap + 2 * margin + legend
    board_width = max(width, 3.2) if legend else width
    board, scale = drawing_board(board_width, height, ax)
    left, top = (board_width - width) / 2 + margin, height - margin - side
    places = [(left + n % columns * across, top - n // columns * down) for n in range(m)]
    return places, side, board, scale


def _fitted(shape: tuple[int, ...], left: float, bottom: float, side: float) -> Box:
    """Centre an image of this shape in a square: (left, bottom, width, height)."""
    pixel = side / max(shape)
    width, height = shape[1] * pixel, shape[0] * pixel
    return left + (side - width) / 2, bottom + (side - height) / 2, width, height


def _cell(shape: tuple[int, ...], row: int, column: int, box: Box) -> Box:
    left, bottom, width, height = box
    across, down = width / shape[1], height / shape[0]
    return left + column * across, bottom + (shape[0] - 1 - row) * down, across, down


def activation_colour(value: float) -> str:
    """Colour of an activation between 0 and 1, as ``#rrggbb``."""
    return to_hex(ACTIVATION_SCALE(round(float(np.clip(value, 0, 1)), 2)))


def _write_below(ax: Axes, box: Box, text: str, size: float, **style: Any) -> None:
    ax.text(box[0] + box[2] / 2, box[1] - 0.07, text, ha="center", va="top", fontsize=size, **style)


def _write_values(
    ax: Axes, image: Array, box: Box, scale: float, colour: Callable[[float], str], form: str
) -> None:
    for (row, column), value in np.ndenumerate(image):
        left, bottom, width, height = _cell(image.shape, row, column, box)
        ax.text(
            left + width / 2,
            bottom + height / 2,
            minus(f"{value:{form}}"),
            ha="center",
            va="center_baseline",
            fontsize=9.5 * scale,
            color=readable_on(colour(float(value))),
            zorder=3,
        )


def _draw_minus_signs(
    ax: Axes, images: Iterable[tuple[Array, Box]], limit: float, scale: float
) -> None:
    """Put a short stroke into every cell whose weight is clearly negative."""
    strokes: dict[str, list[Path]] = {LIGHT.paper: [], LIGHT.negative: []}
    line = 1.3 * scale
    for image, box in images:
        line = (1.3 if image.size <= 16 else 0.8) * scale
        for (row, column), weight in np.ndenumerate(image):
            left, bottom, width, height = _cell(image.shape, row, column, box)
            middle = bottom + height / 2
            stroke = Path([(left + 0.34 * width, middle), (left + 0.66 * width, middle)])
            if weight < -0.08 * limit:
                on_dark = weight < -0.55 * limit
                strokes[LIGHT.paper if on_dark else LIGHT.negative].append(stroke)
    for colour, paths in strokes.items():
        if paths:
            path = Path.make_compound_path(*paths)
            ax.add_patch(PathPatch(path, edgecolor=colour, fill=False, linewidth=line))


def _weight_legend(ax: Axes, limit: float, colour: Callable[[float], str], scale: float) -> None:
    """Draw the scale of the weights below the images."""
    middle = ax.get_xlim()[1] / 2
    steps = np.linspace(-limit, limit, 11)[np.newaxis]
    box = (middle - 1.1, 0.24, 2.2, 0.2)
    draw_pixels(ax, [(steps, box)], colour)
    _draw_minus_signs(ax, [(steps, box)], limit, scale)
    for place, text in (
        (-1.0, f"{-limit:.2g}"),
        (0.0, "weight 0"),
        (1.0, f"+{limit:.2g}"),
    ):
        ax.text(middle + place, 0.18, minus(text), ha="center", va="top", fontsize=9.5 * scale)
