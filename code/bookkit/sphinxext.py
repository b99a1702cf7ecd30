"""The book's Sphinx extension: the colours of the equations, the page, the repository's address."""

from typing import Any

from sphinx.application import Sphinx

from bookkit import (
    access,
    ebook,
    latex,
    lean,
    mathematics,
    notation,
    page,
    references,
    repository,
    together,
)

__all__ = ["setup"]


def setup(app: Sphinx) -> dict[str, Any]:
    """Set up every part of the extension."""
    parts = (
        repository,
        page,
        access,
        notation,
        mathematics,
        together,
        lean,
        references,
        latex,
        ebook,
    )
    for part in parts:
        part.setup(app)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
