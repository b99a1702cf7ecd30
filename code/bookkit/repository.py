"""Point the pages at the repository that they were built from, and at no other.

The address is known only while a page is being published: the workflow's own environment names it.
So a fork's pages link to the fork.  Anywhere else there is no address, and the buttons that would
need one are left out.
"""

import os
import re
from collections.abc import Mapping
from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config

__all__ = ["address", "setup", "theme_options"]

BUTTONS = ("use_repository_button", "use_edit_page_button", "use_issues_button")


def address(environment: Mapping[str, str]) -> tuple[str, str] | None:
    """Read the repository's address and branch from a workflow's environment.

    Parameters
    ----------
    environment : mapping
        `os.environ`, or what a test puts in its place.

    Returns
    -------
    tuple of str or None
        ``("https://github.com/owner/name", "main")``; None where no repository is named.

    Raises
    ------
    ValueError
        If ``GITHUB_REPOSITORY`` is set to something that is no ``owner/name``.
    """
    repository = environment.get("GITHUB_REPOSITORY", "")
    if not repository:
        return None
    if not re.fullmatch(r"[\w.-]+/[\w.-]+", repository):
        raise ValueError(f"GITHUB_REPOSITORY must be owner/name; got {repository!r}")
    server = environment.get("GITHUB_SERVER_URL") or "https://github.com"
    # For a pull request the ref is a merge that nobody can open; the head is what was proposed.
    branch = environment.get("GITHUB_HEAD_REF") or environment.get("GITHUB_REF_NAME") or "main"
    return f"{server}/{repository}", branch


def theme_options(where: tuple[str, str] | None, options: Mapping[str, Any]) -> dict[str, Any]:
    """Fill the address into the theme's options, or switch off what would need it."""
    filled = dict(options)
    if where is None:
        filled.update(dict.fromkeys(BUTTONS, False), repository_url="", launch_buttons={})
    else:
        filled.update(dict.fromkeys(BUTTONS, True))
        filled["repository_url"], filled["repository_branch"] = where
    return filled


def _fill(app: Sphinx, config: Config) -> None:
    config.html_theme_options = theme_options(address(os.environ), config.html_theme_options)


def setup(app: Sphinx) -> None:
    """Register the hook with Sphinx, ahead of the theme's own."""
    app.connect("config-inited", _fill, priority=100)
