"""The extension in a real, small Sphinx build: what it writes into HTML and into LaTeX."""

import re
from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup
from sphinx.application import Sphinx

from bookkit.page import wanted
from bookkit.pictures import size, sized

CONF = {
    "extensions": ["myst_nb", "sphinx_thebe", "bookkit.sphinxext"],
    "myst_enable_extensions": ["dollarmath", "amsmath"],
    "html_theme": "sphinx_book_theme",
    "html_theme_options": {"launch_buttons": {"binderhub_url": "https://mybinder.org"}},
    "project": "A small book",
}
INDEX = """\
# A small book

An $a$, a `W` in code and

$$ z = W a + b $$ (eq-layer)

\\begin{align} \\delta &= y \\end{align}

A bracket ($a$), a comma $b$, a half-$c$-word; $z$ alone.
See {eq}`eq-layer` and [the other](other.md).
"""
FIGURE = """
```{raw} html
<div class="live-figure" data-figure="neuron" data-state="{}"></div>
```
"""
OTHER = f"""\
# Other

In front.

## Many blocks

{"".join(f"Block {i}." + 2 * chr(10) for i in range(10))}
{FIGURE}
Behind it.

### Deeper

{"".join(f"Block {i}." + 2 * chr(10) for i in range(6))}
<details class="choice"><summary>

An answer.

</summary>

The reason.

</details>

![A square](square.svg)

![The same, further down](square.svg)
"""
SQUARE = '<?xml version="1.0"?>\n<svg viewBox="0 0 9 9" width="30pt" height="40" version="1.1"/>'


def build(folder, builder):
    source = folder / "source"
    if not source.exists():
        source.mkdir()
        (source / "index.md").write_text(INDEX + "\n```{toctree}\n:caption: More\n\nother\n```\n")
        (source / "other.md").write_text(OTHER)
        (source / "square.svg").write_text(SQUARE)
    out = folder / builder
    app = Sphinx(source, None, out, folder / "doctrees", builder, CONF, status=None)
    app.build()
    assert app.statuscode == 0
    return out


@pytest.fixture(scope="module")
def html(tmp_path_factory):
    monkeypatch = pytest.MonkeyPatch()
    monkeypatch.delenv("GITHUB_REPOSITORY", raising=False)
    folder = build(tmp_path_factory.mktemp("html"), "html")
    yield folder
    monkeypatch.undo()


@pytest.fixture(scope="module")
def index(html):
    return (html / "index.html").read_text()


def test_every_kind_of_equation_is_coloured(index):
    maths = BeautifulSoup(index, "html.parser").select(".math")
    inline, numbered, aligned = maths[0], *(each for each in maths if each.name == "div")
    assert [each.text for each in inline.select("math .nt-activation")] == ["a"]
    assert numbered.select_one(".eqno").text.startswith("(1)")
    assert [each.text for each in numbered.select("math [class^=nt-]")] == ["W", "a"]
    assert numbered.select("mjx-math .nt-weight mjx-c.mjx-c1D44A")
    assert [each.text for each in aligned.select("math [class^=nt-]")] == ["δ", "y"]
    assert r">W<" in re.sub(r"</?span[^>]*>", "", index)


def test_a_formula_stays_with_its_punctuation(index):
    spans = BeautifulSoup(index, "html.parser").select("span.nt-together")
    kept = [span.get_text() for span in spans]
    assert kept == ["a,", "(a),", "b,", "c-word"]


def test_the_search_index_knows_nothing_of_colours(html):
    assert "nt-activation" not in (html / "searchindex.js").read_text()
    assert '"nt"' not in (html / "searchindex.js").read_text()


def test_equations_have_their_colours_in_latex(tmp_path):
    (tex,) = build(tmp_path, "latex").glob("*.tex")
    text = tex.read_text()
    assert r"{\color{ntweight}W} {\color{ntactivation}a}" in text
    assert r"\definecolor{ntgradient}{HTML}{A23B7C}" in text
    assert r"\class{" not in text


def test_colours_and_mathematics_come_with_the_pages(html, index):
    for name in ("nt-colours.css", "book.css", "mathematics.css"):
        assert f"_static/{name}" in index
        assert (html / "_static" / name).stat().st_size > 500
    assert "mathematics.css" not in (html / "other.html").read_text()
    sheet = (html / "_static" / "mathematics.css").read_text()
    fonts = re.findall(r'url\("(mathjax/[^"]+)"\)', sheet)
    assert {"mathjax/MathJax_Math-Italic.woff", "mathjax/MathJax_Main-Regular.woff"} <= set(fonts)
    assert all((html / "_static" / name).is_file() for name in fonts)


def test_a_page_loads_nothing_from_another_host(html):
    for page in html.rglob("*.html"):
        text = page.read_text()
        loaded = re.findall(r"<(?:script|link|img|iframe)\b[^>]*?(?:src|href)=\"([^\"]+)\"", text)
        assert loaded
        assert not [url for url in loaded if url.startswith(("http:", "https:", "//"))], page.name
        assert "thebe" not in text, page.name


def test_the_theme_writes_the_pages(index):
    captions = BeautifulSoup(index, "html.parser").select("p.caption[role=heading]")
    assert captions
    assert all(each["aria-level"] == "2" for each in captions)


