"""Let the published pages be found, shared and cited: what their heads tell to machines.

The address of the pages is known only while they are being published (`bookkit.repository`); what
needs one is left out everywhere else.
"""

import json
import os
import re
import shutil
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from docutils import nodes
from sphinx.application import Sphinx

from bookkit.card import SIZE, draw_card
from bookkit.citation import Citation, read_citation
from bookkit.latex.settings import NAME
from bookkit.repository import Address, address

__all__ = ["absolute", "description", "page_metadata", "setup", "sitemap"]

CARD = "_static/card.png"
CARD_TEXT = "A network of 16, 8 and 4 neurons, with the title of the book."
# Where `make pdf` and `make epub` leave the whole book, beside the pages' own folder.
PDF = Path("pdf") / f"{NAME}.pdf"
EPUB = Path("epub") / f"{NAME}.epub"
TEXT_LICENCE = "https://creativecommons.org/licenses/by/4.0/"
LONGEST = 200
# Pages that help a reader on, and that nobody should land on from outside.
HELPERS = ("404", "search", "genindex")


def description(document: nodes.document | None) -> str:
    """Say in a sentence or two what a page is about: its first words, without formulas.

    Parameters
    ----------
    document : nodes.document or None
        A page without one has no words of its own.

    Returns
    -------
    str
        At most 200 characters, ending with a whole sentence where one fits.
    """
    for paragraph in document.findall(nodes.paragraph) if document else ():
        copy = paragraph.deepcopy()
        if not list(copy.findall(nodes.math)):
            words = " ".join(copy.astext().split())
            if len(words) <= LONGEST:
                return words
            sentences = words[: LONGEST + 1].rpartition(". ")[0]
            return f"{sentences}." if sentences else words[:LONGEST].rpartition(" ")[0] + " …"
    return ""


def page_metadata(
    citation: Citation,
    *,
    title: str,
    about: str,
    url: str,
    image: str,
    pdf: str,
    whole: bool,
) -> str:
    """Write what a page's head tells to search engines, previews and reference managers.

    Parameters
    ----------
    citation : Citation
    title, about : str
        The page's own; plain text.
    url, image, pdf : str
        Full addresses; what is empty is left out.
    whole : bool
        Whether the page stands for the book as a whole, and not for a chapter.

    Returns
    -------
    str
        HTML.
    """
    pairs = [
        ("name", "description", about),
        ("property", "og:type", "book" if whole else "article"),
        ("property", "og:site_name", citation.title),
        ("property", "og:title", title),
        ("property", "og:description", about),
        ("property", "og:url", url),
        ("property", "og:image", image),
        *([("property", "og:image:alt", CARD_TEXT)] if image else []),
        *([("property", f"og:image:{n}", str(v)) for n, v in SIZE.items()] if image else []),
        ("name", "twitter:card", "summary_large_image" if image else ""),
        ("name", "citation_title", title),
        *(("name", "citation_author", author) for author in citation.authors),
        ("name", "citation_publication_date", citation.date.replace("-", "/")),
        ("name", "citation_language", "en"),
        ("name", "citation_inbook_title", "" if whole else citation.title),
        ("name", "citation_public_url", url),
        ("name", "citation_pdf_url", pdf if whole else ""),
    ]
    tags = [
        f'<meta {kind}="{name}" content="{escape(value)}" />'
        for kind, name, value in pairs
        if value
    ]
    record = json.dumps(_record(citation, title, about, url, image, whole), ensure_ascii=False)
    record = record.replace("</", r"<\/")  # or a title with </script> in it would end the script
    tags.append(f'<script type="application/ld+json">{record}</script>')
    return "\n".join(tags) + "\n"


def _record(
    citation: Citation, title: str, about: str, url: str, image: str, whole: bool
) -> dict[str, Any]:
    """Describe the page in the words of schema.org."""
    book = {
        "@type": ["Book", "LearningResource"],
        "name": citation.title,
        "author": [{"@type": "Organization", "name": author} for author in citation.authors],
        "datePublished": citation.date,
        "version": citation.version,
        "inLanguage": "en",
        "license": TEXT_LICENCE,
        "isAccessibleForFree": True,
        "keywords": ", ".join(citation.keywords),
        "abstract": citation.abstract,
    }
    own = {key: value for key, value in {"url": url, "image": image}.items() if value}
    if whole:
        return {"@context": "https://schema.org", **book, **own, "description": about}
    chapter = {"@type": ["Chapter", "LearningResource"], "name": title, "inLanguage": "en"}
    return {
        "@context": "https://schema.org",
        **chapter,
        **own,
        "description": about,
        "isPartOf": book,
    }


def sitemap(addresses: list[str]) -> str:
    """Write the list of pages that search engines read."""
    lines = "".join(f"  <url><loc>{escape(each)}</loc></url>\n" for each in addresses)
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="{space}">\n{lines}</urlset>\n'


