"""A chapter that is opened without its repository finds the package all the same."""

import re
from pathlib import Path

import nbformat
import pytest

from bookkit.notebooks import read, text_of
from bookkit.standalone import TAG, setup_cell, stand_alone

ROOT = Path(__file__).parents[1]
PATHS = sorted((ROOT / "chapters").glob("*.ipynb"))
every_notebook = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)


@every_notebook
def test_every_chapter_begins_with_the_cell_that_brings_the_package(path):
    first = next(cell for cell in nbformat.read(path, 4).cells if cell.cell_type == "code")
    assert first.source == setup_cell(), f"{path.name}: see bookkit.standalone"
    assert first.id.endswith("-setup")
    assert first.metadata.tags == [TAG]
    assert first.outputs == []


@every_notebook
def test_a_copy_differs_in_where_things_come_from_and_in_what_only_print_needs(path):
    notebook = read(path.read_text(encoding="utf-8"))
    stand_alone(notebook, "https://git.example.org/a.zip", path.parent)
    again = text_of(notebook)
    stand_alone(notebook, "https://git.example.org/a.zip", path.parent)
    assert text_of(notebook) == again
    assert len({cell.id for cell in notebook.cells}) == len(notebook.cells)
    first, *code = (cell for cell in notebook.cells if cell.cell_type == "code")
    assert 'BOOK = "https://git.example.org/a.zip"' in first.source
    compile(first.source, path.name, "exec")
    chapter = read(path.read_text(encoding="utf-8"))
    _, *before = (cell.source for cell in chapter.cells if cell.cell_type == "code")
    written = [cell.source for cell in code if cell.source.startswith("%%writefile ")]
    assert [cell.source for cell in code if cell.source not in written] == [
        re.sub(r'Path\("\.\./.*?([^/"]+)"\)', r'Path("\1")', source) for source in before
    ]
    assert len(written) == sum('Path("../' in source for source in before)
    assert '"../' not in "".join(cell.source for cell in code)
    assert "application/pdf" not in again


def a_notebook(*sources):
    cells = [nbformat.v4.new_code_cell(source, id=f"x-{n}") for n, source in enumerate(sources)]
    return nbformat.v4.new_notebook(cells=cells)


def test_a_copy_brings_the_files_that_its_cells_read(tmp_path):
    (tmp_path / "chapters").mkdir()
    (tmp_path / "times.json").write_text('{"one": "µ"}\n', encoding="utf-8")
    notebook = a_notebook(setup_cell(), 'text = Path("../times.json").read_text("utf-8")')
    stand_alone(notebook, "https://git.example.org/a.zip", tmp_path / "chapters")
    assert [(cell.id, cell.source) for cell in notebook.cells[1:]] == [
        ("x-1-times", '%%writefile times.json\n{"one": "µ"}'),
        ("x-1", 'text = Path("times.json").read_text("utf-8")'),
    ]


def test_a_file_that_a_copy_cannot_bring_is_named():
    notebook = a_notebook(setup_cell(), 'text = open("../times.json").read()')
    with pytest.raises(ValueError, match="cell x-1 must name files as"):
        stand_alone(notebook, "https://git.example.org/a.zip", ROOT / "chapters")


def test_a_chapter_without_the_cell_is_no_copy_of_anything():
    with pytest.raises(ValueError, match="first code cell must be"):
        stand_alone(nbformat.v4.new_notebook(), "https://git.example.org/a.zip", ROOT)


def test_the_cell_does_nothing_where_the_package_is():
    names = {}
    exec(setup_cell("https://git.example.org/not-asked-for.zip"), names)
    assert "done" not in names
