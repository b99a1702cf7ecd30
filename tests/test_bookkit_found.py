"""What pages tell to machines, and how the book is cited."""

import json
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup
from docutils.core import publish_doctree
from PIL import Image

from bookkit.card import SIZE, draw_card
from bookkit.citation import Citation, read_citation
from bookkit.found import _offer_books, _way_in, absolute, description, page_metadata, sitemap

ROOT = Path(__file__).parents[1]
CITATION = read_citation(ROOT)
NEEDED = {
    "title": "A book",
    "authors": [{"name": "A group"}, {"given-names": "Ada", "family-names": "L"}],
    "version": 1.0,
    "date-released": "2026-01-02",
    "abstract": "On\n  things.",
    "keywords": ["things"],
}


def metadata(**more):
    given = {"title": "T", "about": "A", "url": "", "image": "", "pdf": "", "whole": False}
    return BeautifulSoup(page_metadata(CITATION, **(given | more)), "html.parser")


def content(page, name):
    found = page.select(f'meta[name="{name}"], meta[property="{name}"]')
    return [tag["content"] for tag in found]


# ---- Pages ----


def test_a_page_without_an_address_claims_none():
    page = metadata()
    assert content(page, "og:title") == ["T"]
    for name in ("og:url", "og:image", "twitter:card", "citation_pdf_url", "citation_public_url"):
        assert content(page, name) == []
    assert "url" not in json.loads(page.script.string)


def test_a_chapter_is_part_of_the_book():
    page = metadata(url="https://x.example/c.html", image="https://x.example/card.png")
    assert content(page, "og:url") == content(page, "citation_public_url")
    assert content(page, "citation_inbook_title") == [CITATION.title]
    record = json.loads(page.script.string)
    assert record["@type"] == ["Chapter", "LearningResource"]
    assert record["isPartOf"]["name"] == CITATION.title
    assert record["url"] == "https://x.example/c.html"


def test_the_root_leads_on_and_asks_for_no_icon_that_is_not_there(tmp_path):
    config = SimpleNamespace(root_doc="chapters/start", html_favicon="code/x/icon.svg")
    _way_in(SimpleNamespace(config=config), tmp_path, "Ours & yours", '<meta name="more" />\n')
    page = BeautifulSoup((tmp_path / "index.html").read_text(), "html.parser")
    assert page.select_one("link[rel=icon]")["href"] == "_static/icon.svg"
    assert page.select_one("meta[http-equiv=refresh]")["content"] == "0; url=chapters/start.html"
    assert page.a["href"] == "chapters/start.html"
    assert page.title.text == page.a.text == "Ours & yours"
    assert page.select_one("head meta[name=more]")


def test_a_title_page_at_the_root_is_left_alone(tmp_path):
    config = SimpleNamespace(root_doc="index", html_favicon=None)
    _way_in(SimpleNamespace(config=config), tmp_path, "T", "")
    assert not (tmp_path / "index.html").exists()


def test_the_title_page_stands_for_the_book_and_its_pdf():
    page = metadata(whole=True, pdf="https://x.example/b.pdf")
    assert content(page, "citation_pdf_url") == ["https://x.example/b.pdf"]
    assert content(page, "citation_inbook_title") == []
    record = json.loads(page.script.string)
    assert record["@type"] == ["Book", "LearningResource"]
    assert record["version"] == CITATION.version


def test_no_title_can_end_the_record_or_a_tag():
    page = metadata(title='</script><b x="1">')
    assert page.b is None
    assert json.loads(page.script.string)["name"] == '</script><b x="1">'
    assert content(page, "og:title") == ['</script><b x="1">']


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("Short and whole.", "Short and whole."),
        ("With :math:`a`.\n\nWithout a formula.", "Without a formula."),
        ("One sentence. " + "word " * 60, "One sentence."),
        ("word " * 60, "word " * 39 + "word …"),
        ("", ""),
    ],
)
def test_a_description_is_the_first_words_without_a_formula(source, expected):
    said = description(publish_doctree(source))
    assert said == expected
    assert len(said) <= 202


