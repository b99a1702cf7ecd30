"""Chapter 3: train a network and watch: its cost, what it has learned, its gradient by layer."""

from math import cos, log, pi, sqrt
from typing import Any

import numpy as np
import traitlets
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from ..backpropagation import gradient
from ..checks import Array
from ..colours import LIGHT
from ..data import digits, spiral, two_moons, xor
from ..gradient_descent import History, Run, sgd
from ..network import Network
from ..plotting import weight_images
from .base import LiveFigure, layers_as_lists
from .plane import draw_hidden_space, draw_plane, moved, shorter_paths

__all__ = ["PIXELS", "Chance", "Playground"]

PIXELS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-"
"""A character for each of the 65 greys of a 4×4 image: the images travel without loss."""

_STILL_EPOCHS = 30


class Chance(np.random.Generator):
    """The random numbers of the page, so that Python and the page train the very same network.

    Parameters
    ----------
    seed : int

    Notes
    -----
    The generator of ``core.js``: mulberry32, with normal numbers by Box and Muller and orders by
    Fisher and Yates.  Only what `Network.initialise` and `sgd` ask for is there.

    Examples
    --------
    >>> Chance(0).permutation(5).tolist()
    [4, 2, 3, 0, 1]
    """

    def __init__(self, seed: int) -> None:
        super().__init__(np.random.PCG64(0))  # never drawn from
        self._state = seed % 2**32

    def _next(self) -> float:
        self._state = (self._state + 0x6D2B79F5) % 2**32
        t = (self._state ^ self._state >> 15) * (self._state | 1) % 2**32
        t ^= (t + (t ^ t >> 7) * (t | 61)) % 2**32
        return ((t ^ t >> 14) % 2**32) / 2**32

    def standard_normal(self, size: Any = None, *_: Any, **__: Any) -> Any:
        """Draw standard normal numbers into an array of a shape, row by row."""
        count = int(np.prod(size))
        drawn = [
            sqrt(-2 * log(1 - self._next())) * cos(2 * pi * self._next()) for _ in range(count)
        ]
        return np.reshape(drawn, size)

    def permutation(self, x: Any, *_: Any, **__: Any) -> Any:
        """Put 0 … x - 1 into a random order."""
        order = list(range(x))
        for i in reversed(range(1, x)):
            j = int(self._next() * (i + 1))
            order[i], order[j] = order[j], order[i]
        return np.array(order)


