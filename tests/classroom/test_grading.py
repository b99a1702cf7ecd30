"""A whole class, from the zip to the grades: whatever one student does, the others are graded."""

import copy
import csv
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from html.parser import HTMLParser

import nbformat
import pytest
from conftest import FIXTURE, LIMITS, RIGHT, hand_in
from nbconvert.exporters import HTMLExporter
from nbgrader.server_extensions.formgrader.handlers import template_path
from submissions import as_bytes

from classroom import lms
from classroom import runs as running
from classroom.__main__ import main
from classroom.assemble import grade_id
from classroom.course import ROOT, Course
from classroom.grade import Grading
from classroom.inbox import Received
from classroom.mistakes import Mistake, table
from classroom.release import find_leaks, hidden_lines, release

WRONG = {**RIGHT, "slope-answer": "def slope(f, x, h):\n    return (f(x + h) - f(x)) / h"}


def answers(code):
    return {**RIGHT, "slope-answer": code}


def after(code):
    """A wrong answer, and then something that tries to make up for it."""
    return answers(f"{WRONG['slope-answer']}\n{code}")


def class_of(course):
    """Everybody's notebook, by name, with the points that it deserves (a person gives 2 more)."""
    source = FIXTURE / "src" / "slope.md"
    members = {
        "right": (RIGHT, 3),
        "wrong": (WRONG, 1),
        "syntax": (answers("def slope(f, x, h:\n    return"), 1),
        "loop": (answers("def slope(f, x, h):\n    while True: pass"), 1),
        "looptop": (answers("while True: pass"), 1),
        "crash": (answers("def slope(f, x, h):\n    import os; os._exit(0)"), 1),
        "segfault": (answers("import ctypes\nctypes.string_at(0)"), 1),
        "memory": (answers("held = [bytearray(10 ** 8) for _ in range(10 ** 3)]"), 1),
        "bomb": (answers("import os\nwhile True: os.fork()"), 1),
        "flood": (after("for _ in range(10 ** 6): print('x' * 100)"), 1),
        "edits": ({**WRONG, "slope-test": "assert True", "slope-value-test": "pass"}, 1),
        "patches": (after("np.isclose = lambda *a, **k: True"), 1),
        # Whoever takes the shell apart has no later cell run, the right answer included.
        "shell": (after("get_ipython().run_cell = lambda *a, **k: None"), 0),
        "exits": (after("raise SystemExit(0)"), 1),
        "reads": (after(f"print(open({str(source)!r}).read())"), 1),
        "peeks": (after(f"import glob\nprint(glob.glob({str(course.folder)!r} + '/**'))"), 1),
        "writes": (after(f"open({str(course.folder / 'grades.csv')!r}, 'w').write('100')"), 1),
        "calls": (after("import socket\nsocket.create_connection(('127.0.0.1', 22), 1)"), 1),
        "claims": (after("print('2/2 points')\n2.0"), 1),
        "html": ({**RIGHT, "slope-words": "<script>alert(1)</script><img src=x onerror=y>"}, 3),
    }
    made = {who: (as_bytes(hand_in(course, a)), points) for who, (a, points) in members.items()}
    blank = as_bytes(hand_in(course, {}))
    made["blank"] = (blank, 0)
    deleted = hand_in(course, WRONG)
    deleted.cells = [cell for cell in deleted.cells if not grade_id(cell).endswith("test")]
    made["deletes"] = (as_bytes(deleted), 1)
    return made


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """A class graded from a zip as Moodle gives it: the course, the points deserved, the words."""
    course = Course(FIXTURE, tmp_path_factory.mktemp("class"))
    release(course, progress=False)
    members = class_of(course)
    other = as_bytes(hand_in(course, {"other-answer": "other = 1"}, "other"))
    files = {who: ("slope.ipynb", data) for who, (data, _) in members.items()}
    files |= {
        "renamed": ("Kopie von slope (2) final.ipynb", members["right"][0]),
        "broken": ("slope.ipynb", b'{"cells": ['),
        "mistaken": ("slope.ipynb", other),
        "picture": ("slope.png", b"\x89PNG"),
    }
    path = course.folder / "export.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number, (who, (name, data)) in enumerate(sorted(files.items())):
            archive.writestr(f"{who} x_{1000 + number}_assignsubmission_file_/{name}", data)
        archive.writestr("../../slip x_1_assignsubmission_file_/slope.ipynb", members["right"][0])
    grading = Grading(course, LIMITS, 2)
    report = grading.run(path)
    due = {f"{who}-x": points for who, (_, points) in members.items()}
    return course, {**due, "renamed-x": 3, "slip-x": 3}, report


