"""Point the pages at the repository that they were built from, and at no other.

The address is known only while a page is being published: the workflow's own environment names it.
So a fork's pages link to the fork.  Anywhere else there is no address, and the buttons that would
need one are left out.

Binder starts the very commit that a page was built from.  Colab can open nothing but what lies on
GitHub, and what lies there in the chapters' own branch cannot know whose fork it is in; so the
workflow that publishes also keeps a branch of filled-in copies (`bookkit.standalone`), which Colab
opens.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config

__all__ = ["COPIES", "Address", "address", "launch_links", "setup", "theme_options"]

BUTTONS = ("use_repository_button", "use_edit_page_button", "use_issues_button")
# The branch of the filled-in copies; .github/workflows/publish.yml writes it.
COPIES = "notebooks"


@dataclass(frozen=True)
class Address:
    """Where the source of the pages lies.

    Attributes
    ----------
    server : str
        ``"https://github.com"``.
    name : str
        ``"owner/name"``.
    branch : str
        What the pages' edit buttons change.
    commit : str
        What the pages were built from; empty where nobody says.
    pages : str
        Where the pages are read, with a slash at the end.
    """

    server: str
    name: str
    branch: str
    commit: str
    pages: str

    @property
    def url(self) -> str:
        """The repository's own page."""
        return f"{self.server}/{self.name}"

    @property
    def ref(self) -> str:
        """The commit, or the branch where no commit is known."""
        return self.commit or self.branch

    @property
    def archive(self) -> str:
        """The source at that commit, for pip: an archive, which asks for no git."""
        return f"{self.url}/archive/{self.ref}.zip"


def address(environment: Mapping[str, str]) -> Address | None:
    """Read the repository's address from a workflow's environment.

    Parameters
    ----------
    environment : mapping
        `os.environ`, or what a test puts in its place.

    Returns
    -------
    Address or None
        None where no repository is named.

    Raises
    ------
    ValueError
        If ``GITHUB_REPOSITORY`` is set to something that is no ``owner/name``.
    """
    name = environment.get("GITHUB_REPOSITORY", "")
    if not name:
        return None
    if not re.fullmatch(r"[\w.-]+/[\w.-]+", name):
        raise ValueError(f"GITHUB_REPOSITORY must be owner/name; got {name!r}")
    return Address(
        server=environment.get("GITHUB_SERVER_URL") or "https://github.com",
        name=name,
        # For a pull request the ref is a merge that nobody can open; the head is what was proposed.
        branch=environment.get("GITHUB_HEAD_REF") or environment.get("GITHUB_REF_NAME") or "main",
        commit=environment.get("GITHUB_SHA", ""),
        # A domain of its own is known to GitHub Pages, which tells it to the workflow.
        pages=(environment.get("PAGES_URL") or _usual_pages(name)).rstrip("/") + "/",
    )


def _usual_pages(name: str) -> str:
    """Where GitHub Pages puts a repository's pages."""
    owner, repository = name.split("/")
    site = f"{owner.lower()}.github.io"
    return f"https://{site}" if repository.lower() == site else f"https://{site}/{repository}"


def theme_options(where: Address | None, options: Mapping[str, Any]) -> dict[str, Any]:
    """Fill the address into the theme's options, or switch off what would need it."""
    filled = dict(options)
    if where is None:
        filled.update(dict.fromkeys(BUTTONS, False), repository_url="", launch_buttons={})
    else:
        filled.update(dict.fromkeys(BUTTONS, True))
        filled.update(repository_url=where.url, repository_branch=where.branch)
    return filled


def launch_links(where: Address, buttons: list[dict[str, Any]]) -> None:
    """Let Binder start the page's own commit, and Colab open the filled-in copy.

    Parameters
    ----------
    where : Address
    buttons : list of dict
        The theme's buttons of a page, in groups; changed in place.
    """
    for group in buttons:
        if group.get("label") == "launch-buttons":
            for button in group["buttons"]:
                if button["text"] == "Binder":
                    path = button["url"].split("?urlpath=")[1]
                    service = button["url"].split(f"/{where.name}/")[0]
                    button["url"] = f"{service}/{where.name}/{where.ref}?urlpath={path}"
                elif button["text"] == "Colab":
                    button["url"] = button["url"].replace(
                        f"/blob/{where.branch}/", f"/blob/{COPIES}/"
                    )


def _fill(app: Sphinx, config: Config) -> None:
    where = address(os.environ)
    config.html_theme_options = theme_options(where, config.html_theme_options)
    if where:
        config.html_baseurl = where.pages


def _launch(app: Sphinx, page: str, template: str, context: dict[str, Any], document: Any) -> None:
    where = address(os.environ)
    if where:
        launch_links(where, context.get("header_buttons", []))


def setup(app: Sphinx) -> None:
    """Register the hooks with Sphinx: ahead of the theme's own, and behind them."""
    app.connect("config-inited", _fill, priority=100)
    app.connect("html-page-context", _launch, priority=900)
