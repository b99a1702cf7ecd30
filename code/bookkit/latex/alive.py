"""Mark the figures that move on the pages: on paper each is its still, and says so."""

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

__all__ = ["CLASS", "MarkAlive", "is_alive", "setup"]

CLASS = "nt-alive"


class MarkAlive(SphinxPostTransform):
    """Give the output of a live figure a class."""

    # While an output still holds all its forms: MyST-NB chooses one at 4.
    default_priority = 3
    formats = ("latex",)

    def run(self, **_: Any) -> None:
        """Mark the cells whose HTML is a live figure."""
        for raw in self.document.findall(nodes.raw):
            if 'class="live-figure"' in raw.astext():
                cell = raw.parent
                while cell is not None and "cell_output" not in cell["classes"]:
                    cell = cell.parent
                if cell is not None:
                    cell["classes"].append(CLASS)


def is_alive(node: nodes.Node | None) -> bool:
    """Tell whether a node is part of a live figure."""
    while node is not None:
        if isinstance(node, nodes.Element) and CLASS in node.get("classes", ()):
            return True
        node = node.parent
    return False


def setup(app: Sphinx) -> None:
    """Register the transform with Sphinx."""
    app.add_post_transform(MarkAlive)