class Playground(LiveFigure):
    """Train a network on digits or on a puzzle in the plane, and watch it learn.

    Parameters
    ----------
    data : {"digits", "xor", "moons", "spiral"}
    hidden : list of up to five int, each from 1 to 16
        Widths of the hidden layers; an empty list for none.
    axes : list of two different int, each from 0 to 15
        Which neurons of the last hidden layer are across and up in the picture of what it makes
        of a plane; where that layer has no such neurons, its first two.
    activation : {"sigmoid", "tanh", "relu"}
        Of the hidden layers; the outputs are sigmoid.
    learning_rate : float, from 0.001 to 30
    batch_size : int, from 1 to 1000
    seed : int, from 0 to 9999
        Of the first weights and of the shuffling.
    epoch : int, from 0 to 20000
        How many epochs have been trained.
    speed : {"step", "epoch", "fast"}
        What the page does in each frame: one mini-batch, one epoch, or all it can.

    Attributes
    ----------
    run : Run
        The same training in Python: network and history after `epoch` epochs (at least one).
    network : Network
        The network after `epoch` epochs, untrained after none.
    moved : array, shape (2, m)
        Where the last hidden layer takes the examples: what its two neurons of `axes` say.
    examples : tuple of arrays
        What it is trained on.

    Notes
    -----
    Equations ``eq-c2-minibatch`` and ``eq-c3-back``.  Seeds are those of the page (`Chance`), not
    NumPy's, so a seed gives another run here than in ``sgd(..., rng=seed)``.

    Examples
    --------
    >>> figure = Playground(epoch=2)
    >>> round(float(figure.run.history.cost[2]), 3) < 0.6
    True
    >>> figure = Playground(data="xor", hidden=[2], batch_size=5, epoch=700)
    >>> figure.moved.round(1)     # the two in the middle have met
    array([[0. , 0.2, 0.2, 0.8],
           [0.8, 0. , 0. , 0. ]])
    """

    figure = "playground"

    data = traitlets.Enum(["digits", "xor", "moons", "spiral"], "digits").tag(sync=True)
    hidden = traitlets.List(traitlets.Int(min=1, max=16), [8], maxlen=5).tag(sync=True)
    axes = traitlets.List(traitlets.Int(min=0, max=15), [0, 1], 2, 2).tag(sync=True)
    activation = traitlets.Enum(["sigmoid", "tanh", "relu"], "sigmoid").tag(sync=True)
    learning_rate = traitlets.Float(3.0, min=0.001, max=30).tag(sync=True)
    batch_size = traitlets.Int(10, min=1, max=1000).tag(sync=True)
    seed = traitlets.Int(0, min=0, max=9999).tag(sync=True)
    epoch = traitlets.Int(0, min=0, max=20_000).tag(sync=True)
    speed = traitlets.Enum(["step", "epoch", "fast"], "epoch").tag(sync=True)
    datasets = traitlets.Dict().tag(sync=True)
    _kept: tuple[Any, Run] | None = None

    @traitlets.default("datasets")
    def _pack_datasets(self) -> dict[str, Any]:
        four = digits()
        planes = {"xor": xor(), "moons": _MOONS, "spiral": _SPIRAL}
        return {
            "digits": {
                "classes": list(four.classes),
                "pixels": PIXELS,
                "train": _as_text(four.x_train, four.y_train),
                "test": _as_text(four.x_test, four.y_test),
            },
            **{name: {"x": x.T.tolist(), "y": y[0].tolist()} for name, (x, y) in planes.items()},
        }

    @traitlets.validate("axes")
    def _two_neurons(self, proposal: Any) -> list[int]:
        j, k = proposal["value"]
        if j == k:
            raise traitlets.TraitError(f"axes must be two different neurons; got [{j}, {k}].")
        return [j, k]

    @property
    def alt(self) -> str:
        """What is to be seen."""
        history = self._still.history
        kind = "digits" if self.data == "digits" else f"{self.data} data"
        seen = (
            "the weights into each neuron of its first layer as small images"
            if self.data == "digits"
            else "its answers over the plane with the examples on top"
        )
        widths = "-".join(map(str, self._start.widths))
        trained = f"A {widths} network after {len(history.cost) - 1} epochs of training on {kind}."
        falls = (
            f"the cost against the epoch: it falls from {history.cost[0]:.2f} to "
            f"{history.cost[-1]:.2f}"
        )
        if self._bends:
            return (
                f"{trained} Above, {seen}; beside them the same examples and a grid, bent, as the "
                f"last hidden layer hands them on. Below, {falls}; and the size of the gradient "
                "by layer."
            )
        return f"{trained} Left, {falls}. Right, {seen}. Below, the size of the gradient by layer."

    @property
    def run(self) -> Run:
        """The training at the settings of the moment, in Python."""
        return self._train(max(1, self.epoch))

    @property
    def network(self) -> Network:
        """The network after `epoch` epochs."""
        return self.run.network if self.epoch else self._start

    @property
    def examples(self) -> tuple[Array, Array]:
        """The training examples, shapes (n_0, m) and (n_L, m)."""
        if self.data == "digits":
            four = digits()
            return four.x_train, four.y_train
        x, y = {"xor": xor(), "moons": _MOONS, "spiral": _SPIRAL}[self.data]
        return x, y

    @property
    def moved(self) -> Array:
        """The activations of two neurons of the last hidden layer, `axes`, for the examples.

        Raises
        ------
        ValueError
            If that layer does not have two neurons.
        """
        if not self.hidden or self.hidden[-1] < 2:
            raise ValueError(
                f"two neurons of the last hidden layer are asked for; hidden is {self.hidden}."
            )
        return moved(self.network, self.examples[0], self._axes)

    @property
    def _axes(self) -> list[int]:
        return self.axes if max(self.axes) < self.hidden[-1] else [0, 1]

    @property
    def _bends(self) -> bool:
        """Whether there is a plane, and a hidden layer whose picture of it two axes can show."""
        return self.data != "digits" and bool(self.hidden) and self.hidden[-1] > 1

    @property
    def _start(self) -> Network:
        return _initial(self._widths, self.activation, Chance(self.seed))

    @property
    def _widths(self) -> list[int]:
        x, y = self.examples
        return [len(x), *self.hidden, len(y)]

    @property
    def _still(self) -> Run:
        """The run of the still picture, trained once for the settings of the moment."""
        settings = self.data, *self.hidden, self.activation, self.learning_rate
        key = (*settings, self.batch_size, self.seed)
        if self._kept is None or self._kept[0] != key:
            self._kept = key, self._train(_STILL_EPOCHS)
        return self._kept[1]

    def _train(self, epochs: int) -> Run:
        chance = Chance(self.seed)  # draws the weights first and the orders after them
        start = _initial(self._widths, self.activation, chance)
        four = digits() if self.data == "digits" else None
        return sgd(
            start,
            *self.examples,
            epochs=epochs,
            batch_size=self.batch_size,
            learning_rate=self.learning_rate,
            rng=chance,
            test=(four.x_test, four.y_test) if four else None,
        )

    def truth(self) -> list[dict[str, Any]]:
        """Train small networks for an epoch or two, of every kind that the page can train."""
        rng = np.random.default_rng(0)
        kinds: list[tuple[list[int], str]] = [
            ([2, 1], "sigmoid"),
            ([2, 3, 1], "sigmoid"),
            ([3, 4, 2], "tanh"),
            ([3, 5, 4, 3], "relu"),
            ([4, 3, 3, 3, 2], "sigmoid"),
        ]
        return [_case(*kind, seed, rng) for seed, kind in enumerate(kinds)]

    def _still_svg(self) -> str:
        svg = super()._still_svg()
        return svg if self.data == "digits" else shorter_paths(svg)

    def static(self) -> Figure:
        """Draw the network after 30 epochs: the run that the page makes from the same seed."""
        history, net = self._still.history, self._still.network
        # Another processor's last digits, carried through 30 epochs, are not to be seen.
        net = net.with_parameters(net.parameters.round(4))
        x, y = self.examples
        if self._bends:
            figure = Figure(figsize=(7.2, 5.4))
            grid = figure.add_gridspec(2, 2, height_ratios=[1.6, 1])
            lines = draw_plane(figure.add_subplot(grid[0, 0]), net, x, y, grid=True)
            draw_hidden_space(figure.add_subplot(grid[0, 1]), net, x, y, self._axes, lines)
            _draw_cost(figure.add_subplot(grid[1, 0]), history)
            _draw_gradient(figure.add_subplot(grid[1, 1]), net, x, y)
            return figure
        figure = Figure(figsize=(7.2, 4.2))
        grid = figure.add_gridspec(2, 2, height_ratios=[2, 1], width_ratios=[1.1, 1])
        _draw_cost(figure.add_subplot(grid[0, 0]), history)
        right = figure.add_subplot(grid[:, 1])
        if self.data == "digits":
            W = net.layers[0].W
            columns = int(np.ceil(np.sqrt(len(W))))
            weight_images(W, [str(j) for j in range(len(W))], columns=columns, ax=right)
        else:
            draw_plane(right, net, x, y)
        _draw_gradient(figure.add_subplot(grid[1, 0]), net, x, y)
        return figure


