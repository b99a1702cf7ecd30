"""Give the columns of a table the widths that their contents ask for."""

import re
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

__all__ = ["FitTables", "columns", "setup"]

# The characters of a line of small text, less what separates two columns.
LINE, GAP = 86, 2.5
# From so many rows on a table may break over pages.
LONG = 10
CODE_BREAKS = re.compile(r"\s+|(?<=[.,;?!/])")
COMMAND = re.compile(r"\\[A-Za-z]+")


class FitTables(SphinxPostTransform):
    """Tell Sphinx the columns of every table, and which tables are long."""

    # Before Sphinx's own LaTeX transforms, after the references have their text.
    default_priority = 390
    formats = ("latex",)

    def run(self, **_: Any) -> None:
        """Fit the tables of the document."""
        for table in list(self.document.findall(nodes.table)):
            rows = [[_pieces(entry) for entry in row] for row in table.findall(nodes.row)]
            if len({len(row) for row in rows}) != 1:
                continue  # cells that span columns: leave it to Sphinx
            if len(rows) > LONG:
                table["classes"].append("longtable")
            spec = addnodes.tabular_col_spec(spec=columns(rows))
            table.parent.insert(table.parent.index(table), spec)


def columns(rows: list[list[list[str]]]) -> str:
    r"""Choose the columns of a table.

    Parameters
    ----------
    rows : list
        Rows of cells; a cell is a list of the pieces that do not break.

    Returns
    -------
    str
        A column specification: natural widths if the table then fits the line; else shares of the
        line, none narrower than its longest piece.

    >>> columns([[["a"], ["b"]]])
    'll'
    >>> columns([[["layer"], ["word"] * 60]])
    '\\ntcolumn{0.087}\\ntcolumn{0.913}'
    """
    across = list(zip(*rows, strict=True))
    natural = [max(_length(cell) for cell in column) for column in across]
    room = LINE - GAP * len(across)
    if sum(natural) <= room:
        return "l" * len(across)
    least = [max((len(p) for cell in column for p in cell), default=1) + 1.0 for column in across]
    wanted = [_length_of_all(column) ** 0.5 for column in across]
    # Columns that need no more than their share of the line get just that; the others divide the
    # rest by how much they hold.
    spare = max(0.0, room - sum(least))
    gains = [
        min(n - m, spare * w / sum(wanted)) for n, m, w in zip(natural, least, wanted, strict=True)
    ]
    left = spare - sum(gains)
    hungry = [n - m - g for n, m, g in zip(natural, least, gains, strict=True)]
    widths = [
        m + g + left * h / (sum(hungry) or 1.0)
        for m, g, h in zip(least, gains, hungry, strict=True)
    ]
    line = sum(widths) + GAP * len(widths)
    return "".join(rf"\ntcolumn{{{(width + GAP) / line:.3f}}}" for width in widths)


def _length(cell: list[str]) -> int:
    return sum(map(len, cell)) + max(0, len(cell) - 1)


def _length_of_all(column: tuple[list[str], ...]) -> int:
    return sum(map(_length, column)) + 1


def _pieces(entry: nodes.Element) -> list[str]:
    """Split a cell into what does not break: words, a formula, a piece of code."""
    pieces: list[str] = []
    for node in entry.findall(lambda n: isinstance(n, nodes.Text)):
        text = str(node)
        if isinstance(node.parent, nodes.math):
            formula = re.sub(r"[\\{}^_ ]", "", COMMAND.sub("x", text))
            pieces.append(formula + "x" * (len(formula) // 4))
        elif isinstance(node.parent, nodes.literal):
            # Code is set in wider letters, and Sphinx lets it break after some of them.
            parts = [part for part in CODE_BREAKS.split(text) if part]
            pieces += [part + "x" * (len(part) // 8 + 1) for part in parts]
        else:
            pieces += text.split()
    return pieces


def setup(app: Sphinx) -> None:
    """Register the transform with Sphinx."""
    app.add_post_transform(FitTables)
