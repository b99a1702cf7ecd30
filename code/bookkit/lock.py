"""Write requirements.txt: ``python -m bookkit.lock [--upgrade]``.

One list serves readers, Binder and the tests, on every platform and every Python that the package
supports.  Versions that are in the list stay unless they no longer fit; ``--upgrade`` takes the
newest of everything.
"""

import argparse
import subprocess
import sys
from pathlib import Path

__all__ = ["EXTRAS", "HEADER", "main"]

EXTRAS = ("lab", "book", "test")
HEADER = """\
# Exact versions of everything that the book is read, built and tested with.
# Written by `make lock` from pyproject.toml. Install with: pip install -r requirements.txt

"""
# The package itself, as it is in this folder.
FOOTER = "-e .\n"


def main() -> int:
    """Resolve the extras for all platforms and replace the list; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m bookkit.lock", description=__doc__)
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions")
    options = parser.parse_args()
    listed = Path("requirements.txt")
    # One version of each package wherever one fits all: the chapters' numbers are then compared
    # with what the same NumPy gives on every Python.
    command = [sys.executable, "-m", "uv", "pip", "compile", "pyproject.toml", "--universal"]
    command += ["--python-version", "3.11", "--fork-strategy", "fewest", "--no-header"]
    command += ["--no-emit-index-url", "--no-emit-find-links", "--output-file", str(listed)]
    command += [part for extra in EXTRAS for part in ("--extra", extra)]
    command += ["--upgrade"] if options.upgrade else []
    status = subprocess.run([*command, "--quiet"], check=False).returncode
    if status == 0:
        listed.write_text(HEADER + listed.read_text() + FOOTER)
    return status


if __name__ == "__main__":
    sys.exit(main())
