"""Chapter 1: the 16-8-4 network, with an image to paint on and every sum written out."""

from functools import cache
from typing import Any

import numpy as np
import traitlets
from matplotlib.figure import Figure

from ..activations import Array
from ..data import digits
from ..gradient_descent import sgd
from ..network import Network, Trace, forward
from ..plotting import digit_grid, network_diagram, weight_images
from .base import LiveFigure, network_as_lists

__all__ = ["CLASSES", "SAMPLES", "DigitNetwork", "network"]

CLASSES = (1, 3, 7, 8)

SAMPLES = (1, 5, 3, 4, 8, 12, 0, 2)
"""Which test images the reader can pick: two of each digit."""

HIDDEN = 8


class DigitNetwork(LiveFigure):
    """The 16-8-4 network at work on an image that can be painted.

    Parameters
    ----------
    image : list of 16 floats, each from 0 to 1
        The pixels, row by row from the top left.
    sample : int, from 0 to 7
        Which of the real digits was picked last.
    weights : {"trained", "untrained"}
    neuron : int, from 0 to 11
        Which neuron's sum is written out: hidden neurons 0 to 7, then outputs 8 to 11.
    lines : {"weights", "flow"}
        Whether a line is as wide as its weight w or as what flows through it, w a.

    Attributes
    ----------
    network : Network
        The network with the weights of the moment, in Python.
    trace : Trace
        Every z and a for the image.
    answer : int
        The digit whose output is the largest.

    Notes
    -----
    Equations ``eq-c1-one-neuron``, ``eq-c1-layer``, ``eq-c1-network`` and ``eq-c1-count``.

    Examples
    --------
    >>> figure = DigitNetwork()
    >>> figure.answer, figure.network.n_parameters
    (3, 172)
    >>> figure.trace.z[0][4, 0].round(2), figure.trace.a[1][4, 0].round(2)
    (np.float64(3.12), np.float64(0.96))
    """

    figure = "digit_network"

    image = traitlets.List(traitlets.Float(min=0, max=1), minlen=16, maxlen=16).tag(sync=True)
    sample = traitlets.Int(2, min=0, max=len(SAMPLES) - 1).tag(sync=True)
    weights = traitlets.Enum(["trained", "untrained"], "trained").tag(sync=True)
    neuron = traitlets.Int(4, min=0, max=11).tag(sync=True)
    lines = traitlets.Enum(["weights", "flow"], "weights").tag(sync=True)

    @traitlets.default("image")
    def _picked(self) -> list[float]:
        image: list[float] = _images()[:, self.sample].tolist()
        return image

    @property
    def alt(self) -> str:
        """What is to be seen."""
        outputs = ", ".join(
            f"{digit}: {a:.2f}" for digit, a in zip(CLASSES, self.trace.a[-1].ravel(), strict=True)
        )
        return (
            f"A network of 16 pixels, 8 hidden neurons and 4 outputs, {self.weights}, at work on a "
            f"4 by 4 image. Outputs {outputs}; the network says {self.answer}. The lines into one "
            "neuron are brought out; beside the network the image and that neuron's weights, as "
            "an image where they are those of a hidden neuron."
        )

    @property
    def network(self) -> Network:
        """The network with the weights of the moment."""
        return network(self.weights)

    @property
    def trace(self) -> Trace:
        """Every weighted input and activation for the image."""
        return forward(self.network, np.reshape(self.image, (16, 1)))

    @property
    def answer(self) -> int:
        """The digit that the network says it sees."""
        return CLASSES[int(self.trace.a[-1].argmax())]

    def truth(self) -> list[dict[str, Any]]:
        """Send images through both networks; the networks and the real digits come first."""
        rng = np.random.default_rng(0)
        images = [*_images().T[:4], rng.uniform(0, 1, 16).round(3), np.zeros(16)]
        given = {
            "networks": {name: network_as_lists(network(name)) for name in _NETWORKS},
            "samples": [
                {"digit": int(digits().labels_test[place]), "sixtyfourths": pixels}
                for place, pixels in zip(SAMPLES, (64 * _images().T).astype(int), strict=True)
            ],
        }
        cases = []
        for name in _NETWORKS:
            for image in images:
                z, a = forward(network(name), image.reshape(16, 1))
                found = {
                    "z": [each.ravel() for each in z],
                    "a": [each.ravel() for each in a],
                    "answer": CLASSES[int(a[-1].argmax())],
                }
                cases.append({"given": {"weights": name, "image": image}, "found": found})
        return [given, *cases]

    def static(self) -> Figure:
        """Draw the network at work, the image, and the weights of the chosen neuron."""
        figure = Figure(figsize=(7.2, 4.0))
        grid = figure.add_gridspec(2, 2, width_ratios=(2.1, 1), hspace=0.15, wspace=0.05)
        layer, j = divmod(self.neuron, HIDDEN)
        W = self.network.layers[layer].W
        network_diagram(
            self.network,
            self.trace,
            outputs=[str(digit) for digit in CLASSES],
            highlight=[(layer + 1, j, k) for k in range(W.shape[1])],
            key=False,
            ax=figure.add_subplot(grid[:, 0]),
        )
        pixels: Array = np.reshape(self.image, (16, 1))
        digit_grid(pixels, ["the image"], ax=figure.add_subplot(grid[0, 1]))
        weight_images(
            W[[j]],
            [f"weights of {_name(self.neuron)}"],
            shape=(4, 4) if layer == 0 else (2, 4),
            limit=float(np.abs(W).max()),
            ax=figure.add_subplot(grid[1, 1]),
        )
        return figure


_NETWORKS = ("trained", "untrained")


@cache
def network(weights: str) -> Network:
    """Make the network of the chapter, as it starts or as it has learned.

    Parameters
    ----------
    weights : {"trained", "untrained"}

    Returns
    -------
    Network
        Trained for 30 epochs, its weights rounded to two decimals, so that every processor
        computes on with the same numbers and a reader can check each sum by hand.
    """
    start = Network.initialise([16, HIDDEN, 4], activation="sigmoid", rng=0)
    if weights == "untrained":
        return start
    data = digits(classes=CLASSES)
    run = sgd(start, data.x_train, data.y_train, epochs=30, batch_size=10, learning_rate=3.0, rng=0)
    return run.network.with_parameters(run.network.parameters.round(2))


def _images() -> Array:
    """Pixels of the real digits that can be picked, one a column."""
    images: Array = digits(classes=CLASSES).x_test[:, SAMPLES]
    return images


def _name(neuron: int) -> str:
    layer, j = divmod(neuron, HIDDEN)
    return f"hidden neuron {j}" if layer == 0 else f"output {CLASSES[j]}"
