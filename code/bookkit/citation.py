"""How to cite the book: read from CITATION.cff, shown in a box and told to the machines that ask.

``{cite-this-book}`` puts the box where it stands, under whatever heading the page gives it.
"""

import os
from dataclasses import dataclass
from pathlib import Path

import yaml
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util.docutils import SphinxDirective

from bookkit.repository import address

__all__ = ["Citation", "CiteThisBook", "read_citation", "setup"]

FILE = "CITATION.cff"


@dataclass(frozen=True)
class Citation:
    """What CITATION.cff says.

    Attributes
    ----------
    title, version, date, abstract : str
        The date as ``2026-11-23``.
    authors, keywords : tuple of str
    """

    title: str
    authors: tuple[str, ...]
    version: str
    date: str
    abstract: str
    keywords: tuple[str, ...]

    @property
    def text(self) -> str:
        """One line for a list of references, without the address."""
        year = self.date[:4]
        return f"{' and '.join(self.authors)} ({year}). {self.title}. Version {self.version}."

    def bibtex(self, url: str = "") -> str:
        """Write an entry for BibTeX.

        Parameters
        ----------
        url : str
            Where the book is read; left out if empty.
        """
        # Braces keep a group's name together and a title's capitals as they are.
        fields = {
            "author": " and ".join(f"{{{author}}}" for author in self.authors),
            "title": f"{{{self.title}}}",
            "year": self.date[:4],
            "version": self.version,
            **({"url": url} if url else {}),
        }
        lines = [f"  {name} = {{{value}}}," for name, value in fields.items()]
        return "\n".join(["@book{backpropagation-book,", *lines, "}"])


def read_citation(folder: Path) -> Citation | None:
    """Read the book's CITATION.cff.

    Parameters
    ----------
    folder : Path
        Where it lies.

    Returns
    -------
    Citation or None
        None if there is no such file.

    Raises
    ------
    ValueError
        If the file lacks something that a citation needs.
    """
    path = folder / FILE
    if not path.is_file():
        return None
    held = yaml.safe_load(path.read_text(encoding="utf-8"))
    needed = ("title", "authors", "version", "date-released", "abstract", "keywords")
    if missing := [name for name in needed if not held.get(name)]:
        raise ValueError(f"{path} must say {', '.join(needed)}; it lacks {', '.join(missing)}")
    authors = tuple(
        author.get("name") or f"{author['given-names']} {author['family-names']}"
        for author in held["authors"]
    )
    return Citation(
        title=held["title"],
        authors=authors,
        version=str(held["version"]),
        date=str(held["date-released"]),
        abstract=" ".join(held["abstract"].split()),
        keywords=tuple(held["keywords"]),
    )


class CiteThisBook(SphinxDirective):
    """The box: the citation as a sentence, and as an entry for BibTeX that can be copied."""

    def run(self) -> list[nodes.Node]:
        """Build the box's nodes."""
        folder = Path(self.env.app.srcdir)
        self.env.note_dependency(str(folder / FILE))
        found = read_citation(folder)
        if found is None:
            raise self.error(f"{FILE} is missing beside _config.yml")
        where = address(os.environ)
        url = where.pages if where else ""
        sentence = nodes.paragraph("", found.text + (" " if url else ""))
        if url:
            sentence += nodes.reference("", url, refuri=url)
        entry = found.bibtex(url)
        code = nodes.literal_block(entry, entry, language="bibtex")
        return [nodes.container("", sentence, code, classes=["cite-this-book"])]


def _tell_version(app: Sphinx, config: Config) -> None:
    """Give every edition the version that is cited."""
    found = read_citation(Path(app.srcdir))
    if found:
        config.version = found.version


def setup(app: Sphinx) -> None:
    """Register directive and hook with Sphinx; the version is there before the editions ask."""
    app.connect("config-inited", _tell_version, priority=100)
    app.add_directive("cite-this-book", CiteThisBook)
