"""Find a Chromium and serve the built book: to the tests, the benchmark and whoever writes.

``python -m bookkit.chromium`` prints where Chromium is, or says what to install; with ``--install``
it installs Debian's, where it may.
"""

import functools
import gzip
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

__all__ = ["ARGUMENTS", "find", "install", "serve"]

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
# A browser that calls nobody on its own account.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-color-profile=srgb",
]
# What a web server sends compressed; fonts and most images are so already.
COMPRESSED = (".html", ".css", ".js", ".json", ".svg", ".txt")


def find() -> str:
    """Find Chromium: the one that ``CHROMIUM`` names, or one on the path.

    Returns
    -------
    str
        The program's path.

    Raises
    ------
    FileNotFoundError
        If there is none; the message says what to install.
    """
    named = os.environ.get("CHROMIUM")
    for name in [named] if named else NAMES:
        if path := shutil.which(name):
            return path
    missing = f"CHROMIUM names {named}, which is no program" if named else "no Chromium found"
    raise FileNotFoundError(
        f"{missing}: install one (Debian, Ubuntu: apt-get install chromium; macOS: brew install"
        " --cask chromium) or name one, CHROMIUM=/path/to/chrome"
    )


class _Silent(SimpleHTTPRequestHandler):
    def log_message(self, *arguments: Any) -> None:
        pass


@functools.lru_cache(maxsize=512)
def _compressed(path: Path, changed: int) -> bytes:
    """Compress a file once for as long as it stays unchanged, as a web server does."""
    return gzip.compress(path.read_bytes(), 6)


class _Compressing(_Silent):
    """Sends what the web servers of static pages send, compressed as they do."""

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        if path.suffix not in COMPRESSED or not path.is_file():
            super().do_GET()
            return
        body = _compressed(path, path.stat().st_mtime_ns)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def serve(folder: Path, *, port: int = 0, compressed: bool = False) -> Iterator[str]:
    """Serve a folder on this machine's loopback.

    Parameters
    ----------
    folder : Path
        The built pages.
    port : int
        0 takes a free one.
    compressed : bool
        Send text compressed, as a web server of static pages does.

    Yields
    ------
    str
        The address, without a slash at its end.

    Raises
    ------
    OSError
        If the port cannot be used.
    """
    handler = functools.partial(_Compressing if compressed else _Silent, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def install() -> None:
    """Install Chromium where there is none: as root, on Debian and what comes from it.

    Raises
    ------
    subprocess.CalledProcessError
        If apt-get cannot.
    """
    with suppress(FileNotFoundError):
        find()
        return
    if "CHROMIUM" in os.environ or os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    quiet = ["apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300"]
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for step in (["update"], ["install", "-y", "--no-install-recommends", "chromium"]):
        subprocess.run([*quiet, *step], check=True, env=environment, stdout=sys.stderr)


if __name__ == "__main__":
    try:
        if "--install" in sys.argv[1:]:
            install()
        print(find())
    except (FileNotFoundError, subprocess.CalledProcessError) as error:
        sys.exit(str(error))
