"""Keep a formula and the comma after it on one line.

To a browser a formula is a box, and a line may end after any box, even before a comma or a full
stop.  So a formula in the text is put together with the punctuation that touches it.
"""

import re
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

__all__ = ["TogetherWithPunctuation", "setup"]

BEFORE = re.compile(r"[(\[“‘]+$")
AFTER = re.compile(r"^[,.;:!?)\]”’…-]+\w*")


class TogetherWithPunctuation(SphinxPostTransform):
    """Wrap every formula that touches punctuation in a span that does not break."""

    default_priority = 800
    formats = ("html",)

    def run(self, **_: Any) -> None:
        """Wrap the formulas of the document."""
        for formula in list(self.document.findall(nodes.math)):
            _wrap(formula)


def _wrap(formula: nodes.math) -> None:
    parent = formula.parent
    index = parent.index(formula)
    together = nodes.inline(classes=["nt-together"])
    for place, pattern in ((index - 1, BEFORE), (index + 1, AFTER)):
        neighbour = parent[place] if 0 <= place < len(parent) else None
        if isinstance(neighbour, nodes.Text) and (found := pattern.search(neighbour)):
            parent[place] = nodes.Text(pattern.sub("", neighbour))
            together += nodes.Text(found[0])
        if place < index:
            together += formula.deepcopy()
    if len(together) > 1:
        parent[index] = together


def setup(app: Sphinx) -> None:
    """Register the transform with Sphinx."""
    app.add_post_transform(TogetherWithPunctuation)
