"""What LaTeX complained about, and what Sphinx handed to it."""

import re
from pathlib import Path

import pytest

from backprop.colours import LIGHT

TEX = Path(__file__).parents[2] / "_build" / "latex" / "back-propagation.tex"
# Beyond this, in points, a line can be seen to run into the margin.
TOLERATED = 3.0


@pytest.mark.parametrize(
    "complaint",
    ["Missing character", "undefined", "multiply.defined", "Hyper reference", "Font Warning"],
)
def test_latex_does_not_complain(log, complaint):
    found = [line for line in log.splitlines() if re.search(complaint, line)]
    assert found == []


def test_no_line_runs_into_the_margin(log):
    boxes = re.findall(r"Overfull \\hbox \(([\d.]+)pt too wide\)[^\n]*", log)
    assert [box for box in boxes if float(box) > TOLERATED] == []


def test_the_colours_are_those_of_the_palette():
    defined = dict(re.findall(r"\\definecolor\{nt(\w+)\}\{HTML\}\{(\w+)\}", TEX.read_text("utf-8")))
    for role, colour in LIGHT._asdict().items():
        assert f"#{defined[role]}" == colour
    style = (TEX.parent / "nt-book.sty").read_text("utf-8")
    assert not re.search(r"\\definecolor|\{(?:HTML|rgb|RGB|gray)\}\{(?!1,1,1\})", style)
