"""A function that is put together from those of earlier tasks: a wrong piece costs once.

It is asked every question twice: with right pieces under the names of the student's, then with
the student's own.  Either way may earn the points.  The right pieces stay in the judge's process;
in the student's there are only handles to call them by.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .finding import FOLLOWS, Finding
from .record import Answer

__all__ = ["MadeOfPieces"]

# What names no mistake: then what was found with the student's own pieces says more.
UNNAMED = {"error", "timeout", "memory", "none", "form", "shape", "not-finite", "unknown"}
NEVER = {"borrowed", "mutation"}


@dataclass(frozen=True)
class MadeOfPieces:
    """A function to write, perhaps with the help of those from earlier tasks.

    Attributes
    ----------
    pieces : mapping
        The right functions, by the names that the earlier tasks gave them.
    """

    pieces: Mapping[str, Callable[..., Any]] = field(default_factory=dict, kw_only=True)

    def judge(self, answers: list[Answer]) -> Finding:
        """Decide about the answers to all questions, and name what is wrong."""
        if not self.pieces or len(answers) % 2:
            return self.look(answers)
        half = len(answers) // 2
        with_ours, own = self.look(answers[:half]), self.look(answers[half:])
        if own.passed or own.code in NEVER:
            return own
        if with_ours.passed:
            return FOLLOWS
        return own if with_ours.code in UNNAMED else with_ours

    def look(self, answers: list[Answer]) -> Finding:
        """Decide about one answer to every question."""
        raise NotImplementedError
