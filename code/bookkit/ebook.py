"""The book as an EPUB: the pages for a reader of e-books, who has no scripts and may have no net.

Formulas are MathML, stills are SVG, and what the pages fold away is folded by the reader itself.
What Sphinx writes is HTML; a reader of e-books wants XML, and is strict about it.
"""

import re
import shutil
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.builders.epub3 import Epub3Builder
from sphinx.config import Config

from backprop.colours import LIGHT
from bookkit.card import draw_cover
from bookkit.latex.settings import NAME
from bookkit.notation import ROLES

__all__ = ["Ebook", "foldable", "readable", "setup"]

HERE = Path(__file__).parent
COVER = "_static/cover.png"
STYLES = ("pygments.css", "nt-colours.css", "ebook.css")
LANDMARK = re.compile(r"<div\b[^>]*>|</div>")
DROPDOWN = re.compile(r'class="[^"]*\bdropdown\b[^"]*"')
TITLE = re.compile(r'\s*<p class="admonition-title"[^>]*>(.*?)</p>', re.DOTALL)
REPAIRS = (
    # An address with an ampersand in it.
    (re.compile(r"&(?!#?\w+;)"), "&amp;"),
    # In a summary are words and no paragraphs; of the two that MyST-NB writes, one is for it open.
    (re.compile(r'<p class="expanded[^"]*">.*?</p>', re.DOTALL), ""),
    (re.compile(r"(<summary[^>]*>)\s*<p[^>]*>(.*?)</p>\s*(?=</summary>)", re.DOTALL), r"\1\2"),
    # A link that sets a live figure.
    (re.compile(r'<a href="#[\w-]+\.[^"]*">(.*?)</a>', re.DOTALL), r"\1"),
    # Many readers know no custom properties; the colour behind each is the light page's.
    (re.compile(r"var\(--nt-[\w-]+, (#\w+)\)"), r"\1"),
    (re.compile(r"var\(--pst-[\w-]+, ([\w -]+)\)"), r"\1"),
    # The settings of a live figure, which nobody reads here.
    (re.compile(r"""<div class="live-figure"[^>]*? data-state='[^']*'>"""), "<div>"),
    (re.compile(r' data-mjx-[\w-]+="[^"]*"'), ""),
)
# What libraries tell those who look for a book that they can use.
ACCESS = {
    "accessMode": ("textual", "visual"),
    "accessModeSufficient": ("textual",),
    "accessibilityFeature": (
        *("alternativeText", "MathML", "tableOfContents", "structuralNavigation"),
        *("readingOrder", "displayTransformability"),
    ),
    "accessibilityHazard": ("none",),
    "accessibilitySummary": (
        "Every picture has a description, every formula is MathML, and no page needs a script.",
    ),
}
# A space, as Matplotlib draws it.
NOTHING = re.compile(r"<path(?![^>]*\bd=)([^>]*?)/>")


def readable(body: str) -> str:
    """Turn the main part of a page into what an e-book may hold.

    Parameters
    ----------
    body : str
        HTML.

    Returns
    -------
    str
        XHTML.
    """
    for pattern, repair in REPAIRS:
        body = pattern.sub(repair, body)
    return foldable(NOTHING.sub(r'<path d=""\1/>', body))


def foldable(body: str) -> str:
    """Make every answer and solution something that the reader itself can open.

    Parameters
    ----------
    body : str
        HTML with boxes of class ``dropdown``.

    Returns
    -------
    str
        The same with ``details`` in their place.
    """
    pieces: list[str] = []
    folded: list[bool] = []
    end = 0
    for mark in LANDMARK.finditer(body):
        pieces.append(body[end : mark.start()])
        end = mark.end()
        if mark[0] == "</div>":
            pieces.append("</details>" if folded.pop() else "</div>")
            continue
        title = TITLE.match(body, end) if DROPDOWN.search(mark[0]) else None
        folded.append(title is not None)
        if title is None:
            pieces.append(mark[0])
        else:
            pieces.append(re.sub("^<div", "<details", mark[0]))
            pieces.append(f"<summary>{title[1]}</summary>")
            end = title.end()
    return "".join([*pieces, body[end:]])


