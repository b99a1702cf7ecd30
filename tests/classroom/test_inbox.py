"""What comes in: folders and zips as people, Moodle, Canvas and nbgrader leave them."""

import io
import unicodedata
import zipfile

import pytest
from conftest import RIGHT, hand_in
from submissions import as_bytes

from classroom.assemble import BadSubmission, assemble, grade_id, read
from classroom.inbox import place, receive
from classroom.sorting import sort_out

NAMES = ["other", "slope"]


@pytest.fixture(scope="session")
def right(course):
    return as_bytes(hand_in(course, RIGHT))


@pytest.fixture(scope="session")
def cells(course):
    return {n: {grade_id(c) for c in course.source(n).cells} - {""} for n in NAMES}


def zipped(path, files):
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


@pytest.mark.parametrize(
    ("path", "student", "system", "number"),
    [
        ("Zoë Ng_4711_assignsubmission_file_/x.ipynb", "zoë-ng", "moodle", "4711"),
        ("Zoë Ng_4711_assignsubmission_file_x.ipynb", "zoë-ng", "moodle", "4711"),
        ("A_b C_1_assignsubmission_file_/deep/x.ipynb", "a-b-c", "moodle", "1"),
        ("ngzoe_4711_99_x.ipynb", "ngzoe-4711", "canvas", "4711"),
        ("ngzoe_LATE_4711_99_my_work-1.ipynb", "ngzoe-4711", "canvas", "4711"),
        ("zoe.ng@example/slope/slope.ipynb", "zoe.ng@example", "", ""),
        ("Zoe Ng/x.ipynb", "zoe-ng", "", ""),
        ("zoe.ipynb", "zoe", "", ""),
        ("../../../etc/x.ipynb", "etc", "", ""),
        (".../slope/slope.ipynb", "nobody", "", ""),
    ],
)
def test_a_path_says_whose_it_is(path, student, system, number):
    found = place(path, b"", NAMES)
    assert (found.student, found.system, found.number) == (student, system, number)
    assert "/" not in found.student and not found.student.startswith(".")


def who(files, cells, path, people=None):
    """The students in a zip, each with the number that Moodle knows them by."""
    found, _ = receive(zipped(path, files), NAMES)
    kept, aside = sort_out(found, cells, people={"slope": people or {}})
    assert aside == []
    return {student: each.number for (student, _), each in kept.items()}


def moodle(*people, data=b""):
    return {f"{name}_{n}_assignsubmission_file_/x.ipynb": data for name, n in people}


def test_two_people_of_one_name_are_told_apart(tmp_path, cells, right):
    files = moodle(("Ann Lee", 7), ("Ann Lee", 8), ("Bo Lee", 9), data=right)
    found = who(files, cells, tmp_path / "m.zip")
    assert found == {"ann-lee-7": "7", "ann-lee-8": "8", "bo-lee": "9"}


@pytest.mark.parametrize("later", [[7], [8], [7, 8], [8, 9], [7, 8, 9]])
@pytest.mark.parametrize("earlier", [[7], [8], [7, 8]])
def test_a_later_zip_makes_no_student_two_and_no_two_students_one(
    tmp_path, cells, right, earlier, later
):
    first = moodle(*(("Ann Lee", n) for n in earlier), data=right)
    before = who(first, cells, tmp_path / "1.zip")
    people = {student: {"number": number} for student, number in before.items()}
    second = moodle(*(("Ann Lee", n) for n in later), data=right)
    after = who(second, cells, tmp_path / "2.zip", people)
    assert sorted(after.values()) == sorted(map(str, later))
    together = {*before.items(), *after.items()}
    numbers = set(map(str, [*earlier, *later]))
    assert len(together) == len(dict(together)) == len(numbers), together