def rows(path):
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))


def points(course):
    return {row["student"]: float(row["score"]) for row in rows(course.folder / "grades.csv")}


def test_everybody_gets_the_points_they_deserve(graded):
    course, due, _ = graded
    assert points(course) == due


def test_what_cannot_be_graded_is_named_with_its_reason(graded):
    _, _, report = graded
    reasons = {each.student: each.reason for each in report.aside}
    assert set(reasons) == {"broken-x", "mistaken-x", "picture-x"}
    assert "no notebook that can be read" in reasons["broken-x"]
    assert "it holds assignment other" in reasons["mistaken-x"]


def test_feedback_holds_a_page_and_nothing_else(graded):
    course, _, _ = graded
    held = {path.name for path in (course.folder / "feedback").rglob("*") if path.is_file()}
    assert held == {"slope.html"}


def test_nothing_was_written_outside_the_course(graded):
    course, _, _ = graded
    assert not [path for path in course.folder.parent.iterdir() if "slip" in path.name]
    assert (course.folder / "grades.csv").read_text() != "100"


def page(course, who):
    return (course.folder / "feedback" / f"{who}-x" / "slope" / "slope.html").read_text()


def test_feedback_says_what_happened(graded):
    course, _, _ = graded
    assert "still running after 2 s" in page(course, "loop")
    assert "ended by itself" in page(course, "crash")
    assert "Cannot allocate" in page(course, "memory") or "MemoryError" in page(course, "memory")
    assert "invalid syntax" in page(course, "syntax") or "SyntaxError" in page(course, "syntax")
    assert "the slope of x² at 3 is 6" in page(course, "wrong")
    assert "not graded yet" in page(course, "wrong")
    assert "FileNotFoundError" in page(course, "reads")
    assert "Read-only file system" in page(course, "writes") or "No such file" in page(
        course, "writes"
    )
    assert "refused" in page(course, "calls") or "unreachable" in page(course, "calls")


def test_no_feedback_holds_a_hidden_line(graded):
    course, due, _ = graded
    texts = [p.read_text(encoding="utf-8") for p in (FIXTURE / "src").glob("*.md")]
    # The model solution of this little assignment is what anybody would write.
    hidden = hidden_lines(texts) - {"return (f(x + h) - f(x - h)) / (2 * h)"}
    assert "assert np.isclose(slope(np.sin, 1.0, 1e-4), 0.5403023)" in hidden
    for who in due:
        assert find_leaks(page(course, who.removesuffix("-x")), hidden) == [], who


def test_feedback_runs_nothing_and_asks_for_nothing(graded):
    course, due, _ = graded
    for who in due:
        text = page(course, who.removesuffix("-x"))
        assert "<script" not in text
        assert "http:" not in text and "https:" not in text
        assert "default-src 'none'" in text
    assert "&lt;script&gt;alert(1)" in page(course, "html")


def test_moodle_gets_its_worksheet_and_its_feedback(graded):
    course, due, _ = graded
    sheet = rows(course.folder / "class" / "slope" / "moodle.csv")
    assert {row["Full name"] for row in sheet} == {who.replace("-", " ") for who in due}
    assert all(row["Identifier"].startswith("Participant 1") for row in sheet)
    by_name = {row["Full name"]: row for row in sheet}
    assert by_name["blank x"]["Grade"] == "0"
    # A person has still to grade the words of this one.
    assert by_name["right x"]["Grade"] == ""
    with zipfile.ZipFile(course.folder / "class" / "slope" / "moodle-feedback.zip") as archive:
        assert len(archive.namelist()) == len(due)
        assert all("_assignsubmission_file_/slope.html" in name for name in archive.namelist())


