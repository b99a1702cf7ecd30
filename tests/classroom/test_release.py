"""What is handed out, and that nothing hidden is in it."""

import zipfile

import pytest

from classroom import release as release_module
from classroom.course import Course
from classroom.release import Leak, find_leaks, hidden_lines, make_archive


@pytest.fixture(scope="session")
def own(tmp_path_factory):
    """The assignments of the book, released."""
    course = Course(folder=tmp_path_factory.mktemp("own"))
    path = tmp_path_factory.mktemp("zip") / "assignments.zip"
    return course, path, make_archive(course, path)


def sources(course):
    return [
        p.read_text(encoding="utf-8") for p in sorted((course.assignments / "src").glob("*.md"))
    ]


def test_every_source_becomes_one_student_version(own):
    course, path, names = own
    assert names == course.names()
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist() == [f"assignments/{name}.ipynb" for name in names]


def test_nothing_hidden_is_in_the_archive(own):
    course, path, _ = own
    hidden = hidden_lines(sources(course))
    assert len(hidden) >= 10
    with zipfile.ZipFile(path) as archive:
        for entry in archive.namelist():
            text = archive.read(entry).decode()
            # In the file a line stands as JSON; the looser of both forms has to be clean.
            assert find_leaks(text.replace('\\"', '"').replace("\\n", "\n"), hidden) == [], entry
            assert "grading" not in text.replace("teacher grades", ""), entry


def test_there_is_something_to_solve_in_every_assignment(own):
    course, _, names = own
    for name in names:
        stubs = [c for c in course.release(name).cells if "NotImplementedError" in c.source]
        assert stubs, name


def test_the_archive_is_the_same_from_the_same_sources(own, tmp_path):
    course, path, _ = own
    make_archive(course, tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == path.read_bytes()


def test_hidden_lines_are_those_that_stand_nowhere_in_the_open():
    text = """
open_line_number_one = 1
### BEGIN SOLUTION
hidden_line_number_one = 1
open_line_number_one = 1
x = 1
    ### END SOLUTION
### BEGIN HIDDEN TESTS
    assert hidden_test == 42
### END HIDDEN TESTS
=== BEGIN MARK SCHEME ===
two points for the word
=== END MARK SCHEME ===
"""
    assert hidden_lines([text]) == {
        "hidden_line_number_one = 1", "assert hidden_test == 42", "two points for the word",
    }  # fmt: skip


def test_a_leak_stops_the_archive(course, tmp_path, monkeypatch):
    path = tmp_path / "leak.zip"
    monkeypatch.setattr(Course, "release", Course.source)
    with pytest.raises(Leak, match="holds hidden parts"):
        make_archive(course, path)
    assert not path.exists()
    assert release_module.find_leaks("### BEGIN SOLUTION", set()) == ["### BEGIN SOLUTION"]
