"""Chapter 4: all the nudges of a gradient check, many at a time.

`numerical_gradient` nudges one parameter, runs the whole network, and nudges the next.  Nearly all
of that work is the same each time: the layers below the nudged one do not notice, and in its own
layer one neuron does.  Here a pass begins at that neuron, for many nudges side by side.
"""

from __future__ import annotations

import numpy as np

from .checks import Array
from .network import Layer, Network, Trace, forward

__all__ = ["central_differences"]

AT_ONCE = 2**14  # numbers in one array: what fits into a fast cache


def central_differences(net: Network, x: Array, y: Array, h: float) -> list[Layer]:
    """Gradient of the cost by central differences, as `numerical_gradient` finds it.

    Parameters
    ----------
    net : Network
        float64.
    x : array, shape (n_0, m)
        Inputs, one example a column.
    y : array, shape (n_L, m)
        Targets.
    h : float
        Size of the nudge.

    Returns
    -------
    list of Layer
        As `backprop.gradient` returns it.

    Notes
    -----
    Equation ``eq-c4-central-difference``.  To nudge W_jk by h is to nudge z_j by h a_k, in each
    example; a bias is a weight from a neuron whose activation is always 1.
    """
    trace = forward.__wrapped__(net, x)
    m = x.shape[1]
    gradient = []
    for l, (W, b) in enumerate(net.layers):
        a_below = np.vstack([trace.a[l], np.ones((1, m))])
        slopes = np.empty((len(W), len(a_below)))
        step = max(1, AT_ONCE // (m * max(net.widths[l + 2 :], default=1)))
        for j in range(len(b)):
            for start in range(0, len(a_below), step):
                some = slice(start, start + step)
                nudge = h * a_below[some]
                above, below = (
                    _costs(net, trace, y, l, j, z)
                    for z in (trace.z[l][j] + nudge, trace.z[l][j] - nudge)
                )
                slopes[j, some] = (above - below) / (2 * h)
        gradient.append(Layer(W=slopes[:, :-1], b=slopes[:, -1:]))
    return gradient


def _costs(net: Network, trace: Trace, y: Array, l: int, j: int, z_j: Array) -> Array:
    """Cost of each of P networks that differ in what neuron j of layer l + 1 receives.

    Parameters
    ----------
    z_j : array, shape (P, m)
        That neuron's weighted input, for each network and each example.

    Returns
    -------
    array, shape (P,)
    """
    a_j = net.activations[l](z_j)
    if l == len(net.layers) - 1:
        errors = ((np.delete(trace.a[-1] - y, j, axis=0)) ** 2).sum(axis=0) + (a_j - y[j]) ** 2
        costs: Array = errors.sum(axis=1) / y.shape[1]
        return costs
    change = a_j - trace.a[l + 1][j]
    z = trace.z[l + 1][:, None] + net.layers[l + 1].W[:, j, None, None] * change
    for (W, b), sigma in zip(net.layers[l + 2 :], net.activations[l + 1 :], strict=False):
        z = np.tensordot(W, sigma(z), axes=1) + b[:, :, None]
    a = net.activations[-1](z)
    costs = ((a - y[:, None]) ** 2).sum(axis=(0, 2)) / y.shape[1]
    return costs