def test_live_figures_are_woken_only_where_there_are_some(html, index):
    assert "anyhost.js" not in index
    assert "anyhost.js" in (html / "other.html").read_text()
    assert "live.css" in (html / "other.html").read_text()


def test_the_first_figure_is_fetched_at_once_and_no_script_holds_up_the_page(html, index):
    other = BeautifulSoup((html / "other.html").read_text(), "html.parser")
    figures = [each["src"] for each in other.select("script[async]") if "/live-" in each["src"]]
    assert [each.split("?")[0] for each in figures] == ["_static/live-neuron.js"]
    assert (html / "_static" / "live-neuron.js").is_file()
    assert "live-neuron.js" not in index
    at_once = [
        each["src"].split("?")[0]
        for each in other.select("script[src]")
        if not {"async", "defer"} & set(each.attrs)
    ]
    assert at_once == ["_static/documentation_options.js"]


def test_what_is_far_away_waits_in_groups_and_a_live_figure_alone(html):
    other = BeautifulSoup((html / "other.html").read_text(), "html.parser")
    groups = other.select(".nt-waits")
    texts = [each.get_text().split(".")[:-1] for each in groups]
    assert [len(text) for text in texts[:2]] == [8, 2]
    assert texts[0][-1].strip() == "Block 7"
    assert [len(each.select(".live-figure")) for each in groups] == [0, 0, 1, 0, 0, 0]
    assert len(groups[2].find_all(recursive=False)) == 1
    assert texts[3] == ["\nBehind it"]
    assert not groups[0].find_parent(class_="nt-waits")
    assert "In front" not in "".join(each.get_text() for each in groups), "it is seen at once"
    assert [each.parent.name for each in other.select("article :is(h2, h3)")] == [
        "section",
        "section",
    ]
    assert "Deeper" in other.select_one("section > section > section > h3").get_text()


def test_no_group_ends_within_an_element_that_html_has_opened(html):
    other = BeautifulSoup((html / "other.html").read_text(), "html.parser")
    (choice,) = other.select("details.choice")
    assert choice.summary.get_text().strip() == "An answer."
    assert choice.get_text().split() == ["An", "answer.", "The", "reason."]
    assert choice.parent["class"][0] == "nt-waits"
    assert not choice.select(".nt-waits")
    assert not choice.parent.select("img"), "what follows is the next group's"


def test_a_page_knows_how_large_its_pictures_are_before_they_come(html):
    other = BeautifulSoup((html / "other.html").read_text(), "html.parser")
    first, second = other.select("article img")
    for picture in (first, second):
        assert (picture["width"], picture["height"]) == ("40", "40")
    assert (first.get("loading"), second.get("loading")) == (None, "lazy")


def test_a_picture_that_does_not_say_its_size_has_none():
    assert size('<svg width="12" height="9.6px">') == (12, 10)
    assert (
        size('<svg viewBox="0 0 1 1" stroke-width="2"><rect width="3" height="4"/></svg>') is None
    )
    assert size('<svg width="100%" height="4">') is None
    body = '<img alt="a" src="../_images/a.svg" /><img src="../_static/b.svg" />'
    assert sized(body, {}) == body


def test_no_button_leads_to_somebody_elses_repository(index):
    assert "mybinder" not in index
    assert "github.com" not in index


def test_no_page_carries_what_it_does_not_use(html, index):
    assert "fontawesome.js" not in index
    assert "searchindex.js" not in index
    assert "searchindex.js" in (html / "search.html").read_text()
    assert not re.findall(r'<i class="fa', index)
    assert '<i aria-hidden="true" class="fa' in index
    styles = (html / "_static/styles/pydata-sphinx-theme.css").read_text()
    assert ".fa-magnifying-glass:before" in styles
    assert ".fa-face-smile:before" not in styles
    for name in re.findall(r"url\(\.\./(vendor/fontawesome/[^)]+)\)", styles):
        assert (html / "_static" / name).stat().st_size < 10_000, name


def test_a_changed_style_reaches_pages_that_are_up_to_date(tmp_path):
    out = build(tmp_path, "html")
    made = (out / "_static" / "book.css").read_text()
    (out / "_static" / "book.css").write_text("stale")
    build(tmp_path, "html")
    assert (out / "_static" / "book.css").read_text() == made
    assert (
        ".fa-magnifying-glass:before"
        in (out / "_static/styles/pydata-sphinx-theme.css").read_text()
    )


def test_pages_of_another_bookkit_are_written_anew(tmp_path, monkeypatch):
    page = build(tmp_path, "html") / "other.html"
    page.write_text("stale")
    build(tmp_path, "html")
    assert page.read_text() == "stale", "what is up to date stays"
    monkeypatch.setattr("bookkit.sphinxext._own_code", lambda: "another")
    build(tmp_path, "html")
    assert "Block 7" in page.read_text()


def test_what_is_written_out_is_written_once():
    def script(body=None, filename=None):
        return SimpleNamespace(filename=filename, attributes={"body": body} if body else {})

    files = [script("let x = 1"), script(filename="a.js"), script("let x = 1"), script("let y")]
    assert wanted(files) == [files[0], files[1], files[3]]
    assert wanted([script("const THEBE_JS_URL = 1"), script(filename="sphinx-thebe.js")]) == []
