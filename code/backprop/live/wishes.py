"""Chapter 3: what the outputs of a half-trained network wish for, summed and averaged."""

from functools import cache
from typing import Any

import numpy as np
import traitlets
from matplotlib.figure import Figure

from .. import data
from ..activations import Array
from ..backpropagation import backward, gradient
from ..costs import quadratic_prime
from ..gradient_descent import sgd
from ..network import Layer, Network, forward
from ..plotting import gradient_bars, network_diagram
from .base import LiveFigure, layers_as_lists

__all__ = ["CLASSES", "IMAGES", "Wishes"]

CLASSES = (1, 3, 7, 8)
"""Digits that the four output neurons stand for."""

IMAGES = 12
"""How many training digits the figure has at hand; the chapter's eight is number 10."""


@cache
def _half_trained() -> tuple[Network, Array, tuple[int, ...]]:
    """Train the chapter's network for two epochs; return it with the first images and labels."""
    digits = data.digits(classes=CLASSES)
    start = Network.initialise([16, 8, 4], rng=0)
    run = sgd(
        start, digits.x_train, digits.y_train, epochs=2, batch_size=10, learning_rate=3.0, rng=0
    )
    net = run.network.with_parameters(run.network.parameters.round(4))
    return net, digits.x_train[:, :IMAGES], tuple(map(int, digits.labels_train[:IMAGES]))


