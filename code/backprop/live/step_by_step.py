"""Chapter 4: the 2-2-2 example, one operation at a time, beside the code that does it."""

from typing import Any

import numpy as np
import traitlets
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..backpropagation import backward, gradient
from ..checks import Array
from ..colours import LIGHT
from ..costs import cost, quadratic, quadratic_prime
from ..listings import listing
from ..network import Layer, Network, forward
from ..plotting import network_diagram
from ..plotting.style import minus
from .base import LiveFigure, layers_as_lists

__all__ = ["EXAMPLE", "StepByStep", "gradient_step", "step_too_early"]

EXAMPLE: dict[str, Any] = {
    "layers": [
        {"W": [[0.4, -0.6], [0.9, 0.2]], "b": [0.1, -0.3]},
        {"W": [[0.7, -0.5], [-0.8, 1.2]], "b": [0.2, -0.1]},
    ],
    "x": [1.0, 0.5],
    "y": [1.0, 0.0],
}
"""The network and the example of the chapter's section "A complete example by hand"."""


def gradient_step(net: Network, x: Array, y: Array, learning_rate: float) -> Network:
    """Take one step of gradient descent: every derivative first, the update last.

    Parameters
    ----------
    net : Network
        Not changed.
    x, y : array, shapes (n_0, m) and (n_L, m)
        Examples, one a column.
    learning_rate : float
        η.

    Returns
    -------
    Network

    Notes
    -----
    Equation ``eq-c2-step``.
    """
    trace = forward(net, x)
    dC = backward(net, trace, quadratic_prime(trace.a[-1], y))
    layers = [
        Layer(W - learning_rate * dW, b - learning_rate * db)
        for (W, b), (dW, db) in zip(net.layers, dC, strict=True)
    ]
    return Network(layers, [sigma.name for sigma in net.activations])


def step_too_early(net: Network, x: Array, y: Array, learning_rate: float) -> Network:
    """Take a *wrong* step: update each layer on the way back, before the next one needs it.

    Parameters
    ----------
    net, x, y, learning_rate
        As for `gradient_step`.

    Returns
    -------
    Network
        Right in its last layer, wrong in all others.
    """
    trace = forward(net, x)
    dC_da, layers = quadratic_prime(trace.a[-1], y), list(net.layers)
    for l in reversed(range(len(layers))):
        (W, b), sigma = layers[l], net.activations[l]
        delta = dC_da * sigma.prime(trace.z[l], trace.a[l + 1])
        W = W - learning_rate * delta @ trace.a[l].T  # too early
        b = b - learning_rate * delta.sum(axis=1, keepdims=True)
        layers[l], dC_da = Layer(W, b), W.T @ delta  # the new W, where the old one belongs
    return Network(layers, [sigma.name for sigma in net.activations])


_SHOWN: tuple[Any, ...] = (
    gradient_step,
    forward,
    quadratic,
    quadratic_prime,
    backward,
    step_too_early,
)
_COLLECT = "Layer(W=delta @ a_below.T, b=delta.sum(axis=1, keepdims=True))"
_UPDATE = "Layer(W - learning_rate * dW, b - learning_rate * db)"
_EARLY_UPDATE = (
    "W = W - learning_rate * delta @ trace.a[l].T",
    "b = b - learning_rate * delta.sum(axis=1, keepdims=True)",
)
# Which part of which function does an operation: what the page lights up.
_PARTS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "start": (gradient_step, ("trace = forward(net, x)",)),
    "z": (forward, ("W @ activations[-1] + b",)),
    "a": (forward, ("sigma(z)",)),
    "cost": (quadratic, ("((a - y) ** 2).sum()",)),
    "error": (quadratic_prime, ("(2 / a.shape[1]) * (a - y)",)),
    "slopes": (backward, ("sigma.prime(z, a)",)),
    "delta2": (backward, ("dC_da * slopes[-1]",)),
    "back": (backward, ("layer_above.W.T @ deltas[-1]",)),
    "delta1": (backward, ("(layer_above.W.T @ deltas[-1]) * slope",)),
    "collect": (backward, (_COLLECT,)),
    "update": (gradient_step, (_UPDATE,)),
    "early-start": (step_too_early, ("trace = forward(net, x)",)),
    "early-slope": (step_too_early, ("sigma.prime(trace.z[l], trace.a[l + 1])",)),
    "early-delta": (step_too_early, ("dC_da * sigma.prime(trace.z[l], trace.a[l + 1])",)),
    "early-collect": (
        step_too_early,
        ("delta @ trace.a[l].T", "delta.sum(axis=1, keepdims=True)"),
    ),
    "early-update": (step_too_early, _EARLY_UPDATE),
    "early-back": (step_too_early, ("W.T @ delta",)),
}