def test_the_class_sees_its_mistakes(graded):
    course, _, _ = graded
    folder = course.folder / "class" / "slope"
    table = {(row["task"], row["mistake"]): row for row in rows(folder / "mistakes.csv")}
    timed_out = table["slope-test", "TimeoutError"]
    assert timed_out["who"] == "loop-x"
    counts = [int(row["students"]) for row in table.values()]
    assert counts == sorted(counts, reverse=True)
    assert (folder / "mistakes.png").read_bytes().startswith(b"\x89PNG")


def test_a_person_grades_and_the_next_run_takes_it_up(graded):
    course, due, _ = graded
    with course.nbgrader.gradebook as book:
        grade = book.find_grade("slope-words", "slope", "slope", "right-x")
        grade.manual_score, grade.needs_manual_grade = 1.5, False
        comment = book.find_comment("slope-words", "slope", "slope", "right-x")
        comment.manual_comment = "of first and of every odd order <3"
        book.db.commit()
    aside = (course.folder / "set-aside.txt").read_text()
    report = Grading(course, LIMITS, 2).run(None)
    assert report.graded == 0
    assert len(aside.splitlines()) == 3 and (course.folder / "set-aside.txt").read_text() == aside
    assert points(course) == {**due, "right-x": 4.5}
    assert "every odd order &lt;3" in page(course, "right")
    sheet = rows(course.folder / "class" / "slope" / "moodle.csv")
    assert [row["Grade"] for row in sheet if row["Full name"] == "right x"] == ["4.5"]


def test_a_second_run_repeats_nothing_and_changes_nothing(graded):
    course, due, _ = graded
    before = points(course)
    stamps = {p: p.stat().st_mtime_ns for p in (course.folder / "runs").rglob("*.json")}
    report = Grading(course, LIMITS, 2).run(course.folder / "export.zip")
    assert (report.graded, report.kept) == (0, len(due))
    assert points(course) == before
    assert {p: p.stat().st_mtime_ns for p in stamps} == stamps


def test_grading_anew_gives_the_same_grades(graded):
    course, _, _ = graded
    before = points(course)
    again = [f"{who}-x" for who in ("right", "wrong", "blank", "loop", "crash", "patches")]
    for student in again:
        (course.folder / "runs" / "slope" / f"{student}.json").unlink()
        shutil.rmtree(course.folder / "autograded" / student)
    report = Grading(course, LIMITS, 1).run(None)
    assert report.graded == len(again)
    assert points(course) == before, "and what a person gave is still there"


# ---- Stopped on the way ----


def grade_apart(course, *arguments):
    command = [sys.executable, "-m", "classroom", "--assignments", str(FIXTURE)]
    command += ["--course", str(course.folder), "grade", *arguments]
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT / "code")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def runs(course):
    found = {}
    for path in (course.folder / "runs").rglob("*.json"):
        found[path.name] = json.loads(path.read_text())["key"], path.stat().st_mtime_ns
    return found


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGKILL], ids=["Ctrl-C", "kill -9"])
@pytest.mark.parametrize("when", ["runs", "booked"])
def test_an_interrupted_class_goes_on_where_it_stopped(when, stop, tmp_path):
    course = Course(FIXTURE, tmp_path / "course")
    release(course, progress=False)
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(6):
        made = hand_in(course, {**RIGHT, "slope-value": f"answer = {12 if number % 2 else number}"})
        (folder / f"s{number}.ipynb").write_bytes(as_bytes(made))
    with grade_apart(course, str(folder), "--workers", "2") as first:
        end = time.monotonic() + 120
        while len(list((course.folder / when).rglob("*.json"))) < 2 and time.monotonic() < end:
            time.sleep(0.02)
        first.send_signal(stop)
        said, _ = first.communicate(timeout=60)
    done = runs(course)
    finished = list((course.folder / when).rglob("*.json"))
    assert 2 <= len(finished) < 6, "it was stopped too late for this test to tell anything"
    if stop == signal.SIGINT:
        assert "goes on" in said and "Traceback" not in said
    with grade_apart(course, str(folder)) as second:
        said, _ = second.communicate(timeout=300)
    assert second.returncode == 0, said
    assert "not graded" not in said
    assert {name: runs(course)[name] for name in done} == done
    assert points(course) == {f"s{n}": 3.0 if n % 2 else 2.0 for n in range(6)}


