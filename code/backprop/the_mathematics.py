"""Chapter 4: the same gradient, index by index, with loops and nothing else.

Slow on purpose.  It shares no line with `backprop.backpropagation`: it is the oracle against
which the short listing is tested.
"""

import numpy as np

from .checks import Array, takes_examples
from .network import Layer, Network

__all__ = ["deltas_by_index", "gradient_by_index"]

Columns = list[list[float]]


@takes_examples
def gradient_by_index(net: Network, x: Array, y: Array) -> list[Layer]:
    """Gradient of the cost, one entry at a time, as the index equations say it.

    Parameters
    ----------
    net : Network
    x : array, shape (n_0, m)
        Inputs, one example a column.
    y : array, shape (n_L, m)
        Targets.

    Returns
    -------
    list of Layer
        As `backprop.gradient` returns it.

    Notes
    -----
    Equations ``eq-c4-dW-index``, ``eq-c4-db-index`` and, for the mean over the examples,
    ``eq-c4-mean``.
    """
    m = x.shape[1]
    dC = [Layer(np.zeros_like(layer.W), np.zeros_like(layer.b)) for layer in net.layers]
    for i in range(m):
        a, deltas = deltas_by_index(net, x[:, i], y[:, i])
        for l, (dC_dW, dC_db) in enumerate(dC):
            for j in range(net.widths[l + 1]):
                for k in range(net.widths[l]):
                    dC_dW[j, k] += deltas[l][j] * a[l][k] / m
                dC_db[j, 0] += deltas[l][j] / m
    return dC


def deltas_by_index(net: Network, x: Array, y: Array) -> tuple[Columns, Columns]:
    """Activations and deltas of one example, one neuron at a time.

    Parameters
    ----------
    net : Network
    x : array, shape (n_0,)
        One input.
    y : array, shape (n_L,)
        Its target.

    Returns
    -------
    a : list of lists of float
        ``a[l][k]`` is a_k^(l); ``a[0]`` is the input.
    deltas : list of lists of float
        ``deltas[l - 1][j]`` is δ_j^(l) = ∂C₀/∂z_j^(l).

    Notes
    -----
    Equations ``eq-c4-z-index`` on the way forward, ``eq-c4-delta-output`` and
    ``eq-c4-delta-index`` on the way back.
    """
    a: Columns = [[float(value) for value in x]]
    slopes: Columns = []
    for (W, b), sigma in zip(net.layers, net.activations, strict=True):
        a.append([])
        slopes.append([])
        for j in range(len(b)):
            z = b[j, 0] + sum(W[j, k] * a[-2][k] for k in range(W.shape[1]))
            a[-1].append(float(sigma(z)))
            slopes[-1].append(float(sigma.prime(z, sigma(z))))
    last = len(net.layers) - 1
    deltas: Columns = [[] for _ in net.layers]
    deltas[last] = [2 * (a[-1][j] - float(y[j])) * slopes[last][j] for j in range(net.widths[-1])]
    for l in range(last - 1, -1, -1):
        W_above = net.layers[l + 1].W
        for k in range(net.widths[l + 1]):
            dC_da = sum(W_above[j, k] * deltas[l + 1][j] for j in range(len(W_above)))
            deltas[l].append(float(dC_da * slopes[l][k]))
    return a, deltas
