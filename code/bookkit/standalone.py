"""What a chapter needs that is opened without its repository: a cell that brings the package.

In Colab, in another notebook service or in the folder of downloads there is the notebook and
nothing else.  So the first code cell of every chapter installs the package where it is missing.
The chapters in the repository know one place to install from: the repository around them.  The
copies that are published with the pages name the repository and the commit that the pages were
built from, so a fork's chapters install the fork's package, and an old copy its own version.
"""

import os
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


def stand_alone(notebook: nbformat.NotebookNode, archive: str) -> None:
    """Make of a chapter a copy that can be opened anywhere.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        A chapter; changed in place.
    archive : str
        The address of the package's source.

    Raises
    ------
    ValueError
        If the chapter does not begin with the cell that is to be filled in.
    """
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    if not code or "Elsewhere, this installs it." not in code[0].source:
        raise ValueError(f"the first code cell must be {setup_cell()!r}")
    code[0].source = setup_cell(archive)
    for cell in code:
        for output in cell.outputs:
            # What only print needs, and a third of the file.
            output.get("data", {}).pop("application/pdf", None)


def _fill_copies(app: Sphinx, error: Exception | None) -> None:
    """Fill in the notebooks that the pages offer for download, and that Colab opens."""
    where = address(os.environ)
    if error or where is None or app.builder.name != "html":
        return
    for path in sorted((Path(app.outdir) / "_sources").rglob("*.ipynb")):
        notebook = read(path.read_text(encoding="utf-8"))
        stand_alone(notebook, where.archive)
        path.write_text(text_of(notebook), encoding="utf-8")


def setup(app: Sphinx) -> None:
    """Register the hook with Sphinx."""
    app.connect("build-finished", _fill_copies)
