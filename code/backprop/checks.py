"""What may cross the border of the package, and what is said to what may not.

Public functions check their arguments once, here.  The training loop, which has checked them at
its start, calls the bare function underneath (``function.__wrapped__``).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, Protocol, TypeVar, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

if TYPE_CHECKING:
    from .network import Network

__all__ = [
    "Array",
    "check_classes",
    "check_examples",
    "check_positive",
    "takes_examples",
    "takes_inputs",
]

Array = NDArray[Any]
P = ParamSpec("P")
R = TypeVar("R")


class TakesInputs(Protocol[R]):
    """A function of (net, x) that checks x, and the bare one underneath."""

    __wrapped__: Callable[[Network, Array], R]

    def __call__(self, net: Network, x: ArrayLike) -> R: ...


class TakesExamples(Protocol[P, R]):
    """A function of (net, x, y, …) that checks x and y, and the bare one underneath."""

    __wrapped__: Callable[Concatenate[Network, Array, Array, P], R]

    def __call__(
        self, net: Network, x: ArrayLike, y: ArrayLike, *args: P.args, **kwargs: P.kwargs
    ) -> R: ...


def as_floats(name: str, values: ArrayLike, dtype: Any = None) -> Array:
    """Turn `values` into a floating-point array, or say why they are none."""
    try:
        array = np.asarray(values)
    except ValueError as error:
        raise ValueError(
            f"{name} must be a rectangular array of numbers; its rows differ in length."
        ) from error
    if array.dtype.kind not in "fiub":
        raise TypeError(f"{name} must hold real numbers; got an array of dtype {array.dtype}.")
    if dtype is None:
        dtype = array.dtype if array.dtype.kind == "f" else np.float64
    array = array.astype(dtype, copy=False)
    if not all_finite(array):
        raise ValueError(
            f"{name} must be finite; got {np.count_nonzero(~np.isfinite(array))} NaN or infinite "
            f"of {array.size} entries. Clean or drop those examples first."
        )
    return array


def all_finite(array: Array) -> bool:
    """Whether no entry is NaN or infinite."""
    with np.errstate(over="ignore", invalid="ignore"):
        # A sum needs no memory. It is finite, or else an entry is not, or it is beyond all numbers.
        return bool(np.isfinite(array.sum()) or np.isfinite(array).all())


def check_columns(name: str, values: ArrayLike, rows: int, dtype: Any = None) -> Array:
    """Return `values` as an array of shape (rows, m) with m > 0, one example a column."""
    array = as_floats(name, values, dtype)
    if array.ndim == 2 and array.shape[0] == rows and array.shape[1] > 0:
        return array
    said = f"{name} must have shape ({rows}, m), one example a column; got {array.shape}."
    if array.ndim == 2 and array.shape == (rows, 0):
        said = f"{name} holds no example: its shape is {array.shape}. Give at least one column."
    elif array.ndim == 2 and array.shape[1] == rows:
        said += f" Did you mean {name}.T?"
    elif array.shape == (rows,):
        said += f" For one example, did you mean {name}.reshape(-1, 1)?"
    elif array.ndim == 1 and name == "y":
        said += " For class labels, did you mean data.one_hot(labels, classes)?"
    raise ValueError(said)


def check_examples(net: Network, x: ArrayLike, y: ArrayLike) -> tuple[Array, Array]:
    """Return inputs (n_0, m) and targets (n_L, m) of the network's dtype."""
    x = check_columns("x", x, net.widths[0], net.dtype)
    y = check_columns("y", y, net.widths[-1], net.dtype)
    if x.shape[1] != y.shape[1]:
        raise ValueError(
            f"x and y must hold the same number of examples; got {x.shape[1]} columns in x "
            f"and {y.shape[1]} in y."
        )
    return x, y


def are_classes(y: Array) -> bool:
    """Whether the targets are classes: one-hot columns or, for one output, zeros and ones."""
    zeros_and_ones = bool(((y == 0) | (y == 1)).all())
    return zeros_and_ones and (y.shape[0] == 1 or bool((y.sum(axis=0) == 1).all()))


def check_classes(y: Array) -> None:
    """Raise unless the targets are classes."""
    if not are_classes(y):
        raise ValueError(
            "y must be one-hot to measure accuracy: one 1 in each column, the rest 0 "
            "(for a single output: 0 or 1). For class labels, use data.one_hot(labels, classes)."
        )


def check_positive(name: str, value: float, kind: type = float) -> None:
    """Raise unless `value` is a positive, finite number (a whole one where kind is int)."""
    whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    if kind is int and not whole:
        raise TypeError(f"{name} must be a whole number; got {value!r}.")
    if not whole and not isinstance(value, (float, np.floating)):
        raise TypeError(f"{name} must be a number; got {value!r}.")
    if not 0 < value < np.inf:
        raise ValueError(f"{name} must be positive; got {value!r}.")


def takes_inputs(function: Callable[[Network, Array], R]) -> TakesInputs[R]:
    """Let a function of (net, x) be called with anything that can become x, and check it."""

    @wraps(function)
    def checked(net: Network, x: ArrayLike) -> R:
        return function(net, check_columns("x", x, net.widths[0], net.dtype))

    return cast(TakesInputs[R], checked)


def takes_examples(
    function: Callable[Concatenate[Network, Array, Array, P], R],
) -> TakesExamples[P, R]:
    """Let a function of (net, x, y, …) be called with what can become x and y, and check them."""

    @wraps(function)
    def checked(net: Network, x: ArrayLike, y: ArrayLike, *args: P.args, **kwargs: P.kwargs) -> R:
        return function(net, *check_examples(net, x, y), *args, **kwargs)

    return cast(TakesExamples[P, R], checked)
