"""The printed book's parts in a real, small Sphinx build, and the run of LaTeX with a stand-in."""

import os
import re
import stat
import warnings

import pytest
from sphinx.application import Sphinx

from bookkit.latex import __main__ as typesetting
from bookkit.latex.tables import columns

CONF = {
    "extensions": [
        "myst_nb",
        "sphinx_exercise",
        "sphinx_external_toc",
        "bookkit.sphinxext",
    ],
    "external_toc_path": "_toc.yml",
    "myst_enable_extensions": ["dollarmath", "amsmath"],
    "nb_execution_mode": "off",
    "numfig": True,
    "numfig_secnum_depth": 1,
    "math_numfig": True,
    "math_eqref_format": "({number})",
    "html_theme": "sphinx_book_theme",
    "project": "A small book: of two parts",
    "author": "Its author",
    "version": "3.14",
    # Of another test's Sphinx, which has run in this process before.
    "suppress_warnings": ["app.add_node", "app.add_directive", "app.add_role"],
    "copyright": "2026",
}
TOC = """\
format: jb-book
root: index
parts:
- caption: First
  chapters:
  - file: opening
- caption: Second
  numbered: true
  chapters:
  - file: one
  - file: two
- caption: Third
  chapters:
  - file: more
- caption: Last
  chapters:
  - file: words
"""
PAGES = {
    "index": "# A small book\n\nIt begins.\n",
    "more": "# More\n\nBeyond what is numbered.\n",
    "opening": "# Opening\n\nA {term}`weight` here.\n",
    "one": """\
# One

A {term}`weight` and a *{term}`weight`* of 은닉층, see {numref}`ex-count`.

$$ z = 1 $$ (eq-One)

**1.** What is it?

```{admonition} Answer
:class: dropdown
It is a *secret*, see {eq}`eq-One`.
```

```{admonition} A common slip: it
:class: warning
Not so.
```

```{exercise} ★ Count $n$
:label: ex-count
Count.
```

```{solution} ex-count
:class: dropdown
Fourteen.
```
""",
    "two": "# Two\n\n$$ a = 2 $$ (eq-two)\n\nSee {eq}`eq-two`.\n",
    "words": "# Words\n\n```{glossary}\nweight\n  A strength.\n```\n",
}


@pytest.fixture(scope="module")
def tex(tmp_path_factory):
    folder = tmp_path_factory.mktemp("latex")
    source = folder / "source"
    source.mkdir()
    (source / "_toc.yml").write_text(TOC)
    for name, page in PAGES.items():
        (source / f"{name}.md").write_text(page)
    out, doctrees = folder / "latex", folder / "doctrees"
    with warnings.catch_warnings():
        # Of the tools to each other.
        warnings.simplefilter("ignore")
        app = Sphinx(source, None, out, doctrees, "latex", CONF, status=None, warningiserror=True)
        app.build()
    assert app.statuscode == 0
    return (out / "back-propagation.tex").read_text(encoding="utf-8")


def positions(tex, *pieces):
    for piece in pieces:
        assert piece in tex, piece
    return [tex.index(piece) for piece in pieces]


def test_the_parts_stand_in_their_order(tex):
    order = positions(
        tex,
        r"\chapter{Preface}",
        r"\ntmainmatter",
        r"\ntpart{First}",
        r"\chapter{Opening}",
        r"\ntpart{Second}",
        r"\chapter{One}",
        r"\chapter{Two}",
        r"\ntpart{Third}",
        r"\chapter{More}",
        r"\ntpart{Last}",
        r"\chapter{Solutions}",
        r"\chapter{Words}",
    )
    assert order == sorted(order)


def test_only_numbered_chapters_are_numbered(tex):
    found = re.findall(r"\\(ntnumbered|ntunnumbered).*?\\chapter\{(.*?)\}", tex, re.S)
    marks = {title: mark for mark, title in found}
    assert marks == {
        "Preface": "ntunnumbered",
        "Opening": "ntunnumbered",
        "One": "ntnumbered",
        "Two": "ntnumbered",
        "More": "ntunnumbered",
        "Solutions": "ntunnumbered",
        "Words": "ntunnumbered",
    }


def test_equations_and_exercises_keep_the_numbers_of_the_pages(tex):
    assert r"eq-One}\tag{1.1}" in tex
    assert r"eq-two}\tag{2.1}" in tex
    assert re.search(r"\\begin\{ntexercise\}.*?\{1\.1\}\{", tex)
    assert r"\hyperref[exercise:ex-count]{Exercise 1.1}" in tex


def test_what_is_folded_away_moves_to_the_end(tex):
    chapter, slip, answer, solution = positions(
        tex, r"\chapter{Solutions}", "Not so.", "It is a", "Fourteen."
    )
    assert slip < chapter < answer < solution
    assert r"\ntanswered{one-1}" in tex[:chapter]
    assert r"\begin{ntanswer}{1}{one-1}" in tex[chapter:]
    assert r"\section{Chapter 1: One}" in tex[chapter:]


