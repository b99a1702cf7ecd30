"""A gradient in any of the forms in which people return one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from ..checks import Array
from ..network import Network

__all__ = ["FormError", "Pairs", "read_gradient"]

Pairs = list[tuple[Array, Array]]


class FormError(ValueError):
    """What was returned cannot be read as a gradient."""


def read_gradient(value: Any, net: Network) -> Pairs:
    """Read what a function returned as one pair of arrays for each layer.

    Parameters
    ----------
    value : object
        A list of `Layer`s, of pairs or of dicts; two lists, one of all dW and one of all db; a
        dict such as ``{"dW1": …, "db1": …}``; arrays in a row, dW, db, dW, db; or one vector in
        the order of `flatten`.
    net : Network
        Its shapes decide between two forms that look alike.

    Returns
    -------
    list of (dW, db)
        As they came, whether right or wrong in shape, except that a db of the right size, as
        (n,) or (1, n), becomes a column.

    Raises
    ------
    FormError
        If it can be read in none of these ways.
    """
    readings = []
    for pairs in _readings(value, len(net.layers), net):
        try:
            readings.append([(_array(W), as_column(_array(b))) for W, b in pairs])
        except (TypeError, ValueError):
            continue
    if not readings:
        raise FormError(
            f"expected one (dC_dW, dC_db) for each of the {len(net.layers)} layers; "
            f"got {describe(value)}."
        )
    return max(readings, key=lambda pairs: _fit(pairs, net))


def _readings(value: Any, L: int, net: Network) -> Iterator[list[tuple[Any, Any]]]:
    """Every way to find L pairs in the value, the most usual first."""
    if isinstance(value, Mapping):
        value = _from_mapping(value)
    if isinstance(value, np.ndarray) and value.shape == (net.n_parameters,):
        yield [(layer.W, layer.b) for layer in net.with_parameters(value).layers]
    if not isinstance(value, Sequence) or isinstance(value, (str, bytes)):
        return
    items = [_from_mapping(each) if isinstance(each, Mapping) else each for each in value]
    if len(items) == L and all(_is_pair(each) for each in items):
        yield [(each[0], each[1]) for each in items]
    if len(items) == 2 and all(_is_pair(each, L) for each in items):
        yield list(zip(items[0], items[1], strict=True))
    if len(items) == 2 * L:
        yield list(zip(items[::2], items[1::2], strict=True))


def _is_pair(value: Any, length: int = 2) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str) and len(value) == length


def _from_mapping(mapping: Mapping[Any, Any]) -> list[Any]:
    """Values of a dict, by the number in the key and with W before b: W1, b1, W2, b2."""

    def place(key: Any) -> tuple[int, bool]:
        name = str(key)
        number = re.search(r"\d+", name)
        bias = re.sub(r"(d[cjle]?_?d|grad_?|d)", "", name.lower()).lstrip("_").startswith("b")
        return (int(number.group()) if number else 0, bias)

    return [mapping[key] for key in sorted(mapping, key=place)]


def _array(value: Any) -> Array:
    array = np.asarray(value)
    if array.dtype.kind not in "biuf":
        raise TypeError(f"no numbers: {array.dtype}")
    return array.astype(float)


def as_column(b: Array) -> Array:
    """Turn what is one-dimensional in any sense into a column."""
    return b.reshape(-1, 1) if b.size == max(b.shape, default=1) else b


def _fit(pairs: Pairs, net: Network) -> int:
    """How many of the arrays have the size that they should have."""
    wanted = [array.size for layer in net.layers for array in layer]
    return sum(
        array.size == size
        for array, size in zip((a for pair in pairs for a in pair), wanted, strict=True)
    )


def describe(value: Any) -> str:
    """Say in a few words what something is."""
    if value is None:
        return "None"
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    if isinstance(value, Mapping):
        return f"a dict with the keys {', '.join(map(str, list(value)[:8]))}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return f"a {type(value).__name__} of {len(value)}"
    return f"something of type {type(value).__name__}"
