"""Plain values: what a student's function returned, as text that holds no code and no objects."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from backprop import Network
from backprop.diagnosis import Answer as PlainAnswer

__all__ = ["MIME", "Answer", "Other", "dumps", "loads"]

MIME = "application/vnd.backprop.answers+json"
MOST_NUMBERS = 20_000
MOST_ITEMS = 100
DEEPEST = 4


@dataclass(frozen=True)
class Other:
    """Something that is no number, array, text or collection of those."""

    kind: str


@dataclass(frozen=True)
class Answer(PlainAnswer):
    """What one call gave: value, error and changed arguments as the package's `Answer` has them.

    The value holds floats, arrays, texts, None, lists and dicts of those, or `Other`.

    Attributes
    ----------
    borrowed : tuple of str
        Functions of the package that do the task, and that the call used.
    """

    borrowed: tuple[str, ...] = ()


def dumps(task: str, answers: list[Answer]) -> str:
    """Write answers down as JSON; of anything odd only the name of its type."""
    rows = [
        {
            "value": _plain(answer.value),
            "error": answer.error[:500],
            "changed": list(answer.changed),
            "borrowed": list(answer.borrowed),
        }
        for answer in answers
    ]
    return json.dumps({"task": task, "answers": rows})


def loads(text: str) -> tuple[str, list[Answer]]:
    """Read what `dumps` wrote.  Raises ValueError on anything else."""
    try:
        record = json.loads(text)
        answers = [
            Answer(
                value=_rich(row["value"]),
                error=str(row["error"]),
                changed=tuple(map(str, row["changed"])),
                borrowed=tuple(map(str, row["borrowed"])),
            )
            for row in record["answers"]
        ]
        return str(record["task"]), answers
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"no record of answers: {error!r}") from error


def _plain(value: Any, depth: int = 0) -> Any:
    if value is None:
        return None
    if isinstance(value, Network):
        value = [list(layer) for layer in value.layers]
    if type(value) is str:
        return {"text": value[:5000]}
    if isinstance(value, (bool, int, float, np.number, np.bool_, np.ndarray)):
        return _numbers(value)
    if depth < DEEPEST and isinstance(value, Mapping):
        items = list(value.items())[:MOST_ITEMS]
        return {"dict": [[str(key)[:50], _plain(each, depth + 1)] for key, each in items]}
    if depth < DEEPEST and isinstance(value, (list, tuple)):
        if value and all(isinstance(each, (bool, int, float, np.number)) for each in value):
            return _numbers(value)
        return {"list": [_plain(each, depth + 1) for each in list(value)[:MOST_ITEMS]]}
    return {"other": type(value).__name__[:50]}


def _numbers(value: Any) -> dict[str, Any]:
    array = np.asarray(value)
    if array.dtype.kind not in "biuf":
        return {"other": f"array of dtype {array.dtype}"}
    if array.size > MOST_NUMBERS:
        return {"other": f"array of {array.size} numbers"}
    # A list of floats, whatever class the array was; NaN and inf pass through JSON by name.
    data = [float(each) for each in array.astype(float).ravel().tolist()]
    return {"shape": [int(n) for n in array.shape], "data": data, "whole": array.dtype.kind in "iu"}


def _rich(plain: Any) -> Any:
    if plain is None:
        return None
    if "text" in plain:
        return str(plain["text"])
    if "dict" in plain:
        return {str(key): _rich(each) for key, each in plain["dict"]}
    if "list" in plain:
        return [_rich(each) for each in plain["list"]]
    if "other" in plain:
        return Other(str(plain["other"]))
    array = np.array(plain["data"], float).reshape(plain["shape"])
    return array if array.ndim else float(array)
