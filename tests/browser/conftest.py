"""A real browser on the built book: `python -m pytest -o addopts= tests/browser`.

Needs Playwright, a Chromium (the one named by CHROMIUM, or found on the PATH) and the book in
_build/html (or in the folder named by BOOK).  Every page that a test opens is watched: a request to
another host, an error on the console or an exception in a script fails the test.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from driving import come_to
from playwright.sync_api import Browser, Locator, Page, Request, expect, sync_playwright

from bookkit import chromium

# Many machines are slower than yours.
expect.set_options(timeout=20_000)

BOOK = Path(os.environ.get("BOOK", Path(__file__).parents[2] / "_build" / "html"))


def pages_of(book: Path) -> list[str]:
    """Every page of the book but what leads on and what stands for a page that is missing."""
    others = ("_static", "index.html", "404.html")
    found = [page.relative_to(book) for page in sorted(book.rglob("*.html"))]
    return [page.as_posix() for page in found if page.parts[0] not in others]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give a test that asks for any_page every page."""
    if "any_page" in metafunc.fixturenames:
        # Without a book there is one page, and its test says what is missing.
        metafunc.parametrize("any_page", pages_of(BOOK) or ["search.html"])


@pytest.fixture(scope="session")
def book() -> Path:
    """The folder of the built pages."""
    if not (BOOK / "index.html").exists():
        pytest.fail(f"no book in {BOOK}: run make book first")
    return BOOK


@pytest.fixture(scope="session")
def served(book: Path) -> Iterator[str]:
    """The book on a port of this machine's loopback."""
    with chromium.serve(book) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    try:
        path = chromium.find()
    except FileNotFoundError as error:
        pytest.fail(str(error))
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=chromium.ARGUMENTS)
        yield launched
        launched.close()


def page_with(book: Path, figure: str) -> str:
    """The address, within the book, of the first page that holds a live figure."""
    mark = f'data-figure="{figure}"'
    for page in sorted(book.rglob("*.html")):
        if mark in page.read_text(encoding="utf-8"):
            return page.relative_to(book).as_posix()
    pytest.fail(f"no page of the book shows live.{figure}")


OpenPage = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser, book: Path, served: str) -> Iterator[OpenPage]:
    """Open a page of the book: open_page("chapters/x.html", width=390, scheme="dark", …)."""
    contexts, troubles = [], []

    def failed(request: Request) -> None:
        # A page that is left or loaded again asks for no more of what was on its way.
        if request.failure != "net::ERR_ABORTED":
            troubles.append(f"failed: {request.url}: {request.failure}")

    def watch(page: Page, javascript: bool) -> None:
        page.on("pageerror", lambda error: troubles.append(f"exception: {error}"))
        page.on(
            "console",
            lambda message: (
                message.type in ("error", "warning") and troubles.append(f"console: {message.text}")
            ),
        )
        if javascript:  # without it, every script is a request that fails
            page.on("requestfailed", failed)

        def local(url: str) -> bool:
            return url.startswith((served, "data:", "blob:", "file:"))

        page.on("request", lambda r: None if local(r.url) else troubles.append(f"asked {r.url}"))

    def open_it(
        path: str,
        *,
        width: int = 1280,
        scheme: str = "light",
        address: str = "",
        from_file: bool = False,
        javascript: bool = True,
        touch: bool = False,
        reduced_motion: bool = False,
    ) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            java_script_enabled=javascript,
            has_touch=touch,
            is_mobile=touch,
            reduced_motion="reduce" if reduced_motion else "no-preference",
        )
        context.set_default_timeout(120_000)
        contexts.append(context)
        page = context.new_page()
        watch(page, javascript)
        start = book.as_uri() if from_file else served
        page.goto(f"{start}/{path}{address}")
        if javascript and page.locator(".live-figure").count():
            page.wait_for_selector("html[data-live-figures=ready]", state="attached")
        return page

    yield open_it
    for context in contexts:
        context.close()
    assert troubles == []


@pytest.fixture
def open_figure(open_page: OpenPage, book: Path) -> Callable[..., tuple[Page, Locator]]:
    """Open the page that holds a figure: page, figure = open_figure("neuron", width=390)."""

    def open_it(figure: str, **how: Any) -> tuple[Page, Locator]:
        page = open_page(page_with(book, figure), **how)
        found = page.locator(f'.live-figure[data-figure="{figure}"]').first
        if how.get("javascript", True):
            come_to(found)
        else:  # without scripts, no frame can be waited for
            found.scroll_into_view_if_needed()
        return page, found

    return open_it