def test_a_namesakes_note_is_not_taken_for_a_note_beside_a_notebook(tmp_path, right):
    files = moodle(("Ann Lee", 7), data=right)
    files["Ann Lee_8_assignsubmission_file_/work.pdf"] = b"%PDF"
    files["Ann Lee_7_assignsubmission_file_/note.txt"] = b"see you"
    _, aside = receive(zipped(tmp_path / "m.zip", files), NAMES)
    assert [each.number for each in aside] == ["8"]


def test_names_of_every_script_stay_apart_and_fit_into_a_file_system():
    names = ["김철수", "김철호", "रीता", "राता", "ดวง", "ดิวง", "Zoë", "Zoe", "Łukasz", "Ирина",
             "محمد", "x" * 300, "x" * 301, "金" * 300]  # fmt: skip
    slugs = [place(f"{name}/x.ipynb", b"", NAMES).student for name in names]
    assert len(set(slugs)) == len(names), slugs
    assert max(len(each.encode()) for each in slugs) < 150
    # A Mac takes letters apart in the names of files.
    for name in names:
        apart = unicodedata.normalize("NFD", name)
        assert (
            place(f"{apart}/x.ipynb", b"", NAMES).student
            == place(f"{name}/x.ipynb", b"", NAMES).student
        )


def test_a_zip_and_its_unpacked_folder_are_the_same(tmp_path, right):
    files = {f"S{n} T_{n}_assignsubmission_file_/slope.ipynb": right for n in range(3)}
    path = zipped(tmp_path / "m.zip", files)
    with zipfile.ZipFile(path) as archive:
        archive.extractall(tmp_path / "folder")
    assert receive(path, NAMES) == receive(tmp_path / "folder", NAMES)


def test_names_in_a_zip_lead_nowhere(tmp_path, right):
    inside = tmp_path / "inside"
    inside.mkdir()
    names = [
        "../evil.ipynb",
        "/etc/evil.ipynb",
        "a/../../evil.ipynb",
        "..\\evil.ipynb",
        "C:evil.ipynb",
    ]
    found, _ = receive(zipped(inside / "slip.zip", dict.fromkeys(names, right)), NAMES)
    assert len(found) == 5
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["inside", "slip.zip"]


def test_a_link_in_a_folder_is_not_followed(tmp_path, right):
    (tmp_path / "secret.ipynb").write_bytes(right)
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "ann.ipynb").symlink_to(tmp_path / "secret.ipynb")
    with pytest.raises(BadSubmission, match="holds no file"):
        receive(tmp_path / "in", NAMES)


def test_an_empty_zip_says_so(tmp_path):
    with pytest.raises(BadSubmission, match="holds no file"):
        receive(zipped(tmp_path / "empty.zip", {}), NAMES)


def test_what_is_no_zip_says_so(tmp_path):
    (tmp_path / "x.zip").write_text("no zip")
    with pytest.raises(BadSubmission, match="no zip that can be read"):
        receive(tmp_path / "x.zip", NAMES)
    with pytest.raises(FileNotFoundError, match="name a folder or a zip"):
        receive(tmp_path / "nothing", NAMES)


def test_a_zip_in_the_zip_is_looked_into(tmp_path, right):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as inner:
        inner.writestr("work/slope.ipynb", right)
        inner.writestr("__MACOSX/work/._slope.ipynb", b"litter")
    files = {"Ann Lee_7_assignsubmission_file_/work.zip": stream.getvalue(),
             "Bob Lee_8_assignsubmission_file_/work.zip": b"broken"}  # fmt: skip
    found, aside = receive(zipped(tmp_path / "m.zip", files), NAMES)
    assert [each.student for each in found] == ["ann-lee"]
    assert [(each.student, each.reason) for each in aside] == [
        ("bob-lee", "this zip holds no notebook")
    ]


def test_a_bomb_is_not_unpacked(tmp_path):
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("ann.ipynb", bytes(300 * 2**20))
    assert path.stat().st_size < 2**20
    found, _ = receive(path, NAMES)
    with pytest.raises(BadSubmission, match="larger than"):
        read(found[0].data)