def test_a_page_that_is_not_written_has_no_description():
    assert description(None) == ""


def test_the_sitemap_is_well_formed():
    page = sitemap(["https://x.example/a.html?b&c"])
    assert page.startswith("<?xml")
    assert "<loc>https://x.example/a.html?b&amp;c</loc>" in page


@pytest.mark.parametrize("kinds", [(), ("pdf",), ("epub",), ("pdf", "epub")])
def test_the_whole_book_is_offered_in_the_forms_that_are_there(tmp_path, kinds):
    for kind in kinds:
        (tmp_path / kind).mkdir()
        (tmp_path / kind / f"back-propagation.{kind}").touch()
    buttons = [{"label": "download-source-button"}, {"label": "download-pdf-button"}]
    context = {
        "header_buttons": [{"label": "download-buttons", "buttons": buttons}],
        "pathto": lambda name, _: f"../{name}",
    }
    _offer_books(SimpleNamespace(outdir=tmp_path / "html"), "x", "page.html", context, None)
    source, *offered = context["header_buttons"][0]["buttons"]
    assert source["label"] == "download-source-button"
    assert [each["url"] for each in offered] == [f"../back-propagation.{kind}" for kind in kinds]


@pytest.mark.parametrize(
    ("link", "moved"),
    [
        ('href="_static/x.css?v=1"', 'href="/fork/_static/x.css?v=1"'),
        ('src="../x.js"', 'src="/x.js"'),
        ('data-content_root="./"', 'data-content_root="/fork/"'),
        ('href="#main"', 'href="#main"'),
        ('href="https://x.example/"', 'href="https://x.example/"'),
        ('src="data:image/png,x"', 'src="data:image/png,x"'),
        ('href="/there"', 'href="/there"'),
    ],
)
def test_links_of_a_missing_page_start_at_the_root(link, moved):
    assert absolute(f"<a {link}>", "/fork/") == f"<a {moved}>"


def test_the_card_has_the_size_that_is_told_and_the_colours_of_the_book(tmp_path):
    draw_card(tmp_path / "one.png")
    draw_card(tmp_path / "two.png")
    with Image.open(tmp_path / "one.png") as card:
        assert card.size == (SIZE["width"], SIZE["height"])
        assert len(card.convert("RGB").getcolors(1 << 24)) > 100
    assert (tmp_path / "one.png").read_bytes() == (tmp_path / "two.png").read_bytes()


# ---- Citation ----


def test_the_citation_says_what_the_package_says():
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert CITATION.version == project["version"]
    config = (ROOT / "_config.yml").read_text(encoding="utf-8")
    assert f'title: "{CITATION.title}"' in config


def test_bibtex_keeps_names_and_capitals():
    entry = CITATION.bibtex("https://x.example/")
    assert entry.count("{") == entry.count("}")
    assert f"author = {{{{{CITATION.authors[0]}}}}}" in entry
    assert "url = {https://x.example/}" in entry
    assert "url" not in CITATION.bibtex()
    assert re.fullmatch(r"\d{4}", re.search(r"year = \{(.*)\}", entry)[1])


def test_people_and_groups_are_authors(tmp_path):
    import yaml

    (tmp_path / "CITATION.cff").write_text(yaml.safe_dump(NEEDED))
    assert read_citation(tmp_path) == Citation(
        title="A book",
        authors=("A group", "Ada L"),
        version="1.0",
        date="2026-01-02",
        abstract="On things.",
        keywords=("things",),
    )


def test_a_citation_that_lacks_something_stops_the_build(tmp_path):
    (tmp_path / "CITATION.cff").write_text("title: A book\n")
    with pytest.raises(ValueError, match="lacks authors, version"):
        read_citation(tmp_path)


def test_without_the_file_there_is_no_citation(tmp_path):
    assert read_citation(tmp_path) is None
