"""What a reader's program finds: fonts, links, bookmarks, numbers, index, facts about the book."""

import re
from collections import defaultdict
from pathlib import Path

import pytest
import yaml
from bs4 import BeautifulSoup

ROOT = Path(__file__).parents[2]


def fonts_of(resources, seen):
    """Every font that a page uses, its pictures included."""
    resources = resources.get_object()
    for font in resources.get("/Font", {}).values():
        yield font.get_object()
    for form in resources.get("/XObject", {}).values():
        if form.idnum not in seen:
            seen.add(form.idnum)
            inner = form.get_object()
            if "/Resources" in inner:
                yield from fonts_of(inner["/Resources"], seen)


def test_every_font_is_inside(book):
    seen, kinds = set(), defaultdict(int)
    for page in book.reader.pages:
        for font in fonts_of(page["/Resources"], seen):
            kinds[font["/Subtype"]] += 1
            if font["/Subtype"] == "/Type3":
                assert "/CharProcs" in font
                continue
            inner = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
            descriptor = inner["/FontDescriptor"].get_object()
            assert any(f"/FontFile{n}" in descriptor for n in ("", "2", "3")), font["/BaseFont"]
    assert kinds["/Type0"] > 0


def test_it_says_what_it_is(book):
    facts = book.reader.metadata
    assert facts.title == "Back-propagation: a book that runs"
    assert facts.author
    assert facts.subject and facts["/Keywords"]
    catalogue = book.reader.trailer["/Root"]
    assert catalogue["/Lang"].startswith("en")
    assert book.labels[0] != "1" and "1" in book.labels


def links_of(book):
    """Every link that stays in the book: its page, the page it leads to, and the words on it."""
    numbers = {page.indirect_reference.idnum: n for n, page in enumerate(book.reader.pages)}
    destinations = book.reader.named_destinations
    for number, page in enumerate(book.reader.pages):
        words = book.document[number].get_textpage()
        for annotation in page.get("/Annots", []):
            annotation = annotation.get_object()
            if annotation["/Subtype"] != "/Link":
                continue
            action = annotation.get("/A", {})
            if "/URI" in action:
                continue
            target = annotation.get("/Dest", action.get("/D"))
            assert target is not None, f"a dead link on page {book.labels[number]}"
            if isinstance(target, str | bytes):
                name = target if isinstance(target, str) else target.decode()
                assert name in destinations, f"{name} on page {book.labels[number]}"
                target = destinations[name].dest_array
            goal = numbers[target[0].idnum]
            left, bottom, right, top = map(float, annotation["/Rect"])
            said = words.get_text_bounded(left + 1, bottom, right - 1, top)
            yield number, goal, " ".join(said.split())


@pytest.fixture(scope="module")
def links(book):
    return list(links_of(book))


def test_links_lead_to_the_page_that_they_name(book, links):
    named = [(goal, re.search(r"page (\w+)$", said)) for _, goal, said in links]
    named = [(goal, found[1]) for goal, found in named if found]
    assert len(named) > 50
    for goal, label in named:
        assert book.labels[goal] == label


def test_exercises_and_solutions_lead_to_each_other(book, links):
    there = [link for link in links if re.match(r"solution\b", link[2])]
    back = {said: goal for _, goal, said in links if re.match(r"Exercise [\d.]+$", said)}
    assert len(there) >= 24
    for page, goal, _ in there:
        numbers = re.findall(r"Exercise ([\d.]+)", book.texts[page])
        assert any(f"Exercise {number}" in book.texts[goal] for number in numbers), page
    solved = re.findall(r"^Exercise ([\d.]+)\b.*page", book.text, re.MULTILINE)
    assert len(set(solved)) >= 24
    for number in set(solved):
        assert f"Exercise {number}" in book.texts[back[f"Exercise {number}"]]


