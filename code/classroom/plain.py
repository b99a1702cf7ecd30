"""Values on their way between a student's process and the judge's: data, never code.

A value becomes JSON that holds numbers, texts, arrays and collections of those.  A function stays
where it is and a handle goes over in its place.  Anything else arrives as `Other`, which knows the
name of its type and nothing more.  So nothing that a student returns can run in the judge.
"""

from __future__ import annotations

import base64
import importlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

import numpy as np

from backprop import Network

__all__ = ["Other", "copy_changes", "decode", "encode", "is_small"]

KINDS = "biufc"
DEEPEST = 20
LONGEST = 1000
Lend = Callable[[Any], int]
Borrow = Callable[[int, str], Any]


@dataclass(frozen=True)
class Other:
    """Something that is no number, text, array, function or collection of those."""

    kind: str

    def __str__(self) -> str:
        return f"something of type {self.kind}"


def encode(value: Any, lend: Lend, depth: int = 0) -> Any:
    """Turn a value into what JSON can hold.

    Parameters
    ----------
    value : object
        What is to go over.
    lend : callable
        Keeps a function and returns the number of its handle.
    depth : int
        How deep in a collection the value lies.

    Returns
    -------
    object
        None, a bool, a number, a text, or a dict with one key that names the kind.
    """
    if value is None or type(value) in (bool, int, float, str):
        return value
    if isinstance(value, (np.ndarray, np.generic)) and np.asarray(value).dtype.kind in KINDS:
        return {"array": _encode_array(value), "scalar": not isinstance(value, np.ndarray)}
    if depth > DEEPEST:
        return {"other": "a collection nested too deeply"}
    return _encode_collection(value, lambda each: encode(each, lend, depth + 1)) or (
        {"function": lend(value), "name": getattr(value, "__name__", type(value).__name__)}
        if callable(value)
        else {"other": type(value).__name__}
    )


def _encode_array(value: Any) -> list[Any]:
    array = np.ascontiguousarray(value)
    # ascontiguousarray turns a scalar into one number in a row; its shape is the value's own.
    data = base64.b64encode(array.tobytes()).decode("ascii")
    return [array.dtype.str, list(np.shape(value)), data]


def _encode_collection(value: Any, go: Callable[[Any], Any]) -> dict[str, Any] | None:
    """Encode what holds other values; None for everything else."""
    if isinstance(value, np.ndarray):  # of objects: rows of different lengths, for example
        return {"list": [go(each) for each in value.tolist()]} if value.ndim else None
    if isinstance(value, Network):
        names = [each.name for each in value.activations]
        return {"network": [[go(W), go(b)] for W, b in value.layers], "activations": names}
    record = _record_fields(value)
    if record is not None:
        kind = f"{type(value).__module__}:{type(value).__qualname__}"
        return {"record": kind, "fields": [go(getattr(value, name)) for name in record]}
    if isinstance(value, dict):
        return {"dict": [[go(key), go(each)] for key, each in value.items()]}
    for collection in (list, tuple, set):
        if isinstance(value, collection):
            return {collection.__name__: [go(each) for each in value]}
    if isinstance(value, np.random.Generator):
        return {"rng": go(value.bit_generator.state)}
    if isinstance(value, complex):
        return {"complex": [value.real, value.imag]}
    return None


def _record_fields(value: Any) -> Iterable[str] | None:
    """Names of the fields, if this is one of the package's own records."""
    if not type(value).__module__.startswith("backprop."):
        return None
    if isinstance(value, tuple):
        return getattr(value, "_fields", None)
    if is_dataclass(value):
        return [field.name for field in fields(value) if field.init]
    return None


def decode(plain: Any, borrow: Borrow) -> Any:
    """Make a value of what `encode` wrote, whoever wrote it.

    Parameters
    ----------
    plain : object
        Parsed JSON.
    borrow : callable
        Makes something that can be called of a handle's number and name.

    Raises
    ------
    ValueError
        If this is nothing that `encode` writes.
    """
    if plain is None or type(plain) in (bool, int, float, str):
        return plain
    if not isinstance(plain, dict):
        raise ValueError(f"expected a dict that names a kind; got {type(plain).__name__}")

    def go(each: Any) -> Any:
        return decode(each, borrow)

    match plain:
        case {"array": [str(dtype), list(shape), str(data)], "scalar": bool(scalar)}:
            return _decode_array(dtype, shape, data, scalar)
        case {"list": list(items)}:
            return [go(each) for each in items]
        case {"tuple": list(items)}:
            return tuple(go(each) for each in items)
        case {"set": list(items)}:
            return set(map(_hashable, map(go, items)))
        case {"dict": list(items)}:
            return {_hashable(go(key)): go(each) for key, each in items}
        case {"network": list(layers), "activations": list(names)}:
            return Network([(go(W), go(b)) for W, b in layers], list(map(str, names)))
        case {"record": str(kind), "fields": list(items)}:
            return _decode_record(kind, [go(each) for each in items])
        case {"rng": dict(state)}:
            return _decode_generator(go(state))
        case {"complex": [float(real), float(imaginary)]}:
            return complex(real, imaginary)
        case {"function": int(number), "name": str(name)}:
            return borrow(number, name)
        case {"other": str(kind)}:
            return Other(kind[:100])
    raise ValueError(f"unknown kind of value: {sorted(map(str, plain))[:3]}")


