"""Make the student versions: ``python -m classroom assignments``.

Each assignment has one source, ``assignments/src/NN_name.md``.  What is hidden in it never leaves
the teacher's machine: before the archive is written, it is searched for every hidden line.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import jupytext
import nbformat
from tqdm import tqdm

from classroom.course import Course
from classroom.runs import write_whole

__all__ = ["Leak", "find_leaks", "hidden_lines", "make_archive", "make_sources", "release"]

BEGIN = re.compile(r"^\s*(?:###|===) BEGIN ")
END = re.compile(r"^\s*(?:###|===) END ")
# Shorter lines, a bracket or `return z`, stand anywhere.
SHORT = 12


class Leak(RuntimeError):  # noqa: N818
    """Something hidden was about to be handed out."""


def _split(text: str) -> Iterator[tuple[bool, str]]:
    """Go through the lines of a source: whether each is hidden, and the line."""
    hidden = False
    for line in text.splitlines():
        if BEGIN.match(line):
            hidden = True
        elif END.match(line):
            hidden = False
        else:
            yield hidden, line.strip()


def hidden_lines(sources: Iterable[str]) -> set[str]:
    """Lines that stand in a hidden part of some source and in no open part of any.

    Parameters
    ----------
    sources : iterable of str
        Texts of ``assignments/src``.
    """
    lines = [each for text in sources for each in _split(text)]
    shown = "\n".join(line for hidden, line in lines if not hidden)
    return {line for hidden, line in lines if hidden and len(line) >= SHORT and line not in shown}


def find_leaks(text: str, hidden: set[str]) -> list[str]:
    """Return the hidden lines, and marks of hidden parts, that a text holds."""
    found = [line for line in sorted(hidden) if line in text]
    return found + re.findall(r"### (?:BEGIN|END) [A-Z ]+", text)


def _source_texts(course: Course) -> list[str]:
    paths = (course.assignments / "src").glob("*.md")
    return [path.read_text(encoding="utf-8") for path in sorted(paths)]


def make_sources(course: Course, name: str) -> bool:
    """Write nbgrader's notebook from the source; return whether that changed anything."""
    notebook: Any = jupytext.read(course.assignments / "src" / f"{name}.md")
    notebook.metadata = nbformat.from_dict(  # type: ignore[no-untyped-call]
        {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    )
    for number, cell in enumerate(notebook.cells):
        # jupytext draws them anew each time; a file that has not changed should not differ.
        cell.id = f"{name[:2]}-{number:03d}"
    text = nbformat.writes(notebook) + "\n"  # type: ignore[no-untyped-call]
    path = course.folder / "source" / name / f"{name}.ipynb"
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return False
    write_whole(path, text)
    return True


def release(course: Course, *, progress: bool = True) -> list[str]:
    """Make source and student version of every assignment that has changed.

    Returns
    -------
    list of str
        Names of all assignments.

    Raises
    ------
    FileNotFoundError
        If there is no source.
    RuntimeError
        If nbgrader refuses one; the message is its own.
    """
    names = course.names()
    if not names:
        raise FileNotFoundError(f"no assignment in {course.assignments / 'src'}")
    for name in tqdm(names, desc="assignments", unit="", disable=None if progress else True):
        changed = make_sources(course, name)
        if changed or not (course.folder / "release" / name / f"{name}.ipynb").is_file():
            result = course.nbgrader.generate_assignment(name)
            if not result["success"]:
                raise RuntimeError(f"{name}: {result.get('log') or result.get('error')}")
    return names


def make_archive(course: Course, path: Path) -> list[str]:
    """Write the student versions into one zip.

    Returns
    -------
    list of str
        Names of the assignments in it.

    Raises
    ------
    Leak
        If a hidden line is in one of them; nothing is written then.
    """
    names = release(course)
    hidden = hidden_lines(_source_texts(course))
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            notebook = course.release(name)
            leaks = find_leaks("\n".join(cell.source for cell in notebook.cells), hidden)
            if leaks:
                raise Leak(f"{name}: the student version holds hidden parts: {leaks[:3]}")
            text = nbformat.writes(notebook)  # type: ignore[no-untyped-call]
            # The same archive from the same sources.
            entry = zipfile.ZipInfo(f"assignments/{name}.ipynb", (1980, 1, 1, 0, 0, 0))
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, text)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".part")
    temporary.write_bytes(stream.getvalue())
    temporary.replace(path)
    return names
