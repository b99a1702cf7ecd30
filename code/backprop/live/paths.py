"""Chapter 4: every path from a weight to the cost, and how back-propagation avoids them all."""

import itertools
import math
from functools import cache
from typing import Any

import numpy as np
import traitlets
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..activations import Array
from ..backpropagation import backward
from ..colours import LIGHT
from ..costs import quadratic_prime
from ..network import Layer, Network, forward
from ..plotting import network_diagram, onward
from .base import LiveFigure, layers_as_lists

__all__ = ["MOST_LAYERS", "WIDEST", "Paths", "multiplications", "path_terms"]

WIDEST = 5
"""Neurons that a layer may have."""

MOST_LAYERS = 7
"""Layers of neurons that a network may have, inputs and outputs included."""


@cache
def _stock() -> tuple[tuple[Layer, ...], Array]:
    """Weights for the largest network; a smaller one takes the first rows and columns.

    The chapter's 4-4-4-4-3 network stands in the corner.
    """
    rng = np.random.default_rng(0)
    deep = Network.initialise([4, 4, 4, 4, 3], rng=4)
    layers = []
    for l in range(MOST_LAYERS - 1):
        W, b = rng.normal(0, 0.5, (WIDEST, WIDEST)).round(4), np.zeros((WIDEST, 1))
        if l < len(deep.layers):
            known = deep.layers[l]
            W[: known.W.shape[0], : known.W.shape[1]] = known.W
            b[: len(known.b)] = known.b
        layers.append(Layer(W, b))
    x = np.append(np.random.default_rng(4).random(4), 0.5)
    return tuple(layers), x


class Paths(LiveFigure):
    """A deep network: pick a weight, follow every path to the cost, or let δ flow back.

    All counting starts at 0, except that of the layers of weights, 1 to L.

    Parameters
    ----------
    view : {"paths", "back"}
        Path by path, or back-propagation.
    widths : list of two to seven int, each from 1 to 5
        Neurons a layer, inputs first.
    l, j, k : int
        The weight w_jk^(l); in a network that is too small for it, the nearest that there is.
    path : int
        Which of its paths is followed.
    step : int
        How many layers δ has come back.
    stock : list of dict
        Weights and biases of the largest network; a smaller one takes the first of them.
    x : list of five floats
        Inputs; a network with fewer takes the first of them.

    Attributes
    ----------
    network : Network
    edge : tuple (l, j, k)
        The weight that is picked.
    terms : array, shape (P,)
        For each path from the weight to the cost the product along it.
    derivative : float
        ∂C₀/∂w of the weight, by back-propagation.
    multiplications : dict
        ``one_weight`` and ``path_by_path`` for all weights, if paths are followed one by one, and
        ``back_propagation`` for all weights.

    Notes
    -----
    Equations ``eq-c4-path-sum``, ``eq-c4-path-count`` and ``eq-c4-operations``.  The target is 1
    for the first output and 0 for the others.

    Examples
    --------
    >>> paths = Paths()
    >>> len(paths.terms), np.isclose(paths.terms.sum(), paths.derivative)
    (48, np.True_)
    >>> paths.multiplications
    {'one_weight': 384, 'path_by_path': 7512, 'back_propagation': 134}
    """

    figure = "paths"

    view = traitlets.Enum(["paths", "back"], "paths").tag(sync=True)
    widths = traitlets.List(
        traitlets.Int(min=1, max=WIDEST), [4, 4, 4, 4, 3], minlen=2, maxlen=MOST_LAYERS
    ).tag(sync=True)
    l = traitlets.Int(1, min=1, max=MOST_LAYERS - 1).tag(sync=True)
    j = traitlets.Int(1, min=0, max=WIDEST - 1).tag(sync=True)
    k = traitlets.Int(2, min=0, max=WIDEST - 1).tag(sync=True)
    path = traitlets.Int(0, min=0).tag(sync=True)
    step = traitlets.Int(0, min=0, max=MOST_LAYERS - 1).tag(sync=True)
    stock: Any = traitlets.List().tag(sync=True)
    x = traitlets.List(traitlets.Float(), minlen=WIDEST, maxlen=WIDEST).tag(sync=True)

    @traitlets.default("stock")
    def _default_stock(self) -> list[dict[str, Any]]:
        return layers_as_lists(_stock()[0])

    @traitlets.default("x")
    def _default_x(self) -> list[float]:
        x: list[float] = _stock()[1].tolist()
        return x

    @property
    def alt(self) -> str:
        """What is to be seen."""
        l, j, k = self.edge
        count = len(self.terms)
        return (
            f"Left: a network with layers of {', '.join(map(str, self.widths))} neurons. From the "
            f"weight of layer {l} to neuron {j} from neuron {k}, {count} paths fan out over the "
            f"later layers. Right: the products along these paths, added up one after the other; "
            "after the last one the sum is the derivative that back-propagation finds."
        )

    @property
    def network(self) -> Network:
        """The network of these widths."""
        sizes = zip(self.stock, itertools.pairwise(self.widths), strict=False)
        layers = [
            Layer(np.array(each["W"])[:to, :come], np.reshape(each["b"][:to], (-1, 1)))
            for each, (come, to) in sizes
        ]
        return Network(layers, "sigmoid")

    @property
    def edge(self) -> tuple[int, int, int]:
        """The weight (l, j, k) that is picked."""
        l = min(self.l, len(self.widths) - 1)
        return l, min(self.j, self.widths[l] - 1), min(self.k, self.widths[l - 1] - 1)

    @property
    def terms(self) -> Array:
        """For each path the product along it."""
        return path_terms(self.network, *self._example, self.edge)

    @property
    def derivative(self) -> float:
        """∂C₀/∂w of the weight that is picked."""
        l, j, k = self.edge
        return float(_gradient(self.network, *self._example)[l - 1].W[j, k])

    @property
    def multiplications(self) -> dict[str, int]:
        """What the ways cost."""
        return multiplications(self.widths, self.edge[0])

    @property
    def _example(self) -> tuple[Array, Array]:
        x = np.reshape(self.x[: self.widths[0]], (-1, 1))
        return x, np.eye(self.widths[-1])[:, :1]

    def truth(self) -> list[dict[str, Any]]:
        """Compute paths, derivatives, deltas and counts for this network and for others."""
        cases = [_case(self.network, *self._example, self.edge)]
        rng = np.random.default_rng(1)
        for widths in ([3, 2], [2, 1, 3], [1, 3, 2, 2], [2, 2, 3, 1, 2, 2], [4, 2, 2, 2, 2, 1, 3]):
            net = Network.initialise(widths, rng=rng)
            net = net.with_parameters(rng.normal(size=net.n_parameters).round(3))
            x, y = rng.random((widths[0], 1)).round(3), np.eye(widths[-1])[:, :1]
            l = int(rng.integers(1, len(widths)))
            edge = (l, int(rng.integers(widths[l])), int(rng.integers(widths[l - 1])))
            cases.append(_case(net, x, y, edge))
        return cases

    def static(self) -> Figure:
        """Draw the network with the paths, beside the sum that grows along them."""
        figure = Figure(figsize=(7.2, 3.3))
        left, right = figure.subplots(
            1, 2, gridspec_kw={"width_ratios": [1.25, 1], "wspace": 0.3, "left": 0.01}
        )
        network_diagram(
            self.network,
            forward(self.network, self._example[0]),
            values=True,
            highlight=onward(self.widths, self.edge),
            key=False,
            ax=left,
        )
        self._draw_sum(right)
        return figure

    def _draw_sum(self, ax: Axes) -> None:
        sums = np.concatenate([[0], np.cumsum(self.terms)])
        ax.axhline(self.derivative, ls="--", color=LIGHT.ink, lw=1.2)
        ax.step(range(len(sums)), sums, "-", where="post", color=LIGHT.gradient)
        ax.axhline(0, color=LIGHT.muted, lw=0.8)
        ax.set(xlim=(0, len(sums) - 1), xlabel="paths added up", ylabel="sum so far")
        ax.ticklabel_format(axis="y", style="sci", scilimits=(0, 0), useMathText=True)


