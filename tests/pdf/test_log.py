"""What LaTeX complained about, and what Sphinx handed to it."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from backprop.colours import LIGHT
from bookkit.latex.__main__ import END, ENDS, short_ends

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


# ---- Ends of chapters ----


def ends_of(log):
    """Every chapter's first page, its last, and how many points of that are filled."""
    return [(int(a), int(b), float(filled)) for a, b, filled, _ in END.findall(log)]


def test_no_chapter_ends_on_a_page_that_is_nearly_empty(log):
    assert len(ends_of(log)) > 10
    assert short_ends(log) == {}


def test_pages_that_are_asked_to_end_earlier_do(log, tmp_path):
    sources = tmp_path / "latex"
    shutil.copytree(TEX.parent, sources)
    asked = (sources / ENDS).read_text("utf-8")
    # Chapters whose last page has room for more, so that no page changes its number.
    ends = [(last - 1, filled) for first, last, filled in ends_of(log) if last > first]
    free = {page for page, filled in ends if filled < 400 and f"{{{page}}}" not in asked}
    assert free
    lines = [rf"\ntshorten{{{page}}}{{150pt}}" + "\n" for page in sorted(free)]
    (sources / ENDS).write_text(asked + "".join(lines), encoding="utf-8")
    command = ["xelatex", "-interaction=batchmode", "-halt-on-error", TEX.name]
    subprocess.run(command, cwd=sources, check=True, capture_output=True)
    shorter = (sources / TEX.with_suffix(".log").name).read_text("utf-8", errors="replace")
    gained = [
        after[2] - before[2]
        for before, after in zip(ends_of(log), ends_of(shorter), strict=True)
        if before[1] - 1 in free
    ]
    # A page that ended early before, ahead of something that does not break, gives less.
    assert min(gained) >= 0 and 2 * sum(more > 100 for more in gained) >= len(free), gained
