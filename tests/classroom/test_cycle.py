"""The book's own assignments, the whole way: solutions, blanks and the classic mistakes."""

import csv
import html
import io

import pytest
from submissions import FULL_PASS, SLIPS, as_bytes, slipped, solved

from classroom.assemble import grade_id, is_answer
from classroom.course import Course
from classroom.grade import Grading
from classroom.limits import Limits
from classroom.mistakes import found_in
from classroom.release import find_leaks, hidden_lines, release

# In the first piece of an assignment, on which a later one builds: what is right, and what is not.
EARLY = {
    "02_forward": ("c02-sigmoid", "np.exp(-z)", "np.exp(z)"),
    "03_descent": ("c03-step", "w - learning_rate", "w + learning_rate"),
    "07_backward": ("c07-back", "W_above.T", "W_above"),
    "08_training": ("c08-cut", "range(0, len(order), batch_size)",
                    "range(0, len(order) - batch_size + 1, batch_size)"),
}  # fmt: skip


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """One who solved every assignment, and one who handed each in as it was handed out."""
    course = Course(folder=tmp_path_factory.mktemp("cycle"))
    names = release(course, progress=False)
    folder = course.folder / "in"
    for name in names:
        hand_in = {"solved": solved(course, name), "blank": course.release(name)}
        if name in EARLY:
            hand_in["early"] = with_early_mistake(course, name)
        for who, notebook in hand_in.items():
            place = folder / who / name / f"{name}.ipynb"
            place.parent.mkdir(parents=True)
            place.write_bytes(as_bytes(notebook))
    report = Grading(course, Limits(seconds=20), 2).run(folder)
    assert report.aside == []
    text = (course.folder / "grades.csv").read_text(encoding="utf-8-sig")
    return course, list(csv.DictReader(io.StringIO(text)))


def with_early_mistake(course, name):
    cell, right, wrong = EARLY[name]
    made = solved(course, name, lambda at, said: said.replace(right, wrong) if at == cell else said)
    assert made != solved(course, name), f"{name}: the solution has changed"
    return made


def written(course, name):
    """Points that a person gives."""
    cells = course.source(name).cells
    return sum(c.metadata.nbgrader["points"] for c in cells if is_answer(c) and "points" in
               c.metadata.nbgrader and c.metadata.nbgrader["grade"])  # fmt: skip


def test_every_solution_earns_all_that_can_be_earned_without_a_person(graded):
    course, rows = graded
    assert {row["assignment"] for row in rows} == set(course.names())
    for row in rows:
        if row["student"] == "solved":
            due = float(row["max_score"]) - written(course, row["assignment"])
            assert float(row["score"]) == due, row
            assert row["found"] == ""


def test_every_blank_earns_nothing(graded):
    _, rows = graded
    blanks = [row for row in rows if row["student"] == "blank"]
    assert len(blanks) == 8
    assert {float(row["score"]) for row in blanks} == {0.0}


def points_of(course, name, cell):
    """Points of the check that follows a cell."""
    (found,) = (c for c in course.source(name).cells if grade_id(c) == f"{cell}-test")
    return found.metadata.nbgrader["points"]


@pytest.mark.parametrize("name", EARLY)
def test_an_early_mistake_costs_its_points_once(graded, name):
    course, rows = graded
    scores = {row["student"]: row for row in rows if row["assignment"] == name}
    lost = float(scores["solved"]["score"]) - float(scores["early"]["score"])
    assert lost == points_of(course, name, EARLY[name][0])
    page = course.folder / "feedback" / "early" / name / f"{name}.html"
    assert "with the earlier pieces as they should be" in page.read_text(encoding="utf-8")
    assert len(found_in(course.autograded("early", name))) == 1


def test_no_feedback_holds_a_hidden_line(graded):
    course, _ = graded
    texts = [p.read_text(encoding="utf-8") for p in (course.assignments / "src").glob("*.md")]
    hidden = hidden_lines(texts)
    assert len(hidden) > 100
    for name in course.names():
        # Who has solved it wrote the solution; in a blank notebook's page it would be a leak.
        page = course.folder / "feedback" / "blank" / name / f"{name}.html"
        assert find_leaks(page.read_text(encoding="utf-8"), hidden) == [], name


# ---- The classic mistakes ----


@pytest.fixture(scope="module")
def mistaken(graded):
    """A class in which each has made one mistake in the full backward pass."""
    course, _ = graded
    name, folder = FULL_PASS, course.folder / "mistaken"
    folder.mkdir()
    for code in SLIPS:
        made = slipped(course, code)
        assert made, f"{code} spoils nothing: the solution has changed"
        (folder / f"{code}.ipynb").write_bytes(as_bytes(made))
    Grading(course, Limits(seconds=20), 2).run(folder)
    text = (course.folder / "class" / name / "mistakes.csv").read_text(encoding="utf-8-sig")
    return course, list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize("code", SLIPS)
def test_each_classic_mistake_is_named(mistaken, code):
    course, table = mistaken
    found = {row["mistake"]: row for row in table if code in row["who"].split()}
    assert code in found, f"found was {sorted(found)}"
    page = course.folder / "feedback" / code / "07_backward" / "07_backward.html"
    text = html.unescape(page.read_text(encoding="utf-8"))
    assert " ".join(found[code]["example"].split())[:60] in " ".join(text.split())
