"""Read the book while writing it: ``python -m bookkit.serve [--port N]``.

Builds the pages, opens them, and builds them again whenever a chapter, the package or a setting
changes.  A build that fails says why, and the next change builds again; reload the page to see what
has changed.
"""

import argparse
import subprocess
import sys
import webbrowser
from contextlib import ExitStack, suppress
from pathlib import Path

from bookkit import chromium

__all__ = ["build", "is_source", "main"]

BUILT = Path("_build") / "html"
WATCHED = ("chapters", "code", "_config.yml", "_toc.yml", "CITATION.cff")
ENDINGS = (
    ".py",
    ".ipynb",
    ".md",
    ".bib",
    ".yml",
    ".css",
    ".js",
    ".html",
    ".svg",
    ".mplstyle",
    ".cff",
)


def is_source(change: object, path: str) -> bool:
    """Say whether pages are made of a file, as against what a build or an editor leaves behind."""
    parts = Path(path).parts
    passing = any(part.startswith(".") or part == "__pycache__" for part in parts[-2:])
    return Path(path).suffix in ENDINGS and not passing


def build() -> bool:
    """Build the pages as `make book` does; return whether that went well."""
    program = Path(sys.executable).with_name("jupyter-book")
    command = [str(program), "build", ".", "-W", "--keep-going", "-n"]
    print("building ...", flush=True)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        said = "The build has failed: the pages may not show the last change."
        print(done.stdout, done.stderr, said, sep="\n", flush=True)
    return done.returncode == 0


def main() -> int:
    """Serve until Ctrl-C; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m bookkit.serve")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--quiet", action="store_true", help="open no browser")
    options = parser.parse_args()
    with ExitStack() as stack, suppress(KeyboardInterrupt):
        if not build() and not (BUILT / "index.html").is_file():
            return 1
        try:
            address = stack.enter_context(chromium.serve(BUILT, port=options.port))
        except (OSError, OverflowError) as error:
            said = f"port {options.port} cannot be used ({error}): make serve PORT=..."
            print(said, file=sys.stderr)
            return 1
        print(f"Reading at {address}/ ... Ctrl-C stops it.", flush=True)
        if not options.quiet:
            webbrowser.open(address)
        _keep_building()
    return 0


def _keep_building() -> None:
    """Build on every change until Ctrl-C."""
    # Here, because only `make serve` installs it.
    from watchfiles import watch

    for _ in watch(*WATCHED, watch_filter=is_source):
        if build():
            print("built anew; reload the page", flush=True)


if __name__ == "__main__":
    sys.exit(main())