class Ebook(Epub3Builder):
    """Sphinx's EPUB with a manifest that says what is in each page."""

    def copy_static_files(self) -> None:
        """Bring the cover and three small style sheets, and nothing of what the pages have."""
        static = Path(self.outdir) / "_static"
        static.mkdir(parents=True, exist_ok=True)
        self.create_pygments_style_file()
        rules = [
            f".nt-{name} {{ color: {getattr(LIGHT, role)}; }}\n" for name, role in ROLES.items()
        ]
        (static / "nt-colours.css").write_text("".join(rules), encoding="utf-8")
        shutil.copyfile(HERE / "static" / "ebook.css", static / "ebook.css")
        draw_cover(Path(self.outdir) / COVER, self.config.author)

    def copy_image_files(self) -> None:
        """Copy the pictures, without what is not allowed in them."""
        super().copy_image_files()
        for picture in (Path(self.outdir) / "_images").glob("*.svg"):
            svg = picture.read_text(encoding="utf-8")
            svg = re.sub(r"<!DOCTYPE[^>]*>\s*", "", svg)
            picture.write_text(NOTHING.sub(r'<path d=""\1/>', svg), encoding="utf-8")

    def build_content(self) -> None:
        """Write the manifest, and add which pages hold formulas and drawings, and the cover."""
        for file in (Path(self.outdir) / "_static").iterdir():
            if file.name not in (*STYLES, Path(COVER).name):  # what extensions have put there
                file.unlink()
        super().build_content()
        path = Path(self.outdir) / "content.opf"
        opf = path.read_text(encoding="utf-8")
        opf = re.sub(r'<item [^>]*href="([^"]+\.xhtml)"[^>]*?/>', self._with_properties, opf)
        opf = re.sub(rf'(<item [^>]*href="{COVER}"[^>]*?)/>', r'\1properties="cover-image"/>', opf)
        told = [
            f'<meta property="schema:{name}">{value}</meta>\n    '
            for name, values in ACCESS.items()
            for value in values
        ]
        opf = opf.replace("</metadata>", "".join(told) + "</metadata>", 1)
        path.write_text(opf, encoding="utf-8")

    def _with_properties(self, item: re.Match[str]) -> str:
        path = Path(self.outdir) / item[1]
        # The table of contents has its properties, and is written later.
        page = path.read_text(encoding="utf-8") if path.is_file() else ""
        found = [name for name, mark in (("mathml", "<math"), ("svg", "<svg")) if mark in page]
        if not found:
            return item[0]
        return item[0].replace("/>", f' properties="{" ".join(found)}"/>')


def _configure(app: Sphinx, config: Config) -> None:
    config.epub_basename = NAME
    config.epub_title = config.project
    config.epub_description = "How a neural network learns, from one neuron to back-propagation"
    config.epub_uid = config.epub_identifier = f"{NAME}-{config.version}"
    config.epub_contributor = config.author
    config.epub_copyright = "CC BY 4.0 (text and figures), MIT licence (code)"
    config.epub_show_urls = "no"
    config.epub_tocscope = "includehidden"
    config.epub_tocdup = False
    config.epub_use_index = False
    config.epub_css_files = []
    config.epub_cover = (COVER, "epub-cover.html")
    config.epub_exclude_files = ["index.html"]


def _clean(app: Sphinx, page: str, template: str, context: dict[str, Any], document: Any) -> None:
    if app.builder.name != "epub":
        return
    context["css_files"] = [f"_static/{name}" for name in STYLES]
    context["script_files"] = []
    if "body" in context:
        context["body"] = readable(context["body"])


def setup(app: Sphinx) -> None:
    """Register builder and hooks with Sphinx."""
    app.setup_extension("sphinx.builders.epub3")
    app.add_builder(Ebook, override=True)
    app.connect("config-inited", _configure, priority=950)
    app.connect("html-page-context", _clean, priority=950)