def _listings() -> list[dict[str, str]]:
    return [{"name": each.__name__, "source": listing(each).source} for each in _SHOWN]


def _marks() -> dict[str, dict[str, Any]]:
    """Find every part in its listing, so that a changed listing cannot lose its light unseen."""
    sources = {entry["name"]: entry["source"] for entry in _listings()}
    marks = {}
    for operation, (function, parts) in _PARTS.items():
        source = sources[function.__name__]
        for part in parts:
            if source.count(part) != 1:
                raise LookupError(
                    f"{function.__name__} must hold {part!r} once; found {source.count(part)}."
                )
        places = [[source.index(part), source.index(part) + len(part)] for part in parts]
        marks[operation] = {"name": function.__name__, "places": places}
    return marks


class StepByStep(LiveFigure):
    """The 2-2-2 example: forward, backward, update, and the line of code that does each step.

    Parameters
    ----------
    step : int, from 0 to 46
        How many of the numbers have been computed.
    grain : {"line", "number"}
        Whether a click does one operation on a whole layer, or computes one number.
    early : bool
        Whether each layer is updated, wrongly, before the layer below has its delta.
    learning_rate : float, from 0.1 to 10
        η of the update.

    Attributes
    ----------
    network, x, y
        The example.
    after : Network
        The network after the update, right or too early.
    cost_after : float
        Its cost.

    Notes
    -----
    Equations ``eq-c1-layer``, ``eq-c4-delta-output``, ``eq-c4-delta-back``, ``eq-c4-dW-matrix``
    and ``eq-c4-db-matrix``, one after the other.

    Examples
    --------
    >>> round(StepByStep().cost_after, 5), round(StepByStep(early=True).cost_after, 5)
    (0.39044, 0.39045)
    """

    figure = "step_by_step"

    step = traitlets.Int(0, min=0, max=46).tag(sync=True)
    grain = traitlets.Enum(["line", "number"], "line").tag(sync=True)
    early = traitlets.Bool(False).tag(sync=True)
    learning_rate = traitlets.Float(0.5, min=0.1, max=10).tag(sync=True)
    example = traitlets.Dict(EXAMPLE).tag(sync=True)
    listings = traitlets.List(_listings()).tag(sync=True)
    marks = traitlets.Dict(_marks()).tag(sync=True)

    @property
    def alt(self) -> str:
        """What is to be seen."""
        return (
            "A 2-2-2 network with its inputs 1 and 0.5, its weights and its biases, still without "
            "a result. Beside it all operations of one step of training in order, with what comes "
            "out: forward to the cost 0.5109, backward to the deltas, and after the update "
            f"the cost is {self.cost_after:.4f}."
        )

    @property
    def network(self) -> Network:
        """The network before the step."""
        return _network(self.example["layers"])

    @property
    def x(self) -> Array:
        """The input, shape (2, 1)."""
        return np.array(self.example["x"])[:, np.newaxis]

    @property
    def y(self) -> Array:
        """The target, shape (2, 1)."""
        return np.array(self.example["y"])[:, np.newaxis]

    @property
    def after(self) -> Network:
        """The network after the step."""
        take = step_too_early if self.early else gradient_step
        return take(self.network, self.x, self.y, self.learning_rate)

    @property
    def cost_after(self) -> float:
        """Cost of the one example after the step."""
        return cost(self.after, self.x, self.y)

    def truth(self) -> list[dict[str, Any]]:
        """Compute everything for the example and for others, updated in time and too early."""
        rng = np.random.default_rng(0)
        cases = [_case(self.example, 0.5, early) for early in (False, True)]
        for number in range(6):
            weights = rng.uniform(-2, 2, (2, 2, 3)).round(2)
            layers = [{"W": each[:, :2].tolist(), "b": each[:, 2].tolist()} for each in weights]
            x, y = rng.uniform(0, 1, (2, 2)).round(2).tolist()
            rate = round(float(rng.uniform(0.1, 10)), 1)
            cases.append(_case({"layers": layers, "x": x, "y": y}, rate, number % 2 == 0))
        return cases

    def static(self) -> Figure:
        """Draw the network as a sheet to fill in, and beside it what comes out."""
        figure = Figure(figsize=(7.2, 4.0))
        left, right = figure.subplots(1, 2, gridspec_kw={"width_ratios": [1.12, 1]})
        network_diagram(
            self.network,
            weights="values",
            names=True,
            targets=self.y,
            ax=left,
            key=False,
        )
        left.set_title(_given(self.example, self.learning_rate), fontsize=9.5, y=1.08)
        _write_route(right, self.network, self.x, self.y, self.after)
        return figure


