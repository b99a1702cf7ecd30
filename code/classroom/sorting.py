"""Find out which assignment a file is, and whose, and keep one of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace

from nbformat import NotebookNode

from classroom.assemble import BadSubmission, grade_id, read
from classroom.inbox import Received, SetAside

__all__ = ["sort_out"]

# By student: how the platform knows them, as `lms.remember` kept it.
People = Mapping[str, Mapping[str, str]]


def _named(each: Received, namesakes: set[str], people: People) -> str:
    """Return the name under which somebody's grades are kept.

    Moodle gives everybody a number for an assignment.  Whoever is known by it keeps their name,
    whoever comes later; to others of that name it is added.
    """
    if each.system != "moodle":
        return each.student
    known = {who["number"]: student for student, who in people.items() if who["number"]}
    if each.number in known:
        return known[each.number]
    taken = people.get(each.student, {}).get("number", "") or len(namesakes) > 1
    return f"{each.student}-{each.number}" if taken else each.student


def _which(notebook: NotebookNode, cells: Mapping[str, set[str]]) -> tuple[str, int]:
    """Return the assignment that a notebook is, and how many of its cells it has."""
    held = {grade_id(cell) for cell in notebook.cells} - {""}
    counts = {name: len(held & known) for name, known in cells.items()}
    best = max(counts, key=lambda name: counts[name])
    return best, counts[best]


def sort_out(
    found: Iterable[Received],
    cells: Mapping[str, set[str]],
    wanted: str = "",
    people: Mapping[str, People] | None = None,
) -> tuple[dict[tuple[str, str], Received], list[SetAside]]:
    """Find out which assignment each file is, and keep one file a student and assignment.

    Parameters
    ----------
    found : iterable of Received
        What was handed in.
    cells : mapping
        For each assignment the names of its cells.
    wanted : str
        The assignment that was asked for; if empty, the one that most files hold, unless the
        folders say.
    people : mapping, optional
        For each assignment who has handed it in before.

    Returns
    -------
    dict
        By student and assignment.
    list of SetAside
        The rest.
    """
    aside: list[SetAside] = []
    held: list[tuple[Received, str, int]] = []
    for each in found:
        try:
            name, count = _which(read(each.data), cells)
        except BadSubmission as error:
            aside.append(each.set_aside(str(error)))
            continue
        if count:
            held.append((each, name, count))
        else:
            reason = "no cell of an assignment is in it: was it written in a new notebook?"
            aside.append(each.set_aside(reason))
    votes = Counter(name for each, name, _ in held if not each.assignment)
    usual = wanted or (votes.most_common(1)[0][0] if votes else "")
    due = []
    for each, name, count in held:
        if name == (asked := wanted or each.assignment or usual):
            due.append((each, name, count))
        else:
            aside.append(each.set_aside(f"it holds assignment {name}; handed in was {asked}"))
    kept, more = _one_each(due, people or {})
    return kept, [*aside, *more]


def _one_each(
    due: list[tuple[Received, str, int]], people: Mapping[str, People]
) -> tuple[dict[tuple[str, str], Received], list[SetAside]]:
    """Keep the fullest file of each student, and say which others there were."""
    numbers: dict[tuple[str, str], set[str]] = {}
    for each, name, _ in due:
        known = {who["number"] for who in people.get(name, {}).values()}
        numbers.setdefault((each.student, name), set()).update({each.number} - known)
    kept: dict[tuple[str, str], Received] = {}
    aside: list[SetAside] = []
    for each, name, _ in sorted(due, key=lambda h: (h[2], h[0].place), reverse=True):
        student = _named(each, numbers[each.student, name], people.get(name, {}))
        if (student, name) in kept:
            reason = f"another file of theirs is graded, {kept[student, name].place}"
            aside.append(each.set_aside(reason))
        else:
            kept[student, name] = replace(each, student=student)
    return dict(sorted(kept.items())), aside
