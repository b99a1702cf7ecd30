"""What a chapter needs that is opened without its repository: a cell that brings the package.

In Colab, in another notebook service or in the folder of downloads there is the notebook and
nothing else.  So the first code cell of every chapter installs the package where it is missing.
The chapters in the repository know one place to install from: the repository around them.  The
copies that are published with the pages name the repository and the commit that the pages were
built from, so a fork's chapters install the fork's package, and an old copy its own version.
What a chapter reads from the repository around it, the copy carries in a cell that writes it.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
from sphinx.application import Sphinx

from bookkit.notebooks import read, text_of
from bookkit.repository import address

__all__ = ["HERE", "TAG", "setup", "setup_cell", "stand_alone"]

# How the cell of a chapter that lies in its repository finds the source: it is around it.
HERE = 'Path("..").resolve().as_uri()'
# The pages and the print need no such cell.
TAG = "remove-cell"
# How a chapter names a file of the repository.
FILE = re.compile(r'Path\("(?P<path>\.\./[^"]+)"\)')

SETUP = """\
# Does nothing where the package of this book is present. Elsewhere, this installs it.
import importlib.util
import subprocess
import sys
from pathlib import Path

BOOK = {book}

if importlib.util.find_spec("backprop") is None:
    print("Installing", BOOK)
    wanted = f"backprop-book @ {{BOOK}}"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", wanted]
    done = subprocess.run(pip, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"The package of this book could not be installed.\\n{{done.stderr}}")
    importlib.invalidate_caches()"""


def setup_cell(archive: str | None = None) -> str:
    """Write the source of a chapter's first code cell.

    Parameters
    ----------
    archive : str, optional
        The address of the package's source; the repository around the notebook, if left out.

    Returns
    -------
    str
        Plain Python.  It does nothing where ``backprop`` can be imported.
    """
    return SETUP.format(book=HERE if archive is None else f'"{archive}"')


def stand_alone(notebook: nbformat.NotebookNode, archive: str, folder: Path) -> None:
    """Make of a chapter a copy that can be opened anywhere.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        A chapter; changed in place.
    archive : str
        The address of the package's source.
    folder : Path
        Where the chapter lies, for the files that it reads.

    Raises
    ------
    ValueError
        If the chapter does not begin with the cell that is to be filled in, or names a file of the
        repository otherwise than as ``Path("../...")``.
    """
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    if not code or "Elsewhere, this installs it." not in code[0].source:
        raise ValueError(f"the first code cell must be {setup_cell()!r}")
    code[0].source = setup_cell(archive)
    for cell in code:
        for output in cell.outputs:
            # What only print needs, and a third of the file.
            output.get("data", {}).pop("application/pdf", None)
    notebook.cells = [each for cell in notebook.cells for each in _with_files(cell, folder)]


def _with_files(cell: nbformat.NotebookNode, folder: Path) -> Iterator[nbformat.NotebookNode]:
    """Put before a cell what writes the files that it reads, and let it read those."""
    if cell.cell_type == "code":
        for found in FILE.finditer(cell.source):
            path = folder / found["path"]
            text = path.read_text(encoding="utf-8").rstrip()
            yield nbformat.v4.new_code_cell(  # type: ignore[no-untyped-call]
                f"%%writefile {path.name}\n{text}",
                id=f"{cell.id}-{path.stem}",
                metadata={"jupyter": {"source_hidden": True}, "tags": ["hide-input"]},
            )
        cell.source = FILE.sub(lambda found: f'Path("{Path(found["path"]).name}")', cell.source)
        if '"../' in cell.source:
            raise ValueError(f'cell {cell.id} must name files as Path("../..."): {cell.source!r}')
    yield cell


def _fill_copies(app: Sphinx, error: Exception | None) -> None:
    """Fill in the notebooks that the pages offer for download, and that Colab opens."""
    where = address(os.environ)
    if error or where is None or app.builder.name != "html":
        return
    for path in sorted((Path(app.outdir) / "_sources").rglob("*.ipynb")):
        notebook = read(path.read_text(encoding="utf-8"))
        chapter = Path(app.srcdir) / path.relative_to(Path(app.outdir) / "_sources")
        stand_alone(notebook, where.archive, chapter.parent)
        path.write_text(text_of(notebook), encoding="utf-8")


def setup(app: Sphinx) -> None:
    """Register the hook with Sphinx."""
    app.connect("build-finished", _fill_copies)
