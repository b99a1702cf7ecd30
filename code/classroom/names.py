"""Which names a cell uses and defines: a check takes the teacher's own, then the student's."""

from __future__ import annotations

import builtins
import re
import symtable
from collections.abc import Iterator, Sequence

__all__ = ["defines", "given", "needs"]

MAGIC = re.compile(r"^\s*[%!].*$", re.MULTILINE)


def _table(source: str) -> symtable.SymbolTable | None:
    try:
        return symtable.symtable(MAGIC.sub("", source), "cell", "exec")
    except SyntaxError:
        return None


def needs(source: str) -> set[str]:
    r"""Names that a cell uses, Python's own left out.

    >>> sorted(needs("y = np.ones(3)\ndef f(x):\n    return len(x) + g(x)"))
    ['g', 'np']
    """
    table = _table(source)
    used = set(_used(table)) if table else set()
    return {name for name in used - defines(source) if not hasattr(builtins, name)}


def _used(table: symtable.SymbolTable) -> Iterator[str]:
    for symbol in table.get_symbols():
        if symbol.is_referenced() and (table.get_type() == "module" or symbol.is_global()):
            yield symbol.get_name()
    for inner in table.get_children():
        yield from _used(inner)


def defines(source: str) -> set[str]:
    r"""Names that a cell gives a value, imports or writes as a function.

    >>> sorted(defines("import numpy as np\nfor k in range(3):\n    a = k"))
    ['a', 'k', 'np']
    """
    table = _table(source)
    symbols = table.get_symbols() if table else ()
    return {each.get_name() for each in symbols if each.is_assigned() or each.is_imported()}


def given(cells: Sequence[tuple[str, bool]]) -> dict[str, list[str]]:
    """Find the names that the teacher defines without leaning on what a student writes.

    Parameters
    ----------
    cells : sequence of (str, bool)
        Source of every code cell that is no check, in order, and whether it is the student's to
        write.

    Returns
    -------
    dict
        For each name the cells that are needed to define it, in order.
    """
    written = {name for source, answer in cells if answer for name in defines(source)}
    found: dict[str, list[str]] = {}
    for source, answer in cells:
        wanted = needs(source)
        if answer or not wanted <= set(found):
            continue
        before = dict.fromkeys(cell for name in sorted(wanted) for cell in found[name])
        for name in defines(source) - written:
            found[name] = [*before, source]
    return found
