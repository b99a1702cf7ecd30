"""A chapter that is opened without its repository finds the package all the same."""

from pathlib import Path

import nbformat
import pytest

from bookkit.standalone import TAG, setup_cell

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
