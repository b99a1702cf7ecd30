"""The extension in a real, small Sphinx build: what it writes into HTML and into LaTeX."""

import re
from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup
from sphinx.application import Sphinx

from bookkit.page import wanted

CONF = {
    "extensions": ["myst_nb", "sphinx_thebe", "bookkit.sphinxext"],
    "myst_enable_extensions": ["dollarmath", "amsmath"],
    "mathjax_path": "mathjax/tex-chtml.js",
    "mathjax3_config": {"options": {"enableMenu": False}},
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
OTHER = '# Other\n\n```{raw} html\n<div class="live-figure" data-state="{}"></div>\n```\n'


def build(folder, builder):
    source = folder / "source"
    if not source.exists():
        source.mkdir()
        (source / "index.md").write_text(INDEX + "\n```{toctree}\nother\n```\n")
        (source / "other.md").write_text(OTHER)
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
    assert r"\(\class{nt-activation}{a}\)" in index
    assert r"z = \class{nt-weight}{W} \class{nt-activation}{a} + b" in index
    assert r"\class{nt-gradient}{\delta} &amp;= \class{nt-target}{y}" in index
    assert r">W<" in re.sub(r"</?span[^>]*>", "", index)


def test_a_formula_stays_with_its_punctuation(index):
    spans = BeautifulSoup(index, "html.parser").select("span.nt-together")
    kept = [re.sub(r"\\[()]|\\class\{[^}]*\}|[{}]", "", span.get_text()) for span in spans]
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
    for name in ("nt-colours.css", "book.css", "mathjax/tex-chtml.js"):
        assert f"_static/{name}" in index
        assert (html / "_static" / name).stat().st_size > 500
    assert list((html / "_static/mathjax/output/chtml/fonts/woff-v2").glob("*.woff"))


def test_a_page_loads_nothing_from_another_host(html):
    for page in html.rglob("*.html"):
        text = page.read_text()
        loaded = re.findall(r"<(?:script|link|img|iframe)\b[^>]*?(?:src|href)=\"([^\"]+)\"", text)
        assert loaded
        assert not [url for url in loaded if url.startswith(("http:", "https:", "//"))], page.name
        assert "thebe" not in text, page.name


def test_live_figures_are_woken_only_where_there_are_some(html, index):
    assert "anyhost.js" not in index
    assert "anyhost.js" in (html / "other.html").read_text()
    assert "live.css" in (html / "other.html").read_text()


def test_no_button_leads_to_somebody_elses_repository(index):
    assert "mybinder" not in index
    assert "github.com" not in index


def test_font_awesome_keeps_its_hands_off_live_figures(index):
    assert "observeMutations: false" in index


def test_what_is_written_out_is_written_once():
    def script(body=None, filename=None):
        return SimpleNamespace(filename=filename, attributes={"body": body} if body else {})

    files = [script("let x = 1"), script(filename="a.js"), script("let x = 1"), script("let y")]
    assert wanted(files) == [files[0], files[1], files[3]]
    assert wanted([script("const THEBE_JS_URL = 1"), script(filename="sphinx-thebe.js")]) == []
