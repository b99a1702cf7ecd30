"""The half that runs in the student's kernel: call, write down, decide nothing."""

from __future__ import annotations

import copy
import sys
from collections.abc import Callable, Mapping
from types import FrameType
from typing import Any

import numpy as np

from backprop import Network

from .record import MIME, Answer, dumps
from .tasks import TASKS

__all__ = ["ask", "call", "collect"]

# The package's own functions that are the solution of some task.
SOLUTIONS = {
    "accuracy", "backward", "cost", "descend", "deltas_by_index", "forward", "gradient",
    "gradient_by_index", "numerical_gradient", "sgd", "sigmoid", "sigmoid_prime",
}  # fmt: skip


class Unverified(Exception):  # noqa: N818
    """Raised at the end of every question: the kernel never says whether an answer is right."""


def ask(task: str, *things: Any) -> None:
    """Put a task's questions to what the student wrote, and show the answers as a record.

    Parameters
    ----------
    task : str
        A name in `tasks.TASKS`.
    *things
        The student's function, for a task that calls one; else the values that the task asks for.

    Raises
    ------
    Unverified
        Always.  `verdict.Verdict` replaces it; if that is not set up, nobody gets a point.
    """
    from IPython.display import display

    record = dumps(task, collect(task, things))
    display({MIME: record, "text/plain": "answers recorded"}, raw=True)
    raise Unverified("the answers are recorded; the verdict comes after the kernel has gone")


def collect(task: str, things: tuple[Any, ...]) -> list[Answer]:
    """Answers to all the questions of a task, or the values themselves if it has none."""
    questions = TASKS[task].questions()
    if questions is None:
        return [Answer(value) for value in things]
    # What a student's own piece breaks off must not keep the others from being tried.
    ways = [_with_ours(things, pieces)] if (pieces := TASKS[task].pieces) else []
    return [call(way, question) for way in [*ways, things] for question in questions]


def _with_ours(
    things: tuple[Any, ...], pieces: Mapping[str, Callable[..., Any]]
) -> tuple[Any, ...]:
    """Put our functions in place of those that the first of the things is put together from.

    Only a function that lives in another process can be asked so; any other keeps its own.
    """
    lend = getattr(things[0], "with_ours", None)
    return (lend(pieces), *things[1:]) if lend else things


def call(things: tuple[Any, ...], question: dict[str, Any]) -> Answer:
    """Call the first of the things with a copy of the arguments, and look at what happened."""
    function, arguments = things[0], copy.deepcopy(question)
    borrowed: list[str] = []
    if not callable(function):
        return Answer(error=f"TypeError: it is a {type(function).__name__}, not a function")
    try:
        value = _watched(function, arguments, borrowed)
    except NotImplementedError:
        return Answer(error="NotImplementedError")
    except Exception as error:
        return Answer(error=f"{type(error).__name__}: {error}")
    changed = tuple(name for name in question if not _same(question[name], arguments[name]))
    return Answer(value, changed=changed, borrowed=tuple(dict.fromkeys(borrowed)))


def _watched(function: Callable[..., Any], arguments: dict[str, Any], borrowed: list[str]) -> Any:
    """Call the function and note which of the package's solutions it leans on."""

    def watch(frame: FrameType, event: str, _: Any) -> None:
        name = frame.f_globals.get("__name__", "")
        if event == "call" and name.startswith("backprop.") and frame.f_code.co_name in SOLUTIONS:
            borrowed.append(f"{name}.{frame.f_code.co_name}")

    before = sys.getprofile()
    sys.setprofile(watch)
    try:
        return function(*arguments.values())
    finally:
        sys.setprofile(before)
        # A function that lives in another process tells what it called there.
        theirs = getattr(function, "called", ())
        borrowed += [name for name in theirs if name.split(".")[-1] in SOLUTIONS]


def _same(before: Any, after: Any) -> bool:
    if isinstance(before, np.ndarray):
        return isinstance(after, np.ndarray) and np.array_equal(before, after)
    if isinstance(before, Network):
        return True  # its arrays are read-only: writing to one raises
    if isinstance(before, (list, tuple)):
        return len(before) == len(after) and all(map(_same, before, after))
    return before is after or bool(before == after) or callable(before)
