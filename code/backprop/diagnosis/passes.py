"""One forward and one backward pass, step by step, each step a method.

A mistake is the same pass with a step done otherwise: a subclass that overrides it.  Two mistakes
made together are a class that inherits from both.
"""

from __future__ import annotations

import numpy as np

from ..checks import Array
from ..network import Layer, Network

__all__ = ["Pass"]


class Pass:
    """The gradient of the book, worked out in steps.

    Parameters
    ----------
    net : Network
    x : array, shape (n_0, m)
        Inputs, one example a column.
    y : array, shape (n_L, m)
        Targets.

    Attributes
    ----------
    z, a, delta : dict of arrays
        By layer, as the book counts them: ``a[0]`` is the input, ``z[1]`` the first weighted
        input, ``delta[L]`` that of the last layer.
    eta : float
        Learning rate of an update that has no place in a gradient; only some mistakes know it.
    """

    eta: float | None = None

    def __init__(self, net: Network, x: Array, y: Array) -> None:
        self.net, self.y = net, y
        self.m, self.L = x.shape[1], len(net.layers)
        self.z: dict[int, Array] = {}
        self.a: dict[int, Array] = {0: x}
        self.delta: dict[int, Array] = {}
        self.dC_da: dict[int, Array] = {}
        for l in range(1, self.L + 1):
            self.z[l] = self.weighted_input(l)
            self.a[l] = self.activation(l)

    def W(self, l: int) -> Array:
        """W^(l)."""
        return self.net.layers[l - 1].W

    def b(self, l: int) -> Array:
        """b^(l)."""
        return self.net.layers[l - 1].b

    def weighted_input(self, l: int) -> Array:
        """z^(l), shape (n_l, m): equation ``eq-c1-batch``."""
        z: Array = self.W(l) @ self.a[l - 1] + self.b(l)
        return z

    def activation(self, l: int) -> Array:
        """a^(l) = σ(z^(l))."""
        result: Array = self.net.activations[l - 1](self.z[l])
        return result

    def start(self) -> Array:
        """∂C/∂a^(L): equation ``eq-c4-dC-da``, with the 1/m of the mean."""
        result: Array = 2 * self.error() / self.examples()
        return result

    def error(self) -> Array:
        """How far the outputs are from the targets."""
        result: Array = self.a[self.L] - self.y
        return result

    def examples(self) -> float:
        """What the mean divides by."""
        return float(self.m)

    def slope(self, l: int) -> Array:
        """σ′(z^(l))."""
        return self.slope_at(l, self.z[l])

    def slope_at(self, l: int, place: Array) -> Array:
        """Slope of the activation of layer l at some place."""
        sigma = self.net.activations[l - 1]
        slope: Array = sigma.prime(place, sigma(place))
        return slope

    def back(self, l: int) -> Array:
        """∂C/∂a^(l) from the layer above: what `weights_back` sends back of `sent`."""
        result: Array = self.weights_back(l).T @ self.sent(l)
        return result

    def weights_back(self, l: int) -> Array:
        """W^(l+1), on whose columns the step back to layer l adds up."""
        return self.W(l + 1)

    def sent(self, l: int) -> Array:
        """δ^(l+1), what the layer above sends back to layer l."""
        return self.delta[l + 1]

    def below(self, l: int) -> Array:
        """a^(l-1), what the weights of layer l carry."""
        return self.a[l - 1]

    def dC_dW(self, l: int) -> Array:
        """∂C/∂W^(l): equation ``eq-c4-dW-matrix``."""
        result: Array = self.delta[l] @ self.below(l).T
        return result

    def dC_db(self, l: int) -> Array:
        """∂C/∂b^(l): equation ``eq-c4-db-matrix``."""
        result: Array = self.delta[l].sum(axis=1, keepdims=True)
        return result

    def gradient(self) -> list[Layer]:
        """Go back from the last layer to the first, and collect.

        Raises
        ------
        ValueError
            If the shapes do not fit, as happens to some mistakes on networks that are not square.
        """
        for l in range(self.L, 0, -1):
            self.dC_da[l] = self.start() if l == self.L else self.back(l)
            self.delta[l] = self.dC_da[l] * self.slope(l)
        return [
            Layer(np.asarray(self.dC_dW(l)), np.asarray(self.dC_db(l)))
            for l in range(1, self.L + 1)
        ]
