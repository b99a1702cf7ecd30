"""Where the neurons of a diagram go, in inches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product

import numpy as np

__all__ = ["Edge", "Layout", "Node", "lay_out", "step_between"]

Edge = tuple[int, int, int]
Node = tuple[int, int]


@dataclass(frozen=True)
class Layout:
    """Places of the neurons, in inches; None stands for the dots in place of neurons left out."""

    x: tuple[float, ...]
    y: tuple[dict[int, float], ...]
    dots: tuple[float | None, ...]
    radius: tuple[float, ...]
    width: float
    height: float

    def shifted(self, right: float) -> Layout:
        """Return the same layout further to the right."""
        x = tuple(place + right for place in self.x)
        return Layout(x, self.y, self.dots, self.radius, self.width + right, self.height)

    def place(self, layer: int, neuron: int) -> tuple[float, float]:
        """Return the centre of a neuron."""
        return self.x[layer], self.y[layer][neuron]

    def has_room(self) -> bool:
        """Whether a line of text fits between the neurons of every layer."""
        gaps = [step_between(ys) - 2 * r for ys, r in zip(self.y, self.radius, strict=True)]
        return min(gaps) > 0.2

    def edges(self) -> Iterator[Edge]:
        """Yield (l, j, k) for every weight whose two neurons are shown."""
        for layer in range(1, len(self.x)):
            for j, k in product(self.y[layer], self.y[layer - 1]):
                yield layer, j, k


def lay_out(widths: tuple[int, ...], most: int, texts: int) -> Layout:
    """Spread the layers from left to right and their neurons from top to bottom.

    `texts` is how many lines of text are to find room between two neurons of a small network.
    """
    slots = [min(width, most) for width in widths]
    tallest = max(slots)
    pitch = next(
        size for rows, size in ((2, 0.98), (4, 0.82), (8, 0.5), (10, 0.42), (99, 0.28))
        if tallest <= rows
    )  # fmt: skip
    if texts and tallest <= 8:
        pitch = max(pitch, (0.84 + 0.21 * texts) if tallest <= 4 else 0.72)
    inner = max(tallest * pitch, 1.05 if texts else 0.8)
    across = min(2.0, 5.2 / (len(widths) - 1))
    side, top = 0.7, 0.1
    ys, dots, radii = [], [], []
    for width, count in zip(widths, slots, strict=True):
        step = min(max(1.05, pitch), inner / count)
        heights = top + inner / 2 + step * ((count - 1) / 2 - np.arange(count))
        ys.append(_shown(width, heights.tolist()))
        dots.append(float(heights[count // 2]) if count < width else None)
        radii.append(min(0.29 if tallest <= 4 else 0.24, 0.41 * step))
    x = tuple(side + across * layer for layer in range(len(widths)))
    return Layout(x, tuple(ys), tuple(dots), tuple(radii), x[-1] + side, inner + 2 * top)


def _shown(width: int, heights: list[float]) -> dict[int, float]:
    """Give a height to each neuron; where they are too many, leave out those in the middle."""
    count = len(heights)
    if count == width:
        return dict(enumerate(heights))
    above = count // 2
    below = count - above - 1
    numbers = [*range(above), *range(width - below, width)]
    return dict(zip(numbers, heights[:above] + heights[above + 1 :], strict=True))


def step_between(ys: Mapping[int, float]) -> float:
    """Distance between neighbours of a layer; plenty for a single one."""
    heights = sorted(ys.values())
    return min(np.diff(heights), default=1.0)