def test_a_worker_that_two_want_to_end_is_ended_once():
    worker = running._Worker()
    ended = []

    class Process:
        def kill(self):
            ended.append("killed")
            worker.close()  # as the run in another thread does, whose worker is gone

        def communicate(self):
            ended.append("waited for")

    worker._process = Process()
    worker.close()
    assert ended == ["killed", "waited for"]


# ---- The command line ----


def test_commands_explain_themselves(tmp_path, capsys):
    base = ["--assignments", str(FIXTURE), "--course", str(tmp_path / "c")]
    assert main([*base, "grade", str(tmp_path / "nothing")]) == 2
    assert "name a folder or a zip" in capsys.readouterr().err
    assert main([*base, "grade", str(FIXTURE), "--assignment", "slop"]) == 2
    assert "there are other, slope" in capsys.readouterr().err
    assert main([*base, "assignments", "--to", str(tmp_path / "a.zip")]) == 0
    assert "2 assignments" in capsys.readouterr().out


# ---- nbgrader's own layout, and its own button ----


def test_what_nbgraders_exchange_collected_is_graded_in_place(tmp_path):
    course = Course(FIXTURE, tmp_path / "course")
    release(course, progress=False)
    place = course.submitted("user_1@example.org", "slope")
    place.parent.mkdir(parents=True)
    place.write_bytes(as_bytes(hand_in(course, RIGHT)))
    (place.parent / "timestamp.txt").write_text("2030-01-31 23:00:00 UTC")
    report = Grading(course, LIMITS, 1).run(course.folder / "submitted")
    assert report.graded == 1
    assert points(course) == {"user_1@example.org": 3}


def test_formgraders_button_grades_in_the_sandbox_too(tmp_path, monkeypatch):
    course = Course(FIXTURE, tmp_path / "course")
    release(course, progress=False)
    place = course.submitted("ann", "slope")
    place.parent.mkdir(parents=True)
    peek = f"import os\nprint('rights:', os.access({str(FIXTURE)!r}, os.R_OK))"
    place.write_bytes(as_bytes(hand_in(course, {**RIGHT, "slope-value": f"answer = 12\n{peek}"})))
    monkeypatch.delenv("FINGERPRINT", raising=False)
    monkeypatch.delenv("UNPROTECTED", raising=False)
    result = course.nbgrader.autograde("slope", "ann")
    assert result["success"], result
    notebook = str(course.autograded("ann", "slope"))
    assert "rights: False" in notebook


ACTING = """
<script>alert(1)</script> <img src=x onerror="alert(2)"> <svg onload="alert(3)"></svg>
[link](javascript:alert(4)) ![picture](javascript:alert(5)) <javascript:alert(6)>
<a href="javascript:alert(7)">x</a> **bold** $a < b$

# <b onclick="alert(8)">heading</b>

```mermaid
</pre><script>alert(9)</script>
```

```<script>alert(10)</script>
code <script>alert(11)</script>
```

$$ </div><script>alert(12)</script> $$

| <script>alert(13)</script> | b |
| --- | --- |
| ![attached](attachment:a.png) | `<script>` |
"""


class Acts(HTMLParser):
    """Whatever in a page would act: scripts of its own, handlers, addresses that are programs."""

    def __init__(self, page):
        super().__init__()
        self.found = []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        if tag in ("script", "svg", "iframe", "object"):
            self.found.append(tag)
        for name, value in attributes:
            if name.startswith("on") or (value or "").strip().lower().startswith("javascript:"):
                self.found.append((tag, name, value))


