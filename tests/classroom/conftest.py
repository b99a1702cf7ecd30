"""A course in a folder of its own, and what a student makes of its assignment."""

import copy
import warnings
from pathlib import Path

import pytest

from classroom.course import Course
from classroom.judge import Judge
from classroom.limits import Limits
from classroom.release import release
from classroom.sandbox import NotProtected, need_protection

warnings.filterwarnings("ignore", module="nbgrader")
warnings.filterwarnings("ignore", module="sqlalchemy")

FIXTURE = Path(__file__).parent / "fixture"
LIMITS = Limits(seconds=2, memory=600 << 20)
RIGHT = {
    "slope-answer": "def slope(f, x, h):\n    return (f(x + h) - f(x - h)) / (2 * h)",
    "slope-value": "answer = 12",
    "slope-words": "The errors of first order cancel each other.",
}


def pytest_configure():
    try:
        need_protection()
    except NotProtected as error:
        pytest.exit(str(error), returncode=2)


@pytest.fixture(scope="session")
def course(tmp_path_factory):
    """The little assignment `slope`, released."""
    made = Course(FIXTURE, tmp_path_factory.mktemp("course"))
    release(made, progress=False)
    return made


@pytest.fixture
def judge():
    made = Judge(LIMITS)
    yield made
    made.close()


def hand_in(course, answers, name="slope"):
    """The notebook that a student hands in who has written these answers, cell by cell."""
    notebook = copy.deepcopy(course.release(name))
    for cell in notebook.cells:
        cell.source = answers.get(cell.metadata.get("nbgrader", {}).get("grade_id"), cell.source)
    return notebook


def shown(outputs):
    """All text of some outputs."""
    return "\n".join(
        str(output.get("text") or output.get("evalue") or output.get("data")) for output in outputs
    )
