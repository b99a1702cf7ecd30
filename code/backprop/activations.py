"""Activation functions, each beside its derivative.

Every function here works entry by entry, on arrays of any shape, and keeps the dtype of a
floating-point input.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "ACTIVATIONS",
    "IDENTITY",
    "RELU",
    "SIGMOID",
    "TANH",
    "Activation",
    "identity",
    "identity_prime",
    "relu",
    "relu_prime",
    "sigmoid",
    "sigmoid_prime",
    "tanh",
    "tanh_prime",
]

Array = NDArray[Any]


def sigmoid(z: Array) -> Array:
    """Squash any number into (0, 1): 1 / (1 + exp(-z)).

    Notes
    -----
    Equation ``eq-c1-sigmoid``.  Written with tanh, to which it is equal, because exp(-z)
    overflows for large negative z and tanh never does.
    """
    a: Array = 0.5 * (1 + np.tanh(0.5 * z))
    return a


def sigmoid_prime(z: Array) -> Array:
    """Slope of the sigmoid at z; at most 1/4, reached at z = 0.

    Notes
    -----
    Equation ``eq-c1-sigmoid-prime``.
    """
    a = sigmoid(z)
    slope: Array = a * (1 - a)
    return slope


def tanh(z: Array) -> Array:
    """Squash any number into (-1, 1)."""
    return np.tanh(z)


def tanh_prime(z: Array) -> Array:
    """Slope of tanh at z: 1 - tanh(z)**2."""
    return 1 - np.tanh(z) ** 2


def relu(z: Array) -> Array:
    """Keep what is positive, turn the rest into 0."""
    return np.maximum(z, 0)


def relu_prime(z: Array) -> Array:
    """Slope of relu at z: 1 where z > 0, else 0 (at the kink z = 0 the book takes 0)."""
    return (z > 0).astype(z.dtype)


def identity(z: Array) -> Array:
    """Give back z unchanged: the activation of a layer that has none."""
    return z


def identity_prime(z: Array) -> Array:
    """Slope of the identity: 1 everywhere."""
    return np.ones_like(z)


@dataclass(frozen=True)
class Activation:
    """An activation function together with its derivative.

    Parameters
    ----------
    name : str
        The name by which `Network` knows it.
    function : callable
        σ: takes z of any shape and gives a of the same shape.
    prime : callable
        ``prime(z, a)`` is σ′(z), of the shape of z.  It is handed a = σ(z) as well, because the
        forward pass has computed it already and for most activations it is the cheaper way.
    """

    name: str
    function: Callable[[Array], Array]
    prime: Callable[[Array, Array], Array]

    def __call__(self, z: Array) -> Array:
        """Return σ(z)."""
        return self.function(z)

    def __repr__(self) -> str:
        return f"Activation({self.name!r})"


SIGMOID = Activation("sigmoid", sigmoid, lambda z, a: a * (1 - a))
TANH = Activation("tanh", tanh, lambda z, a: 1 - a * a)
RELU = Activation("relu", relu, lambda z, a: relu_prime(z))
IDENTITY = Activation("identity", identity, lambda z, a: identity_prime(z))

ACTIVATIONS = {each.name: each for each in (SIGMOID, TANH, RELU, IDENTITY)}
