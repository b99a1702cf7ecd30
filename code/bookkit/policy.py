"""Let nothing run in a page but the book's own files: each page's content-security policy.

The policy stands in the page itself, so it holds wherever the pages lie.  A script that is written
out in a page is named by its hash; whatever else finds its way into a page does not run, and what
runs can ask no other host for anything.
"""

import base64
import hashlib
import re
from pathlib import Path

from sphinx.application import Sphinx

__all__ = ["policy", "setup", "with_policy"]

SCRIPT = re.compile(r"<script(?P<attributes>[^>]*)>(?P<body>.*?)</script>", re.DOTALL)
HEAD = re.compile(r"<head>\s*(?:<meta charset=[^>]*>)?")
# Files on a reader's own disk have no origin that 'self' could name, so their scheme is named.
OWN = "'self' file:"


def policy(page: str) -> str:
    """Write the policy of a page.

    Parameters
    ----------
    page : str
        Its HTML, complete.

    Returns
    -------
    str
        What goes into the page's ``Content-Security-Policy``.
    """
    hashes = []
    for script in SCRIPT.finditer(page):
        # Data for machines does not run, and a script in a file of its own is named by its place.
        if not re.search(r'\bsrc=|type="application/', script["attributes"]):
            digest = base64.b64encode(hashlib.sha256(script["body"].encode()).digest()).decode()
            hashes.append(f"'sha256-{digest}'")
    rules = [
        "default-src 'none'",
        " ".join([f"script-src {OWN}", *dict.fromkeys(hashes)]),
        # Figures and tables set widths and colours on their elements.
        f"style-src {OWN} 'unsafe-inline'",
        f"img-src {OWN} data: blob:",
        f"font-src {OWN} data:",
        f"connect-src {OWN}",
        "base-uri 'none'",
        f"form-action {OWN}",
    ]
    return "; ".join(rules)


def with_policy(page: str) -> str:
    """Put the policy at the top of a page's head, before anything that it rules.

    Parameters
    ----------
    page : str
        HTML; one that has a policy gets none.

    Returns
    -------
    str
    """
    if "Content-Security-Policy" in page:
        return page
    tag = f'\n    <meta http-equiv="Content-Security-Policy" content="{policy(page)}" />'
    return HEAD.sub(lambda head: head[0] + tag, page, count=1)


def _add_policies(app: Sphinx, error: Exception | None) -> None:
    if error or app.builder.name != "html":
        return
    for path in Path(app.outdir).rglob("*.html"):
        if path.relative_to(app.outdir).parts[0] != "_static":
            path.write_text(with_policy(path.read_text(encoding="utf-8")), encoding="utf-8")


def setup(app: Sphinx) -> None:
    """Register the hook with Sphinx: behind all that still change the pages."""
    app.connect("build-finished", _add_policies, priority=950)
