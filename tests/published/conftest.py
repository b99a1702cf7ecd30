"""A fork's book as its workflow publishes it: `make test-published`.

The book is built once, with the environment that a workflow in the repository someone/fork has.
FORK names a folder to keep it in, so that the next run finds it there.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from bookkit import chromium

ROOT = Path(__file__).parents[2]
NAME = "someone/fork"
COMMIT = "0123456789abcdef0123456789abcdef01234567"

# The helpers of the tests that use a browser.
sys.path.append(str(ROOT / "tests" / "browser"))


@pytest.fixture(scope="session")
def fork(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the fork's pages."""
    folder = Path(os.environ.get("FORK") or tmp_path_factory.mktemp("fork"))
    pages = folder / "_build" / "html"
    if not (pages / "sitemap.xml").exists():
        # What `make pdf` and `make epub` would have left; here only their places are of interest.
        for kind in ("pdf", "epub"):
            book = folder / "_build" / kind / f"back-propagation.{kind}"
            book.parent.mkdir(parents=True, exist_ok=True)
            book.write_text(f"the book as {kind}")
        program = Path(sys.executable).with_name("jupyter-book")
        command = [program, "build", ROOT, "-W", "--keep-going", "-n", "--path-output", folder]
        run = {"GITHUB_REPOSITORY": NAME, "GITHUB_SHA": COMMIT, "GITHUB_REF_NAME": "main"}
        others = {k: v for k, v in os.environ.items() if not k.startswith(("GITHUB_", "PAGES_"))}
        subprocess.run(command, env=others | run, check=True)
    return pages


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=chromium.find(), args=chromium.ARGUMENTS
        )
        yield launched
        launched.close()
