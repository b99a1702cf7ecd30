"""Chapter 3: back-propagation, the listing."""

from .checks import Array, takes_examples
from .costs import quadratic_prime
from .network import Layer, Network, Trace, forward

__all__ = ["backward", "gradient"]


def backward(net: Network, trace: Trace, dC_da: Array) -> list[Layer]:
    """Carry the derivative of the cost back from the outputs to every weight and bias.

    Parameters
    ----------
    net : Network
        Only read, never changed.
    trace : Trace
        What `forward` kept.
    dC_da : array, shape (n_L, m)
        Derivative of the cost with respect to the outputs, one example a column.

    Returns
    -------
    list of Layer
        ``dC[l - 1]`` holds ∂C/∂W^(l) and ∂C/∂b^(l), with the shapes of ``net.layers[l - 1]``,
        summed over the examples.

    Notes
    -----
    In order, equations ``eq-c4-delta-output``, ``eq-c4-delta-back``, ``eq-c4-dW-matrix`` and
    ``eq-c4-db-matrix``.
    """
    slopes = [
        sigma.prime(z, a) for sigma, z, a in zip(net.activations, trace.z, trace.a[1:], strict=True)
    ]
    deltas = [dC_da * slopes[-1]]
    for layer_above, slope in zip(reversed(net.layers[1:]), reversed(slopes[:-1]), strict=True):
        deltas.append((layer_above.W.T @ deltas[-1]) * slope)
    return [
        Layer(W=delta @ a_below.T, b=delta.sum(axis=1, keepdims=True))
        for delta, a_below in zip(reversed(deltas), trace.a[:-1], strict=True)
    ]


@takes_examples
def gradient(net: Network, x: Array, y: Array) -> list[Layer]:
    """Gradient of the cost with respect to every weight and bias.

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
        ∂C/∂W and ∂C/∂b of every layer, shapes as in ``net.layers``.

    Raises
    ------
    ValueError
        If x or y has the wrong shape, no column, or an entry that is not finite.
    """
    trace = forward.__wrapped__(net, x)
    return backward(net, trace, quadratic_prime(trace.a[-1], y))
