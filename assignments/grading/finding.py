"""What the checker says about a task."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

__all__ = ["FOLLOWS", "RIGHT", "Finding"]


@dataclass(frozen=True)
class Finding:
    """What the checker says about one task.

    Attributes
    ----------
    code : str
        ``"right"``, ``"follows"``, ``"blank"``, ``"error"``, …, or the name of a mistake.
    sentence : str
        What the student reads.
    read : str
        The place in the book; empty if there is none.
    layer : int or None
        The layer in which the mistake was made.
    """

    code: str
    sentence: str
    read: str = ""
    layer: int | None = None

    @property
    def passed(self) -> bool:
        """Whether the points are earned."""
        return self.code in ("right", "follows")

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for a table of the class."""
        return {**asdict(self), "passed": self.passed}


RIGHT = Finding("right", "Right.")
FOLLOWS = Finding(
    "follows",
    "Right, as far as this task goes: with the earlier pieces as they should be, it gives the "
    "right answer. With yours it does not yet; see what was found there.",
)