def test_the_content_says_which_assignment_it_is(tmp_path, course, cells, right):
    other = as_bytes(hand_in(course, {}, "other"))
    files = {"ann.ipynb": right, "bob.ipynb": right, "cyd.ipynb": other, "dan.ipynb": b"{",
             "eve.ipynb": b'{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}',
             "fay.ipynb": b'[1, 2]', "gil.txt": b"see you"}  # fmt: skip
    found, aside = receive(zipped(tmp_path / "x.zip", files), NAMES)
    kept, more = sort_out(found, cells)
    assert sorted(kept) == [("ann", "slope"), ("bob", "slope")]
    reasons = {each.student: each.reason for each in [*aside, *more]}
    assert reasons["cyd"] == "it holds assignment other; handed in was slope"
    assert "no notebook that can be read" in reasons["dan"]
    assert "no cell of an assignment" in reasons["eve"]
    assert "no notebook that can be read" in reasons["fay"]
    assert "no notebook" in reasons["gil"]
    assert sorted(sort_out(found, cells, "other")[0]) == [("cyd", "other")]


def test_of_two_files_the_fuller_is_graded_and_the_other_named(tmp_path, course, cells, right):
    poor = hand_in(course, RIGHT)
    del poor.cells[4:]
    files = {"ann/a.ipynb": right, "ann/b.ipynb": as_bytes(poor)}
    kept, aside = sort_out(receive(zipped(tmp_path / "x.zip", files), NAMES)[0], cells)
    assert kept["ann", "slope"].place == "ann/a.ipynb"
    assert [each.place for each in aside] == ["ann/b.ipynb"]


# ---- Put together anew ----


def texts(course, notebook):
    made = assemble(notebook, course.source("slope"), course.release("slope"))
    return made, {grade_id(cell): cell.source for cell in made.cells if grade_id(cell)}


def test_edited_checks_are_as_they_were_and_answers_as_handed_in(course):
    changed = {**RIGHT, "slope-test": "assert True", "slope-picture": "raise SystemExit"}
    _, sources = texts(course, hand_in(course, changed))
    assert "0.5403023" in sources["slope-test"]
    assert "plt.plot" in sources["slope-picture"]
    assert sources["slope-answer"] == RIGHT["slope-answer"]


def test_deleted_and_moved_cells_are_back(course):
    notebook = hand_in(course, RIGHT)
    notebook.cells = [c for c in notebook.cells if grade_id(c) not in ("slope-test", "slope-value")]
    notebook.cells.reverse()
    _, sources = texts(course, notebook)
    original = [grade_id(cell) for cell in course.source("slope").cells if grade_id(cell)]
    assert list(sources) == original
    assert "NotImplementedError" in sources["slope-value"]


def test_points_and_kinds_cannot_be_changed(course):
    notebook = hand_in(course, RIGHT)
    for cell in notebook.cells:
        if grade_id(cell):
            cell.metadata.nbgrader.update(points=1000, solution=True, grade=False, locked=False)
            cell.cell_type = "raw"
    made, _ = texts(course, notebook)
    marks = {grade_id(cell): cell for cell in made.cells if grade_id(cell)}
    assert marks["slope-test"].metadata.nbgrader["points"] == 2
    assert marks["slope-test"].cell_type == "code"
    assert not marks["slope-test"].metadata.nbgrader["solution"]


def test_what_a_student_added_follows_what_it_followed(course):
    notebook = hand_in(course, RIGHT)
    copy = dict(notebook.cells[2])
    notebook.cells.insert(3, type(notebook.cells[0])({**copy, "source": "helper = 1"}))
    made, _ = texts(course, notebook)
    sources = [cell.source for cell in made.cells]
    assert sources.index("helper = 1") == sources.index(RIGHT["slope-answer"]) + 1
    assert sum(grade_id(cell) == "slope-answer" for cell in made.cells) == 1
