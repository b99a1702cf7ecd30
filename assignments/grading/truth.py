"""What is right, computed without the package and without anything that a student could reach."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

__all__ = ["cost", "forward", "gradient", "layers_of", "sigmoid", "sigmoid_prime"]

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


def gradient(layers: Layers, x: Array, y: Array) -> list[tuple[Array, Array]]:
    """Gradient of the cost, example by example and neuron by neuron, from the definition of δ."""
    dC = [(np.zeros_like(W), np.zeros_like(b)) for W, b in layers]
    m = x.shape[1]
    for i in range(m):
        zs, activations = forward(layers, x[:, [i]])
        rates = 2 * (activations[-1] - y[:, [i]]) / m
        for l in reversed(range(len(layers))):
            delta = rates * sigmoid_prime(zs[l])
            dC[l][0][:] += np.outer(delta, activations[l])
            dC[l][1][:] += delta
            rates = np.array([[float(column @ delta[:, 0])] for column in layers[l][0].T])
    return dC
