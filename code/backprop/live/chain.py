"""Chapter 4: one neuron a layer, every local derivative, and a push on its way to the cost."""

from typing import Any

import numpy as np
import traitlets
from matplotlib.figure import Figure

from ..backpropagation import gradient
from ..costs import cost
from ..network import Network, flatten, forward
from ..plotting import computation_chain
from .base import LiveFigure

__all__ = ["PARAMETERS", "Chain"]

PARAMETERS = ("w1", "b1", "w2", "b2", "w3", "b3")
"""Names of what can be pushed, in the order of `flatten`."""


class Chain(LiveFigure):
    """The 1-1-1-1 chain: z, a, C, every local derivative, and a push that travels to the cost.

    Parameters
    ----------
    w, b : list of three floats, each from -4 to 4
        Weights and biases of layers 1 to 3; sigmoid throughout.
    x, y : float, from 0 to 1
        The example.
    parameter : {"w1", "b1", "w2", "b2", "w3", "b3"}
        Whose derivative is taken apart.
    push : float, from -1 to 1
        How far that parameter is pushed, to compare predicted with true change.

    Attributes
    ----------
    cost : float
        C₀ at the settings of the moment.
    gradient : dict
        ∂C₀/∂ each parameter, by name.

    Notes
    -----
    Equations ``eq-c4-chain`` and ``eq-c4-chain-long``.

    Examples
    --------
    >>> chain = Chain()
    >>> round(chain.cost, 4), round(chain.gradient["w1"], 4)
    (0.1744, 0.0143)
    """

    figure = "chain"

    w = traitlets.List(traitlets.Float(), [1.5, -0.8, 2.0], minlen=3, maxlen=3).tag(sync=True)
    b = traitlets.List(traitlets.Float(), [-0.5, 0.4, -0.6], minlen=3, maxlen=3).tag(sync=True)
    x = traitlets.Float(0.8, min=0, max=1).tag(sync=True)
    y = traitlets.Float(1.0, min=0, max=1).tag(sync=True)
    parameter = traitlets.Enum(PARAMETERS, "w1").tag(sync=True)
    push = traitlets.Float(0.5, min=-1, max=1).tag(sync=True)

    @traitlets.validate("w", "b")
    def _within_reach(self, proposal: Any) -> list[float]:
        values: list[float] = proposal["value"]
        if any(not -4 <= value <= 4 for value in values):
            name = proposal["trait"].name
            raise traitlets.TraitError(f"each of {name} must be from -4 to 4; got {values}.")
        return values

    @property
    def alt(self) -> str:
        """What is to be seen."""
        return (
            f"A chain of boxes from the input {self.x:g} through z and a of three neurons to the "
            f"cost {self.cost:.3f}. On every arrow back stands a local derivative; multiplied up, "
            f"they give the derivative of the cost for each weight, {self.gradient['w1']:.3f} for "
            "the first and "
            f"{self.gradient['w3']:.3f} for the last."
        )

    @property
    def network(self) -> Network:
        """The chain as a network."""
        return _network(self.w, self.b)

    @property
    def cost(self) -> float:
        """C₀, the cost of the one example."""
        return cost(self.network, [[self.x]], [[self.y]])

    @property
    def gradient(self) -> dict[str, float]:
        """∂C₀/∂w and ∂C₀/∂b of every layer, by name."""
        dC = flatten(gradient(self.network, [[self.x]], [[self.y]]))
        return dict(zip(PARAMETERS, dC.tolist(), strict=True))

    def truth(self) -> list[dict[str, Any]]:
        """Compute activations, gradient and the cost after a push at a spread of settings."""
        rng = np.random.default_rng(0)
        cases = []
        for place, name in enumerate(PARAMETERS * 2):
            w, b = rng.uniform(-4, 4, (2, 3)).round(3)
            x, y = rng.uniform(0, 1, 2).round(3)
            push = round(float(rng.uniform(-1, 1)), 3)
            net = _network(w, b)
            pushed = net.parameters
            pushed[place % len(PARAMETERS)] += push
            given = {"w": w, "b": b, "x": x, "y": y, "parameter": name, "push": push}
            found = {
                "a": [float(a[0, 0]) for a in forward(net, [[x]]).a],
                "cost": cost(net, [[x]], [[y]]),
                "gradient": flatten(gradient(net, [[x]], [[y]])),
                "pushed": cost(net.with_parameters(pushed), [[x]], [[y]]),
            }
            cases.append({"given": given, "found": found})
        return cases

    def static(self) -> Figure:
        """Draw the chain of boxes with every number on the way there and back."""
        figure = Figure(figsize=(7.2, 3.6))
        computation_chain(self.network, self.x, self.y, ax=figure.add_subplot())
        return figure


def _network(w: Any, b: Any) -> Network:
    layers = [([[weight]], [[bias]]) for weight, bias in zip(w, b, strict=True)]
    return Network(layers, "sigmoid")