def path_terms(net: Network, x: Array, y: Array, edge: tuple[int, int, int]) -> Array:
    """Multiply along every path from a weight to the cost, path after path.

    Parameters
    ----------
    net : Network
    x : array, shape (n_0, 1)
    y : array, shape (n_L, 1)
    edge : tuple (l, j, k)
        The weight w_jk^(l).

    Returns
    -------
    array, shape (n_{l+1} · … · n_L,)
        A product a path; the neurons of the last layer take turns fastest.

    Notes
    -----
    Equation ``eq-c4-path-sum``, whose sum these are the terms of.
    """
    l, j, k = edge
    trace = forward(net, x)
    ways = zip(net.activations, trace.z, trace.a[1:], strict=True)
    slopes = [sigma.prime(z, a) for sigma, z, a in ways]
    terms = []
    for path in itertools.product(*(range(n) for n in net.widths[l + 1 :])):
        term, at = trace.a[l - 1][k, 0] * slopes[l - 1][j, 0], j
        for r, to in enumerate(path, start=l + 1):
            term *= net.layers[r - 1].W[to, at] * slopes[r - 1][to, 0]
            at = to
        terms.append(term * 2 * (trace.a[-1][at, 0] - y[at, 0]))
    return np.array(terms)


def multiplications(widths: list[int], l: int) -> dict[str, int]:
    """Count multiplications: path by path, and with δ.

    Parameters
    ----------
    widths : list of int
        Neurons a layer, inputs first.
    l : int
        Layer of the one weight, from 1.

    Returns
    -------
    dict
        ``one_weight``, ``path_by_path`` and ``back_propagation``.

    Notes
    -----
    Equations ``eq-c4-path-count`` and ``eq-c4-operations``.
    """
    L = len(widths) - 1

    def one(layer: int) -> int:
        return math.prod(widths[layer + 1 :]) * 2 * (L - layer + 1)

    products = [come * to for come, to in itertools.pairwise(widths)]
    return {
        "one_weight": one(l),
        "path_by_path": sum(count * one(layer) for layer, count in enumerate(products, 1)),
        "back_propagation": sum(products) + sum(products[1:]) + 2 * sum(widths[1:]),
    }


def _gradient(net: Network, x: Array, y: Array) -> list[Layer]:
    trace = forward(net, x)
    return backward(net, trace, quadratic_prime(trace.a[-1], y))


def _case(net: Network, x: Array, y: Array, edge: tuple[int, int, int]) -> dict[str, Any]:
    l, j, k = edge
    dC = _gradient(net, x, y)
    terms = path_terms(net, x, y, edge)
    given = {
        "layers": layers_as_lists(net.layers),
        "x": x.ravel(),
        "y": y.ravel(),
        "edge": list(edge),
    }
    found = {
        "terms": terms,
        "sum": terms.sum(),
        "derivative": dC[l - 1].W[j, k],
        "deltas": [dC_db.ravel() for _, dC_db in dC],
        "bill": multiplications(list(net.widths), l),
    }
    return {"given": given, "found": found}
