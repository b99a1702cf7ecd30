"""The program that runs the chapters and stores what they print and draw."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from bookkit.notebooks import CellError, main, refresh, text_of
from bookkit.stable import stabilise

WIDGET = """\
import ipywidgets

class Shown(ipywidgets.IntSlider):
    def _repr_mimebundle_(self, **kwargs):
        return {**super()._repr_mimebundle_(**kwargs), "text/html": "<b>3</b>"}

Shown(value=3)
"""


def write(path, *sources):
    cells = [new_markdown_cell("# A chapter", id="x-title")]
    cells += [new_code_cell(source, id=f"x-{i}") for i, source in enumerate(sources)]
    path.write_text(text_of(new_notebook(cells=cells)), encoding="utf-8")
    return path


@pytest.fixture
def chapter(tmp_path):
    return write(tmp_path / "chapter.ipynb", "print(6 * 7)", WIDGET, "import os; os.getcwd() != ''")


def test_runs_stores_and_then_leaves_the_file_alone(chapter):
    assert refresh(chapter) == ["x-0", "x-1", "x-2"]
    notebook = nbformat.read(chapter, as_version=4)
    code = notebook.cells[1:]
    assert [cell.execution_count for cell in code] == [1, 2, 3]
    assert code[0].outputs[0].text == "42\n"
    assert set(code[1].outputs[0].data) == {"text/html", "text/plain"}
    assert "widgets" not in notebook.metadata

    before = chapter.stat()
    assert refresh(chapter) is None
    assert chapter.stat().st_mtime_ns == before.st_mtime_ns
    assert chapter.stat().st_ino == before.st_ino
    assert list(chapter.parent.iterdir()) == [chapter]


def test_only_the_cell_that_changed_is_named(chapter):
    refresh(chapter)
    notebook = nbformat.read(chapter, as_version=4)
    notebook.cells[1].source = "print(6 * 8)"
    chapter.write_text(text_of(notebook), encoding="utf-8")
    assert refresh(chapter, write=False) == ["x-0"]
    assert "42" in chapter.read_text(encoding="utf-8"), "looking must not write"
    assert refresh(chapter) == ["x-0"]
    assert "48" in chapter.read_text(encoding="utf-8")


def test_a_failing_cell_is_named_and_the_file_stays(tmp_path):
    path = write(tmp_path / "chapter.ipynb", "x = 1", "raise ValueError('no such layer')", "x")
    before = path.read_bytes()
    with pytest.raises(CellError, match=r"(?s)cell x-1 failed.*no such layer"):
        refresh(path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_traceback_that_is_meant_names_no_folder():
    output = {"output_type": "error", "ename": "ValueError", "evalue": "no", "traceback": ["/x/y"]}
    notebook = {"metadata": {}, "cells": [{"metadata": {}, "outputs": [output]}]}
    stabilise(notebook)
    assert output["traceback"] == ["ValueError: no"]


def test_command_line_goes_on_after_a_failure_and_says_so(tmp_path, capsys):
    write(tmp_path / "1.ipynb", "1 / 0")
    write(tmp_path / "2.ipynb", "1 / 1")
    assert main([str(tmp_path)]) == 1
    said = capsys.readouterr()
    assert "x-0 failed" in said.err
    assert "ZeroDivisionError" in said.err
    assert "2.ipynb: refreshed: x-0" in said.out


def test_command_line_check_writes_nothing(tmp_path, capsys):
    path = write(tmp_path / "1.ipynb", "1 / 1")
    before = path.read_bytes()
    assert main(["--check", str(path)]) == 1
    assert path.read_bytes() == before
    assert "differs: x-0" in capsys.readouterr().out
    assert main([str(path)]) == 0
    assert main(["--check", str(path)]) == 0


def test_command_line_says_what_is_not_there(tmp_path, capsys):
    assert main([str(tmp_path / "missing.ipynb")]) == 2
    assert "missing.ipynb" in capsys.readouterr().err
