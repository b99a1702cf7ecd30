"""The chain x → z → a → … → C of a network with one neuron a layer, number by number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from ..colours import LIGHT
from ..network import Network, forward
from .style import drawing_board, minus

__all__ = ["computation_chain"]

FONT = 10.0
HALF_WIDTH, HALF_HEIGHT = 0.31, 0.26


def computation_chain(
    net: Network,
    x: float,
    y: float,
    *,
    layers: int | None = None,
    derivatives: bool = True,
    superscripts: Sequence[str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the chain from input to cost, with every number on the way there and back.

    Each box holds a quantity and its value.  Below each arrow, in the colour of gradients, stands
    its local derivative.  In bold, below and above the boxes, stands what these multiply up to: the
    derivative of the cost with respect to what is in the box.

    Parameters
    ----------
    net : Network
        One neuron a layer.
    x, y : float
        The example.
    layers : int, optional
        How many layers to show, counted from the output; all of them without it.
    derivatives : bool
        Whether to show the way back.
    superscripts : sequence of str, optional
        What to call the layers shown, such as ``["L-1", "L"]`` for one layer and what feeds it.
    ax : matplotlib Axes, optional

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    ValueError
        If a layer has more than one neuron, or there are not so many layers.

    Notes
    -----
    Equation ``eq-c4-chain``.
    """
    if max(net.widths) > 1:
        raise ValueError(
            f"a chain has one neuron a layer; this network has widths {list(net.widths)}."
        )
    depth = len(net.layers)
    layers = depth if layers is None else layers
    if not 1 <= layers <= depth:
        raise ValueError(f"layers must be from 1 to {depth}, what the network has; got {layers}.")
    names = [str(l) for l in range(depth - layers, depth + 1)]
    if superscripts is not None:
        if len(superscripts) != layers + 1:
            raise ValueError(
                f"superscripts must be {layers + 1}, one for each layer shown and for what feeds "
                f"the first; got {list(superscripts)}."
            )
        names = list(superscripts)
    links = _links(net, float(x), float(y), names)
    pitch = 1.55 if layers == 1 else 1.15 if layers == 2 else 0.86
    width = (2 * layers + 1) * pitch + 2 * HALF_WIDTH + 0.5
    bottom = 1.2 if derivatives else 0.1
    height = bottom + 1.95 + 0.3 * derivatives
    board, scale = drawing_board(width, height, ax)
    pen = _Pen(board, scale, pitch, bottom + HALF_HEIGHT + 0.05, derivatives)
    pen.draw(links, float(y))
    return board


class _Parameter(NamedTuple):
    """A weight or a bias, and what hangs on it."""

    name: str
    value: float
    local: float  # derivative of z with respect to it
    total: float  # derivative of the cost with respect to it


@dataclass(frozen=True)
class _Link:
    """One box of the chain and the arrow that leads to it."""

    name: str
    value: float
    colour: str
    total: float  # derivative of the cost with respect to it
    local: float = 1.0  # its derivative with respect to the box before
    local_name: str = ""
    weight: _Parameter | None = None
    bias: _Parameter | None = None


def _links(net: Network, x: float, y: float, names: Sequence[str]) -> list[_Link]:
    """Compute every number of the chain, from the last box back to the first."""
    trace = forward(net, np.array([[x]]))
    a = [float(each[0, 0]) for each in trace.a]
    z = [float(each[0, 0]) for each in trace.z]
    total = 2 * (a[-1] - y)
    links = [_Link("C", (a[-1] - y) ** 2, LIGHT.target, 1.0, total, r"\partial C/\partial a")]
    for back, top in enumerate(reversed(names[1:]), start=1):
        l = len(net.layers) - back
        W, b = (float(each[0, 0]) for each in net.layers[l])
        slope = float(net.activations[l].prime(trace.z[l], trace.a[l + 1])[0, 0])
        links.append(
            _Link(
                f"a^{{({top})}}", a[l + 1], LIGHT.activation, total, slope, r"\partial a/\partial z"
            )
        )
        total *= slope
        links.append(
            _Link(
                f"z^{{({top})}}",
                z[l],
                LIGHT.ink,
                total,
                W,
                r"\partial z/\partial a",
                _Parameter(f"w^{{({top})}}", W, a[l], total * a[l]),
                _Parameter(f"b^{{({top})}}", b, 1.0, total),
            )
        )
        total *= W
    l = len(net.layers) - len(names) + 1
    links.append(_Link(f"a^{{({names[0]})}}", a[l], LIGHT.activation, total))
    return links[::-1]


