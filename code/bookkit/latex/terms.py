"""An index of terms: wherever the text leads to the glossary, the index leads to the text."""

from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

__all__ = ["IndexTerms", "setup"]


class IndexTerms(SphinxPostTransform):
    """Add an index entry where a section first speaks of a term."""

    # While the references still know what they refer to.
    default_priority = 2
    formats = ("latex",)

    def run(self, **_: Any) -> None:
        """Add the entries; the glossary brings its own, which stand in bold."""
        names = {term.astext().lower(): term.astext() for term in self._glossary()}
        seen: set[tuple[int, str]] = set()
        for reference in list(self.document.findall(addnodes.pending_xref)):
            name = names.get(str(reference["reftarget"]).lower(), "")
            section = _section_of(reference)
            if reference["reftype"] != "term" or not name or section is None:
                continue
            if (id(section), name) not in seen and not _in_glossary(reference):
                seen.add((id(section), name))
                entry = ("single", name, "", "", None)
                reference.parent.insert(
                    reference.parent.index(reference), addnodes.index(entries=[entry])
                )

    def _glossary(self) -> list[nodes.term]:
        glossaries = self.document.findall(addnodes.glossary)
        return [term for glossary in glossaries for term in glossary.findall(nodes.term)]


def _section_of(node: nodes.Node) -> nodes.Node | None:
    while node is not None and not isinstance(node, nodes.section):
        node = node.parent
    return node


def _in_glossary(node: nodes.Node | None) -> bool:
    while node is not None and not isinstance(node, addnodes.glossary):
        node = node.parent
    return node is not None


def setup(app: Sphinx) -> None:
    """Register the transform with Sphinx."""
    app.add_post_transform(IndexTerms)
