"""Bind the pages into a book: preface, parts, chapters, solutions, bibliography.

Sphinx hands over the root page with every other page inside it.  On the screen the root page is a
front door; in the book it is the preface, and the parts of the table of contents come after it.
"""

from collections.abc import Iterator
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.builders.latex.nodes import thebibliography
from sphinx.transforms.post_transforms import SphinxPostTransform

from bookkit.latex.solutions import CHAPTER

__all__ = ["BindPages", "setup", "tex"]

PREFACE = "Preface"


def tex(command: str) -> nodes.raw:
    """Put a piece of LaTeX between the nodes of a document."""
    return nodes.raw("", command, format="latex")


class BindPages(SphinxPostTransform):
    """Arrange the assembled document as front matter, parts and chapters."""

    # After Sphinx has gathered the bibliography, at 750.
    default_priority = 950
    formats = ("latex",)

    def run(self, **_: Any) -> None:
        """Arrange the document, if it is the whole book."""
        parts = list(self._parts())
        if not parts:
            return
        solutions = self._solutions()
        files = {file["docname"]: file for file in self.document.findall(addnodes.start_of_file)}
        preface = self._preface()
        self._place_bibliography(files)
        self.document.clear()
        self.document += [tex(r"\ntunnumbered"), preface, tex(r"\ntmainmatter")]
        for caption, names in parts:
            self.document += tex(rf"\ntpart{{{caption}}}")
            # Solutions open the last part, in which one looks things up.
            if names is parts[-1][1] and not any(map(self._numbered, names)):
                self.document += solutions
                solutions = []
            for name in names:
                mark = r"\ntnumbered" if self._numbered(name) else r"\ntunnumbered"
                self.document += [tex(mark), files[name]]
        self.document += solutions

    def _parts(self) -> Iterator[tuple[str, list[str]]]:
        """Read the parts and their pages from the table of contents."""
        site = getattr(self.config, "external_site_map", None)
        if site is not None and self.document.get("docname") == site.root.docname:
            for subtree in site.root.subtrees:
                # Sphinx has warned of what is not there.
                names = [str(item) for item in subtree.items if str(item) in self.env.found_docs]
                yield subtree.caption or "", names

    def _numbered(self, name: str) -> bool:
        return bool(self.env.toc_secnumbers.get(name))

    def _solutions(self) -> list[nodes.Node]:
        """Take out the chapter that `bookkit.latex.solutions` has put at the end, if it has."""
        for node in self.document.children:
            if CHAPTER in node.get("ids", ()):
                self.document.remove(node)
                return [tex(r"\ntunnumbered"), node]
        return []

    def _preface(self) -> nodes.section:
        """Take the root page without the pages inside it, under a title that fits a book."""
        root: nodes.section = next(self.document.findall(nodes.section))
        for wrapper in list(root.findall(nodes.compound)):
            if "toctree-wrapper" in wrapper["classes"] and wrapper.parent is not None:
                wrapper.parent.remove(wrapper)
        root[0] = nodes.title("", PREFACE)
        return root

    def _place_bibliography(self, files: dict[str, addnodes.start_of_file]) -> None:
        """Put the bibliography on the page that it came from; Sphinx puts it at the very end."""
        for bibliography in list(self.document.findall(thebibliography)):
            bibliography.parent.remove(bibliography)
            section = next(files[bibliography[0]["docname"]].findall(nodes.section))
            section += bibliography


def setup(app: Sphinx) -> None:
    """Register the transform with Sphinx."""
    app.add_post_transform(BindPages)
