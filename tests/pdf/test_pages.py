"""Every page as it looks: nothing in the margin, none empty, nothing that belongs on a screen."""

import re

import numpy as np

from backprop import live

MM = 50 / 25.4
# The block of text lies between these, in millimetres; codes and boxes may be a hair wider.
LEFT, RIGHT, TOP, BOTTOM = 30 - 2.5, 180 + 2.5, 27 - 2, 297 - 29 + 2
# The share of the block's height that a page has to reach, and the lines of text on it.
LEAST_HEIGHT, LEAST_LINES = 0.2, 8
FRONT = 2  # title and imprint: pages that are meant to be empty in parts


def test_it_is_a_book(book):
    assert 120 <= len(book.texts) <= 400
    assert book.path.stat().st_size < 20e6


def test_nothing_stands_in_the_margin(book):
    for number, ink in enumerate(book.ink):
        columns = np.flatnonzero(ink.any(axis=0)) / MM
        rows = np.flatnonzero(ink.any(axis=1)) / MM
        assert columns.min() >= LEFT and columns.max() <= RIGHT, number + 1
        # A head above, a page number below.
        assert rows.min() >= 14 and rows.max() <= BOTTOM + 12, number + 1


def test_no_page_is_empty_or_nearly_so(book):
    for number, (ink, text) in enumerate(zip(book.ink, book.texts, strict=True)):
        if number < FRONT:
            assert ink.any()
            continue
        body = ink[int(TOP * MM) : int(BOTTOM * MM)]
        reached = np.flatnonzero(body.any(axis=1)).max(initial=0) / len(body)
        lines = len([line for line in text.splitlines() if line.strip()])
        assert reached >= LEAST_HEIGHT, (book.labels[number], reached)
        assert lines >= LEAST_LINES or body.mean() > 0.02, (book.labels[number], lines)


def test_nothing_is_left_of_the_screen(book):
    names = "|".join(name for name in dir(live) if name[0].isupper())
    for text, label in zip(book.texts, book.labels, strict=True):
        assert "??" not in text, label
        found = re.search(rf"<(?:Figure|Axes)\b|object at 0x|\b(?:{names})\(\w+=", text)
        assert found is None, (label, found)


def test_every_picture_is_drawn_in_lines(book):
    for page, label in zip(book.reader.pages, book.labels, strict=True):
        assert len(page.images) == 0, label


def test_korean_terms_can_be_read_and_searched(book):
    from pathlib import Path

    glossary = Path(__file__).parents[2] / "chapters" / "glossary.md"
    terms = re.findall(r"Korean: ([^\n*\\]+)", glossary.read_text("utf-8"))
    assert len(terms) > 30
    squeezed = re.sub(r"\s", "", book.text)
    for term in terms:
        assert re.sub(r"\s", "", term) in squeezed, term
