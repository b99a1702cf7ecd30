"""The parts of a network diagram: lines, discs, and what is written on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import to_hex, to_rgb
from matplotlib.legend_handler import HandlerTuple
from matplotlib.lines import Line2D
from matplotlib.patches import Circle
from numpy.typing import NDArray

from ..colours import LIGHT
from .images import activation_colour, draw_pixels
from .layout import Edge, Layout, Node, step_between
from .style import minus, readable_on

__all__ = ["Picture"]

Array = NDArray[np.floating]

DASHES = (0, (3.2, 1.6))
FAINT = "#DCE1E5"
FADED = "#B5BDC4"
FONT = 10.0


@dataclass(frozen=True)
class Picture:
    """Axes, a layout, and what to bring out on it."""

    ax: Axes
    scale: float
    layout: Layout
    highlighted: frozenset[Edge | Node] | None
    occupied: set[Node] = field(default_factory=set)

    def faded(self, thing: Edge | Node) -> bool:
        """Whether something else is brought out, and not this."""
        return self.highlighted is not None and thing not in self.highlighted

    def text(self, x: float, y: float, text: str, size: float = FONT, **style: Any) -> None:
        """Write text, centred unless said otherwise."""
        style.setdefault("ha", "center")
        style.setdefault("va", "center_baseline")
        style.setdefault("zorder", 6)
        self.ax.text(x, y, text, fontsize=size * self.scale, **style)

    def draw_weights(self, matrices: list[Array] | None) -> None:
        """Draw all lines: the positive, the negative, the plain and the faded in one go each."""
        largest = max((float(np.abs(W).max()) for W in matrices or []), default=1.0) or 1.0
        groups: dict[tuple[str, Any, int], list[tuple[list[tuple[float, float]], float]]] = {}
        for l, j, k in self.layout.edges():
            line = [self.layout.place(l - 1, k), self.layout.place(l, j)]
            w = None if matrices is None else float(matrices[l - 1][j, k]) / largest
            style = self.line_style((l, j, k), w)
            groups.setdefault(style[:3], []).append((line, style[3]))
        for (colour, dashes, order), lines in groups.items():
            self.ax.add_collection(
                LineCollection(
                    [line for line, _ in lines],
                    colors=colour,
                    linestyles=[dashes],
                    linewidths=[width * self.scale for _, width in lines],
                    zorder=order,
                ),
                autolim=False,
            )

    def line_style(self, edge: Edge, w: float | None) -> tuple[str, Any, int, float]:
        """Colour, dashes, order and width of a line; w is the weight over the largest one."""
        if self.faded(edge):
            return FAINT, "-", 1, 0.6
        brought_out = self.highlighted is not None
        if w is None:
            crowded = max(map(len, self.layout.y)) > 6
            plain = (_mixed(LIGHT.muted, 0.55), 0.5) if crowded else (LIGHT.muted, 0.9)
            return (LIGHT.ink, "-", 3, 1.8) if brought_out else (plain[0], "-", 2, plain[1])
        width = 0.35 + 2.75 * abs(w) + 0.5 * brought_out
        # Weak weights are pale as well as thin, so that the strong ones stand out of the crowd.
        shade = min(1.0, 0.35 + 0.9 * abs(w)) if not brought_out else 1.0
        shade = round(4 * shade) / 4
        colour = LIGHT.positive if w >= 0 else LIGHT.negative
        return _mixed(colour, shade), "-" if w >= 0 else DASHES, 2 + (shade > 0.5), width

    def draw_neurons(self, activations: list[Array] | None) -> None:
        """Draw the discs, and dots in place of neurons left out."""
        for layer, ys in enumerate(self.layout.y):
            radius = self.layout.radius[layer]
            for neuron in ys:
                face = LIGHT.paper
                if activations is not None:
                    face = _neuron_colour(float(activations[layer][neuron]), activations[layer])
                edge = LIGHT.activation if activations is not None else LIGHT.ink
                if self.faded((layer, neuron)):
                    face, edge = _mixed(face, 0.25), FAINT
                self.ax.add_patch(
                    Circle(
                        self.layout.place(layer, neuron),
                        radius,
                        facecolor=face,
                        edgecolor=edge,
                        linewidth=1.2 * self.scale,
                        zorder=4,
                    )
                )
            if (dots := self.layout.dots[layer]) is not None:
                self.text(self.layout.x[layer], dots, "⋮", 14, color=LIGHT.muted)

    def write_neurons(self, inside: list[list[str]] | None, names: list[list[str]] | None) -> None:
        """Write values and names: inside the discs where there is room, beside them elsewhere."""
        for layer, ys in enumerate(self.layout.y):
            wide = self.layout.radius[layer] >= 0.2
            for neuron in ys:
                place = (layer, neuron)
                colour = FADED if self.faded(place) else LIGHT.ink
                texts = [t[layer][neuron] for t in (inside, names) if t is not None]
                if texts and wide:
                    on = colour if self.faded(place) else self.ink_on(place)
                    size = FONT - 0.8 if inside is not None else FONT + 1
                    self.text(*self.layout.place(*place), texts.pop(0), size, color=on)
                if texts:
                    self.write_beside(place, "  ".join(texts), colour)

    def ink_on(self, place: Node) -> str:
        """Return a colour that can be read on the disc of a neuron."""
        discs = {patch.center: patch for patch in self.ax.patches if isinstance(patch, Circle)}
        return readable_on(discs[self.layout.place(*place)].get_facecolor())

    def write_beside(self, place: Node, text: str, colour: str) -> None:
        """Write above where all layers have room for it; else beside the first and the last."""
        x, y = self.layout.place(*place)
        radius = self.layout.radius[place[0]]
        if self.layout.has_room():
            self.text(x, y + radius + 0.08, text, FONT, va="bottom", color=colour)
        elif place[0] == 0:
            self.text(x - radius - 0.07, y, text, FONT, ha="right", color=colour)
        elif place[0] == len(self.layout.x) - 1:
            self.text(x + radius + 0.07, y, text, FONT, ha="left", color=colour)
            self.occupied.add(place)

    def write_weights(self, texts: Mapping[Edge, str]) -> None:
        """Write on the lines, a little further along for each next neuron they go to."""
        for (l, j, k), text in texts.items():
            if (l, j, k) not in set(self.layout.edges()):
                continue
            one, other = self.layout.place(l - 1, k), self.layout.place(l, j)
            share = _along(j, len(self.layout.y[l]), len(self.layout.y[l - 1]))
            x, y = (one[i] + share * (other[i] - one[i]) for i in (0, 1))
            box = {"boxstyle": "square,pad=0.12", "facecolor": LIGHT.paper, "edgecolor": "none"}
            faded = self.faded((l, j, k))
            colour = FADED if faded else _sign_colour(text)
            self.text(x, y, text, FONT, color=colour, bbox=box, zorder=5 - faded)

    def write_deltas(self, deltas: list[Array]) -> None:
        """Write δ below each neuron that has room for it; a purple ring shows its size."""
        largest = max(float(np.abs(delta).max()) for delta in deltas) or 1.0
        for layer, delta in enumerate(deltas, start=1):
            radius = self.layout.radius[layer]
            step = step_between(self.layout.y[layer])
            for neuron in self.layout.y[layer]:
                if self.faded((layer, neuron)):
                    continue
                x, y = self.layout.place(layer, neuron)
                width = 0.6 + 3.4 * abs(float(delta[neuron])) / largest
                ring = Circle(
                    (x, y),
                    radius + 0.03,
                    fill=False,
                    edgecolor=LIGHT.gradient,
                    linewidth=width * self.scale,
                    zorder=5,
                )
                self.ax.add_patch(ring)
                if step - 2 * radius > 0.2:
                    said = "$\\delta$ = " + minus(f"{float(delta[neuron]):+.3g}")
                    box = {"boxstyle": "square,pad=0.05", "fc": LIGHT.paper, "ec": "none"}
                    self.text(
                        x, y - radius - 0.08, said, FONT - 0.5, va="top", bbox=box,
                        color=LIGHT.gradient,
                    )  # fmt: skip

    def write_outputs(self, outputs: Sequence[str] | None, targets: Array | None) -> None:
        """Write what each output stands for, and what it should be."""
        last = len(self.layout.x) - 1
        for neuron in self.layout.y[last]:
            x, y = self.layout.place(last, neuron)
            x += self.layout.radius[last] + (0.48 if (last, neuron) in self.occupied else 0.09)
            if outputs is not None:
                self.text(x, y, outputs[neuron], FONT + 0.5, ha="left", weight="bold")
                x += 0.11 * len(outputs[neuron]) + 0.1
            if targets is not None:
                said = f"$y$ = {minus(f'{float(targets[neuron]):g}')}"
                self.text(x, y, said, FONT, ha="left", color=LIGHT.target)

    def write_titles(self, titles: Sequence[str]) -> None:
        """Write a title above each layer."""
        if len(titles) != len(self.layout.x):
            raise ValueError(
                f"titles must be one for each of the {len(self.layout.x)} layers, inputs included; "
                f"got {len(titles)}."
            )
        for x, title in zip(self.layout.x, titles, strict=True):
            self.text(x, self.layout.height + 0.06, title, FONT, va="bottom", color=LIGHT.muted)

    def draw_image(self, activations: list[Array] | None, shape: tuple[int, int]) -> None:
        """Show the inputs as an image, left of the first layer."""
        if activations is None:
            raise ValueError("image shows the inputs of a trace; give trace=forward(net, x) too.")
        if shape[0] * shape[1] != len(activations[0]):
            raise ValueError(f"{len(activations[0])} inputs do not make an image of shape {shape}.")
        height = 0.95 * shape[0] / shape[1]
        box = (0.06, self.layout.height / 2 - height / 2, 0.95, height)
        draw_pixels(self.ax, [(activations[0].reshape(shape), box)], activation_colour)

    def write_key(self, weights: bool, activations: list[Array] | None, deltas: bool) -> None:
        """Explain lines and discs, below the network."""
        handles: list[Any] = []
        labels = []
        if weights:
            lines: list[tuple[str, Any, str]] = [
                (LIGHT.positive, "-", "positive weight"),
                (LIGHT.negative, DASHES, "negative weight"),
            ]
            for colour, dashes, label in lines:
                handles.append(Line2D([], [], color=colour, linestyle=dashes, linewidth=2.2))
                labels.append(label)
        if activations is not None:
            below_0 = min(float(a.min()) for a in activations) < 0
            handles.append(tuple(_disc(a) for a in ((-1.0, 0.0, 1.0) if below_0 else (0, 0.5, 1))))
            labels.append("activation \N{MINUS SIGN}1, 0, 1" if below_0 else "activation 0, ½, 1")
        if deltas:
            handles.append(_disc(0.0, LIGHT.gradient, 2.6))
            labels.append("size of $\\delta$")
        self.ax.legend(
            handles,
            labels,
            loc="upper center",
            bbox_to_anchor=(0.5, 0.0),
            ncols=len(handles),
            handler_map={tuple: HandlerTuple(ndivide=None, pad=0.3)},
            handlelength=2.4,
            columnspacing=1.3,
            borderaxespad=0.3,
            fontsize=9.5 * self.scale,
        )


def _disc(value: float, edge: str = LIGHT.activation, line: float = 1.0) -> Line2D:
    return Line2D(
        [], [], marker="o", linestyle="none", markersize=8,
        markerfacecolor=_neuron_colour(value, np.ones(1)), markeredgecolor=edge,
        markeredgewidth=line,
    )  # fmt: skip


def _along(j: int, ends: int, starts: int) -> float:
    """How far along a line to write on it, so that the texts of crossing lines keep apart."""
    if ends == 1:
        return 0.5 if starts == 1 else 0.42
    return 0.33 + 0.32 * min(j, ends - 1) / (ends - 1)


def _mixed(colour: str, share: float) -> str:
    """Mix a colour with paper; a share of 1 is the colour itself."""
    mixed = share * np.array(to_rgb(colour)) + (1 - share) * np.array(to_rgb(LIGHT.paper))
    return to_hex(mixed.tolist())


def _neuron_colour(a: float, layer: Array) -> str:
    """Green for what is above 0, grey for what is below; over 1, relative to the layer."""
    a = a / max(1.0, float(np.abs(layer).max()))
    return activation_colour(a) if a >= 0 else _mixed(LIGHT.muted, min(1.0, -0.75 * a))


def _sign_colour(text: str) -> str:
    signs = {"+": LIGHT.positive, "\N{MINUS SIGN}": LIGHT.negative}
    return signs.get(text[:1], LIGHT.ink)
