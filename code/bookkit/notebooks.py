"""Run the chapters and store what they print and draw: ``python -m bookkit.notebooks [paths]``.

The outputs in the repository are what the pages show and what the tests compare with, so only
this program writes them.  Each notebook runs in a fresh kernel, top to bottom, in its own folder.
If a cell fails, the file stays as it was; if nothing changed, it is not touched.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import nbformat
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from tqdm import tqdm

from bookkit.stable import ENVIRONMENT, stabilise

__all__ = ["CellError", "changed_cells", "execute", "main", "read", "refresh", "text_of"]

TIMEOUT = 120


class CellError(RuntimeError):
    """A cell of a notebook raised an error, ran too long or took its kernel down."""


def execute(notebook: nbformat.NotebookNode, folder: Path, label: str = "") -> None:
    """Run every cell in a fresh kernel and keep the outputs in a form that is stable.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        Format 4.5; changed in place.
    folder : Path
        Where the kernel runs.
    label : str
        What the progress bar calls it.  No bar if empty or if the terminal cannot show one.

    Raises
    ------
    CellError
        With the cell's id and the error, as soon as one cell fails.
    """
    running: list[Any] = []
    code_cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    bar = tqdm(total=len(code_cells), desc=label, unit=" cell", disable=None if label else True)

    def on_start(cell: Any, **_: object) -> None:
        running[:] = [cell]
        bar.set_postfix_str(cell.id)

    client = NotebookClient(
        notebook,
        kernel_manager_class=AsyncKernelManager,
        kernel_name="python3",
        # The kernel listens on this machine's loopback address only, and warns of it all the same.
        extra_arguments=["--log-level=ERROR"],
        timeout=TIMEOUT,
        record_timing=False,
        coalesce_streams=True,
        resources={"metadata": {"path": str(folder)}},
        on_cell_start=on_start,
        on_cell_executed=lambda **_: bar.update(),
    )
    try:
        with bar:
            client.execute(env={**os.environ, **ENVIRONMENT})
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        where = running[0].id if running else "the first cell"
        raise CellError(f"cell {where} failed\n{_indent(str(error))}") from error
    stabilise(notebook)


def _indent(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.rstrip().splitlines())


def read(text: str) -> nbformat.NotebookNode:
    """Read a notebook from the text of its file."""
    notebook: nbformat.NotebookNode = nbformat.reads(text, as_version=4)  # type: ignore[no-untyped-call]
    return notebook


def text_of(notebook: nbformat.NotebookNode) -> str:
    """Write a notebook as the text that its file holds: sorted keys, one trailing newline."""
    node = nbformat.from_dict(notebook)  # type: ignore[no-untyped-call]
    text: str = nbformat.writes(node, version=4)  # type: ignore[no-untyped-call]
    return text.rstrip("\n") + "\n"


def changed_cells(before: nbformat.NotebookNode, after: nbformat.NotebookNode) -> list[str]:
    """Name the cells whose source or outputs differ between two states of one notebook."""
    old = {cell.id: cell for cell in before.cells}
    return [cell.id for cell in after.cells if old.get(cell.id) != cell]


def refresh(path: Path, *, write: bool = True, progress: bool = False) -> list[str] | None:
    """Run one notebook and, if that changed it, replace its file.

    Parameters
    ----------
    path : Path
        An ``.ipynb`` file.
    write : bool
        False only looks.
    progress : bool
        Show a bar while it runs.

    Returns
    -------
    list of str or None
        The ids of the cells that changed; empty if only the notebook's own metadata did; None if
        the file is up to date.

    Raises
    ------
    CellError
        If a cell failed; the file is then as it was.
    """
    before = path.read_text(encoding="utf-8")
    notebook = read(before)
    execute(notebook, path.parent, path.name if progress else "")
    after = text_of(notebook)
    if after == before:
        return None
    if write:
        _replace_file(path, after)
    return changed_cells(read(before), read(after))


def _replace_file(path: Path, text: str) -> None:
    """Replace a file in one step, so that a reader or a Ctrl-C never meets half of it."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
        temporary.chmod(path.stat().st_mode)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _notebooks(paths: Sequence[Path]) -> list[Path]:
    """Expand folders to the notebooks in them, in the order of their names."""
    found: list[Path] = []
    for path in paths:
        found += sorted(path.glob("*.ipynb")) if path.is_dir() else [path]
    return found


def _say(path: Path, seconds: float, changed: list[str] | None, checking: bool) -> None:
    if changed is None:
        outcome = "up to date"
    else:
        cells = ", ".join(changed) or "metadata only"
        outcome = f"{'differs' if checking else 'refreshed'}: {cells}"
    print(f"{path}: {outcome} ({seconds:.1f} s)", flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Refresh the notebooks named on the command line; return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m bookkit.notebooks",
        description="Run notebooks and store their outputs in a form that a diff can show.",
    )
    parser.add_argument("paths", nargs="*", type=Path, default=[Path("chapters")])
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit 1 if a file would change"
    )
    options = parser.parse_args(arguments)
    notebooks = _notebooks(options.paths)
    missing = [path for path in notebooks if not path.is_file()]
    if missing or not notebooks:
        print(f"no notebook at {', '.join(map(str, missing or options.paths))}", file=sys.stderr)
        return 2

    status = 0
    for path in notebooks:
        start = time.perf_counter()
        try:
            changed = refresh(path, write=not options.check, progress=True)
        except CellError as error:
            print(f"{path}: {error}\n    The file is as it was.", file=sys.stderr, flush=True)
            status = 1
            continue
        _say(path, time.perf_counter() - start, changed, options.check)
        if options.check and changed is not None:
            status = 1
    return status


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("stopped; the notebook that was running is as it was")