@dataclass(frozen=True)
class _Pen:
    """Where and how large to draw."""

    ax: Axes
    scale: float
    pitch: float
    middle: float
    derivatives: bool

    def draw(self, links: list[_Link], y: float) -> None:
        left = HALF_WIDTH + 0.25
        upper = self.middle + 1.22
        for place, link in enumerate(links):
            x = left + place * self.pitch
            self.box(x, self.middle, link.name, link.value, link.colour)
            if self.derivatives and link.name != "C":
                self.note(x, self.middle - 1.15, _cost_over(link.name), link.total, weight="bold")
            if place:
                self.arrow((x - self.pitch, self.middle), (x, self.middle))
            if place and self.derivatives:
                self.back(x, link)
            for shift, parameter in ((-0.4, link.weight), (0.4, link.bias)):
                if parameter is not None:
                    self.parameter(x, shift, upper, parameter)
        last = left + (len(links) - 1) * self.pitch
        self.box(last, upper, "y", y, LIGHT.target)
        self.arrow((last, upper), (last, self.middle), vertical=True)

    def box(self, x: float, y: float, name: str, value: float, colour: str) -> None:
        self.ax.add_patch(
            FancyBboxPatch(
                (x - HALF_WIDTH + 0.06, y - HALF_HEIGHT + 0.06),
                2 * HALF_WIDTH - 0.12,
                2 * HALF_HEIGHT - 0.12,
                boxstyle="round,pad=0.06",
                facecolor=LIGHT.paper,
                edgecolor=colour,
                linewidth=1.3 * self.scale,
                zorder=3,
            )
        )
        self.text(x, y + 0.115, f"${name}$", FONT + 1, color=colour)
        self.text(x, y - 0.12, _number(value), FONT, color=LIGHT.ink)

    def parameter(self, x: float, shift: float, upper: float, parameter: _Parameter) -> None:
        """Draw a weight or a bias above its z, and above that its share of the gradient."""
        letter = parameter.name[0]
        colour = LIGHT.positive if parameter.value >= 0 else LIGHT.negative
        colour = LIGHT.ink if letter == "b" else colour
        self.box(x + shift, upper, parameter.name, parameter.value, colour)
        self.arrow((x + shift, upper), (x + 0.45 * shift, self.middle), vertical=True)
        if self.derivatives:
            over = _cost_over(parameter.name)
            self.note(x + shift, upper + 0.54, over, parameter.total, weight="bold")
            between = (upper + self.middle) / 2
            local = rf"$\partial z/\partial {letter}$"
            self.note(x + 1.45 * shift, between, local, parameter.local)

    def back(self, x: float, link: _Link) -> None:
        """Draw an arrow back to the box before, with the local derivative below it."""
        start, end = (
            (x - 0.12, self.middle - HALF_HEIGHT),
            (
                x - self.pitch + 0.12,
                self.middle - HALF_HEIGHT,
            ),
        )
        self.ax.add_patch(
            FancyArrowPatch(
                start,
                end,
                connectionstyle=f"arc3,rad={-0.16 / self.pitch - 0.12:.3f}",
                arrowstyle="-|>,head_length=4,head_width=2",
                color=LIGHT.gradient,
                linewidth=1.2 * self.scale,
                shrinkA=1,
                shrinkB=1,
                zorder=2,
            )
        )
        middle = x - self.pitch / 2
        self.note(middle, self.middle - 0.62, f"${link.local_name}$", link.local)

    def note(self, x: float, y: float, name: str, value: float, **style: Any) -> None:
        """Write a derivative, its name above its value."""
        self.text(x, y + 0.09, name, FONT, color=LIGHT.gradient)
        self.text(x, y - 0.1, _number(value), FONT - 0.5, color=LIGHT.gradient, **style)

    def arrow(
        self, start: tuple[float, float], end: tuple[float, float], vertical: bool = False
    ) -> None:
        if vertical:
            start = (start[0], start[1] - HALF_HEIGHT)
            end = (end[0], end[1] + HALF_HEIGHT)
        else:
            start, end = (start[0] + HALF_WIDTH, start[1]), (end[0] - HALF_WIDTH, end[1])
        self.ax.add_patch(
            FancyArrowPatch(
                start,
                end,
                arrowstyle="-|>,head_length=4,head_width=2",
                color=LIGHT.muted,
                linewidth=1.2 * self.scale,
                shrinkA=1,
                shrinkB=1,
                zorder=2,
            )
        )

    def text(self, x: float, y: float, text: str, size: float, **style: Any) -> None:
        self.ax.text(
            x, y, text, fontsize=size * self.scale, ha="center", va="center_baseline", zorder=4,
            **style,
        )  # fmt: skip


def _cost_over(name: str) -> str:
    return rf"$\partial C/\partial {name}$"


def _number(value: float) -> str:
    """Three decimals, or three digits where those would all be 0."""
    return minus(f"{value:.3f}" if abs(value) >= 0.0095 or value == 0 else f"{value:.2g}")