def _decode_array(dtype: str, shape: list[Any], data: str, scalar: bool) -> Any:
    kind = np.dtype(dtype)
    if kind.kind not in KINDS:
        raise ValueError(f"arrays of dtype {dtype[:20]} are not taken")
    array = np.frombuffer(base64.b64decode(data), kind).reshape(shape).copy()
    return array[()] if scalar and array.ndim == 0 else array


def _decode_record(kind: str, values: list[Any]) -> Any:
    module, _, name = kind.partition(":")
    found = getattr(importlib.import_module(module), name, None) if _ours(module) else None
    record = isinstance(found, type) and (hasattr(found, "_fields") or is_dataclass(found))
    if not record or found is None:
        return Other(name[:100])
    try:
        return found(*values)
    except (TypeError, ValueError):
        return Other(name[:100])


def _ours(module: str) -> bool:
    return module.startswith("backprop.") and all(map(str.isidentifier, module.split(".")))


def _decode_generator(state: Any) -> Any:
    generator = np.random.Generator(np.random.PCG64())
    try:
        generator.bit_generator.state = state
    except (TypeError, ValueError, KeyError):
        return Other("Generator")
    return generator


def _hashable(value: Any) -> Any:
    """Return the value as a key: an array or a list cannot be one."""
    try:
        hash(value)
    except TypeError:
        return Other(type(value).__name__)
    return value


def is_small(value: Any) -> bool:
    """Whether what is computed with a value stays small, an outer product included.

    How many bytes came over does not say so: arrays without a single number can have an outer
    product of gigabytes.
    """
    if isinstance(value, np.ndarray):
        return value.ndim <= 2 and max(value.shape, default=0) <= LONGEST
    if isinstance(value, dict):
        value = list(value.values())
    elif isinstance(value, Network):
        value = value.layers
    elif is_dataclass(value) and not isinstance(value, type):
        value = [getattr(value, each.name) for each in fields(value)]
    if isinstance(value, (list, tuple, set)):
        return len(value) <= LONGEST and all(map(is_small, value))
    return True


def copy_changes(old: Any, new: Any) -> None:
    """Do to `old` what was done to `new`, a copy that somebody else may have changed.

    Arrays are written into, lists and dicts get the new items, a generator moves on.
    """
    if isinstance(old, np.ndarray) and isinstance(new, np.ndarray):
        same = old.shape == new.shape and np.array_equal(old, new, equal_nan=old.dtype.kind in "fc")
        if not same and old.shape == new.shape and old.flags.writeable:
            old[...] = new
    elif isinstance(old, np.random.Generator) and isinstance(new, np.random.Generator):
        old.bit_generator.state = new.bit_generator.state
    elif isinstance(old, dict) and isinstance(new, dict):
        for key in set(old) & set(new):
            new[key] = _merged(old[key], new[key])
        old.clear()
        old.update(new)
    elif isinstance(old, list) and isinstance(new, list):
        old[:] = [*map(_merged, old, new), *new[len(old) :]]
    elif isinstance(old, (tuple, Network)):
        for each, changed in zip(_parts(old), _parts(new), strict=False):
            copy_changes(each, changed)


def _parts(value: Any) -> Iterable[Any]:
    if isinstance(value, Network):
        return value.layers
    return value if isinstance(value, tuple) else ()


def _merged(old: Any, new: Any) -> Any:
    """Return the old object, brought up to date, where it can be; else the new one."""
    if isinstance(old, np.ndarray):
        if not isinstance(new, np.ndarray) or old.shape != new.shape or not old.flags.writeable:
            return new
    elif not isinstance(old, (list, dict, tuple, np.random.Generator)):
        # A function or a network came over as a copy; it is still the one that was there.
        return old if callable(old) or isinstance(old, Network) else new
    elif type(old) is not type(new):
        return new
    copy_changes(old, new)
    return old