def test_an_exercise_and_its_solution_name_each_other(tex):
    title = r"\\ntsymbol\{★\} Count \\protect\\\(n\\protect\\\)"
    assert re.search(rf"begin{{ntexercise}}{{.*?}}{{1\.1}}{{{title}}}{{ex-count}}{{solution}}", tex)
    assert re.search(rf"begin{{ntsolution}}{{.*?}}{{1\.1}}{{{title}}}{{ex-count}}{{exercise}}", tex)


def test_a_slip_is_told_apart(tex):
    assert r"\begin{ntbox}{warning}{A common slip: it}" in tex


def test_terms_are_indexed_once_a_section(tex):
    entries = re.findall(r"\\index\{weight@\\spxentry\{weight\}(\|\w+)?\}", tex)
    assert sorted(entries) == ["", "", "|spxpagem"]


def test_korean_and_the_facts_of_the_edition(tex):
    assert r"\ntkorean{은닉층}" in tex
    assert r"\newcommand{\nttitle}{A small book}" in tex
    assert r"\newcommand{\ntsubtitle}{of two parts}" in tex
    assert r"\newcommand{\ntversion}{3.14}" in tex


def test_a_wide_column_leaves_the_narrow_one_what_it_needs():
    first, second = map(float, re.findall(r"[\d.]+", columns([[["letter"], ["word"] * 80]])))
    assert first + second == pytest.approx(1, abs=0.002)
    assert 6 / 86 < first < 0.15


# ---- The run of LaTeX ----

LATEXMK = """\
#!/bin/sh
echo "Run number 1 of rule 'xelatex'"
echo "[1] [2] [3]"
echo "$@" > arguments
"""


@pytest.fixture
def latexmk(tmp_path, monkeypatch):
    def stand_in(rest):
        program = tmp_path / "bin" / "latexmk"
        program.parent.mkdir(exist_ok=True)
        program.write_text(LATEXMK + rest)
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
        sources = tmp_path / "latex"
        sources.mkdir(exist_ok=True)
        return sources

    return stand_in


def test_a_whole_book_takes_the_place_of_the_old_one(latexmk, tmp_path):
    sources = latexmk("echo new > back-propagation.pdf")
    book = tmp_path / "pdf" / "back-propagation.pdf"
    assert typesetting.typeset(sources, book) == 3
    assert book.read_text() == "new\n"
    assert "-halt-on-error" in (sources / "arguments").read_text()


def test_an_end_is_short_where_its_page_is_nearly_empty():
    said = "nt-end: {} {} {}pt 700.0pt\n[3] \n"
    log = "".join(
        said.format(*each)
        for each in ((1, 3, 20), (4, 9, 700), (10, 10, 20), (11, 12, 154), (13, 15, 153.5))
    )
    # A chapter of one page has none before it that could give it lines.
    assert typesetting.short_ends(log) == {2: 134.0, 14: 0.5}


# A chapter whose last page is too short until the page before it ends 200 points earlier or more.
STUBBORN = """\
cat nt-ends.tex >> tries; echo >> tries
short=$(sed -n 's/.*{2}{\\([0-9]*\\).*/\\1/p' nt-ends.tex)
[ "${short:-0}" -ge %d ] && filled=400 || filled=20
echo "nt-end: 1 3 $filled.0pt 700.0pt" > back-propagation.log
echo new > back-propagation.pdf"""


def test_a_last_page_that_is_nearly_empty_gets_lines_of_the_page_before(latexmk, tmp_path):
    sources = latexmk(STUBBORN % 200)
    (sources / "nt-ends.tex").write_text("of another build")
    typesetting.typeset(sources, tmp_path / "back-propagation.pdf")
    tries = (sources / "tries").read_text().split()
    assert tries == [r"\ntshorten{2}{149.0pt}", r"\ntshorten{2}{298.0pt}"]


def test_latex_does_not_try_for_ever(latexmk, tmp_path):
    sources = latexmk(STUBBORN % 9999)
    typesetting.typeset(sources, tmp_path / "back-propagation.pdf")
    tries = (sources / "tries").read_text().split()
    assert len(tries) == typesetting.TRIES - 1
    assert (tmp_path / "back-propagation.pdf").read_text() == "new\n"


def test_a_failure_names_the_error_and_keeps_the_old_book(latexmk, tmp_path):
    log = "Words.\\n./back-propagation.tex:7: Undefined control sequence."
    sources = latexmk(f"printf '{log}' > back-propagation.log; exit 12")
    (sources / "back-propagation.fdb_latexmk").touch()
    book = tmp_path / "back-propagation.pdf"
    book.write_text("old")
    with pytest.raises(RuntimeError, match="tex:7: Undefined control sequence"):
        typesetting.typeset(sources, book)
    assert book.read_text() == "old"
    assert not (sources / "back-propagation.fdb_latexmk").exists()


def test_without_tex_one_line_says_what_to_install(monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert typesetting.main(["--check"]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "latexmk" in said and "apt-get install" in said
