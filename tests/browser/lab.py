"""A JupyterLab of our own, and what a reader does in it, for the tests that need a kernel."""

import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import nbformat
import pytest
from playwright.sync_api import Browser, Page, expect
from playwright.sync_api import TimeoutError as Stalled

PATIENCE = 120_000  # milliseconds: a kernel takes its time to start


@contextmanager
def jupyter_lab(folder: Path, python: str = sys.executable) -> Iterator[str]:
    """Start JupyterLab on a folder with some Python; the address takes a notebook's name."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = secrets.token_hex(16)
    home = {name: str(folder / f".{name}") for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR")}
    command = [python, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    options = {
        "ServerApp.ip": "127.0.0.1",
        "ServerApp.port": port,
        "ServerApp.port_retries": 0,
        "ServerApp.root_dir": folder,
        "IdentityProvider.token": token,
        "LabApp.news_url": None,
        "LabApp.check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
    }
    command += [f"--{name}={value}" for name, value in options.items()]
    # Every cell in the page at once, and not only those that are in view.
    settings = folder / ".JUPYTER_CONFIG_DIR/lab/user-settings/@jupyterlab/notebook-extension"
    settings.mkdir(parents=True, exist_ok=True)
    (settings / "tracker.jupyterlab-settings").write_text('{"windowingMode": "none"}')
    log = folder / "server.log"
    with log.open("w") as output:
        server = subprocess.Popen(
            command, env={**os.environ, **home}, stdout=output, stderr=subprocess.STDOUT
        )
        try:
            wait_for(f"http://127.0.0.1:{port}/api/status?token={token}", server, log)
            yield f"http://127.0.0.1:{port}/lab/tree/{{}}?token={token}&reset"
        finally:
            server.terminate()
            server.wait(30)


def wait_for(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until the server answers."""
    for _ in range(PATIENCE // 500):
        if server.poll() is not None:
            pytest.fail(f"JupyterLab did not start: {log.read_text()[-2000:]}")
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except (urllib.error.URLError, TimeoutError):
            time.sleep(0.5)
    pytest.fail(f"JupyterLab does not answer: {log.read_text()[-2000:]}")


def without_outputs(notebook: nbformat.NotebookNode) -> int:
    """Clear a chapter; return how many live figures it had on show."""
    figures = 0
    for cell in notebook.cells:
        if cell.cell_type == "code":
            figures += sum(
                'class="live-figure"' in output.get("data", {}).get("text/html", "")
                for output in cell.outputs
            )
            cell.outputs, cell.execution_count = [], None
    return figures


# How many cells have run, and the text of the first that has failed.
RAN = """() => [...document.querySelectorAll(".jp-CodeCell .jp-InputPrompt")].filter(
    (prompt) => /^\\[\\d+\\]:$/.test(prompt.textContent.trim())).length"""
FAILED = """() => ["error", "stderr"].map((kind) => document.querySelector(
    `[data-mime-type="application/vnd.jupyter.${kind}"]`)?.textContent).find(Boolean)"""


def run_from_top_to_bottom(browser: Browser, address: str, path: Path) -> None:
    """Open a chapter without its outputs, run all of it, and see that its figures are alive."""
    notebook = nbformat.read(path, 4)
    figures = without_outputs(notebook)
    nbformat.write(notebook, path)
    code_cells = sum(cell.cell_type == "code" for cell in notebook.cells)
    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.goto(address.format(path.name), wait_until="commit")
    expect(page.locator(".jp-CodeCell")).to_have_count(code_cells, timeout=PATIENCE)
    wait_for_kernel(page)
    run_all_cells(page)
    wait_for_cells(page, code_cells)
    wait_for_kernel(page)
    assert page.evaluate(FAILED) is None
    alive = page.locator(".nt-figure[data-maxdiff]")
    expect(alive).to_have_count(figures, timeout=PATIENCE)
    for figure in alive.all():
        assert float(figure.get_attribute("data-maxdiff") or "nan") < 1e-10
    end_kernels(page, address)
    context.close()
    assert troubles == []


def wait_for_kernel(page: Page) -> None:
    """Wait until the kernel has nothing to do; a notebook is there before its kernel is.

    Asked is the status bar: the notebook's own sign says idle before there is any kernel, too, and
    a cell that is run then runs never.
    """
    expect(page.locator("#jp-main-statusbar")).to_contain_text("| Idle", timeout=PATIENCE)


def run_all_cells(page: Page) -> None:
    """Choose Run All Cells, as a reader does."""
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()


def wait_for_cells(page: Page, wanted: int) -> None:
    """Wait while cell after cell runs, however long all of them take together."""
    ran = -1
    while ran < wanted:
        try:
            page.wait_for_function(f"({RAN})() > {ran} || ({FAILED})()")
        except Stalled:
            pytest.fail(f"{ran} of {wanted} cells have run, and the next takes more than 2 minutes")
        if failed := page.evaluate(FAILED):
            pytest.fail(f"a cell failed: {failed[-2000:]}")
        ran = page.evaluate(RAN)


def end_kernels(page: Page, address: str) -> None:
    """End what the chapter has started, so that the next one has the machine to itself."""
    parts = urlsplit(address)
    sessions = f"{parts.scheme}://{parts.netloc}/api/sessions"
    for session in page.request.get(f"{sessions}?{parts.query}").json():
        page.request.delete(f"{sessions}/{session['id']}?{parts.query}")
