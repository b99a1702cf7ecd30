"""Put a submission together anew: the teacher's notebook with the student's answers in it.

Cells that were edited, moved or deleted are then as they should be, and a cell that the student
added follows the cell that it followed.
"""

from __future__ import annotations

import re
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

__all__ = ["BadSubmission", "assemble", "grade_id", "is_answer", "is_check", "read"]

KINDS = ("code", "markdown", "raw")
LARGEST = 20 * 2**20
RUBRIC = "*Only for whoever grades:*"
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


class BadSubmission(Exception):  # noqa: N818
    """A file that cannot be graded; the text says why, for teacher and student."""


def read(data: bytes) -> NotebookNode:
    """Read a notebook that somebody handed in.

    Raises
    ------
    BadSubmission
        If it is too large or no notebook.
    """
    if len(data) > LARGEST:
        raise BadSubmission(f"the file is larger than {LARGEST // 2**20} MB")
    try:
        notebook = nbformat.reads(data.decode("utf-8-sig"), as_version=4)  # type: ignore[no-untyped-call]
        for cell in notebook.cells:
            if not isinstance(cell.source, str) or cell.cell_type not in KINDS:
                raise ValueError("a cell is no cell")
            if not isinstance(cell.metadata, dict):
                raise ValueError("a cell's metadata are none")
    except Exception as error:  # nbformat raises what its parts raise: KeyError, jsonschema's, …
        kind = " ".join(str(error).split())[:100] or type(error).__name__
        raise BadSubmission(f"the file is no notebook that can be read ({kind})") from None
    node: NotebookNode = notebook
    return node


def _marks(cell: NotebookNode) -> dict[str, Any]:
    marks = cell.metadata.get("nbgrader")
    return marks if isinstance(marks, dict) else {}


def grade_id(cell: NotebookNode) -> str:
    """Name of the cell in its assignment; empty if it has none."""
    name = _marks(cell).get("grade_id")
    return name if isinstance(name, str) else ""


def is_answer(cell: NotebookNode) -> bool:
    """Whether the cell is for the student to write."""
    return bool(_marks(cell).get("solution") or _marks(cell).get("task"))


def is_check(cell: NotebookNode) -> bool:
    """Whether the cell decides about points by running."""
    marks = _marks(cell)
    return cell.cell_type == "code" and bool(marks.get("grade")) and not marks.get("solution")


def assemble(submitted: NotebookNode, source: NotebookNode, release: NotebookNode) -> NotebookNode:
    """Return the teacher's notebook with the student's answers and additions.

    Parameters
    ----------
    submitted : NotebookNode
        What came back.
    source : NotebookNode
        The teacher's notebook, hidden checks included.
    release : NotebookNode
        What was handed out: an answer that is missing counts as left as it was.
    """
    known = {grade_id(cell): cell for cell in source.cells if grade_id(cell)}
    handed_out = {grade_id(cell): cell for cell in release.cells if grade_id(cell)}
    answers: dict[str, NotebookNode] = {}
    added: dict[str, list[NotebookNode]] = {"": []}
    last = ""
    for cell in submitted.cells:
        name = grade_id(cell)
        if name in known and name not in answers:
            answers[name], last = cell, name
            added[last] = []
        elif cell.cell_type != "raw":
            added[last].append(cell)
    cells = [*map(_own, added[""])]
    for name, cell in known.items():
        if is_answer(cell):
            cells.append(_cell(handed_out[name], answers.get(name, handed_out[name])))
            if _marks(cell).get("grade"):
                cells.append(_rubric(cell))
        else:
            cells.append(_cell(handed_out[name], cell))
        cells += map(_own, added.get(name, []))
    for number, cell in enumerate(cells):
        cell.id = f"cell-{number:03d}"
    return new_notebook(cells=cells, metadata=METADATA)  # type: ignore[no-any-return, no-untyped-call]


def _cell(kind: NotebookNode, text: NotebookNode) -> NotebookNode:
    """Make a cell of one cell's kind, as nbgrader knows it, with another's text."""
    metadata = {"nbgrader": dict(kind.metadata.nbgrader)}
    make: Any = new_code_cell if kind.cell_type == "code" else new_markdown_cell
    made = make(text.source, metadata=metadata)
    _attach(made, text)
    return made  # type: ignore[no-any-return]


def _rubric(cell: NotebookNode) -> NotebookNode:
    """Make what whoever grades a written answer reads beside it; no feedback shows such a cell."""
    made: Any = new_markdown_cell
    return made(f"{RUBRIC}\n\n{cell.source}")  # type: ignore[no-any-return]


def _own(cell: NotebookNode) -> NotebookNode:
    """Copy a cell that the student added, or that the teacher left open to change."""
    make: Any = new_code_cell if cell.cell_type == "code" else new_markdown_cell
    made = make(cell.source)
    _attach(made, cell)
    return made  # type: ignore[no-any-return]


def _attach(made: NotebookNode, cell: NotebookNode) -> None:
    """Keep the pictures that were pasted into a written answer."""
    attachments = cell.get("attachments")
    if made.cell_type != "markdown" or not isinstance(attachments, dict):
        return
    kept = {
        name: {"image/png": found["image/png"]}
        for name, found in attachments.items()
        if isinstance(found, dict)
        and isinstance(found.get("image/png"), str)
        and re.fullmatch(r"[\w .()-]{1,100}", str(name))
    }
    if kept:
        made["attachments"] = kept
