"""Write requirements.txt and binder/requirements.txt: ``python -m bookkit.lock [--upgrade]``.

One list serves readers, builders and the tests, on every platform and every Python that the package
supports.  Binder's is the part of it that opens and runs the chapters, at the same versions: its
image has no use for what builds and proves the book.  Versions that are in the list stay unless
they no longer fit; ``--upgrade`` takes the newest of everything.
"""

import argparse
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

__all__ = ["BINDER", "EXTRAS", "HEADER", "main"]

EXTRAS = ("lab", "book", "test")
HEADER = """\
# Exact versions of everything that the book is read, built and tested with.
# Written by `make lock` from pyproject.toml. Install with: pip install -r requirements.txt

"""
BINDER = Path("binder") / "requirements.txt"
BINDER_HEADER = """\
# What Binder installs: of requirements.txt, the part that opens and runs the chapters.
# Written by `make lock`. The package itself comes in postBuild: so this layer of the image stays
# the same from commit to commit.

"""
# The package itself, as it is in this folder.
FOOTER = "-e .\n"


def main() -> int:
    """Resolve the extras for all platforms and replace the list; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m bookkit.lock", description=__doc__)
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions")
    options = parser.parse_args()
    listed = Path("requirements.txt")
    upgrade = ["--upgrade"] if options.upgrade else []
    status = _compile(listed, EXTRAS, upgrade)
    if status == 0:
        listed.write_text(HEADER + listed.read_text() + FOOTER)
        BINDER.parent.mkdir(exist_ok=True)
        pins = [line for line in listed.read_text().splitlines() if not line.startswith("-e")]
        with TemporaryDirectory() as folder:
            exact = Path(folder) / "exact.txt"
            exact.write_text("\n".join(pins))
            constrained = ["--constraint", str(exact), "--no-annotate"]
            status = _compile(BINDER, ("lab",), constrained)
    if status == 0:
        BINDER.write_text(BINDER_HEADER + BINDER.read_text())
    return status


def _compile(listed: Path, extras: Sequence[str], more: Sequence[str]) -> int:
    """Resolve some extras for all platforms and replace a list; return uv's exit status."""
    # One version of each package wherever one fits all: the chapters' numbers are then compared
    # with what the same NumPy gives on every Python.
    command = [sys.executable, "-m", "uv", "pip", "compile", "pyproject.toml", "--universal"]
    command += ["--python-version", "3.11", "--fork-strategy", "fewest", "--no-header"]
    command += ["--no-emit-index-url", "--no-emit-find-links", "--quiet"]
    command += [part for extra in extras for part in ("--extra", extra)]
    command += [*more, "--output-file", str(listed)]
    return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
