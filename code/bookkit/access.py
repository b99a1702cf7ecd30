"""Mend what the tools leave out for readers who use a keyboard or a screen reader.

What cannot be mended before a page runs, because it depends on the width of the window, is in
``static/scrollers.js``.
"""

import re
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config

__all__ = ["mended", "setup"]

HERE = Path(__file__).parent
REPAIRS = (
    # The role of a bibliography's entries is deprecated; the list that they stand in is a list.
    (re.compile(r'(<div class="citation"[^>]*) role="doc-biblioentry"'), r'\1 role="listitem"'),
    # The empty corner of a table is no heading.
    (re.compile(r'<th class="head[^"]*">(?:<p></p>)?</th>'), "<td></td>"),
    # An id names one thing on a page, and not each exercise and each solution.
    (re.compile(r'<section id="(?:exercise|solution)-content">'), "<section>"),
)
# A page that lies on the reader's own disk may not read the pages that a search has found, so the
# results stand there without a summary.
NO_SUMMARY = 'if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;'


def mended(body: str) -> str:
    """Give what stands in a page's HTML the roles that it has.

    Parameters
    ----------
    body : str
        The main part of a page.

    Returns
    -------
    str
        The same with its roles put right.
    """
    for pattern, repair in REPAIRS:
        body = pattern.sub(repair, body)
    return body


def _mend(app: Sphinx, page: str, template: str, context: dict[str, Any], document: Any) -> None:
    if "body" in context:
        context["body"] = mended(context["body"])
    if page == "search":
        app.add_js_file(None, body=NO_SUMMARY)
        app.add_js_file("summaries.js", defer="defer")


def _add_templates(app: Sphinx, config: Config) -> None:
    config.templates_path = [*config.templates_path, str(HERE / "templates")]


def setup(app: Sphinx) -> None:
    """Register files and hooks with Sphinx."""
    app.connect("config-inited", _add_templates)
    app.connect("html-page-context", _mend)
    app.add_js_file("scrollers.js", defer="defer")
