"""Chapter 4: is the gradient right?  Nudge every parameter and compare."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from .backpropagation import gradient
from .central_differences import central_differences
from .checks import Array, check_examples, check_positive, takes_examples
from .costs import cost
from .network import Layer, Network

__all__ = ["CheckReport", "check_gradient", "numerical_gradient"]


@takes_examples
def numerical_gradient(net: Network, x: Array, y: Array, h: float = 1e-5) -> list[Layer]:
    """Gradient of the cost by central differences: two forward passes for each parameter.

    Parameters
    ----------
    net : Network
        float64; in float32 the differences drown in rounding.
    x : array, shape (n_0, m)
        Inputs, one example a column.
    y : array, shape (n_L, m)
        Targets.
    h : float
        Size of the nudge.  Smaller h: less curvature, more rounding; the best is near 1e-5.

    Returns
    -------
    list of Layer
        As `backprop.gradient` returns it.

    Raises
    ------
    ValueError
        If the network is not float64, h is not positive, or x or y is malformed.

    Notes
    -----
    Equation ``eq-c4-central-difference``.
    """
    _check_nudge(net, h)
    theta = net.parameters
    slopes = np.empty_like(theta)
    for i, value in enumerate(theta):
        theta[i] = value + h
        above = cost(net.with_parameters(theta), x, y)
        theta[i] = value - h
        below = cost(net.with_parameters(theta), x, y)
        theta[i] = value
        slopes[i] = (above - below) / (2 * h)
    return list(net.with_parameters(slopes).layers)


def _check_nudge(net: Network, h: float) -> None:
    check_positive("h", h)
    if net.dtype != np.float64:
        raise ValueError(
            f"central differences need a float64 network; got {net.dtype}. "
            "Make it with dtype=numpy.float64."
        )


@dataclass(frozen=True)
class CheckReport:
    """What `check_gradient` found; ``str(report)`` is a table, a row for each W and b.

    Attributes
    ----------
    analytic, numeric : list of Layer
        The gradient that was checked, and central differences.
    errors : list of Layer
        Error of each entry, relative to the largest entry of its own W or b.
    tolerance : float
        The largest error that still passes.
    """

    analytic: list[Layer]
    numeric: list[Layer]
    errors: list[Layer]
    tolerance: float

    @property
    def max_relative_error(self) -> float:
        """The worst entry's error."""
        return max(float(error.max()) for layer in self.errors for error in layer)

    @property
    def passed(self) -> bool:
        """Whether every entry agrees to within the tolerance."""
        return self.max_relative_error <= self.tolerance

    @property
    def worst(self) -> str:
        """Name of the worst entry with layer and zero-based indices, such as ``W(2)[3, 0]``."""
        return max(self._rows())[1]

    def _rows(self) -> list[tuple[float, str, float, float]]:
        """Worst entry of each array: error, name, analytic value, numeric value."""
        rows = []
        for l, errors in enumerate(self.errors):
            for field, error in zip(Layer._fields, errors, strict=True):
                j, k = np.unravel_index(int(error.argmax()), error.shape)
                index = f"[{j}, {k}]" if field == "W" else f"[{j}]"
                analytic = float(getattr(self.analytic[l], field)[j, k])
                numeric = float(getattr(self.numeric[l], field)[j, k])
                rows.append((float(error[j, k]), f"{field}({l + 1}){index}", analytic, numeric))
        return rows

    def __str__(self) -> str:
        lines = [f"{'worst entry':<14}{'analytic':>16}{'numeric':>16}{'relative error':>16}"]
        lines += [
            f"{name:<14}{analytic:>16.9g}{numeric:>16.9g}{error:>16.1e}"
            for error, name, analytic, numeric in self._rows()
        ]
        verdict = "passed" if self.passed else f"FAILED at {self.worst}"
        lines.append(
            f"{verdict}: largest relative error {self.max_relative_error:.1e}, "
            f"tolerance {self.tolerance:.0e}"
        )
        return "\n".join(lines)


def check_gradient(
    net: Network,
    x: ArrayLike,
    y: ArrayLike,
    *,
    gradient: Callable[[Network, Array, Array], list[Layer]] = gradient,
    h: float = 1e-5,
    tolerance: float = 1e-7,
) -> CheckReport:
    """Compare a gradient with central differences, for every weight and every bias.

    Parameters
    ----------
    net : Network
        float64.
    x : array, shape (n_0, m)
        Inputs, one example a column.
    y : array, shape (n_L, m)
        Targets.
    gradient : callable
        The function to check, called as ``gradient(net, x, y)``; by default the book's own.
    h : float
        Size of the nudge.
    tolerance : float
        The largest relative error that passes.

    Returns
    -------
    CheckReport
        ``report.passed``, ``report.max_relative_error``, ``report.worst``; print it for a table.

    Raises
    ------
    ValueError
        If the gradient has other shapes than the network's layers, and as `numerical_gradient`.

    Notes
    -----
    Equation ``eq-c4-relative-error``.  The central differences are those of `numerical_gradient`,
    computed many at a time.  An error is measured against the largest entry of its own
    W or b, so that a wrong layer cannot hide behind a larger one, and never against less than
    what central differences can resolve: about 1e-11 of the cost.  A relu whose z lies within
    the nudge of its kink can fail the check without being wrong.

    Examples
    --------
    >>> net = Network.initialise([3, 4, 2], rng=1)
    >>> check_gradient(net, [[0.5], [0.1], [0.9]], [[1.0], [0.0]]).passed
    True
    """
    x, y = check_examples(net, x, y)
    _check_nudge(net, h)
    numeric = central_differences(net, x, y, h)
    analytic = [Layer(np.asarray(W), np.asarray(b)) for W, b in gradient(net, x, y)]
    shapes = [(W.shape, b.shape) for W, b in analytic]
    expected = [(W.shape, b.shape) for W, b in net.layers]
    if shapes != expected:
        raise ValueError(
            f"the gradient must have the shapes of net.layers, {expected}; got {shapes}."
        )
    resolution = np.finfo(float).eps / h * max(cost(net, x, y), 1.0)
    errors = [
        Layer(
            *(_relative_error(*pair, resolution / tolerance) for pair in zip(*pairs, strict=True))
        )
        for pairs in zip(analytic, numeric, strict=True)
    ]
    return CheckReport(analytic, numeric, errors, tolerance)


def _relative_error(analytic: Array, numeric: Array, floor: float) -> Array:
    """Entry by entry; an entry that is not a number counts as infinitely wrong."""
    scale = np.nanmax([np.abs(analytic).max(), np.abs(numeric).max(), floor])
    errors: Array = np.nan_to_num(np.abs(analytic - numeric) / scale, nan=np.inf)
    return errors
