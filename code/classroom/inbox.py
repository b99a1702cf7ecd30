"""Read what a class handed in: a folder or a zip, as a person, Moodle, Canvas or nbgrader left it.

An archive is never unpacked: its files are read one by one, and no name in it is ever used as a
path.  What cannot be graded is set aside with a reason; the rest goes on.
"""

from __future__ import annotations

import hashlib
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from classroom.assemble import LARGEST, BadSubmission

__all__ = ["Received", "SetAside", "place", "receive"]

MOODLE = re.compile(
    r"(?:^|/)(?P<name>[^/]+?)_(?P<number>\d+)_assignsubmission_(?:file|onlinetext)_?/?(?P<file>[^/]*)"
)
CANVAS = re.compile(r"^(?P<name>[^_/]+)_(?:LATE_)?(?P<number>\d+)_(?P<attempt>\d+)_(?P<file>.+)$")
# nbgrader gives feedback back under the very name that it collected from.
HUB_USER = re.compile(r"[\w@-][\w.@-]{0,79}")
# Left by programs and never handed in.
LITTER = re.compile(r"(?:^|/)(?:__MACOSX|\.ipynb_checkpoints|\._|\.DS_Store|Thumbs\.db)")
LONGEST_NAME = 120  # bytes; with what is put before and after it, it has to be a file's name
MOST_FILES = 20_000
MOST_BYTES = 4 * 2**30


@dataclass(frozen=True)
class Received:
    """One file, and whose it is.

    Attributes
    ----------
    student : str
        The name under which grades are kept; letters, digits and hyphens.
    place : str
        Where it was found.
    data : bytes
        Its content.
    system : str
        "moodle", "canvas" or "" for a plain file.
    number, name : str
        How that system knows the student.
    folder : str
        For Moodle, the folder that the feedback goes back into.
    assignment : str
        Named by the folder it lay in; empty if only the content can tell.
    """

    student: str
    place: str
    data: bytes
    system: str = ""
    number: str = ""
    name: str = ""
    folder: str = ""
    assignment: str = ""

    def set_aside(self, reason: str) -> SetAside:
        """Say why it is not graded."""
        return SetAside(self.place, reason, self.student, self.number)


@dataclass(frozen=True)
class SetAside:
    """Something that is not graded, and why."""

    place: str
    reason: str
    student: str = ""
    number: str = ""


def slug(name: str) -> str:
    """Make a name of letters, digits and hyphens, in any script.

    The same name makes the same, whether its accents are letters of their own (as a Mac writes
    file names) or not.

    >>> slug("Zoë O'Neill")
    'zoë-o-neill'
    """
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
    # Marks are what tells words of many scripts apart: vowels, tones.
    kept = [c if unicodedata.category(c)[0] in "LMN" else " " for c in folded]
    made = "-".join("".join(kept).split()) or "nobody"
    if len(made.encode()) <= LONGEST_NAME:
        return made
    rest = hashlib.sha256(made.encode()).hexdigest()[:8]
    return f"{made.encode()[:LONGEST_NAME].decode(errors='ignore')}-{rest}"


def place(path: str, data: bytes, names: Iterable[str]) -> Received:
    """Tell from a file's path whose it is.

    Parameters
    ----------
    path : str
        With forward slashes, within the folder or archive.
    data : bytes
        The file.
    names : iterable of str
        The assignments that there are.
    """
    parts = PurePosixPath(path).parts
    if match := MOODLE.search(path):
        number, name = match["number"], match["name"]
        folder = f"{name}_{number}_assignsubmission_file_"
        return Received(slug(name), path, data, "moodle", number, name, folder)
    if match := CANVAS.match(parts[-1]):
        number, name = match["number"], match["name"]
        return Received(f"{slug(name)}-{number}", path, data, "canvas", number, name)
    if len(parts) >= 3 and parts[-2] in set(names):  # nbgrader's student/assignment/file
        student = parts[-3] if HUB_USER.fullmatch(parts[-3]) else slug(parts[-3])
        return Received(student, path, data, name=parts[-3], assignment=parts[-2])
    name = parts[-2] if len(parts) >= 2 else PurePosixPath(parts[-1]).stem
    return Received(slug(name), path, data, name=name)


def receive(where: Path, names: Iterable[str]) -> tuple[list[Received], list[SetAside]]:
    """Read every file of a folder or a zip.

    Raises
    ------
    FileNotFoundError
        If there is nothing at that place.
    BadSubmission
        If it is neither a folder nor a zip, or holds no file.
    """
    aside: list[SetAside] = []
    found: list[Received] = []
    names = list(names)
    held = 0
    for path, data in _files(where, aside):
        held += len(data)
        if held > MOST_BYTES:
            raise BadSubmission(f"{where} holds more than {MOST_BYTES >> 30} GB: grade it in parts")
        if LITTER.search(path):
            continue
        if path.casefold().endswith(".ipynb"):
            found.append(place(path, data, names))
        elif path.casefold().endswith(".zip"):
            found += _inner(path, data, names, aside)
        else:
            aside.append(place(path, b"", names).set_aside("it is no notebook (.ipynb)"))
    if not found and not aside:
        raise BadSubmission(f"{where} holds no file: is it the right folder or zip?")
    handed = {(each.student, each.number) for each in found}
    # A note beside a notebook is no reason to look twice.
    return found, [each for each in aside if (each.student, each.number) not in handed]


def _files(where: Path, aside: list[SetAside]) -> Iterator[tuple[str, bytes]]:
    if not where.exists():
        raise FileNotFoundError(f"no submissions at {where}: name a folder or a zip")
    if where.is_dir():
        for path in sorted(where.rglob("*")):
            if path.is_file() and path.resolve().is_relative_to(where.resolve()):
                with path.open("rb") as stream:  # one byte more tells that it is too large
                    yield path.relative_to(where).as_posix(), stream.read(LARGEST + 1)
        return
    try:
        with zipfile.ZipFile(where) as archive:
            yield from _entries(archive, "", aside)
    except (zipfile.BadZipFile, NotImplementedError) as error:
        raise BadSubmission(
            f"{where} is no zip that can be read ({error}); name a folder or a zip"
        ) from None


def _entries(
    archive: zipfile.ZipFile, above: str, aside: list[SetAside]
) -> Iterator[tuple[str, bytes]]:
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    for entry in entries[:MOST_FILES]:
        name = PurePosixPath(above, entry.filename.replace("\\", "/")).as_posix()
        try:
            with archive.open(entry) as stream:
                yield name, stream.read(LARGEST + 1)
        except Exception as error:  # broken, encrypted, in a form that Python does not read
            aside.append(SetAside(name, f"it cannot be read ({error})"))
    if len(entries) > MOST_FILES:
        aside.append(SetAside(above or "the zip", f"it holds more than {MOST_FILES} files"))


def _inner(path: str, data: bytes, names: list[str], aside: list[SetAside]) -> list[Received]:
    """Read the zip that somebody handed in; all that is in it is theirs."""
    owner = place(path, b"", names)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            files = list(_entries(archive, path, aside))
    except (zipfile.BadZipFile, NotImplementedError):
        files = []
    found = [
        replace(owner, place=name, data=inside)
        for name, inside in files
        if name.casefold().endswith(".ipynb") and not LITTER.search(name)
    ]
    if not found:
        aside.append(owner.set_aside("this zip holds no notebook"))
    return found
