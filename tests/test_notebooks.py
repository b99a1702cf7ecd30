"""The chapters as files: outputs present and stored as the book's own program stores them.

That the outputs are right is what nbval proves; it says nothing of an output that is missing.
"""

import copy
import json
import re
from pathlib import Path

import nbformat
import pytest

from bookkit.notebooks import text_of
from bookkit.stable import MIME_VIEW, stabilise

ROOT = Path(__file__).parents[1]
PATHS = sorted((ROOT / "chapters").glob("*.ipynb"))
PICTURES = ("image/svg+xml", "image/png", "image/jpeg")
CELL_ID = re.compile(r"[a-z0-9]+-[a-z0-9-]+")
# /home/me/book, C:\Users\me, ipykernel_1234: a place on somebody's machine.
PLACE = re.compile(r"""(?:^|[\s"'(\[<])(?:/[\w.~-]+){2,}|\b[A-Z]:\\\w|ipykernel_\d""")
ADDRESS = re.compile(r"\b0x[0-9a-f]{6,}\b")
LISTING_LINES = 40

every_notebook = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)


def read(path):
    return nbformat.read(path, as_version=4)


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def figure_of(cell):
    return cell.metadata.get("mystnb", {}).get("figure")


def bundles_of(cell):
    """Every output that has alternative forms, as a dict from MIME type to content."""
    return [output.data for output in cell.outputs if "data" in output]


def has_picture(data):
    return any(kind in data for kind in PICTURES) or "<svg" in data.get("text/html", "")


def words_of(cell):
    """What the cell's outputs say in words: printed, shown, complained of."""
    for output in cell.outputs:
        if output.output_type == "stream":
            yield output.text
        elif output.output_type == "error":
            yield "\n".join([output.evalue, *output.traceback])
        else:
            yield from (
                output.data[kind] for kind in ("text/plain", "text/markdown") if kind in output.data
            )


def test_there_are_chapters():
    assert len(PATHS) >= 5


@every_notebook
def test_is_a_valid_notebook_with_cell_ids(path):
    notebook = read(path)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)


@every_notebook
def test_every_cell_has_run_once_and_in_order(path):
    counts = [cell.execution_count for cell in code_cells(read(path))]
    assert counts == list(range(1, len(counts) + 1)), "run make notebooks"


@every_notebook
def test_is_stored_as_make_notebooks_stores_it(path):
    notebook = read(path)
    again = copy.deepcopy(notebook)
    stabilise(again)
    assert text_of(again) == path.read_text(encoding="utf-8"), "run make notebooks"


@every_notebook
def test_errors_only_where_they_are_meant(path):
    for cell in code_cells(read(path)):
        failed = any(output.output_type == "error" for output in cell.outputs)
        assert failed == ("raises-exception" in cell.metadata.get("tags", [])), cell.id


@every_notebook
def test_nothing_is_printed_as_a_warning(path):
    for cell in code_cells(read(path)):
        assert not [o for o in cell.outputs if o.get("name") == "stderr"], cell.id


@every_notebook
def test_outputs_name_no_place_on_a_machine(path):
    for cell in code_cells(read(path)):
        for words in words_of(cell):
            assert not PLACE.search(words), (cell.id, words)
            assert not ADDRESS.search(words), (cell.id, words)
    assert str(ROOT) not in path.read_text(encoding="utf-8")


def alternative_text(cell, data):
    """What a reader gets who cannot see: in the metadata, or in a live figure's own HTML."""
    page = data.get("text/html", "")
    if 'class="live-figure"' in page:
        named = re.search(r'(?:aria-label|alt)="([^"]*)"', page)
        return named[1] if named else ""
    return cell.metadata.get("mystnb", {}).get("image", {}).get("alt", "")


@every_notebook
def test_every_picture_has_alternative_text_and_a_form_for_print(path):
    for cell in code_cells(read(path)):
        for data in filter(has_picture, bundles_of(cell)):
            assert len(alternative_text(cell, data)) >= 20, f"{cell.id} needs alternative text"
            assert "application/pdf" in data, f"{cell.id} has no vector picture for print"


@every_notebook
def test_every_picture_is_a_figure_with_a_caption_and_a_name(path):
    for cell in code_cells(read(path)):
        pictures = list(filter(has_picture, bundles_of(cell)))
        figure = figure_of(cell)
        if figure is None:
            # The title page has its picture without a number.
            assert not pictures or path.stem == "index", f"{cell.id} draws, but is no figure"
            continue
        assert len(pictures) == 1, f"{cell.id}: one figure, one picture"
        assert figure.get("caption", "").strip().endswith((".", "?", "!", ".)")), cell.id
        assert re.fullmatch(r"fig-[a-z0-9-]+", figure["name"]), cell.id
        assert cell.metadata.get("label") == figure["name"], cell.id


@every_notebook
def test_no_widget_is_stored_that_a_page_could_not_show(path):
    notebook = read(path)
    assert "widgets" not in notebook.metadata
    for cell in code_cells(notebook):
        for data in bundles_of(cell):
            assert MIME_VIEW not in data, cell.id
            if "widget" in data.get("text/plain", "").lower():
                assert "<svg" in data.get("text/html", ""), f"{cell.id} is empty on the page"


@every_notebook
def test_a_listing_fits_on_a_page(path):
    for cell in code_cells(read(path)):
        if "listing(" in cell.source:
            for words in words_of(cell):
                lines = [line for line in words.splitlines() if not line.startswith("```")]
                assert len(lines) <= LISTING_LINES, (cell.id, len(lines))


@every_notebook
def test_code_asks_for_no_random_number_without_a_seed(path):
    for cell in code_cells(read(path)):
        assert not re.search(r"np\.random\.(?!default_rng|Generator)", cell.source), cell.id
        assert not re.search(r"default_rng\(\s*\)", cell.source), cell.id


@every_notebook
def test_code_is_plain_python(path):
    for cell in code_cells(read(path)):
        assert not re.search(r"^\s*[%!]", cell.source, re.MULTILINE), f"{cell.id}: a magic command"
        compile(cell.source, cell.id, "exec")


def test_cell_ids_are_unique_in_the_book():
    seen = {}
    for path in PATHS:
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            assert CELL_ID.fullmatch(cell["id"]), (path.name, cell["id"])
            assert cell["id"] not in seen, (cell["id"], path.name, seen[cell["id"]])
            seen[cell["id"]] = path.name


@every_notebook
def test_cell_ids_of_a_chapter_share_their_prefix(path):
    assert len({cell.id.split("-")[0] for cell in read(path).cells}) == 1


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("File /home/me/book/code/x.py:3", True),
        ("'C:\\Users\\me'", True),
        ("12.py in ipykernel_77: Warning", True),
        ("dC/dw = 1/2, a/b/c", False),
        ("and/or (1/3)", False),
    ],
)
def test_the_search_for_places_finds_them(words, found):
    assert bool(PLACE.search(words)) is found
