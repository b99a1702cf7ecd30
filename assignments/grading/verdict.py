"""The half that decides: nbgrader runs it after the kernel has gone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.preprocessors import NbGraderPreprocessor

from .judging import Finding
from .record import MIME, loads
from .tasks import TASKS

__all__ = ["FINDING", "Verdict", "finding", "task_of"]

FINDING = "application/vnd.backprop.finding+json"
ASKED = re.compile(r"""^ask\(\s*["']([^"']+)["']""", re.MULTILINE)


class Verdict(NbGraderPreprocessor):
    """Replace what a graded cell put out by what the checker finds in its record.

    In ``nbgrader_config.py`` it comes right after ``Execute`` and before ``SaveAutoGrades``.
    A graded cell whose record is missing, doubled or of another task scores 0, whatever happened
    in the kernel: a cell that was skipped, hooked or killed has earned nothing.
    """

    def preprocess_cell(
        self, cell: NotebookNode, resources: Mapping[str, Any], cell_index: int
    ) -> tuple[NotebookNode, Mapping[str, Any]]:
        """Judge one cell, if it asks for a task."""
        task = task_of(cell)
        if task is not None:
            cell.outputs = _outputs(task, finding(task, cell.outputs))
        return cell, resources


def task_of(cell: NotebookNode) -> str | None:
    """Name of the task that a graded cell asks for; None for every other cell.

    The source is the teacher's: nbgrader has put it back before the kernel started.
    """
    marks = cell.metadata.get("nbgrader", {})
    if cell.cell_type != "code" or not marks.get("grade") or marks.get("solution"):
        return None
    asked = ASKED.findall(cell.source)
    if len(asked) != 1 or asked[0] not in TASKS:
        raise ValueError(
            f"cell {marks.get('grade_id')} must ask for exactly one task, one of "
            f"{sorted(TASKS)}; it asks for {asked}."
        )
    return str(asked[0])


def finding(task: str, outputs: list[NotebookNode]) -> Finding:
    """Judge the outputs of the cell that asked for `task`."""
    records = [output.data[MIME] for output in outputs if MIME in output.get("data", {})]
    if len(records) > 1:
        return Finding("tampered", "More than one set of answers was recorded for this task.")
    if not records:
        return _why_none(outputs)
    try:
        name, answers = loads(str(records[0]))
    except ValueError:
        name = ""
    if name != task:
        return Finding("tampered", "The answers recorded here are not answers to this task.")
    found: Finding = TASKS[task].judge(answers)
    return found


def _why_none(outputs: list[NotebookNode]) -> Finding:
    """Say why a cell has no record."""
    errors = {output.ename: output.evalue for output in outputs if output.output_type == "error"}
    for name, code in (("Stopped", "stopped"), ("Ended", "crash")):  # the judge's words
        if name in errors:
            return Finding(code, errors[name])
    if "NameError" in errors:
        return Finding(
            "missing", f"{errors['NameError']}. Was its cell deleted, renamed, or did it not run?"
        )
    if errors:
        name, text = next(iter(errors.items()))
        return Finding("error", f"The check could not be run: {name}: {text}"[:500])
    return Finding("error", "No answers to this task were recorded.")


def _outputs(task: str, found: Finding) -> list[NotebookNode]:
    """What the feedback shows, and what nbgrader takes the points from."""
    read = f" Read {found.read}." if found.read else ""
    text = f"{found.sentence}{read}"
    shown = {"text/plain": text, FINDING: {"task": task, **found.as_dict()}}
    outputs = [new_output("display_data", data=shown)]
    if not found.passed:
        # The display says it in full; this is what makes it 0 points.
        outputs.append(new_output("error", ename="NotYet", evalue=found.code, traceback=[]))
    return outputs
