"""Chapter 1: one neuron with one input, and what its weight and its bias do."""

from typing import Any

import numpy as np
import traitlets
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..activations import ACTIVATIONS, Activation, Array
from ..colours import LIGHT
from .base import LiveFigure

__all__ = ["PAIRS", "STEP", "Neuron"]

STEP = Activation("step", lambda z: (z > 0).astype(z.dtype), lambda z, a: np.zeros_like(z))
"""Shown for comparison only: its slope is 0, so there is nothing to learn from."""

PAIRS = (
    ((-3.0, 0.15), (0.0, 0.85)),
    ((-2.0, 0.9), (0.0, 0.3)),
    ((1.0, 0.2), (2.0, 0.8)),
    ((-3.0, 0.6), (3.0, 0.7)),
)
"""Points (x, a) through which the reader tries to lead the curve; two points fix w and b."""

_FUNCTIONS = {**{name: ACTIVATIONS[name] for name in ("sigmoid", "tanh", "relu")}, "step": STEP}
_Z_RANGE = {"sigmoid": 8, "tanh": 4, "relu": 4, "step": 8}
_A_RANGE = {"sigmoid": (-0.08, 1.08), "tanh": (-1.15, 1.15), "relu": (-1.7, 3.3)}


class Neuron(LiveFigure):
    """A neuron, a = σ(w x + b): its curve, and where z lands on σ.

    Parameters
    ----------
    w : float, from -8 to 8
        Weight: how steep the curve is.
    b : float, from -8 to 8
        Bias: where the curve lies.
    x : float, from -4 to 4
        The one input.
    activation : {"sigmoid", "tanh", "relu", "step"}
    pair : int, from 0 to 3
        Which two points the reader is to hit.

    Attributes
    ----------
    z, a, slope : float
        w x + b, σ(z) and σ′(z) at the settings of the moment, in Python.

    Notes
    -----
    Equations ``eq-c1-layer`` and ``eq-c1-sigmoid``, for one neuron with one input.

    Examples
    --------
    >>> neuron = Neuron(w=2.0, b=-1.0, x=0.5)
    >>> neuron.z, neuron.a, neuron.slope
    (0.0, 0.5, 0.25)
    """

    figure = "neuron"

    w = traitlets.Float(2.0, min=-8, max=8).tag(sync=True)
    b = traitlets.Float(-1.0, min=-8, max=8).tag(sync=True)
    x = traitlets.Float(2.0, min=-4, max=4).tag(sync=True)
    activation = traitlets.Enum([*_FUNCTIONS], "sigmoid").tag(sync=True)
    pair = traitlets.Int(0, min=0, max=len(PAIRS) - 1).tag(sync=True)
    pairs = traitlets.List([[list(point) for point in pair] for pair in PAIRS]).tag(sync=True)

    @property
    def alt(self) -> str:
        """What is to be seen."""
        return (
            f"Left: the activation a of a neuron against its input x, for weight {self.w:g} and "
            f"bias {self.b:g}, with two points that the curve should meet. Right: the "
            f"{self.activation} function against z; at z = {self.z:.2f} the activation is "
            f"{self.a:.3f} and the tangent has slope {self.slope:.3f}."
        )

    @property
    def z(self) -> float:
        """Weighted input w x + b."""
        return float(self.w * self.x + self.b)

    @property
    def a(self) -> float:
        """Activation σ(z)."""
        return float(self._sigma(np.array(self.z)))

    @property
    def slope(self) -> float:
        """Slope σ′(z)."""
        return float(self._sigma.prime(np.array(self.z), np.array(self.a)))

    @property
    def _sigma(self) -> Activation:
        return _FUNCTIONS[self.activation]

    def truth(self) -> list[dict[str, Any]]:
        """Compute z, a and slope for every activation at a spread of settings."""
        rng = np.random.default_rng(0)
        cases = []
        for name, sigma in _FUNCTIONS.items():
            for w, b, x in rng.uniform(-1, 1, (4, 3)).round(3) * [8, 8, 4]:
                z = w * x + b
                a = sigma(z)
                given = {"activation": name, "w": w, "b": b, "x": x}
                found = {"z": z, "a": a, "slope": sigma.prime(z, a)}
                cases.append({"given": given, "found": found})
        return cases

    def static(self) -> Figure:
        """Draw the neuron's curve beside its activation function."""
        figure = Figure(figsize=(7.2, 2.9))
        left, right = figure.subplots(1, 2, sharey=True, gridspec_kw={"wspace": 0.1})
        self._draw_neuron(left)
        self._draw_activation(right)
        return figure

    def _draw_neuron(self, ax: Axes) -> None:
        x = np.linspace(-4, 4, 161)
        ax.plot(x, self._sigma(self.w * x + self.b), "-", color=LIGHT.activation, lw=2.4)
        points: Array = np.array(PAIRS[self.pair])
        ax.plot(*points.T, "D", mfc="none", mec=LIGHT.target, mew=1.8, ms=7)
        ax.plot([self.x, self.x, 4], [-9, self.a, self.a], ":", color=LIGHT.activation, lw=1.1)
        ax.plot(self.x, self.a, "o", color=LIGHT.activation)
        ax.set(xlim=(-4, 4), xticks=[-4, -2, 0, 2, 4], xlabel="input $x$", ylabel="$a$")
        ax.set_ylim(_A_RANGE.get(self.activation, (-0.08, 1.08)))

    def _draw_activation(self, ax: Axes) -> None:
        end = _Z_RANGE[self.activation]
        z = np.linspace(-end, end, 321)
        ax.plot(z, self._sigma(z), "-", color=LIGHT.activation, lw=2.4)
        ax.plot([-end, self.z, self.z], [self.a, self.a, -9], ":", color=LIGHT.activation, lw=1.1)
        ax.axline((self.z, self.a), slope=self.slope, color=LIGHT.gradient, lw=1.6, ls="-")
        ax.plot(self.z, self.a, "o", color=LIGHT.activation)
        ax.annotate(
            f"slope {self.slope:.3f}",
            (self.z, self.a),
            (10, -14),
            textcoords="offset points",
            color=LIGHT.gradient,
        )
        ax.set(xlim=(-end, end), xticks=[-end, -end / 2, 0, end / 2, end], xlabel="$z = w x + b$")
