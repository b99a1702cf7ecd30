"""Where the parts of a course are, and nbgrader set up for them."""

from __future__ import annotations

import copy
import functools
import hashlib
import os
import sys
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.apps import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.exc import SAWarning
from traitlets.config.loader import PyFileConfigLoader

from classroom.limits import Limits

__all__ = ["Course"]

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Course:
    """The sources of the assignments, and the folder that holds everything about a class.

    Attributes
    ----------
    assignments : Path
        Holds ``nbgrader_config.py``, ``src/`` and ``grading/``.
    folder : Path
        nbgrader's course folder: source, release, submitted, autograded, feedback, the gradebook.
    """

    assignments: Path = ROOT / "assignments"
    folder: Path = ROOT / "assignments" / "course"

    def names(self) -> list[str]:
        """Names of the assignments, in order."""
        return sorted(path.stem for path in (self.assignments / "src").glob("*.md"))

    def source(self, name: str) -> NotebookNode:
        """Return the teacher's notebook, hidden checks and solutions included."""
        return _read_once(self.folder / "source" / name / f"{name}.ipynb")

    def release(self, name: str) -> NotebookNode:
        """Return the notebook that is handed out."""
        return _read_once(self.folder / "release" / name / f"{name}.ipynb")

    def autograded(self, student: str, name: str) -> NotebookNode:
        """Return a graded notebook."""
        return _read(self.autograded_path(student, name))

    def autograded_path(self, student: str, name: str) -> Path:
        """Where nbgrader puts a graded notebook."""
        return self.folder / "autograded" / student / name / f"{name}.ipynb"

    def submitted(self, student: str, name: str) -> Path:
        """Where nbgrader looks for what a student handed in."""
        return self.folder / "submitted" / student / name / f"{name}.ipynb"

    def prepare(self) -> None:
        """Let this process find the checker, and nbgrader this course."""
        self.folder.mkdir(parents=True, exist_ok=True)
        os.environ["COURSE"] = str(self.folder)
        os.environ["ASSIGNMENTS"] = str(self.assignments)
        # For a new gradebook nbgrader calls alembic, by name.
        programs = str(Path(sys.executable).parent)
        if programs not in os.environ.get("PATH", "").split(os.pathsep):
            os.environ["PATH"] = os.pathsep.join([programs, os.environ.get("PATH", "")])
        for folder in (str(self.assignments), str(ROOT / "code")):
            if folder not in sys.path:
                sys.path.insert(0, folder)

    @functools.cached_property
    def nbgrader(self) -> NbGraderAPI:
        """The programs of nbgrader, called in this process."""
        self.prepare()
        # nbgrader uses SQLAlchemy in a way that it has learned to frown at; the grades are right.
        warnings.filterwarnings("ignore", category=SAWarning)
        loader = PyFileConfigLoader("nbgrader_config.py", path=str(ROOT / "assignments"))
        config = loader.load_config()
        config.CourseDirectory.root = str(self.folder)
        return NbGraderAPI(CourseDirectory(config=config), config=config)

    def fingerprint(self, limits: Limits) -> str:
        """Return a text that changes whenever a grade might come out differently."""
        digest = hashlib.sha256(repr(limits).encode())
        code = ROOT / "code"
        folders = [self.assignments / "grading", code / "backprop", code / "classroom"]
        for path in sorted(path for folder in folders for path in folder.rglob("*.py")):
            digest.update(path.name.encode() + path.read_bytes())
        return digest.hexdigest()


def _read_once(path: Path) -> NotebookNode:
    """Read a notebook that every submission is compared with, from the disk only once."""
    return copy.deepcopy(_kept(path, path.stat().st_mtime_ns))


@functools.lru_cache(maxsize=64)
def _kept(path: Path, _: int) -> NotebookNode:
    return _read(path)


def _read(path: Path) -> NotebookNode:
    notebook: Any = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    node: NotebookNode = notebook
    return node
