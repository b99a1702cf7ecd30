"""What a chapter needs that is opened without its repository: a cell that brings the package.

In Colab, in another notebook service or in the folder of downloads there is the notebook and
nothing else.  So the first code cell of every chapter installs the package where it is missing.
The chapters in the repository know one place to install from: the repository around them.  The
copies that are published with the pages name the repository and the commit that the pages were
built from, so a fork's chapters install the fork's package, and an old copy its own version.
"""

__all__ = ["HERE", "TAG", "setup_cell"]

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
