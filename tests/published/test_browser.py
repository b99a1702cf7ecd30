"""The published pages in a browser: at an address that leads nowhere, and under attack."""

import functools
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect


class Pages(SimpleHTTPRequestHandler):
    """Serves a folder as GitHub Pages does a project's: under /fork/, and 404.html for the rest."""

    def translate_path(self, path: str) -> str:
        return super().translate_path(path.removeprefix("/fork"))

    def send_error(self, code: int, *arguments: Any, **more: Any) -> None:
        body = (Path(self.directory) / "404.html").read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: Any) -> None:
        pass


@pytest.fixture(scope="module")
def site(fork: Path) -> Iterator[str]:
    handler = functools.partial(Pages, directory=str(fork))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/fork/"
        server.shutdown()


@pytest.mark.parametrize("path", ["no.html", "chapters/no.html", "a/b/c/d/"])
def test_a_missing_page_is_whole_at_any_depth(browser: Browser, site: str, path: str) -> None:
    page = browser.new_page()
    failed: list[str] = []
    page.on("response", lambda r: r.status >= 400 and failed.append(r.url))
    page.goto(site + path)
    assert failed == [site + path], "only the page itself is missing"
    expect(page.get_by_role("heading", name="There is no page here")).to_be_visible()
    assert page.evaluate("getComputedStyle(document.body).fontFamily") != "Times New Roman"
    page.get_by_role("link", name="title page").click()
    expect(page).to_have_url(f"{site}chapters/index.html")
    page.close()


ATTACK = """() => {
    const refused = [];
    document.addEventListener("securitypolicyviolation", (event) => {
        refused.push(event.effectiveDirective);
    });
    const script = document.createElement("script");
    script.textContent = "window.stranger = true";
    document.body.append(script);
    document.body.insertAdjacentHTML("beforeend", "<img src=x: onerror='window.stranger = true'>");
    const asked = fetch("https://example.org/").then(() => "answered", () => "refused");
    return asked.then((answer) => new Promise((done) => setTimeout(() =>
        done([window.stranger ?? false, answer, [...new Set(refused)].sort()]), 200)));
}"""


@pytest.mark.parametrize("from_disk", [False, True], ids=["served", "from disk"])
def test_a_strangers_script_does_not_run(
    browser: Browser, fork: Path, site: str, from_disk: bool
) -> None:
    page = browser.new_page()
    start = f"{fork.as_uri()}/" if from_disk else site
    page.goto(f"{start}chapters/03_backpropagation.html")
    page.wait_for_selector("html[data-live-figures=ready]", state="attached")
    ran, answer, refused = page.evaluate(ATTACK)
    assert not ran
    assert answer == "refused"
    assert {"script-src-elem", "script-src-attr", "connect-src"} <= set(refused)
    page.close()


@pytest.mark.parametrize("from_disk", [False, True], ids=["served", "from disk"])
def test_the_books_own_scripts_do(browser: Browser, fork: Path, site: str, from_disk: bool) -> None:
    page = browser.new_page()
    complaints: list[str] = []
    page.on("console", lambda m: m.type == "error" and complaints.append(m.text))
    start = f"{fork.as_uri()}/" if from_disk else site
    page.goto(f"{start}chapters/03_backpropagation.html")
    page.wait_for_selector("html[data-live-figures=ready]", state="attached")
    themes = set()
    for _ in range(3):  # light, dark, and as the system has it
        page.locator("button.theme-switch-button:visible").first.click()
        themes.add(page.locator("html").get_attribute("data-theme"))
    assert themes == {"light", "dark"}
    page.goto(f"{start}search.html?q=gradient")
    expect(page.locator("#search-results li").first).to_be_visible()
    assert complaints == []
    page.close()
