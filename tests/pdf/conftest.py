"""The printed book, opened: `make test-pdf`.

Needs the PDF in _build/pdf (or the one named by PDF), LaTeX's log beside its sources, and the pages
in _build/html to compare with.
"""

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from pypdf import PdfReader

BUILT = Path(__file__).parents[2] / "_build"
PDF = Path(os.environ.get("PDF", BUILT / "pdf" / "back-propagation.pdf"))
DPI = 50


@dataclass
class Book:
    """A PDF, as pypdf sees its structure and as PDFium sees its pages."""

    path: Path

    @cached_property
    def reader(self):
        return PdfReader(self.path)

    @cached_property
    def document(self):
        return pypdfium2.PdfDocument(self.path)

    @cached_property
    def texts(self):
        """The text of every page, as it can be searched and copied."""
        texts = (page.get_textpage().get_text_bounded() for page in self.document)
        return [text.replace("\r\n", "\n") for text in texts]

    @cached_property
    def labels(self):
        """What is printed as the number of each page: "ii", "17"."""
        return self.reader.page_labels

    @cached_property
    def ink(self):
        """Every page as an array of booleans: where there is something on the paper."""
        pictures = (
            page.render(scale=DPI / 72, grayscale=True).to_numpy() for page in self.document
        )
        return [np.squeeze(picture) < 235 for picture in pictures]

    @cached_property
    def text(self):
        return "\n".join(self.texts)


@pytest.fixture(scope="session")
def book():
    if not PDF.is_file():
        pytest.fail(f"no book at {PDF}: run make pdf first")
    return Book(PDF)


@pytest.fixture(scope="session")
def log():
    path = BUILT / "latex" / "back-propagation.log"
    if not path.is_file():
        pytest.fail(f"no log at {path}: run make pdf first")
    # LaTeX breaks its lines after 79 characters, wherever that is.
    return path.read_text(encoding="utf-8", errors="replace")


@pytest.fixture(scope="session")
def html():
    folder = BUILT / "html" / "chapters"
    if not folder.is_dir():
        pytest.fail(f"no pages in {folder}: run make book first")
    return folder
