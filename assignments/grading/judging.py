"""A task of an assignment: what to ask, what is right, and which wrong answers have a name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from backprop.diagnosis import MISTAKES, Probe, explain

from .finding import RIGHT, Finding
from .pieces import MadeOfPieces
from .record import Answer, Other

__all__ = [
    "Finding",
    "GradientTask",
    "OneOf",
    "Slip",
    "Task",
    "Values",
    "compare",
    "named",
    "obstacle",
]

TOLERANCE = 1e-6
Question = dict[str, Any]


# What stands for the answer to a question at which the function stopped with an error.
FAILED = Other("error")


@dataclass(frozen=True)
class Slip:
    """A wrong answer with a name: what the function gives if one makes that mistake."""

    code: str
    sentence: str
    answer: Callable[..., Any]
    read: str = ""


def named(code: str, answer: Callable[..., Any]) -> Slip:
    """One of the classic mistakes, as it shows in the answer to a smaller task."""
    mistake = MISTAKES[code]
    return Slip(code, mistake.sentence, answer, str(mistake.reference))


@dataclass(frozen=True)
class OneOf:
    """Several values, each of them right."""

    values: tuple[Any, ...]


@dataclass(frozen=True)
class Task(MadeOfPieces):
    """A function to write: called with each question, compared with the truth.

    Attributes
    ----------
    title : str
        What the student knows it by, such as ``forward(net, x)``.
    questions : callable
        Gives the arguments of every call, by name and in order.
    truth : callable
        The right answer to one question; it takes the arguments.
    slips : sequence of Slip
        Wrong answers with a name.
    forbidden : set of str
        Functions of the package that would do the task.
    accepts : callable
        Other forms of the same answer, turned into the form of the truth.
    """

    title: str
    questions: Callable[[], list[Question]]
    truth: Callable[..., Any]
    slips: Sequence[Slip] = ()
    forbidden: frozenset[str] = frozenset()
    accepts: Callable[[Any], Any] = lambda value: value
    tolerance: float = TOLERANCE

    def look(self, answers: list[Answer]) -> Finding:
        """Decide about one answer to every question, and name what is wrong."""
        questions = self.questions()
        if len(answers) != len(questions):
            return Finding("error", f"{self.title} could not be called to the end.")
        trouble = obstacle(self.title, answers, self.forbidden)
        if trouble and (trouble.code != "error" or all(answer.error for answer in answers)):
            return trouble
        given = [FAILED if each.error else self.accepts(each.value) for each in answers]
        right = [self.truth(**question) for question in questions]
        wrong = first(compare(*pair, self.tolerance) for pair in zip(given, right, strict=True))
        if not wrong:
            return RIGHT
        slip = name_slip(given, questions, self.slips, self.tolerance)
        return slip or trouble or Finding("unknown", f"{self.title}: {wrong}")


@dataclass(frozen=True)
class Values:
    """Numbers to find: compared with the truth as they are."""

    title: str
    truth: Mapping[str, Any]
    slips: Mapping[str, Sequence[tuple[Any, str]]] = field(default_factory=dict)
    read: str = ""
    tolerance: float = TOLERANCE

    def questions(self) -> None:
        """No call: the values are what was found."""
        return

    def judge(self, answers: list[Answer]) -> Finding:
        """Decide about the values, in the order of `truth`."""
        if len(answers) != len(self.truth):
            return Finding("error", f"{self.title}: {len(self.truth)} values are asked for.")
        for (name, right), answer in zip(self.truth.items(), answers, strict=True):
            if answer.value is None:
                return Finding("blank", f"{name} is still None: put your answer there.")
            wrong = compare(answer.value, right, self.tolerance)
            if not wrong:
                continue
            for value, sentence in self.slips.get(name, ()):
                if not compare(answer.value, value, self.tolerance):
                    return Finding("slip", f"{name}: {sentence}", self.read)
            return Finding("unknown", f"{name}: {wrong}", self.read)
        return RIGHT


@dataclass(frozen=True)
class GradientTask(MadeOfPieces):
    """A gradient to write: diagnosed with every mistake that the book knows."""

    title: str
    probes: Callable[[], Sequence[Probe]]
    forbidden: frozenset[str] = frozenset()

    def questions(self) -> list[Question]:
        """One call for each probe."""
        return [{"net": each.net, "x": each.x, "y": each.y} for each in self.probes()]

    def look(self, answers: list[Answer]) -> Finding:
        """Name the mistake, or the two, that explain all the answers."""
        probes = self.probes()
        if len(answers) != len(probes):
            return Finding("error", f"{self.title} could not be called to the end.")
        trouble = stopped(self.title, answers) or borrowed(self.title, answers, self.forbidden)
        if trouble:
            return trouble
        found = explain(answers, probes)
        if found.right:
            return RIGHT
        layer = max(found.layers, default=None)
        return Finding(found.code, found.sentence, found.read, layer)


def stopped(title: str, answers: list[Answer]) -> Finding | None:
    """Whether a call used more time or memory than it may: then no later one was made."""
    for answer in answers:
        kind, _, why = answer.error.partition(": ")
        if kind == "TimeoutError":
            return Finding("timeout", f"{title}: {why}. Is there an endless loop?")
        if kind == "MemoryError":
            return Finding("memory", f"{title}: {why or 'it used up the memory'}.")
    return None


def borrowed(title: str, answers: list[Answer], forbidden: frozenset[str]) -> Finding | None:
    """Whether the package was asked to do what was to be written."""
    for answer in answers:
        used = [name for name in answer.borrowed if name.split(".")[-1] in forbidden]
        if used:
            return Finding(
                "borrowed", f"{title} calls {used[0]}, which is what you were to write yourself."
            )
    return None


def obstacle(title: str, answers: list[Answer], forbidden: frozenset[str]) -> Finding | None:
    """What keeps the answers from being looked at, if anything does."""
    if trouble := stopped(title, answers):
        return trouble
    for answer in answers:
        if answer.error == "NotImplementedError":
            return Finding("blank", f"{title} is not written yet.")
        if answer.error:
            return Finding("error", f"{title} stops with an error: {answer.error}")
        if answer.value is None:
            return Finding("none", f"{title} gives back None: is a return missing?")
        if answer.changed:
            names = " and ".join(answer.changed)
            return Finding(
                "mutation",
                f"{title} changes its argument {names}. Compute something new instead of writing "
                "into what you were given: whoever called you still needs it.",
            )
    return borrowed(title, answers, forbidden)


def compare(given: Any, right: Any, tolerance: float) -> str:
    """Say in which way `given` is not `right`; an empty text if it is."""
    if isinstance(right, OneOf):
        wrongs = [compare(given, each, tolerance) for each in right.values]
        return "" if "" in wrongs else wrongs[0]
    if isinstance(right, Mapping):
        right = list(right.values())
    if isinstance(right, (list, tuple)):
        return _compare_lists(given, list(right), tolerance)
    if isinstance(right, str):
        return "" if given == right else f"expected the text {right!r}; got {_kind(given)}."
    return _compare_arrays(given, np.asarray(right, float), tolerance)


def _compare_lists(given: Any, right: list[Any], tolerance: float) -> str:
    if isinstance(given, Mapping):
        given = list(given.values())
    if isinstance(given, np.ndarray) and given.ndim:
        given = list(given)
    if not isinstance(given, list):
        return f"expected {len(right)} things, one after the other; got {_kind(given)}."
    if len(given) != len(right):
        return f"expected {len(right)} things; got {len(given)}."
    for number, pair in enumerate(zip(given, right, strict=True)):
        wrong = compare(*pair, tolerance)
        if wrong:
            return f"in place {number} (counted from 0), {wrong}"
    return ""


def _compare_arrays(given: Any, right: np.ndarray, tolerance: float) -> str:
    if not isinstance(given, (float, np.ndarray)):
        return f"expected {_kind(right)}; got {_kind(given)}."
    given = np.asarray(given, float)
    if given.shape != right.shape:
        return f"expected {_kind(right)}; got {_kind(given)}."
    if not np.isfinite(given).all():
        return "some of the numbers are not finite (NaN or infinite)."
    error = np.abs(given - right)
    allowed = tolerance * max(1e-6, float(np.abs(right).max(initial=0.0)))
    if not (error > allowed).any():
        return ""
    place = np.unravel_index(int(error.argmax()), error.shape)
    where = f" in entry {list(map(int, place))}" if right.ndim else ""
    return f"it gives {given[place]:.6g}{where} where {right[place]:.6g} is right."


def name_slip(
    given: list[Any], questions: list[Question], slips: Sequence[Slip], tolerance: float
) -> Finding | None:
    """Find the slip that explains every one of the answers."""
    for slip in slips:
        if all(
            _gives(slip, question, value, tolerance)
            for value, question in zip(given, questions, strict=True)
        ):
            return Finding(slip.code, slip.sentence, slip.read)
    return None


def _gives(slip: Slip, question: Question, value: Any, tolerance: float) -> bool:
    """Whether a slip gives this value; one whose shapes do not fit fails, as the student did."""
    try:
        expected = slip.answer(**question)
    except ValueError:
        return value is FAILED
    return value is not FAILED and not compare(value, expected, tolerance)


def first(texts: Any) -> str:
    """Return the first text that says something."""
    return next((text for text in texts if text), "")


def _kind(value: Any) -> str:
    if isinstance(value, Other):
        return f"something of type {value.kind}"
    if value is None:
        return "None"
    if isinstance(value, str):
        return f"the text {value[:40]!r}"
    if isinstance(value, (list, Mapping)):
        return f"a collection of {len(value)}"
    shape = np.shape(value)
    return f"an array of shape {shape}" if shape else "a single number"
