"""The two commands of a teacher: ``python -m classroom assignments`` and ``… grade``."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from classroom.assemble import BadSubmission
from classroom.course import Course
from classroom.grade import Grading, Report
from classroom.limits import Limits
from classroom.release import Leak, make_archive
from classroom.sandbox import NotProtected

__all__ = ["main"]

SHOWN = 20


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line asks for; return the exit status."""
    options = _parser().parse_args(arguments)
    course = Course(options.assignments.resolve(), options.course.resolve())
    try:
        if options.command == "assignments":
            names = make_archive(course, options.to)
            print(f"{options.to}: the student versions of {len(names)} assignments")
            return 0
        return _grade(course, options)
    except KeyboardInterrupt:
        print("\nstopped; what was graded stays graded, the same command goes on", file=sys.stderr)
        return 130
    except (NotProtected, BadSubmission, FileNotFoundError, ValueError, Leak) as error:
        print(error, file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    home = Course()
    parser = argparse.ArgumentParser(prog="python -m classroom", description=__doc__)
    parser.add_argument("--assignments", type=Path, default=home.assignments, metavar="FOLDER")
    parser.add_argument("--course", type=Path, default=home.folder, metavar="FOLDER")
    commands = parser.add_subparsers(dest="command", required=True)
    assignments = commands.add_parser("assignments", help="student versions, in one zip")
    assignments.add_argument("--to", type=Path, default=Path("_build/assignments/assignments.zip"))
    grade = commands.add_parser("grade", help="grade what came back")
    grade.add_argument("submissions", nargs="?", type=Path, help="a folder or a zip")
    grade.add_argument("--assignment", default="", help="which one, if the content should not say")
    grade.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    grade.add_argument("--seconds", type=float, default=Limits.seconds, help="for one cell")
    grade.add_argument("--memory", type=int, default=Limits.memory >> 20, help="in MB")
    grade.add_argument("--unprotected", action="store_true", help="run without a sandbox")
    return parser


def _grade(course: Course, options: argparse.Namespace) -> int:
    start = time.monotonic()
    if options.unprotected:
        print("UNPROTECTED: students' code runs with your rights and your files", file=sys.stderr)
    limits = Limits(seconds=options.seconds, memory=options.memory << 20)
    grading = Grading(course, limits, max(1, options.workers), protected=not options.unprotected)
    report = grading.run(options.submissions, options.assignment)
    _say(course, report, time.monotonic() - start)
    return 0


def _say(course: Course, report: Report, seconds: float) -> None:
    """Sum up, with what a person has to look at last."""
    print(f"{report.graded} graded in {seconds:.0f} s, {report.kept} were graded before")
    print(f"grades: {course.folder / 'grades.csv'}; feedback: {course.folder / 'feedback'}")
    print(f"for the platform, and the class's mistakes: {course.folder / 'class'}")
    if report.waiting:
        print(f"{report.waiting} wait for you: grade the written answers, then run this again")
    for each in report.aside[:SHOWN]:
        print(f"not graded: {each.place}: {each.reason}", file=sys.stderr)
    if len(report.aside) > SHOWN:
        rest = len(report.aside) - SHOWN
        print(f"and {rest} more: {course.folder / 'set-aside.txt'}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
