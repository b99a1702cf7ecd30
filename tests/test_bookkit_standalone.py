"""A chapter that is opened without its repository finds the package all the same."""

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
def test_a_copy_differs_in_its_first_cell_and_in_what_only_print_needs(path):
    notebook = read(path.read_text(encoding="utf-8"))
    stand_alone(notebook, "https://git.example.org/a.zip")
    again = text_of(notebook)
    stand_alone(notebook, "https://git.example.org/a.zip")
    assert text_of(notebook) == again
    first, *code = (cell for cell in notebook.cells if cell.cell_type == "code")
    assert 'BOOK = "https://git.example.org/a.zip"' in first.source
    compile(first.source, path.name, "exec")
    before = [cell for cell in read(path.read_text("utf-8")).cells if cell.cell_type == "code"]
    assert [cell.source for cell in code] == [cell.source for cell in before[1:]]
    assert "application/pdf" not in again


def test_a_chapter_without_the_cell_is_no_copy_of_anything():
    with pytest.raises(ValueError, match="first code cell must be"):
        stand_alone(nbformat.v4.new_notebook(), "https://git.example.org/a.zip")


def test_the_cell_does_nothing_where_the_package_is():
    names = {}
    exec(setup_cell("https://git.example.org/not-asked-for.zip"), names)
    assert "done" not in names
