"""What is right, computed without the package and without anything that a student could reach."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

__all__ = ["cost", "forward", "layers_of", "sigmoid", "sigmoid_prime"]

Array = np.ndarray
Layers = Sequence[tuple[Array, Array]]


def sigmoid(z: Any) -> Array:
    """σ(z) by its definition."""
    result: Array = 1 / (1 + np.exp(-np.asarray(z, float)))
    return result


def sigmoid_prime(z: Any) -> Array:
    """σ′(z) by its definition, exp(-z) / (1 + exp(-z))²."""
    e = np.exp(-np.asarray(z, float))
    result: Array = e / (1 + e) ** 2
    return result


def layers_of(net: Any) -> list[tuple[Array, Array]]:
    """Weights and biases of a network, as plain pairs."""
    return [(np.array(W), np.array(b)) for W, b in net.layers]


def forward(layers: Layers, x: Array) -> tuple[list[Array], list[Array]]:
    """Every z and every a of a sigmoid network."""
    zs: list[Array] = []
    activations = [np.asarray(x, float)]
    for W, b in layers:
        zs.append(W @ activations[-1] + b)
        activations.append(sigmoid(zs[-1]))
    return zs, activations


def cost(a: Array, y: Array) -> float:
    """Squared error, summed over the outputs, averaged over the examples."""
    return float(np.sum((np.asarray(a) - np.asarray(y)) ** 2) / np.asarray(a).shape[1])
