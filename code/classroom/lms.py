"""Grades as the learning platforms take them.

Moodle's grading worksheet is matched by "Identifier" and must have "Grade" and "Last modified
(grade)"; Canvas's gradebook needs "Student", "ID" and "Section", in this order, before the
assignments, and a row of the points possible.  Both were read off their importers.
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from classroom.inbox import Received
from classroom.runs import write_whole

__all__ = ["Grade", "canvas", "known", "moodle", "moodle_feedback", "plain", "remember", "sheet"]

# What a formula begins with, in narrow and in wide letters.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
MARK = "\ufeff"


@dataclass(frozen=True)
class Grade:
    """What one student has for one assignment.

    Attributes
    ----------
    score, most : float
        Points, so far and at most.
    waiting : bool
        Whether a person still has to grade something.
    words : str
        What was found, in one line.
    """

    student: str
    assignment: str
    score: float
    most: float
    waiting: bool
    words: str = ""

    @property
    def final(self) -> str:
        """The points as a platform takes them; empty while they are not final."""
        return "" if self.waiting else f"{self.score:g}"


def _safe(value: object) -> object:
    """Keep a spreadsheet from taking a student's name or words for a formula."""
    if isinstance(value, str) and len(value) > 1 and value.lstrip(" ")[:1] in FORMULA:
        return f"'{value}"
    return value


def sheet(rows: Sequence[Sequence[object]], *, opened: bool = False) -> str:
    """Write rows as CSV that a spreadsheet opens without computing anything.

    Parameters
    ----------
    rows : sequence of sequences
        Texts and numbers.
    opened : bool
        Whether people open it: Excel reads names right only where a mark says that it is UTF-8.
    """
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows([map(_safe, row) for row in rows])
    return (MARK if opened else "") + stream.getvalue()


def plain(grades: Sequence[Grade], people: Mapping[tuple[str, str], Mapping[str, str]]) -> str:
    """Write all grades, one a line."""
    rows: list[list[object]] = [
        ["assignment", "student", "name", "score", "max_score", "final", "found"]
    ]
    for each in grades:
        name = people.get((each.assignment, each.student), {}).get("name", "")
        final = "no: a person has to grade" if each.waiting else "yes"
        row = [each.assignment, each.student, name, f"{each.score:g}", f"{each.most:g}"]
        rows.append([*row, final, each.words])
    return sheet(rows, opened=True)


def moodle(grades: Sequence[Grade], people: Mapping[str, Mapping[str, str]]) -> str:
    """Write Moodle's grading worksheet for one assignment.

    Parameters
    ----------
    grades : sequence of Grade
        Of one assignment.
    people : mapping
        How Moodle knows each student: ``number`` and ``name``.
    """
    head = ["Identifier", "Full name", "Grade", "Maximum grade", "Last modified (grade)"]
    rows: list[list[object]] = [[*head, "Feedback comments"]]
    for each in grades:
        if each.student in people:
            who = people[each.student]
            row = [f"Participant {who['number']}", who["name"], each.final, f"{each.most:g}", "-"]
            rows.append([*row, each.words])
    return sheet(rows)


def canvas(grades: Sequence[Grade], people: Mapping[str, Mapping[str, str]], column: str) -> str:
    """Write a gradebook that Canvas imports.

    Parameters
    ----------
    grades : sequence of Grade
        Of one assignment.
    people : mapping
        How Canvas knows each student: ``number`` and ``name``.
    column : str
        Name of the assignment there; with its number in brackets, Canvas asks nothing.
    """
    most = f"{grades[0].most:g}" if grades else ""
    rows: list[list[object]] = [
        ["Student", "ID", "Section", column],
        ["    Points Possible", "", "", most],
    ]
    rows += [
        [people[each.student]["name"], people[each.student]["number"], "", each.final]
        for each in grades
        if each.student in people
    ]
    return sheet(rows)


def moodle_feedback(
    path: Path, pages: Mapping[str, Path], people: Mapping[str, Mapping[str, str]]
) -> None:
    """Write the zip that Moodle's "Upload multiple feedback files" takes."""
    temporary = path.with_suffix(".part")
    with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as archive:
        for student, page in sorted(pages.items()):
            if student in people and page.is_file():
                archive.write(page, f"{people[student]['folder']}/{page.name}")
    temporary.replace(path)


def remember(path: Path, received: Mapping[str, Received]) -> None:
    """Keep how the platform knows the students, for as long as there are grades to hand back."""
    people: dict[str, Any] = known(path)
    for student, each in received.items():
        if not each.system and people.get(student, {}).get("system"):
            continue  # came by mail this time; the grade goes back to where they are known
        people[student] = {
            "system": each.system,
            "number": each.number,
            "name": each.name,
            "folder": each.folder,
        }
    write_whole(path, json.dumps(people, indent=1, ensure_ascii=False, sort_keys=True) + "\n")


def known(path: Path) -> dict[str, dict[str, str]]:
    """Read what `remember` kept; nothing, if nothing was."""
    try:
        people: dict[str, dict[str, str]] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return people
