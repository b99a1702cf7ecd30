"""Show the source of the package in a chapter: what is printed is what is tested."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from dataclasses import dataclass
from typing import Any

__all__ = ["Listing", "listing"]


@dataclass(frozen=True)
class Listing:
    """Source code that a notebook shows as code.

    Attributes
    ----------
    source : str
        Python, without a newline at the end.
    """

    source: str

    def __repr__(self) -> str:
        return self.source

    def _repr_markdown_(self) -> str:
        """Return the source in a fence that is longer than any fence within it."""
        inner = max((len(ticks) for ticks in re.findall(r"`{3,}", self.source)), default=2)
        fence = "`" * (inner + 1)
        return f"{fence}python\n{self.source}\n{fence}"


def listing(*objects: Any, docstring: bool = False) -> Listing:
    """Return the source of functions, methods, classes or modules, to be shown in a chapter.

    Parameters
    ----------
    *objects
        What to show, in this order.
    docstring : bool
        Whether to keep docstrings.  Comments are always kept.

    Returns
    -------
    Listing
        Shown as code in a notebook, printed as plain source elsewhere.

    Raises
    ------
    TypeError
        If no object is given, or one that was not written in Python in a file or a cell.

    Examples
    --------
    >>> from backprop.activations import relu
    >>> listing(relu)
    def relu(z: Array) -> Array:
        return np.maximum(z, 0)
    """
    if not objects:
        raise TypeError("listing needs at least one function, method, class or module.")
    sources = [_source(each) for each in objects]
    if not docstring:
        sources = [_without_docstrings(source) for source in sources]
    return Listing("\n\n\n".join(sources))


def _source(thing: Any) -> str:
    """Return the source of one object, moved to the left margin."""
    if isinstance(thing, property):
        thing = thing.fget
    try:
        lines = inspect.getsource(inspect.unwrap(thing))
    except (TypeError, OSError) as error:
        raise TypeError(
            f"listing shows what was written in Python: a function, method, class or module; "
            f"got {thing!r}, whose source cannot be found."
        ) from error
    return textwrap.dedent(lines).strip("\n")


def _without_docstrings(source: str) -> str:
    """Take out every docstring, and the blank line after it, and leave all else as it is."""
    lines = source.split("\n")
    for start, end in reversed(_docstring_lines(ast.parse(source))):
        while end < len(lines) and not lines[end].strip():
            end += 1
        del lines[start:end]
    return "\n".join(lines).strip("\n")


def _docstring_lines(tree: ast.Module) -> list[tuple[int, int]]:
    """Where the docstrings are, as slices of lines; those that are a whole body stay."""
    found = []
    for node in ast.walk(tree):
        if not isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        if ast.get_docstring(node, clean=False) is None or len(node.body) == 1:
            continue
        first, second = node.body[:2]
        # A docstring that shares a line with code cannot be dropped by lines: leave it.
        shares = getattr(node, "lineno", 0) == first.lineno or second.lineno == first.end_lineno
        if not shares and first.end_lineno is not None:
            found.append((first.lineno - 1, first.end_lineno))
    return sorted(found)