def _rounded_plane(x: Array, y: Array) -> tuple[Array, Array]:
    """Round the places to what travels to the page, so that both sides have the same."""
    return x.round(3), y


_MOONS = _rounded_plane(*two_moons(noise=0.15))
_SPIRAL = _rounded_plane(*spiral())


def _as_text(x: Array, y: Array) -> dict[str, str]:
    """Write images and their classes, a character a pixel and a digit a class."""
    greys = (64 * x.T).round().astype(int)
    pixels = "".join(PIXELS[grey] for grey in greys.ravel())
    return {"x": pixels, "y": "".join(map(str, y.argmax(axis=0)))}


def _initial(widths: list[int], activation: str, chance: Chance) -> Network:
    names = [activation] * (len(widths) - 2) + ["sigmoid"]
    return Network.initialise(widths, names, rng=chance)


def _case(
    widths: list[int], activation: str, seed: int, rng: np.random.Generator
) -> dict[str, Any]:
    m, epochs, batch_size = 7, 2, 3
    axes = [widths[-2] - 1, 0]
    x = rng.uniform(-1, 1, (m, widths[0])).round(2).T
    labels = rng.integers(max(2, widths[-1]), size=m)
    y = np.eye(widths[-1])[:, labels] if widths[-1] > 1 else labels[np.newaxis].astype(float)
    chance = Chance(seed)
    start = _initial(widths, activation, chance)
    rate = 0.5
    run = sgd(start, x, y, epochs=epochs, batch_size=batch_size, learning_rate=rate, rng=chance)
    given = {
        "widths": widths,
        "activation": activation,
        "x": x.T,
        "y": y.T,
        "batchSize": batch_size,
        "learningRate": rate,
        "seed": seed,
        "epochs": epochs,
        "axes": axes,
    }
    found = {
        "layers": layers_as_lists(run.network.layers),
        "cost": run.history.cost,
        "accuracy": run.history.accuracy,
        "norms": _norms(run.network, x, y),
        "moved": moved(run.network, x, axes).T.ravel() if len(widths) > 2 else [],
    }
    return {"given": given, "found": found}


def _norms(net: Network, x: Array, y: Array) -> list[float]:
    """Length of ∂C/∂W of each layer, all its entries taken as one vector."""
    return [float(np.sqrt((dC.W**2).sum())) for dC in gradient(net, x, y)]


def _draw_cost(ax: Axes, history: History) -> None:
    ax.plot(history.cost, "-", color=LIGHT.target, lw=2.2, label="training")
    if history.test_cost is not None:
        ax.plot(history.test_cost, ":", color=LIGHT.ink, lw=1.4, label="test")
        ax.legend(loc="upper right")
    ax.set(xlim=(0, len(history.cost) - 1), ylim=(0, None), xlabel="epoch", ylabel="cost $C$")
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))


def _draw_gradient(ax: Axes, net: Network, x: Array, y: Array) -> None:
    norms = _norms(net, x, y)
    layers = [f"layer {l}" for l in range(1, len(norms) + 1)]
    ax.plot(norms, layers, "o", color=LIGHT.gradient)
    for place, norm in enumerate(norms):
        ax.text(1.5 * norm, place, f"{norm:.2g}", va="center", color=LIGHT.gradient)
    ax.set(xlabel=r"size of $\partial C / \partial W$", xlim=(1e-5, 10), xscale="log")
    ax.set_ylim(len(norms) - 0.5, -0.5)
    ax.grid(axis="x")