class Wishes(LiveFigure):
    """The half-trained 16-8-4 network: wishes of one output, of all four, and of several digits.

    A wish is minus a derivative of the cost: the way in which a number should move.

    Parameters
    ----------
    view : {"one", "sum", "mean"}
        One output and its three handles; the outputs' wishes for the hidden layer, summed; the
        gradients of several digits, averaged.
    shown : int, from 0 to 11
        Which digit the network looks at.
    output : {1, 3, 7, 8}
        Whose wishes are shown one by one.
    hidden : int, from 0 to 7
        Which hidden neuron is picked.
    outputs : list of 1, 3, 7, 8
        Outputs that are switched on.
    batch : list of int, from 0 to 11
        Digits over which the gradient is averaged.
    layers : list of dict
        The network, ``{"W": rows, "b": list}`` a layer.

    Attributes
    ----------
    network : Network
    delta : list of four floats
        δ of each output for the digit that is shown, in Python.
    wishes : array, shape (4, 8)
        What each output wishes for each hidden activation, -δ_j w_jk.
    total : list of eight floats
        The sum of these over the outputs that are switched on.
    mean_gradient : list of Layer
        Gradient of the mean cost of the digits in `batch`.

    Notes
    -----
    Equations ``eq-c3-handles``, ``eq-c3-delta-j`` and ``eq-c3-sum``.

    Examples
    --------
    >>> wishes = Wishes(outputs=[1, 3, 7, 8])
    >>> [round(d, 2) for d in wishes.delta]
    [0.19, 0.02, 0.02, -0.29]
    >>> [round(wish, 2) for wish in wishes.total][:2]
    [-0.13, 0.05]
    """

    figure = "wishes"

    view = traitlets.Enum(["one", "sum", "mean"], "one").tag(sync=True)
    shown = traitlets.Int(10, min=0, max=IMAGES - 1).tag(sync=True)
    output = traitlets.Enum(list(CLASSES), 8).tag(sync=True)
    hidden = traitlets.Int(2, min=0, max=7).tag(sync=True)
    outputs = traitlets.List(traitlets.Enum(list(CLASSES)), [8]).tag(sync=True)
    batch = traitlets.List(traitlets.Int(min=0, max=IMAGES - 1), [10], minlen=1).tag(sync=True)
    layers: Any = traitlets.List().tag(sync=True)
    images: Any = traitlets.List().tag(sync=True)
    labels: Any = traitlets.List().tag(sync=True)

    @traitlets.default("layers")
    def _default_layers(self) -> list[dict[str, Any]]:
        return layers_as_lists(_half_trained()[0].layers)

    @traitlets.default("images")
    def _default_images(self) -> list[list[float]]:
        images: list[list[float]] = _half_trained()[1].T.round(6).tolist()
        return images

    @traitlets.default("labels")
    def _default_labels(self) -> list[int]:
        return list(_half_trained()[2])

    @property
    def alt(self) -> str:
        """What is to be seen."""
        j = CLASSES.index(self.output)
        says = self._trace.a[-1][j, 0]
        return (
            f"Left: eight hidden neurons feed the output for the digit {self.output}, which says "
            f"{says:.2f} and should say {self._target[j, 0]:g}. Right: what it wishes, as bars: "
            "for each of its weights in proportion to the activation that the weight carries, "
            "for each activation behind in proportion to the weight."
        )

    @property
    def network(self) -> Network:
        """The network itself."""
        layers = [Layer(each["W"], np.reshape(each["b"], (-1, 1))) for each in self.layers]
        return Network(layers, "sigmoid")

    @property
    def delta(self) -> list[float]:
        """δ of each output for the digit that is shown."""
        delta: list[float] = _found(self.network, self._image, self._target)["delta"]
        return delta

    @property
    def wishes(self) -> Array:
        """What each output wishes for each hidden activation."""
        found = _found(self.network, self._image, self._target)
        return np.array(found["activations"])

    @property
    def total(self) -> list[float]:
        """Sum of the wishes of the outputs that are switched on."""
        on = [CLASSES.index(each) for each in self.outputs]
        total: list[float] = self.wishes[on].sum(axis=0).tolist()
        return total

    @property
    def mean_gradient(self) -> list[Layer]:
        """Gradient of the mean cost of the digits in the batch."""
        return gradient(self.network, self._images[:, self.batch], self._targets[:, self.batch])

    @property
    def _images(self) -> Array:
        return np.array(self.images).T

    @property
    def _targets(self) -> Array:
        return np.array([[float(label == each) for label in self.labels] for each in CLASSES])

    @property
    def _image(self) -> Array:
        return self._images[:, [self.shown]]

    @property
    def _target(self) -> Array:
        return self._targets[:, [self.shown]]

    @property
    def _trace(self) -> Any:
        return forward(self.network, self._image)

    def truth(self) -> list[dict[str, Any]]:
        """Compute wishes, their sums and mean gradients for the network and for random ones."""
        ten = list(range(10))
        cases = [_case(self.network, self._images[:, ten], self._targets[:, ten], [0, 3])]
        rng = np.random.default_rng(0)
        for on in ([], [1], [0, 1], [0, 1, 2]):
            net = Network.initialise([4, 3, 3], rng=rng)
            net = net.with_parameters(rng.normal(size=net.n_parameters).round(3))
            x, y = rng.random((4, 3)).round(3), np.eye(3)[:, rng.integers(0, 3, 3)]
            cases.append(_case(net, x, y, on))
        return cases

    def static(self) -> Figure:
        """Draw one output with what feeds it, beside its wishes."""
        figure = Figure(figsize=(7.2, 3.6))
        left, middle, right = figure.subplots(
            1, 3, gridspec_kw={"width_ratios": [2.4, 1, 1.1], "wspace": 0.3, "left": 0.01}
        )
        j, hidden = CLASSES.index(self.output), self._trace.a[1]
        last = Network([self.network.layers[-1]])
        network_diagram(
            last,
            forward(last, hidden),
            values=True,
            targets=self._target,
            outputs=[str(digit) for digit in CLASSES],
            highlight=[(1, j, k) for k in range(8)],
            key=False,
            ax=left,
        )
        found = _found(self.network, self._image, self._target)
        for ax, kind, name in ((middle, "weights", "weight"), (right, "activations", "activation")):
            names = [f"${name[0]}_{k}$" for k in range(8)]
            gradient_bars(found[kind][j], names, xlabel=f"wish for each {name}", ax=ax)
            low, high = ax.get_xlim()  # room for numbers at the ends of narrow bars
            ax.set_xlim(1.6 * low, 1.6 * high)
        return figure


def _found(net: Network, x: Array, y: Array) -> dict[str, Any]:
    """Compute what one example's outputs wish for, as the page does."""
    trace = forward(net, x)
    dC = backward(net, trace, quadratic_prime(trace.a[-1], y))
    delta = dC[-1].b
    return {
        "a": trace.a[-1].ravel().tolist(),
        "delta": delta.ravel().tolist(),
        "weights": (-dC[-1].W).tolist(),
        "activations": (-delta * net.layers[-1].W).tolist(),
    }


def _case(net: Network, x: Array, y: Array, on: list[int]) -> dict[str, Any]:
    first = _found(net, x[:, [-1]], y[:, [-1]])
    total = np.array(first["activations"])[on].sum(axis=0)
    given = {"layers": layers_as_lists(net.layers), "xs": x.T, "ys": y.T, "on": on}
    found = {**first, "total": total, "mean": layers_as_lists(gradient(net, x, y))}
    return {"given": given, "found": found}
