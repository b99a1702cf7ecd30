"""The book on paper: what turns the assembled pages into one typeset book.

The pages are written for a screen.  On paper there is nothing to unfold, no still that wakes, and
no sidebar that shows where you are.  So the parts of this extension bind the pages into front
matter, parts and chapters (`binding`), move what the pages fold away to a chapter at the end
(`solutions`), collect the index (`terms`), and write it all with the numbers that the pages show
(`writer`).  ``python -m bookkit.latex`` runs LaTeX over the result.
"""

from typing import Any

from sphinx.application import Sphinx

from bookkit.latex import alive, binding, settings, solutions, tables, terms, writer

__all__ = ["setup"]


def setup(app: Sphinx) -> dict[str, Any]:
    """Set up what the LaTeX builder needs; the other builders do not notice."""
    for part in (settings, alive, terms, solutions, tables, binding, writer):
        part.setup(app)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