def test_nothing_that_a_student_wrote_acts_in_the_formgrader(tmp_path):
    """There a teacher is logged in, and may do whatever they like on the machine."""
    course = Course(FIXTURE, tmp_path / "course")
    release(course, progress=False)
    place = course.submitted("ann", "slope")
    place.parent.mkdir(parents=True)
    made = hand_in(course, {**RIGHT, "slope-words": ACTING})
    made.cells.append(nbformat.v4.new_markdown_cell(ACTING))
    for cell in made.cells:
        if cell.source == ACTING:
            cell.attachments = {"a.png": {"image/png": 'x" onerror="alert(14)'}}
    place.write_bytes(as_bytes(made))
    assert course.nbgrader.autograde("slope", "ann")["success"]
    settings = copy.deepcopy(course.nbgrader.config)
    settings.HTMLExporter.template_name = "formgrade"
    settings.HTMLExporter.extra_template_basedirs = [template_path]

    def formgraded(settings):
        path = str(course.autograded_path("ann", "slope"))
        exporter = HTMLExporter(config=settings)
        resources = {"base_url": "", "student": "ann", "index": 0, "total": 1}
        page = exporter.from_filename(path, resources=resources)[0]
        return page[page.index("<main") : page.index("</main>")]

    body = formgraded(settings)
    assert Acts(body).found == []
    assert "<strong>bold</strong>" in body and "&lt;script&gt;alert(1)" in body
    assert "Only for whoever grades" in body
    # The attack is one: without the filter it succeeds.
    del settings.HTMLExporter.filters
    assert len(Acts(formgraded(settings)).found) > 5


# ---- The platforms' columns ----


def test_canvas_gets_its_columns():
    grades = [lms.Grade("ann-7", "slope", 2.5, 5, False), lms.Grade("bob-8", "slope", 1, 5, True)]
    people = {"ann-7": {"name": "leeann", "number": "7"}, "bob-8": {"name": "b", "number": "8"}}
    text = lms.canvas(grades, people, "Slope (42)")
    assert text.splitlines() == [
        "Student,ID,Section,Slope (42)",
        "    Points Possible,,,5",
        "leeann,7,,2.5",
        "b,8,,",
    ]


def test_a_name_is_never_a_formula():
    grades = [lms.Grade("ann", "slope", 1, 5, False, "-1 is wrong")]
    people = {"ann": {"name": "=HYPERLINK(1)", "number": "7"}}
    row = lms.moodle(grades, people).splitlines()[1]
    assert row == "Participant 7,'=HYPERLINK(1),1,5,-,'-1 is wrong"
    # What a student's own error says is among the class's mistakes.
    mistake = Mistake("slope-check", "ValueError", "=HYPERLINK(2)")
    assert table([("ann", mistake)]).splitlines()[1].endswith(",'=HYPERLINK(2),ann")


NAMES = ["철수 김", 'de "la" Cruz, Ana', "O'Neill", "रीता", "Ann\tLee", "José\nMaría"]
FORMULAS = ["=1+1", " =1+1", "+1", "-1", "@SUM(1)", "\t=1", "\n=1", "＝1+1", "－1"]


@pytest.mark.parametrize("name", [*NAMES, *FORMULAS])
def test_every_file_gives_a_name_back_as_it_was_and_none_as_a_formula(name):
    grades = [lms.Grade("s", "slope", 1, 5, False, name)]
    who = {"name": name, "number": "7"}
    files = {
        "name": lms.plain(grades, {("slope", "s"): who}),
        "Full name": lms.moodle(grades, {"s": who}),
        "Student": lms.canvas(grades, {"s": who}, "Slope").replace("    Points Possible,,,5\n", ""),
    }
    for column, text in files.items():
        (row,) = csv.DictReader(io.StringIO(text.removeprefix(lms.MARK), newline=""))
        assert row[column] == (f"'{name}" if name in FORMULAS else name)
    # Excel takes a file without a mark for one in the letters of its own country.
    assert files["name"].startswith(lms.MARK) and not files["Full name"].startswith(lms.MARK)


def test_what_came_by_mail_goes_back_to_where_the_student_is_known(tmp_path):
    path = tmp_path / "people.json"
    there = Received("ann", "x", b"", "moodle", "7", "Ann", "Ann_7_assignsubmission_file_")
    lms.remember(path, {"ann": there, "bob": Received("bob", "b.ipynb", b"", name="bob")})
    lms.remember(path, {"ann": Received("ann", "ann.ipynb", b"", name="ann")})
    assert lms.known(path)["ann"]["number"] == "7"
    assert lms.known(path)["bob"]["system"] == ""
