"""A bibliography whose labels are what the text prints: author and year.

The text cites "McCulloch and Pitts, 1943"; whoever looks that up has to find the same words.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from pybtex.plugin import register_plugin
from pybtex.style.formatting.unsrt import Style as Unsorted
from pybtex.style.labels import BaseLabelStyle
from sphinx.application import Sphinx
from sphinxcontrib.bibtex.style.referencing.author_year import AuthorYearReferenceStyle
from sphinxcontrib.bibtex.style.template import join, year

__all__ = ["AuthorYear", "Labels", "setup"]


class Labels(BaseLabelStyle):  # type: ignore[misc]
    """Label every entry as a citation in parentheses names it."""

    def format_labels(self, sorted_entries: Iterable[Any]) -> Iterator[str]:
        """Format the labels; two that come out the same are an error of the build."""
        style = AuthorYearReferenceStyle()
        label = join(sep=style.author_year_sep)[
            style.person.author_or_editor_or_title(full=False), year
        ]
        for entry in sorted_entries:
            yield str(label.format_data({"entry": entry, "style": style}))


class AuthorYear(Unsorted):  # type: ignore[misc]
    """Entries in the order of their authors, with those labels."""

    default_sorting_style = "author_year_title"
    default_label_style = Labels


def setup(app: Sphinx) -> None:
    """Make the style known as ``author_year``."""
    register_plugin("pybtex.style.formatting", "author_year", AuthorYear)
