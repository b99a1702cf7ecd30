"""Put what stands in a section into groups that wait until they are near the window.

Style and layout are most of what opening a long chapter costs, and what a change in a live figure
costs is mostly what the page around it costs.  So ``static/book.css`` lets groups of blocks wait
while they are far away.  Groups, because the browser asks for the place of each thing that may
wait, in every frame.  Small ones, because what is looked for inside one that waits lies less than
its height away.  And a live figure alone, so that it lays out and paints nothing but itself.
"""

from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

__all__ = ["SMALL", "WaitInGroups", "setup"]

# So many blocks together are about as high as a window.
SMALL = 8
# Elements of HTML that nothing closes.
VOID = ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr")


class WaitInGroups(SphinxPostTransform):
    """Wrap the blocks of every section below a chapter's own into groups."""

    default_priority = 900
    builders = ("html",)

    def run(self, **_: Any) -> None:
        """Group the blocks of the document."""
        for section in list(self.document.findall(nodes.section)):
            if isinstance(section.parent, nodes.section):
                section.children = [_grown(each, section) for each in _groups(section.children)]


def _groups(blocks: list[nodes.Node]) -> Iterator[list[nodes.Node]]:
    """Split blocks where a heading, a section within or a live figure stands.

    Never between pieces of HTML of which one opens an element and the other closes it.
    """
    group: list[nodes.Node] = []
    opened = 0
    for block in blocks:
        alone = isinstance(block, nodes.section | nodes.title) or _is_alive(block)
        if group and not opened and (alone or len(group) >= SMALL):
            yield group
            group = []
        group.append(block)
        if isinstance(block, nodes.raw):
            opened += _left_open(block.astext())
        if alone and not opened:
            yield group
            group = []
    if group:
        yield group


class _Balance(HTMLParser):
    """Counts the elements that a piece of HTML opens and does not close, or the other way round."""

    left = 0

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.left += tag not in VOID

    def handle_endtag(self, tag: str) -> None:
        self.left -= tag not in VOID


def _left_open(html: str) -> int:
    balance = _Balance()
    balance.feed(html)
    return balance.left


def _is_alive(block: nodes.Node) -> bool:
    return any('class="live-figure"' in raw.astext() for raw in block.findall(nodes.raw))


def _grown(group: list[nodes.Node], section: nodes.section) -> nodes.Node:
    """Make one node of a group; headings and sections stay as they are."""
    if isinstance(group[0], nodes.section | nodes.title):
        return group[0]
    together = nodes.container("", *group, classes=["nt-waits"])
    together.parent = section
    together.document = section.document
    return together


def setup(app: Sphinx) -> None:
    """Register the transform with Sphinx."""
    app.add_post_transform(WaitInGroups)