def test_outside_links_lead_to_the_web(book):
    for page in book.reader.pages:
        for annotation in page.get("/Annots", []):
            address = annotation.get_object().get("/A", {}).get("/URI", "https://example.org")
            assert re.match(r"https?://[\w.-]+\.\w+", address), address


def outline_of(items, depth=0):
    for item in items:
        if isinstance(item, list):
            yield from outline_of(item, depth + 1)
        else:
            yield depth, item.title


def headings(html, name):
    """The headings of a page of the HTML, without their numbers and signs."""
    page = BeautifulSoup((html / f"{name}.html").read_text("utf-8"), "html.parser")
    for heading in page.select("article h1, article h2"):
        for extra in heading.select(".headerlink"):
            extra.decompose()
        yield squeezed(heading.get_text())


def squeezed(text):
    return re.sub(r"\W", "", text)


def test_bookmarks_show_parts_chapters_and_sections(book, html):
    outline = list(outline_of(book.reader.outline))
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text("utf-8"))
    top = [title for depth, title in outline if depth == 0]
    for part in toc["parts"]:
        assert part["caption"] in top
    for wanted in ("Preface", "Solutions", "Index"):
        assert wanted in [title for _, title in outline]
    titles = [squeezed(title) for _, title in outline]
    for part in toc["parts"]:
        for chapter in part["chapters"]:
            for heading in headings(html, Path(chapter["file"]).name):
                if "$" not in heading and "\\" not in heading:
                    assert heading in titles, heading


# ---- The same numbers as on the pages ----


def chapters(html):
    for path in sorted(html.glob("*.html")):
        yield BeautifulSoup(path.read_text("utf-8"), "html.parser")


def test_figures_have_the_numbers_of_the_pages(book, html):
    text = squeezed(book.text)
    found = 0
    for page in chapters(html):
        for caption in page.select("figcaption"):
            number = caption.select_one(".caption-number")
            words = caption.select_one(".caption-text")
            start = words.find(string=True, recursive=True) if words else None
            if number and start and len(squeezed(start)) > 8:
                assert squeezed(number.get_text()) + squeezed(start)[:40] in text, start
                found += 1
    assert found > 30


def test_equations_have_the_numbers_of_the_pages(book, html):
    wanted = [
        number.get_text().strip("¶#() \n")
        for page in chapters(html)
        for number in page.select(".math .eqno")
    ]
    assert len(wanted) > 40
    printed = re.findall(r"\((\d+(?:\.\d+)?)\)\s*$", book.text, re.MULTILINE)
    assert set(wanted) <= set(printed)


def test_exercises_have_the_numbers_of_the_pages(book, html):
    text = squeezed(book.text)
    found = 0
    for page in chapters(html):
        for title in page.select(".exercise > .admonition-title"):
            assert squeezed(title.get_text()) in text, title.get_text()
            found += 1
    assert found >= 24


# ---- Bibliography and index ----


def test_what_the_text_cites_is_how_the_bibliography_begins(book, html):
    page = BeautifulSoup((html / "bibliography.html").read_text("utf-8"), "html.parser")
    labels = [label.get_text() for label in page.select("div.citation > .label")]
    assert len(labels) > 20 and len(set(labels)) == len(labels)
    text = squeezed(book.text)
    for label in labels:
        assert re.fullmatch(r"\[.+, (\d{4}|n\.d\.)\]", label), label
        assert squeezed(label) in text, label


def test_the_index_leads_to_pages_that_hold_the_term(book):
    start = max(n for n, text in enumerate(book.texts) if re.search(r"^Index$", text[:40], re.M))
    entries = re.findall(r"^([A-Za-z][A-Za-z -]+), ([\d, ]+)$", "\n".join(book.texts[start:]), re.M)
    assert len(entries) >= 30
    for term, pages in entries:
        stem = squeezed(term)[:6].lower()
        for label in re.findall(r"\d+", pages):
            page = squeezed(book.texts[book.labels.index(label)]).lower()
            assert stem in page, (term, label)
