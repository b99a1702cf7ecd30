"""Chapter 1: the cost, one number that says how wrong the network is, and its derivative."""

from .checks import Array, check_classes, takes_examples
from .network import Network, forward

__all__ = ["accuracy", "cost", "quadratic", "quadratic_prime"]


def quadratic(a: Array, y: Array) -> float:
    """Squared error, summed over the outputs and averaged over the examples.

    Parameters
    ----------
    a : array, shape (n_L, m)
        Outputs, one example a column.
    y : array, shape (n_L, m)
        Targets.

    Returns
    -------
    float

    Notes
    -----
    Equations ``eq-c1-cost-one`` (one example) and ``eq-c1-cost`` (the mean over m of them).
    There is no factor ½.
    """
    return float(((a - y) ** 2).sum() / a.shape[1])


def quadratic_prime(a: Array, y: Array) -> Array:
    """Derivative of `quadratic` with respect to every output of every example.

    Returns
    -------
    array, shape (n_L, m)
        ∂C/∂a.  The 1/m of the mean is in here and nowhere else.

    Notes
    -----
    Equation ``eq-c4-dC-da``, divided by m.
    """
    dC_da: Array = (2 / a.shape[1]) * (a - y)
    return dC_da


@takes_examples
def cost(net: Network, x: Array, y: Array) -> float:
    """Cost of a network on a set of examples.

    Parameters
    ----------
    net : Network
    x : array, shape (n_0, m)
        Inputs, one example a column.
    y : array, shape (n_L, m)
        Targets.

    Returns
    -------
    float
        C: the mean over the examples of the squared error summed over the outputs.

    Raises
    ------
    ValueError
        If x or y has the wrong shape, no column, or an entry that is not finite.
    """
    return quadratic(forward.__wrapped__(net, x).a[-1], y)


@takes_examples
def accuracy(net: Network, x: Array, y: Array) -> float:
    """Share of the examples that the network puts into the right class.

    Parameters
    ----------
    net : Network
    x : array, shape (n_0, m)
        Inputs, one example a column.
    y : array, shape (n_L, m)
        One-hot targets; with a single output 0 or 1.

    Returns
    -------
    float
        Between 0 and 1.  The answer of the network is its strongest output; with a single
        output, class 1 from an activation of 0.5 on.

    Raises
    ------
    ValueError
        As for `cost`, and if y is not one-hot.
    """
    check_classes(y)
    return share_right(forward.__wrapped__(net, x).a[-1], y)


def share_right(a: Array, y: Array) -> float:
    """`accuracy`, from outputs that are known already."""
    right = (a >= 0.5) == (y == 1) if len(a) == 1 else a.argmax(axis=0) == y.argmax(axis=0)
    return float(right.mean())
