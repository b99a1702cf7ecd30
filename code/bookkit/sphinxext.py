"""The book's Sphinx extension: equations, pages, where they come from and how they are found."""

import hashlib
from pathlib import Path
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


def _own_code() -> str:
    """Name what this package is now: pages that another one has written are not up to date."""
    files = sorted(Path(__file__).parent.glob("*.py"))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def setup(app: Sphinx) -> dict[str, Any]:
    """Set up every part of the extension."""
    app.add_config_value("bookkit_code", _own_code(), "env", str)
    for part in PARTS:
        part.setup(app)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
