"""Grade a class: ``python -m classroom grade SUBMISSIONS``.

Submissions run, many at a time, and each run is kept.  As they come, nbgrader takes them one after
the other and writes the points into its gradebook.  At the end come the pages of feedback and the
files for the class: grades, and what went wrong.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from nbgrader.api import MissingEntry
from tqdm import tqdm

from classroom import lms
from classroom.assemble import grade_id
from classroom.course import Course
from classroom.inbox import Received, SetAside, receive
from classroom.limits import Limits
from classroom.lms import Grade
from classroom.mistakes import Mistake, found_in, picture, table
from classroom.plugins import job_for
from classroom.release import release
from classroom.runs import Run, run_all, write_whole
from classroom.sandbox import need_protection
from classroom.sorting import sort_out

__all__ = ["Grading", "Report"]

Key = tuple[str, str]


@dataclass
class Report:
    """What a grading did.

    Attributes
    ----------
    graded, kept : int
        Submissions graded now, and those whose grade was there already.
    waiting : int
        Those in which a person has something to grade.
    aside : list of SetAside
        Files that were not graded, and why.
    memory : int
        Most bytes that one submission held.
    """

    graded: int = 0
    kept: int = 0
    waiting: int = 0
    aside: list[SetAside] = field(default_factory=list)
    memory: int = 0


class Grading:
    """One run of ``make grade``.

    Parameters
    ----------
    course : Course
        Whose.
    limits : Limits
        What a submission may use up.
    workers : int
        Submissions at a time.
    protected : bool
        False runs students' code without the sandbox.
    """

    def __init__(
        self, course: Course, limits: Limits, workers: int = 2, *, protected: bool = True
    ) -> None:
        if protected:
            need_protection()
        self._course, self._limits = course, limits
        self._workers, self._protected = workers, protected
        course.prepare()
        if protected:
            os.environ.pop("UNPROTECTED", None)
        else:
            os.environ["UNPROTECTED"] = "1"
        self._fingerprint = os.environ["FINGERPRINT"] = course.fingerprint(limits)
        self.report = Report()

    def run(self, where: Path | None, assignment: str = "") -> Report:
        """Grade what lies somewhere, then write the files of the class.

        Parameters
        ----------
        where : Path or None
            A folder or a zip; None only writes the files anew, after a person has graded.
        assignment : str
            Its name, if the content should not decide.
        """
        names = release(self._course)
        if assignment and assignment not in names:
            raise ValueError(f"no assignment {assignment}; there are {', '.join(names)}")
        if where is not None:
            self._take_in(where, names, assignment)
        keys = self._handed_in(names)
        self._grade(keys)
        for name in names:
            mine = [key for key in keys if key[1] == name]
            if mine:
                self._write_class(name, [student for student, _ in mine])
        self._write_all(keys)
        if where is not None:  # what was set aside before is still to be looked at
            rows = [f"{each.place}\t{each.reason}\n" for each in self.report.aside]
            write_whole(self._course.folder / "set-aside.txt", "".join(rows))
        return self.report

    # ---- In ----

    def _take_in(self, where: Path, names: Sequence[str], assignment: str) -> None:
        """Copy what was handed in to where nbgrader looks for it."""
        cells = {
            name: {grade_id(cell) for cell in self._course.source(name).cells} - {""}
            for name in names
        }
        found, aside = receive(where, names)
        before = {name: lms.known(self._people(name)) for name in names}
        kept, more = sort_out(found, cells, assignment, before)
        self.report.aside += [*aside, *more]
        people: dict[str, dict[str, Received]] = {}
        for (student, name), received in kept.items():
            path = self._course.submitted(student, name)
            if not path.is_file() or path.read_bytes() != received.data:
                path.parent.mkdir(parents=True, exist_ok=True)
                part = path.with_suffix(".part")
                part.write_bytes(received.data)
                part.replace(path)
            people.setdefault(name, {})[student] = received
        for name, received_by in people.items():
            lms.remember(self._people(name), received_by)

    def _people(self, name: str) -> Path:
        return self._course.folder / "received" / f"{name}.json"

    def _handed_in(self, names: Sequence[str]) -> list[Key]:
        folder = self._course.folder / "submitted"
        paths = [path for name in names for path in sorted(folder.glob(f"*/{name}/{name}.ipynb"))]
        return [(path.parts[-3], path.parts[-2]) for path in paths]

    # ---- Grades ----

    def _grade(self, keys: Sequence[Key]) -> None:
        """Run what has to be run, and book it as it comes."""
        jobs = {}
        for student, name in keys:
            job = job_for(
                self._course, student, name, self._limits, self._protected, self._fingerprint
            )
            if self._booked(student, name).get("key") == job.key:
                self.report.kept += 1
            else:
                jobs[job] = (student, name)
        with tqdm(total=len(jobs), desc="grading", unit="", disable=None) as bar:
            for job, run in run_all(list(jobs), self._workers):
                self.report.memory = max(self.report.memory, run.memory)
                with _interrupts_kept():
                    self._take_up(*jobs[job], run)
                bar.update()
        for student, name in keys:
            with _interrupts_kept():
                self._refresh_feedback(student, name)

    def _take_up(self, student: str, name: str, run: Run) -> None:
        """Book a run, while others are still running."""
        trouble = run.failure or self._book(student, name, run)
        if trouble:
            self.report.aside.append(SetAside(f"{student}, {name}", trouble, student))
        else:
            self.report.graded += 1

    def _mark(self, student: str, name: str) -> Path:
        return self._course.folder / "booked" / name / f"{student}.json"

    def _booked(self, student: str, name: str) -> dict[str, str]:
        if not self._course.autograded_path(student, name).is_file():
            return {}
        try:
            mark = json.loads(self._mark(student, name).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return {str(key): str(value) for key, value in mark.items()}

    def _book(self, student: str, name: str, run: Run) -> str:
        """Have nbgrader enter the points; return what went wrong, if anything did."""
        self._mark(student, name).unlink(missing_ok=True)
        result = self._course.nbgrader.autograde(name, student)
        if not result["success"]:
            log = (result.get("log") or result.get("error") or "").strip().splitlines()
            return f"nbgrader could not grade it: {log[-1] if log else 'it does not say why'}"
        self._set_mark(student, name, {"key": run.key})
        return ""

    def _set_mark(self, student: str, name: str, mark: Mapping[str, str]) -> None:
        write_whole(self._mark(student, name), json.dumps(mark))

    def _refresh_feedback(self, student: str, name: str) -> None:
        """Write the page of feedback, unless what is there says the same."""
        mark, state = self._booked(student, name), self._state(student, name)
        page = self._page(student, name)
        if not mark or not state or (mark.get("feedback") == state and page.is_file()):
            return
        result = self._course.nbgrader.generate_feedback(name, student)
        if not result["success"]:
            self.report.aside.append(SetAside(f"{student}, {name}", "no feedback", student))
            return
        self._set_mark(student, name, {**mark, "feedback": state})

    def _page(self, student: str, name: str) -> Path:
        return self._course.folder / "feedback" / student / name / f"{name}.html"

    def _state(self, student: str, name: str) -> str:
        """Sum up all that a page of feedback says about points and comments."""
        with self._course.nbgrader.gradebook as book:
            try:
                notebook = book.find_submission_notebook(name, name, student)
            except MissingEntry:
                return ""
            parts = [(each.name, each.score, each.needs_manual_grade) for each in notebook.grades]
            words = [(each.name, each.comment) for each in notebook.comments]
        return hashlib.sha256(repr((sorted(parts), sorted(words, key=str))).encode()).hexdigest()

    # ---- Out ----

    def _grades(self, name: str, students: Sequence[str]) -> list[Grade]:
        grades = []
        with self._course.nbgrader.gradebook as book:
            for student in students:
                try:
                    found = book.find_submission(name, student)
                except MissingEntry:
                    continue  # set aside, with a reason
                wrong = "; ".join(
                    each.sentence.rstrip(".") for each in self._mistakes(student, name)
                )
                waiting = bool(found.needs_manual_grade)
                words = " ".join(wrong.split())[:1000]
                grades.append(Grade(student, name, found.score, found.max_score, waiting, words))
        return grades

    def _mistakes(self, student: str, name: str) -> list[Mistake]:
        return found_in(self._course.autograded(student, name))

    def _write_class(self, name: str, students: Sequence[str]) -> None:
        """Write what belongs to one assignment: the platform's grades, and the mistakes."""
        people = lms.known(self._people(name))
        grades = self._grades(name, students)
        folder = self._course.folder / "class" / name
        folder.mkdir(parents=True, exist_ok=True)
        for system in ("moodle", "canvas"):
            theirs = {s: who for s, who in people.items() if who["system"] == system}
            if system == "moodle" and theirs:
                write_whole(folder / "moodle.csv", lms.moodle(grades, theirs))
                pages = {student: self._page(student, name) for student in students}
                lms.moodle_feedback(folder / "moodle-feedback.zip", pages, theirs)
            elif theirs:
                column = os.environ.get("CANVAS_COLUMN") or name
                write_whole(folder / "canvas.csv", lms.canvas(grades, theirs, column))
        found = [(g.student, each) for g in grades for each in self._mistakes(g.student, name)]
        write_whole(folder / "mistakes.csv", table(found))
        _draw(found, len(grades), folder / "mistakes.png")

    def _write_all(self, keys: Sequence[Key]) -> None:
        """Write the grades of all assignments."""
        grades, people = [], {}
        for name in sorted({name for _, name in keys}):
            grades += self._grades(name, [student for student, held in keys if held == name])
            for student, who in lms.known(self._people(name)).items():
                people[name, student] = who
        self.report.waiting = sum(each.waiting for each in grades)
        write_whole(self._course.folder / "grades.csv", lms.plain(grades, people))


@contextmanager
def _interrupts_kept() -> Iterator[None]:
    """Keep a Ctrl-C until the end: nbgrader would take it for a submission that fails."""
    if threading.current_thread() is not threading.main_thread():
        yield  # where no signal arrives
        return
    caught: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: caught.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if caught:
        raise KeyboardInterrupt


def _draw(found: Sequence[tuple[str, Mistake]], students: int, path: Path) -> None:
    from matplotlib.figure import Figure

    bars = min(15, len({(each.task, each.code) for _, each in found}))
    figure = Figure(figsize=(8, 1.6 + 0.35 * bars), layout="constrained")
    picture(found, students, figure.subplots())
    part = path.with_suffix(".part")
    figure.savefig(part, format="png", dpi=120)
    shutil.move(part, path)
