"""Chapter 3: reading a gradient, by nudging each weight of a 3-1 network."""

from typing import Any

import numpy as np
import traitlets
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..backpropagation import gradient
from ..colours import LIGHT
from ..costs import cost
from ..network import Network
from ..plotting import gradient_bars
from .base import LiveFigure

__all__ = ["Nudge"]

BIAS, TARGET = -0.2, 3.0


class Nudge(LiveFigure):
    """A 3-1 network: the entries of its gradient, and what nudges of its weights truly do.

    Parameters
    ----------
    x : list of three floats
        The input.
    w : list of three floats
        The weights at which the gradient is taken.
    nudges : list of three floats, each from -1 to 1
        What is added to each weight.
    chosen : int, from 0 to 2
        For which weight the cost is drawn as a curve.
    guess : bool
        Whether the curve and the line are hidden, so that only the cost says which way is down.

    Attributes
    ----------
    gradient : list of three floats
        ∂C/∂w at w, in Python.
    cost : float
        Cost at w.
    predicted, true : float
        Change of the cost for all nudges together, by the gradient and in truth.

    Notes
    -----
    Equations ``eq-c3-nudge`` and ``eq-c3-nudge-all``.

    Examples
    --------
    >>> nudge = Nudge(nudges=[0.0, -0.1, 0.0])
    >>> [round(entry, 2) for entry in nudge.gradient]
    [0.5, 3.9, 0.02]
    >>> round(nudge.predicted, 4), round(nudge.true, 4)
    (-0.39, -0.352)
    """

    figure = "nudge"

    x = traitlets.List(traitlets.Float(), [0.25, 1.95, 0.01], minlen=3, maxlen=3).tag(sync=True)
    w = traitlets.List(traitlets.Float(), [1.0, 2.0, 5.0], minlen=3, maxlen=3).tag(sync=True)
    nudges = traitlets.List(traitlets.Float(), [0.0, 0.2, 0.0], minlen=3, maxlen=3).tag(sync=True)
    chosen = traitlets.Int(1, min=0, max=2).tag(sync=True)
    guess = traitlets.Bool(False).tag(sync=True)

    @property
    def alt(self) -> str:
        """What is to be seen."""
        entries = ", ".join(f"{entry:.2f}" for entry in self.gradient)
        return (
            f"Left: the gradient of a 3-1 network as bars: {entries}. Right: its cost against a "
            f"nudge of weight w{self.chosen}, a curve, and the straight line that the gradient "
            "predicts. They touch where the nudge is 0 and part as it grows."
        )

    @property
    def gradient(self) -> list[float]:
        """∂C/∂w at the weights without nudges."""
        (dC,) = gradient(self._at(self.w), self._inputs, [[TARGET]])
        entries: list[float] = dC.W[0].tolist()
        return entries

    @property
    def cost(self) -> float:
        """Cost at the weights without nudges."""
        return self._cost([0.0, 0.0, 0.0])

    @property
    def predicted(self) -> float:
        """Change of the cost that the gradient predicts for all nudges together."""
        return float(np.dot(self.gradient, self.nudges))

    @property
    def true(self) -> float:
        """Change of the cost that all nudges together truly make."""
        return self._cost(self.nudges) - self.cost

    @property
    def _inputs(self) -> list[list[float]]:
        return [[each] for each in self.x]

    def _at(self, w: Any) -> Network:
        return Network([([list(w)], [[BIAS]])], "identity")

    def _cost(self, nudges: Any) -> float:
        return cost(self._at(np.add(self.w, nudges)), self._inputs, [[TARGET]])

    def truth(self) -> list[dict[str, Any]]:
        """Compute gradient, predicted and true change for a spread of nudges."""
        rng = np.random.default_rng(0)
        cases = []
        for nudges in [np.zeros(3), *np.eye(3), *rng.uniform(-1, 1, (8, 3)).round(3)]:
            found = {
                "cost": self.cost,
                "gradient": self.gradient,
                "predicted": float(np.dot(self.gradient, nudges)),
                "true": self._cost(nudges) - self.cost,
            }
            given = {"x": self.x, "w": self.w, "nudges": nudges}
            cases.append({"given": given, "found": found})
        return cases

    def static(self) -> Figure:
        """Draw the gradient as bars beside the cost along one weight."""
        figure = Figure(figsize=(7.2, 2.8))
        left, right = figure.subplots(1, 2, gridspec_kw={"wspace": 0.3})
        gradient_bars(self.gradient, [f"$w_{k}$" for k in range(3)], ax=left)
        self._draw_curve(right)
        return figure

    def _draw_curve(self, ax: Axes) -> None:
        steps = np.linspace(-1, 1, 81)
        costs = [self._cost(step * np.eye(3)[self.chosen]) for step in steps]
        ax.plot(steps, costs, "-", color=LIGHT.target, lw=2.2)
        ax.plot(steps, self.cost + self.gradient[self.chosen] * steps, "--", color=LIGHT.gradient)
        at = self.nudges[self.chosen]
        ax.plot(at, self._cost(at * np.eye(3)[self.chosen]), "o", color=LIGHT.target)
        ax.set(xlim=(-1, 1), ylim=(-1, 9), ylabel="$C$")
        ax.set_xlabel(rf"nudge $\Delta w_{self.chosen}$")
