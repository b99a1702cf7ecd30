"""A real browser on the built book: `python -m pytest -o addopts= tests/browser`.

Needs Playwright, a Chromium (the one named by CHROMIUM, or found on the PATH) and the book in
_build/html (or in the folder named by BOOK).  Every page that a test opens is watched: a request to
another host, an error on the console or an exception in a script fails the test.
"""

import functools
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, sync_playwright

BOOK = Path(os.environ.get("BOOK", Path(__file__).parents[2] / "_build" / "html"))
# A fresh profile that calls nobody on its own account.
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-color-profile=srgb",
]


class _Silent(SimpleHTTPRequestHandler):
    def log_message(self, *arguments: Any) -> None:
        pass


@pytest.fixture(scope="session")
def book() -> Path:
    """The folder of the built pages."""
    if not (BOOK / "index.html").exists():
        pytest.fail(f"no book in {BOOK}: run make book first")
    return BOOK


@pytest.fixture(scope="session")
def served(book: Path) -> Iterator[str]:
    """The book on a port of this machine's loopback."""
    handler = functools.partial(_Silent, directory=str(book))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    names = ("chromium", "chromium-browser", "google-chrome")
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if path is None:
        pytest.fail("no Chromium: install it, or name it in CHROMIUM")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=QUIET)
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

    def watch(page: Page, javascript: bool) -> None:
        page.on("pageerror", lambda error: troubles.append(f"exception: {error}"))
        page.on(
            "console",
            lambda message: (
                message.type in ("error", "warning") and troubles.append(f"console: {message.text}")
            ),
        )
        if javascript:  # without it, every script is a request that fails
            page.on("requestfailed", lambda request: troubles.append(f"failed: {request.url}"))

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
        contexts.append(context)
        page = context.new_page()
        watch(page, javascript)
        start = book.as_uri() if from_file else served
        page.goto(f"{start}/{path}{address}")
        if javascript:
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
        found.scroll_into_view_if_needed()
        return page, found

    return open_it
