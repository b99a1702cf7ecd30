"""A written answer, graded in nbgrader's formgrader as the teacher's guide says."""

import csv
import subprocess
from pathlib import Path

import nbformat
import pytest
from lab import PATIENCE, jupyter_lab
from playwright.sync_api import Browser, FrameLocator, Page, expect

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".venv-classroom" / "bin" / "python"
NAME, CELL = "05_nudges", "c05-words"
ANSWER = "An entry is a rate. <script>top.acted = window.acted = true</script>"


def classroom(course: Path, *arguments: str) -> None:
    """Give one of the teacher's commands; what is graded here is our own."""
    command = [PYTHON, "-m", "classroom", "--course", course, *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A course in which one student waits for a person."""
    if not PYTHON.exists():
        pytest.fail("no environment for grading: run make test-browser, which installs it")
    folder = tmp_path / "course"
    classroom(folder, "assignments", "--to", str(tmp_path / "assignments.zip"))
    handed_in = nbformat.read(folder / "release" / NAME / f"{NAME}.ipynb", 4)
    for cell in handed_in.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == CELL:
            cell.source = ANSWER
    (tmp_path / "in").mkdir()
    nbformat.write(handed_in, tmp_path / "in" / "ann.ipynb")
    classroom(folder, "grade", "--unprotected", str(tmp_path / "in"))
    return folder


def opened(page: Page, address: str) -> FrameLocator:
    """Go where the guide leads: to the formgrader, and there to the first submission."""
    page.goto(address.format("").replace("/lab/tree/", "/lab"), wait_until="commit")
    page.get_by_role("menuitem", name="Nbgrader").click()
    page.get_by_role("menuitem", name="Formgrader", exact=True).click()
    formgrader = page.frame_locator("iframe")
    formgrader.get_by_role("link", name="Manual Grading").click()
    formgrader.get_by_role("link", name=NAME).click()
    formgrader.get_by_role("link", name=NAME).last.click()
    formgrader.get_by_role("link", name="Submission #1").click()
    return formgrader


def test_a_person_grades_an_answer(
    browser: Browser, course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COURSE", str(course))
    monkeypatch.chdir(ROOT / "assignments")
    page = browser.new_page(viewport={"width": 1280, "height": 1000})
    page.set_default_timeout(PATIENCE)
    # The formgrader has its formulas set by a script from elsewhere; the book's tests go without.
    page.route("https://**", lambda route: route.abort())
    with jupyter_lab(course.parent, str(PYTHON)) as address:
        formgrader = opened(page, address)
        expect(formgrader.locator("main")).to_contain_text("Rubric: one point each")
        expect(formgrader.locator("main")).to_contain_text("<script>top.acted")
        assert not any(frame.evaluate("window.acted") for frame in page.frames)
        with page.expect_response(lambda r: "/api/grade/" in r.url and r.request.method == "PUT"):
            formgrader.locator(f"#{CELL}").fill("3.5")
            formgrader.locator(f"#{CELL}").press("Tab")
        with page.expect_response(lambda r: "/api/comment/" in r.url and r.request.method == "PUT"):
            formgrader.locator(f"#{CELL}-comment").fill("A rate <of> what?")
            formgrader.locator(f"#{CELL}-comment").press("Tab")
    page.close()
    classroom(course, "grade", "--unprotected")
    with (course / "grades.csv").open(encoding="utf-8-sig") as file:
        (row,) = csv.DictReader(file)
    assert (row["student"], row["score"], row["final"]) == ("ann", "3.5", "yes")
    feedback = (course / "feedback" / "ann" / NAME / f"{NAME}.html").read_text(encoding="utf-8")
    assert "3.5 of 4" in feedback and "A rate &lt;of&gt; what?" in feedback
    assert "Rubric" not in feedback and "<script" not in feedback
