"""The e-book: what a reader of EPUBs gets, which is XML and has no scripts."""

import re
import shutil
import warnings
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest
from sphinx.application import Sphinx

from bookkit.ebook import foldable, readable

CONF = {
    "extensions": ["myst_nb", "sphinx_exercise", "sphinx_thebe", "bookkit.sphinxext"],
    "myst_enable_extensions": ["dollarmath", "amsmath"],
    "nb_execution_mode": "off",
    "numfig": True,
    "html_theme": "sphinx_book_theme",
    "project": "A small book",
    "author": "Its author",
    "language": "en",
}
INDEX = """\
# A small book

An $a$ and

$$ z = W a $$ (eq-layer)

**1.** What?

```{admonition} Answer
:class: dropdown
A **secret**.
```

```{raw} html
<div class="live-figure" data-figure="neuron" data-state='{"w": "<2 & 3>"}'>
<svg xmlns="http://www.w3.org/2000/svg"><path id="space" transform="scale(1)"/>
<path d="M 0 0" style="fill: var(--nt-ink, #1F2933)"/></svg></div>
```

```{exercise} Count
:label: ex-one
Count.
```

```{exercise} Again
:label: ex-two
Count.
```

```{solution} ex-one
:class: dropdown
Two.
```
"""


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    folder = tmp_path_factory.mktemp("epub")
    source = folder / "source"
    source.mkdir()
    (source / "index.md").write_text(INDEX)
    # What it tells to search engines is for the pages.
    shutil.copy(Path(__file__).parents[1] / "CITATION.cff", source)
    with warnings.catch_warnings():
        # Of the tools to each other.
        warnings.simplefilter("ignore")
        app = Sphinx(source, None, folder / "epub", folder / "doctrees", "epub", CONF, status=None)
        app.build()
    assert app.statuscode == 0
    with zipfile.ZipFile(folder / "epub" / "back-propagation.epub") as archive:
        # Everything but the cover's picture is text.
        return {
            name: archive.read(name).decode("utf-8", errors="replace")
            for name in archive.namelist()
        }


def test_every_page_is_xml_without_scripts(book):
    pages = [text for name, text in book.items() if name.endswith((".xhtml", ".opf", ".ncx"))]
    assert len(pages) >= 4
    for page in pages:
        ElementTree.fromstring(page)
        assert "<script" not in page


def test_formulas_are_mathml_in_the_colours_of_the_book(book):
    page = book["index.xhtml"]
    assert page.count("<math ") == 2
    assert '<mi class="nt-weight">W</mi>' in page
    assert ".nt-weight { color: #0072B2; }" in book["_static/nt-colours.css"]


def test_the_manifest_says_what_a_page_holds(book):
    assert re.search(r'href="index.xhtml"[^>]*properties="mathml svg"', book["content.opf"])
    styles = {name for name in book if name.endswith((".css", ".js"))}
    assert styles == {"_static/pygments.css", "_static/nt-colours.css", "_static/ebook.css"}


def test_it_begins_with_its_cover(book):
    (picture,) = re.findall(
        r'<item id="([^"]+)" href="_static/cover.png"[^>]*"cover-image"', book["content.opf"]
    )
    assert f'<meta name="cover" content="{picture}"/>' in book["content.opf"]
    first = re.search(r'<itemref idref="([^"]+)"', book["content.opf"])[1]
    assert f'<item id="{first}" href="epub-cover.xhtml"' in book["content.opf"]
    assert 'src="_static/cover.png"' in book["epub-cover.xhtml"]
    assert "PNG" in book["_static/cover.png"][:8]


def test_it_says_who_can_use_it(book):
    told = re.findall(r'<meta property="schema:(\w+)">([^<]+)</meta>', book["content.opf"])
    assert ("accessibilityFeature", "MathML") in told
    assert {"accessMode", "accessModeSufficient", "accessibilityHazard"} <= dict(told).keys()


def test_answers_and_solutions_stay_folded(book):
    page = book["index.xhtml"]
    assert "<summary>Answer</summary>" in page
    solution = page.index("Two.")
    assert page.rindex("<details", 0, solution) > page.rindex("</details>", 0, solution)
    assert page.count("<details") == page.count("</details>") == 2
    assert 'id="exercise-content"' not in page


def test_a_live_figure_is_its_still(book):
    page = book["index.xhtml"]
    assert "data-state" not in page
    assert '<path d="" id="space"' in page
    assert "fill: #1F2933" in page


def test_boxes_inside_boxes_close_in_their_order():
    title = '<p class="admonition-title">Answer</p>'
    box = f'<div class="dropdown admonition">{title}<div>in</div></div><div class="x">out</div>'
    assert foldable(box) == (
        '<details class="dropdown admonition"><summary>Answer</summary><div>in</div></details>'
        '<div class="x">out</div>'
    )


def test_ampersands_in_addresses():
    assert readable('<a href="?a=1&b=2">&lt;</a>') == '<a href="?a=1&amp;b=2">&lt;</a>'
