"""The book's own assignments, the whole way: solutions, blanks and the classic mistakes."""

import copy
import csv
import html
import io
import re

import pytest
from conftest import as_bytes

from classroom.assemble import grade_id, is_answer
from classroom.course import Course
from classroom.grade import Grading
from classroom.limits import Limits
from classroom.release import find_leaks, hidden_lines, release

MARK = re.compile(r"^ *### (?:BEGIN|END) SOLUTION *\n?", re.MULTILINE)
# In the full backward pass: what a student writes, in place of what.
SLIPS = {
    "mean-missing": ("2 / y.shape[1] * (a - y)", "2 * (a - y)"),
    "mean-twice": ("2 / y.shape[1]", "2 / y.shape[1] ** 2"),
    "two-missing": ("2 / y.shape[1]", "1 / y.shape[1]"),
    "sign": ("(a - y)", "(y - a)"),
    "outputs-averaged": ("2 / y.shape[1]", "2 / len(y)"),
    "slope-at-a": ("sigmoid_prime(z)", "sigmoid_prime(1 / (1 + np.exp(-z)))"),
    "borrowed": ("    return dC", "    import backprop\n    return backprop.gradient(net, x, y)"),
    "slope-missing-at-output": ("(a - y) * sigmoid_prime(z)", "(a - y)"),
    "slope-at-a-at-output": ("(a - y) * sigmoid_prime(z)", "(a - y) * sigmoid_prime(a)"),
    "slope-from-z": ("* sigmoid_prime(z)", "* z * (1 - z)"),
    "slope-is-sigma": ("(a - y) * sigmoid_prime(z)", "(a - y) * a"),
    "slope-missing-in-hidden": ("(W_above.T @ delta_above) * sigmoid_prime(z)",
                                "W_above.T @ delta_above"),
    "slope-at-a-in-hidden": ("delta, trace.z[l - 1])", "delta, trace.a[l])"),
    "transpose-missing": ("W_above.T @", "W_above @"),
    "wishes-averaged": ("@ delta_above) *", "@ delta_above / len(W_above)) *"),
    "wrong-weights": ("net.layers[l].W", "net.layers[l - 1].W"),
    "outer-transposed": ("delta @ a_below.T,", "a_below @ delta.T,"),
    "bias-not-summed": ("delta.sum(axis=1, keepdims=True)", "delta"),
    "bias-mean-twice": ("delta.sum(axis=1, keepdims=True)", "delta.mean(axis=1, keepdims=True)"),
    "bias-summed-over-neurons": ("sum(axis=1,", "sum(axis=0,"),
    "bias-forgotten": ("delta.sum(axis=1, keepdims=True)", "0 * delta[:, :1]"),
    "input-in-every-layer": ("trace.a[l])", "x)"),
    "activation-of-own-layer": ("trace.a[l])", "trace.a[l + 1])"),
    "order-reversed": ("dC.insert(0, collect(delta, trace.a[l]))",
                       "dC.append(collect(delta, trace.a[l]))"),
}  # fmt: skip


def solved(course, name, change=lambda cell, text: text):
    """The notebook of somebody who has solved it; `change` may spoil a cell."""
    solutions = {grade_id(c): c.source for c in course.source(name).cells if is_answer(c)}
    notebook = copy.deepcopy(course.release(name))
    for cell in notebook.cells:
        if grade_id(cell) in solutions:
            cell.source = change(grade_id(cell), MARK.sub("", solutions[grade_id(cell)]))
    return notebook


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """One who solved every assignment, and one who handed each in as it was handed out."""
    course = Course(folder=tmp_path_factory.mktemp("cycle"))
    names = release(course, progress=False)
    folder = course.folder / "in"
    for name in names:
        for who, notebook in (("solved", solved(course, name)), ("blank", course.release(name))):
            place = folder / who / name / f"{name}.ipynb"
            place.parent.mkdir(parents=True)
            place.write_bytes(as_bytes(notebook))
    report = Grading(course, Limits(seconds=20), 2).run(folder)
    assert report.aside == []
    text = (course.folder / "grades.csv").read_text(encoding="utf-8")
    return course, list(csv.DictReader(io.StringIO(text)))


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
    name, folder = "07_backward", course.folder / "mistaken"
    folder.mkdir()
    for code, (right, wrong) in SLIPS.items():
        made = solved(course, name, lambda _, text, r=right, w=wrong: text.replace(r, w))
        assert made != solved(course, name), f"{code} spoils nothing: the solution has changed"
        (folder / f"{code}.ipynb").write_bytes(as_bytes(made))
    Grading(course, Limits(seconds=20), 2).run(folder)
    text = (course.folder / "class" / name / "mistakes.csv").read_text(encoding="utf-8")
    return course, list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize("code", SLIPS)
def test_each_classic_mistake_is_named(mistaken, code):
    course, table = mistaken
    found = {row["mistake"]: row for row in table if code in row["who"].split()}
    assert code in found, f"found was {sorted(found)}"
    page = course.folder / "feedback" / code / "07_backward" / "07_backward.html"
    text = html.unescape(page.read_text(encoding="utf-8"))
    assert " ".join(found[code]["example"].split())[:60] in " ".join(text.split())
