"""How much a reader has to wait for: pages stay light, fonts and mathematics included."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from bookkit import chromium
from bookkit.weight import transferred

FIRST_CHAPTER = "chapters/01_network_assumptions.html"
LIGHT = 450  # kilobytes, where a stock Jupyter Book page with one slider takes 2,360


@pytest.fixture(scope="module")
def compressed(book: Path) -> Iterator[str]:
    with chromium.serve(book, compressed=True) as address:
        yield address


def test_the_first_chapter_is_light(browser: Browser, compressed: str) -> None:
    sizes = transferred(browser, f"{compressed}/{FIRST_CHAPTER}")
    heaviest = sorted(sizes.items(), key=lambda item: -item[1])[:5]
    assert sum(sizes.values()) < LIGHT, heaviest
    fetched = " ".join(sizes)
    for part in ("live-neuron.js", "MathJax_Math-Italic.woff", "mathematics.css", ".svg"):
        assert part in fetched, "what a reader gets has been weighed"
    for part in ("MathJax.js", "tex-", "fontawesome.js", "searchindex.js", ".woff2", ".ttf"):
        assert part not in fetched


def test_every_page_is_below_the_goal(browser: Browser, compressed: str, any_page: str) -> None:
    sizes = transferred(browser, f"{compressed}/{any_page}")
    assert sum(sizes.values()) < 600, sorted(sizes.items(), key=lambda item: -item[1])[:5]
    files = Counter(address.split("?")[0] for address in sizes)
    assert max(files.values()) == 1, f"fetched more than once: {files.most_common(3)}"
