"""Chapter 4: the 3-2 network, where an edge, an entry of W and a term of z are one thing."""

from typing import Any

import numpy as np
import traitlets
from matplotlib.figure import Figure

from ..backpropagation import gradient
from ..network import Layer, Network, forward
from ..plotting import network_diagram
from .base import LiveFigure

__all__ = ["Indices"]


class Indices(LiveFigure):
    """Three neurons feed two: pick a weight, and see it as an edge, in W, and in the sum.

    Neurons are counted from 1, as in the chapter's section on indices; j and k count from 0, as
    everything in Python does.

    Parameters
    ----------
    W : list of two lists of three floats
        ``W[j][k]`` is the weight to neuron j from neuron k.
    b, y : list of two floats
        Biases and targets.
    a : list of three floats
        Activations of the three neurons on the left.
    j, k : int
        The weight that is picked.

    Attributes
    ----------
    dC_dW : list of lists
        ∂C₀/∂W, in Python.
    dC_da : list of three floats
        ∂C₀/∂a of the three neurons on the left: each the sum over both paths.

    Notes
    -----
    Equations ``eq-c4-z-index``, ``eq-c4-dW-index`` and ``eq-c4-delta-index``.

    Examples
    --------
    >>> indices = Indices()
    >>> np.shape(indices.dC_dW), np.shape(indices.dC_da)
    ((2, 3), (3,))
    """

    figure = "indices"

    W = traitlets.List([[0.5, -0.3, 0.8], [0.9, 0.7, -0.4]]).tag(sync=True)
    b = traitlets.List(traitlets.Float(), [-0.2, 0.1], minlen=2, maxlen=2).tag(sync=True)
    a = traitlets.List(traitlets.Float(), [0.9, 0.4, 0.1], minlen=3, maxlen=3).tag(sync=True)
    y = traitlets.List(traitlets.Float(), [1.0, 0.0], minlen=2, maxlen=2).tag(sync=True)
    j = traitlets.Int(1, min=0, max=1).tag(sync=True)
    k = traitlets.Int(0, min=0, max=2).tag(sync=True)

    @traitlets.validate("W")
    def _two_by_three(self, proposal: Any) -> list[list[float]]:
        W: list[list[float]] = proposal["value"]
        if [len(row) for row in W] != [3, 3]:
            raise traitlets.TraitError(f"W must be two rows of three weights; got {W}.")
        return W

    @property
    def alt(self) -> str:
        """What is to be seen."""
        return (
            "Three neurons on the left joined to two on the right by six weights. The weight "
            f"w{self.j + 1}{self.k + 1} = {self.W[self.j][self.k]:g}, to neuron {self.j + 1} from "
            f"neuron {self.k + 1}, is highlighted; each weight is named first by where it arrives."
        )

    @property
    def network(self) -> Network:
        """The two layers as a network."""
        return _network(self.W, self.b)

    @property
    def dC_dW(self) -> list[list[float]]:
        """∂C₀/∂W, a row for each neuron on the right."""
        dC_dW: list[list[float]] = _found(self.W, self.b, self.a, self.y)["dC_dW"]
        return dC_dW

    @property
    def dC_da(self) -> list[float]:
        """∂C₀/∂a, an entry for each neuron on the left."""
        dC_da: list[float] = _found(self.W, self.b, self.a, self.y)["dC_da"]
        return dC_da

    def truth(self) -> list[dict[str, Any]]:
        """Compute z, a and all derivatives for a spread of networks."""
        rng = np.random.default_rng(0)
        cases = []
        for _ in range(8):
            W, b = rng.uniform(-2, 2, (2, 3)).round(3), rng.uniform(-1, 1, 2).round(3)
            a, y = rng.uniform(0, 1, 3).round(3), rng.integers(0, 2, 2)
            given = {"W": W, "b": b, "a": a, "y": y}
            cases.append({"given": given, "found": _found(**given)})
        return cases

    def static(self) -> Figure:
        """Draw the network with all weights named and the picked one highlighted."""
        figure = Figure(figsize=(6.4, 3.4))
        network_diagram(
            self.network,
            forward(self.network, _column(self.a)),
            names=True,
            first=1,
            superscripts=["L-1", "L"],
            weights={
                (1, j, k): f"$w_{{{j + 1}{k + 1}}}$ = {self.W[j][k]:g}"
                for j in range(2)
                for k in range(3)
            },
            highlight=[(1, self.j, self.k)],
            ax=figure.add_subplot(),
        )
        return figure


def _network(W: Any, b: Any) -> Network:
    return Network([Layer(W, _column(b))], "sigmoid")


def _column(values: Any) -> Any:
    return np.reshape(values, (-1, 1))


def _found(W: Any, b: Any, a: Any, y: Any) -> dict[str, Any]:
    """Compute what the page computes as well."""
    net = _network(W, b)
    (dC,) = gradient(net, _column(a), _column(y))
    trace = forward(net, _column(a))
    return {
        "z": trace.z[0].ravel().tolist(),
        "a": trace.a[1].ravel().tolist(),
        "delta": dC.b.ravel().tolist(),
        "dC_dW": dC.W.tolist(),
        "dC_da": (net.layers[0].W.T @ dC.b).ravel().tolist(),
    }