def _network(layers: list[dict[str, Any]]) -> Network:
    return Network([Layer(each["W"], np.c_[each["b"]]) for each in layers], "sigmoid")


def _given(example: dict[str, Any], rate: float) -> str:
    """Write what the picture of the network does not show."""

    def pair(values: list[float]) -> str:
        return minus("({:g}, {:g})".format(*values))

    first, second = (pair(layer["b"]) for layer in example["layers"])
    return (
        f"$x$ = {pair(example['x'])},   $\\eta$ = {rate:g}\n"
        f"$b^{{(1)}}$ = {first},   $b^{{(2)}}$ = {second}"
    )


def _case(example: dict[str, Any], rate: float, early: bool) -> dict[str, Any]:
    """One example, and every number on its way as the package computes it."""
    net = _network(example["layers"])
    x, y = np.c_[example["x"]], np.c_[example["y"]]
    trace, dC = forward(net, x), gradient(net, x, y)
    after = (step_too_early if early else gradient_step)(net, x, y, rate)
    slopes = [
        sigma.prime(*each)
        for sigma, *each in zip(net.activations, trace.z, trace.a[1:], strict=True)
    ]
    found = {
        "z": [each.ravel() for each in trace.z],
        "a": [each.ravel() for each in trace.a],
        "cost": cost(net, x, y),
        "error": quadratic_prime(trace.a[-1], y).ravel(),
        "slopes": [each.ravel() for each in slopes],
        "gradient": layers_as_lists(dC),
        "after": layers_as_lists(after.layers),
        "costAfter": cost(after, x, y),
    }
    return {"given": {**example, "rate": rate, "early": early}, "found": found}


def _write_route(ax: Axes, net: Network, x: Array, y: Array, after: Network) -> None:
    """Write every operation in order, with its result."""
    trace, (first, last) = forward(net, x), gradient(net, x, y)
    (z1, z2), (_, a1, a2) = trace.z, trace.a
    rows: list[tuple[str, Array | float | None, str]] = [
        ("forward", None, LIGHT.muted),
        (r"$z^{(1)} = W^{(1)} x + b^{(1)}$", z1, LIGHT.ink),
        (r"$a^{(1)} = \sigma(z^{(1)})$", a1, LIGHT.activation),
        (r"$z^{(2)} = W^{(2)} a^{(1)} + b^{(2)}$", z2, LIGHT.ink),
        (r"$a^{(2)} = \sigma(z^{(2)})$", a2, LIGHT.activation),
        (r"$C = \Sigma_j\, (a_j^{(2)} - y_j)^2$", cost(net, x, y), LIGHT.target),
        ("backward", None, LIGHT.muted),
        (r"$\partial C / \partial a^{(2)}$", quadratic_prime(a2, y), LIGHT.gradient),
        (r"$\delta^{(2)}$", last.b, LIGHT.gradient),
        (r"$\delta^{(1)}$", first.b, LIGHT.gradient),
        (r"$\partial C / \partial W^{(2)}$, row 0", last.W[0], LIGHT.gradient),
        (r"$\partial C / \partial W^{(2)}$, row 1", last.W[1], LIGHT.gradient),
        (r"$\partial C / \partial W^{(1)}$, row 0", first.W[0], LIGHT.gradient),
        (r"$\partial C / \partial W^{(1)}$, row 1", first.W[1], LIGHT.gradient),
        ("update", None, LIGHT.muted),
        ("$C$ afterwards", cost(after, x, y), LIGHT.target),
    ]
    ax.set(xlim=(0, 1), ylim=(len(rows) - 0.5, -0.5))
    ax.set_axis_off()
    heads = [place for place, (_, values, _) in enumerate(rows) if values is None]
    ax.hlines(heads, 0.24, 1, color=LIGHT.muted, lw=0.6)
    for place, (name, values, colour) in enumerate(rows):
        indent = 0 if values is None else 0.04
        ax.text(indent, place, name, va="center", color=colour, fontsize=9.5)
        if values is None:
            continue
        numbers = np.atleast_1d(values).ravel()
        for column, number in enumerate(numbers, start=2 - len(numbers)):
            text = minus(f"{number:.4f}")
            ax.text(0.76 + 0.24 * column, place, text, va="center", ha="right", fontsize=9.5)
