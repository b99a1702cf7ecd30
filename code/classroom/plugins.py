"""What nbgrader runs in place of its own steps, here and behind the buttons of its formgrader."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import nbformat
from jinja2 import pass_context
from jinja2.runtime import Context
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode
from nbgrader.preprocessors import GetGrades, NbGraderPreprocessor

from classroom.assemble import assemble, read
from classroom.course import Course
from classroom.limits import Limits
from classroom.runs import Job, run_all
from classroom.sandbox import need_protection

__all__ = ["Assemble", "Execute", "Grades", "harmless", "job_for"]

Step = tuple[NotebookNode, dict[str, Any]]


def assembled(course: Course, student: str, name: str) -> NotebookNode:
    """Put a submission together; see `assemble.assemble`."""
    submitted = read(course.submitted(student, name).read_bytes())
    return assemble(submitted, course.source(name), course.release(name))


def job_for(
    course: Course, student: str, name: str, limits: Limits, protected: bool, fingerprint: str
) -> Job:
    """Describe the run of one submission."""
    write: Any = nbformat.writes
    return Job(
        notebook=write(assembled(course, student, name)),
        source=write(course.source(name)),
        record=course.folder / "runs" / name / f"{student}.json",
        checker=course.assignments,
        fingerprint=fingerprint,
        limits=limits,
        protected=protected,
    )


def _course(resources: dict[str, Any]) -> tuple[Course, str, str]:
    """Read from nbgrader's notes where we are: the course, the student, the assignment."""
    marks = resources["nbgrader"]
    folder = Path(os.environ["COURSE"])
    assignments = Path(os.environ["ASSIGNMENTS"])
    return Course(assignments, folder), marks["student"], marks["assignment"]


class Assemble(NbGraderPreprocessor):
    """Put the student's answers into the teacher's notebook."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> Step:
        """Replace the whole notebook."""
        return assembled(*_course(resources)), resources


class Execute(NbGraderPreprocessor):
    """Fill in what the cells show: from the run that was kept, or from a run made now."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> Step:
        """Give every cell its outputs."""
        course, student, name = _course(resources)
        limits, protected = Limits(), not os.environ.get("UNPROTECTED")
        fingerprint = os.environ.get("FINGERPRINT") or course.fingerprint(limits)
        job = job_for(course, student, name, limits, protected, fingerprint)
        run = job.done()
        if run is None:
            if protected:
                need_protection()
            run = next(run_all([job], 1))[1]
        if run.failure:
            raise RuntimeError(run.failure)
        for number, (cell, outputs) in enumerate(zip(nb.cells, run.outputs, strict=True)):
            if outputs is not None:
                cell.execution_count = number + 1
                cell.outputs = [nbformat.from_dict(each) for each in outputs]  # type: ignore[no-untyped-call]
        return nb, resources


class Grades(GetGrades):
    """Bring points and comments into the notebook, and whether a person still has to grade."""

    def _get_score(self, cell: NotebookNode, resources: dict[str, Any]) -> None:
        super()._get_score(cell, resources)
        where = (self.notebook_id, self.assignment_id, self.student_id)
        grade = self.gradebook.find_grade(cell.metadata.nbgrader["grade_id"], *where)
        cell.metadata.nbgrader["waiting"] = bool(grade.needs_manual_grade)


class _Harmless(IPythonRenderer):
    """Writes Markdown as HTML in which nothing acts: no HTML of the author's, no script."""

    def __init__(self, attachments: dict[str, Any]) -> None:
        super().__init__(escape=True, allow_harmful_protocols=False, attachments=attachments)

    def block_mermaidjs(self, code: str) -> str:
        """Show a drawing in words as it was written; nbconvert would take it over unchanged."""
        return f"<pre>{self.escape_html(code)}</pre>"


@pass_context
def harmless(context: Context, source: str) -> str:
    """Show in the formgrader what a student wrote; a script in it would act as the teacher."""
    attachments = context.get("cell", {}).get("attachments", {})
    return str(MarkdownWithMath(renderer=_Harmless(attachments)).render(source))
