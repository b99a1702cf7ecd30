"""The eight assignments through release, sandbox, verdict and gradebook."""

import csv
import io
import zipfile

import pytest
from conftest import as_bytes

from classroom.assemble import grade_id, is_answer
from classroom.course import Course
from classroom.grade import Grading
from classroom.limits import Limits
from classroom.mistakes import found_in
from classroom.release import release

BACKWARD = "07_backward"
# In the model solution of assignment 7, what a student writes instead, and what it is called.
SLIPS = {
    "slope-missing-in-hidden": ("delta_above) * sigmoid_prime(z)", "delta_above)"),
    "transpose-missing": ("W_above.T @", "W_above @"),
    "two-missing": ("2 / y.shape[1]", "1 / y.shape[1]"),
    "mean-missing": ("2 / y.shape[1]", "2"),
    "sign": ("(a - y)", "(y - a)"),
    "input-in-every-layer": ("collect(delta, trace.a[l])", "collect(delta, x)"),
    "order-reversed": ("    return dC", "    return dC[::-1]"),
    "slope-at-a": ("sigmoid_prime(z)", "sigmoid_prime(1 / (1 + np.exp(-z)))"),
    "bias-mean-twice": ("delta.sum(axis=1", "delta.mean(axis=1"),
    "borrowed": ("    return dC", "    import backprop\n    return backprop.gradient(net, x, y)"),
}


def hand_in(course, name, change=None):
    """The released notebook, with the solutions of the source put in, changed or not."""
    solutions = {
        grade_id(cell): cell.source for cell in course.source(name).cells if is_answer(cell)
    }
    notebook = course.release(name)
    for cell in notebook.cells:
        if change is not None and grade_id(cell) in solutions:
            cell.source = change(solutions[grade_id(cell)])
    return as_bytes(notebook)


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    course = Course(folder=tmp_path_factory.mktemp("eight"))
    release(course, progress=False)
    for name in course.names():
        members = {"model": str, "blank": None}
        if name == BACKWARD:
            members |= {who: replacing(*texts) for who, texts in SLIPS.items()}
        path = course.folder / f"{name}.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for who, change in members.items():
                archive.writestr(f"{who}/{name}.ipynb", hand_in(course, name, change))
        assert not Grading(course, Limits(seconds=20), 2).run(path).aside
    return course


def replacing(old, new):
    def change(text):
        return text.replace(old, new)

    return change


def points(course):
    text = (course.folder / "grades.csv").read_text(encoding="utf-8")
    return {(row["student"], row["assignment"]): row for row in csv.DictReader(io.StringIO(text))}


def test_the_model_solution_gets_every_point_and_a_blank_none(graded):
    rows = points(graded)
    for name in graded.names():
        by_hand = 4 if name == "05_nudges" else 0
        full = float(rows["model", name]["max_score"])
        assert float(rows["model", name]["score"]) == full - by_hand
        assert float(rows["blank", name]["score"]) == 0


@pytest.mark.parametrize("code", SLIPS)
def test_a_classic_mistake_is_named_in_the_feedback(graded, code):
    found = found_in(graded.autograded(code, BACKWARD))
    assert code in {mistake.code for mistake in found}
    assert {mistake.task for mistake in found} >= {"07-gradient"}
    page = (graded.folder / "feedback" / code / BACKWARD / f"{BACKWARD}.html").read_text()
    whole = next(mistake for mistake in found if mistake.task == "07-gradient")
    assert whole.code == code
    assert whole.sentence.split(":")[0].split("′")[0][:40] in page
    assert float(points(graded)[code, BACKWARD]["score"]) <= 8