def absolute(text: str, path: str) -> str:
    """Let all links of a page start at the root of the site, so that they work at any depth.

    Parameters
    ----------
    text : str
        The HTML of a page that was written for the book's top folder.
    path : str
        Where that folder is on its host, ``/fork/``.

    Returns
    -------
    str
    """
    own = r'(?P<name>\b(?:href|src|action|data-content_root))="(?![a-z]+:|/|#)(?P<to>[^"]*)"'
    return re.sub(own, lambda link: f'{link["name"]}="{urljoin(path, link["to"])}"', text)


def _describe(
    app: Sphinx, page: str, template: str, context: dict[str, Any], document: nodes.document | None
) -> None:
    if app.builder.name != "html":
        return
    citation = read_citation(Path(app.srcdir))
    if page in HELPERS:
        context["metatags"] = (
            context.get("metatags", "") + '<meta name="robots" content="noindex" />\n'
        )
        context["pageurl"] = None
    elif citation:
        where = address(os.environ)
        whole = page == app.config.root_doc
        context["metatags"] = context.get("metatags", "") + page_metadata(
            citation,
            title=citation.title if whole else _plain(context["title"]),
            about=citation.abstract if whole else description(document),
            url=context.get("pageurl") or "" if where else "",
            image=where.pages + CARD if where else "",
            pdf=where.pages + PDF.name if where and _made(app, PDF) else "",
            whole=whole,
        )


def _plain(title: str) -> str:
    """Take tags and the chapter's number from a title."""
    return re.sub(r"^[\d.]+\s+", "", re.sub("<[^>]*>", "", title))


def _made(app: Sphinx, book: Path) -> Path | None:
    path = Path(app.outdir).parent / book
    return path if path.is_file() else None


def _offer_books(
    app: Sphinx, page: str, template: str, context: dict[str, Any], document: Any
) -> None:
    """Offer the whole book as a file, where there is one, and not what a browser prints."""
    for group in context.get("header_buttons", []):
        if group.get("label") == "download-buttons":
            buttons = [b for b in group["buttons"] if b["label"] != "download-pdf-button"]
            for book, kind, told, icon in (
                (PDF, "PDF", "typeset", "fas fa-file-pdf"),
                (EPUB, "EPUB", "for a reader of e-books", "fas fa-book"),
            ):
                if _made(app, book):
                    buttons.append(
                        {
                            "type": "link",
                            "url": context["pathto"](book.name, 1),
                            "text": f"Book as {kind}",
                            "tooltip": f"Download the whole book, {told}",
                            "icon": icon,
                            "label": f"download-book-{kind.lower()}-button",
                        }
                    )
            group["buttons"] = buttons


def _not_found(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Give the page that a web server shows where there is none."""
    if app.builder.name == "html":
        yield "404", {"title": "Page not found"}, "404.html"


def _finish(app: Sphinx, error: Exception | None) -> None:
    if error or app.builder.name != "html":
        return
    folder = Path(app.outdir)
    where = address(os.environ)
    missing = folder / "404.html"
    path = urlsplit(where.pages).path if where else "/"
    missing.write_text(absolute(missing.read_text(encoding="utf-8"), path), encoding="utf-8")
    for book in (PDF, EPUB):
        if made := _made(app, book):
            shutil.copyfile(made, folder / book.name)
    citation = read_citation(Path(app.srcdir))
    tags = _publish(app, folder, where, citation) if where else ""
    _way_in(app, folder, citation.title if citation else app.config.html_title, tags)


def _publish(app: Sphinx, folder: Path, where: Address, citation: Citation | None) -> str:
    """Write what only a book with an address has, and return the tags of its root."""
    found = [page for page in sorted(app.env.found_docs) if page not in HELPERS]
    (folder / "sitemap.xml").write_text(
        sitemap([f"{where.pages}{page}.html" for page in found]), encoding="utf-8"
    )
    if not citation:
        return ""
    draw_card(folder / CARD)
    start = f"{where.pages}{app.config.root_doc}.html"
    tags = page_metadata(
        citation,
        title=citation.title,
        about=citation.abstract,
        url=start,
        image=where.pages + CARD,
        pdf=where.pages + PDF.name if _made(app, PDF) else "",
        whole=True,
    )
    return f'<link rel="canonical" href="{start}" />\n{tags}'


def _way_in(app: Sphinx, folder: Path, title: str, tags: str) -> None:
    """Lead from the root to the title page, in place of a page that has no title and no icon."""
    if app.config.root_doc == "index":
        return
    start = f"{app.config.root_doc}.html"
    icon = app.config.html_favicon
    lines = [
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8" />',
        f'<meta http-equiv="refresh" content="0; url={start}" />',
        f'<link rel="icon" href="_static/{Path(icon).name}" />' if icon else "",
        f"<title>{escape(title)}</title>\n{tags}</head>",
        f'<body><a href="{start}">{escape(title)}</a></body>\n</html>\n',
    ]
    (folder / "index.html").write_text("\n".join(filter(None, lines)), encoding="utf-8")


def setup(app: Sphinx) -> None:
    """Register the hooks with Sphinx: behind the theme's own, ahead of those that tidy pages."""
    app.connect("html-page-context", _describe, priority=800)
    app.connect("html-page-context", _offer_books, priority=800)
    app.connect("html-collect-pages", _not_found)
    app.connect("build-finished", _finish)
