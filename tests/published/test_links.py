"""Every link of a fork's page leads to the fork, and to something that is there."""

import re
from collections import Counter
from pathlib import Path
from urllib.parse import unquote, urlsplit

import nbformat
import pytest
from bs4 import BeautifulSoup
from conftest import COMMIT, NAME, ROOT

from bookkit.repository import COPIES
from bookkit.standalone import setup_cell

CHAPTERS = sorted((ROOT / "chapters").glob("*.ipynb"))
SITE = "https://someone.github.io/fork/"
ARCHIVE = f"https://github.com/{NAME}/archive/{COMMIT}.zip"


def page_of(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def pages(fork: Path) -> list[Path]:
    return [path for path in sorted(fork.rglob("*.html")) if "_static" not in path.parts]


def kind_of(link: str) -> tuple[str, str]:
    """What a link to a service or to the repository is for, and the file that it names."""
    patterns = {
        "Binder": rf"https://mybinder\.org/v2/gh/{NAME}/{COMMIT}\?urlpath=lab/tree/(.+)",
        "Colab": rf"https://colab\.research\.google\.com/github/{NAME}/blob/{COPIES}/(.+)",
        "edit": rf"https://github\.com/{NAME}/edit/main/(.+)",
        "report": rf"https://github\.com/{NAME}/issues/new\?title=.*?%2F(.+?)\.html&.*",
        "repository": rf"https://github\.com/{NAME}()",
    }
    for kind, pattern in patterns.items():
        if match := re.fullmatch(pattern, link):
            return kind, unquote(match[1])
    return "other", link


def test_every_launch_link_points_at_a_file_of_the_fork(fork: Path) -> None:
    counted: Counter[str] = Counter()
    for path in pages(fork):
        # What is written in a chapter may name any place; this is about what is around it.
        page = page_of(path)
        for article in page.select("article"):
            article.decompose()
        for link in page.select("a[href^=http]"):
            kind, file = kind_of(str(link["href"]))
            if kind == "other":
                assert urlsplit(file).hostname == "creativecommons.org", f"{path.name}: {file}"
                continue
            print(f"{path.name:28} {kind:10} {link['href']}")
            counted[kind] += 1
            if kind in ("Binder", "edit"):
                assert (ROOT / file).is_file(), file
            elif kind == "Colab":
                assert (fork / "_sources" / file).is_file(), file
            elif kind == "report":
                assert (fork / f"{file}.html").is_file(), file
    assert counted["Binder"] == counted["Colab"] == len(CHAPTERS)
    assert counted["edit"] >= len(CHAPTERS) + 3
    assert counted["report"] >= counted["edit"]


def test_local_links_lead_to_files(fork: Path) -> None:
    for path in pages(fork):
        at = fork if path.name == "404.html" else path.parent
        for link in page_of(path).select("a[href], link[href], script[src], img[src]"):
            target = str(link.get("href") or link.get("src"))
            parts = urlsplit(target)
            if not parts.scheme and parts.path:
                local = parts.path.removeprefix("/fork/")
                assert (at / unquote(local)).exists(), f"{path.name}: {target}"


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
def test_the_notebook_for_download_installs_the_fork_at_its_commit(
    fork: Path, chapter: Path
) -> None:
    page = page_of(fork / "chapters" / f"{chapter.stem}.html")
    link = page.select_one("a.btn-download-source-button")
    assert link is not None
    copy = fork / "chapters" / str(link["href"])
    notebook = nbformat.read(copy, 4)
    first = next(cell for cell in notebook.cells if cell.cell_type == "code")
    assert first.source == setup_cell(ARCHIVE)
    # But for the files that it brings along, it is the chapter, without what it has no use for.
    notebook.cells = [c for c in notebook.cells if not c.source.startswith("%%writefile ")]
    assert [c.id for c in notebook.cells] == [c.id for c in nbformat.read(chapter, 4).cells]
    assert len(nbformat.writes(notebook).encode()) < chapter.stat().st_size


@pytest.mark.parametrize("kind", ["pdf", "epub"])
def test_the_whole_book_is_offered_beside_the_pages(fork: Path, kind: str) -> None:
    page = page_of(fork / "chapters" / "index.html")
    link = page.select_one(f"a.btn-download-book-{kind}-button")
    assert link is not None
    assert (fork / "chapters" / str(link["href"])).read_text() == f"the book as {kind}"


# ---- Found and cited ----


def test_pages_say_where_they_are_and_the_sitemap_lists_them(fork: Path) -> None:
    listed = re.findall("<loc>(.*?)</loc>", (fork / "sitemap.xml").read_text(encoding="utf-8"))
    assert len(listed) == len(set(listed)) >= len(CHAPTERS) + 3
    for address in listed:
        path = fork / address.removeprefix(SITE)
        page = page_of(path)
        for selector, attribute in (
            ("link[rel=canonical]", "href"),
            ('meta[property="og:url"]', "content"),
            ('meta[name="citation_public_url"]', "content"),
        ):
            assert [str(e[attribute]) for e in page.select(selector)] == [address], path.name
        image = page.select_one('meta[property="og:image"]')
        assert image is not None
        assert (fork / str(image["content"]).removeprefix(SITE)).is_file()
        about = page.select_one('meta[name="description"]')
        assert about is not None
        assert len(str(about["content"])) > 30, path.name
    for name in ("404", "search", "genindex"):
        assert f"{SITE}{name}.html" not in listed
        assert page_of(fork / f"{name}.html").select_one("meta[name=robots][content=noindex]")


def test_the_box_says_how_to_cite_the_fork(fork: Path) -> None:
    box = page_of(fork / "chapters" / "bibliography.html").select_one(".cite-this-book")
    assert box is not None
    assert SITE in box.get_text()
    assert "@book{" in box.get_text()
