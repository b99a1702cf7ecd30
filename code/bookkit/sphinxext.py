"""The book's Sphinx extension: equations, pages, where they come from and how they are found."""

from typing import Any

from sphinx.application import Sphinx

from bookkit import (
    access,
    citation,
    ebook,
    found,
    latex,
    lean,
    mathematics,
    notation,
    page,
    pictures,
    policy,
    references,
    repository,
    standalone,
    together,
    waiting,
)

__all__ = ["setup"]

PARTS = (
    *(repository, page, access, notation, mathematics, together, pictures, waiting),
    *(lean, references, latex),
    *(citation, found, standalone, policy, ebook),
)


def setup(app: Sphinx) -> dict[str, Any]:
    """Set up every part of the extension."""
    for part in PARTS:
        part.setup(app)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
