"""Run LaTeX over what Sphinx has written: ``python -m bookkit.latex``.

Where the last page of a chapter comes out nearly empty, the page before it is made to end earlier.

``--check`` only looks whether everything is there that this needs; ``--packages`` prints the names
of Debian's packages that bring it.
"""

import argparse
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from tqdm import tqdm

from bookkit.latex.settings import NAME

__all__ = ["main", "missing", "short_ends", "typeset"]

SOURCES = Path("_build/latex")
BOOK = Path("_build/pdf") / f"{NAME}.pdf"
# Where nt-book.sty looks for the pages that are to end earlier.
ENDS = "nt-ends.tex"

DEBIAN = (
    "latexmk texlive-xetex texlive-latex-recommended texlive-latex-extra texlive-fonts-recommended"
    " fonts-texgyre fonts-texgyre-math fonts-dejavu-core fonts-noto-cjk"
)
INSTALL = (
    f"Debian, Ubuntu: apt-get install --no-install-recommends {DEBIAN};"
    " elsewhere: TeX Live with XeTeX, and the fonts DejaVu Sans Mono and Noto Serif CJK KR"
)
PROGRAMS = ("latexmk", "xelatex", "makeindex", "kpsewhich", "fc-list")
TEX_FILES = ("tcolorbox.sty", "titlesec.sty", "unicode-math.sty", "texgyrepagella-math.otf")
FAMILIES = ("DejaVu Sans Mono", "Noto Serif CJK KR")
PAGE = re.compile(r"\[(\d+)")
# latexmk -file-line-error: back-propagation.tex:12: Undefined control sequence.
ERROR = re.compile(r"^(?:\S+:\d+: |! ).+", re.MULTILINE)
# What nt-book.sty says of each end: its first page, its last, how far that is filled, its height.
END = re.compile(r"^nt-end: (\d+) (\d+) ([\d.]+)pt ([\d.]+)pt", re.MULTILINE)
# The share of a last page that is to be filled, a line's height, and how often LaTeX may try.
LEAST, LINE, TRIES = 0.22, 15.0, 4


def missing() -> list[str]:
    """Name the programs, packages and fonts that LaTeX would miss.

    Returns
    -------
    list of str
        Empty if all are there.
    """
    programs = [name for name in PROGRAMS if shutil.which(name) is None]
    if programs:
        return programs
    files = [name for name in TEX_FILES if not _run("kpsewhich", name)]
    fonts = _run("fc-list", ":", "family")
    return files + [name for name in FAMILIES if name not in fonts]


def _run(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def typeset(sources: Path, book: Path) -> int:
    """Run LaTeX until every reference is right, and put the book into its place.

    Parameters
    ----------
    sources : Path
        The folder that Sphinx's LaTeX builder has written.
    book : Path
        The PDF to write.  One that is there stays until the new one is whole.

    Returns
    -------
    int
        How many pages it has.

    Raises
    ------
    RuntimeError
        If LaTeX fails: its first error, and where its log is.
    """
    asked: dict[int, float] = {}
    for _ in range(TRIES):
        lines = [rf"\ntshorten{{{page}}}{{{lack:.1f}pt}}" + "\n" for page, lack in asked.items()]
        (sources / ENDS).write_text("".join(lines), encoding="utf-8")
        pages, log = _run_latexmk(sources)
        lacking = short_ends(log)
        if not lacking:
            break
        # Again and more, where a page had already ended before something that does not break.
        asked |= {page: asked.get(page, 0.0) + lack + LINE for page, lack in lacking.items()}
    book.parent.mkdir(parents=True, exist_ok=True)
    whole = book.with_suffix(".part")
    shutil.copyfile(sources / book.name, whole)
    whole.replace(book)
    return pages


def short_ends(log: str) -> dict[int, float]:
    """Find the chapters that end on a page that is nearly empty.

    Parameters
    ----------
    log : str
        LaTeX's own.

    Returns
    -------
    dict
        The page before that one, counted from the title page, and by how many points the last one
        is too short.
    """
    lacking = {}
    for first, last, filled, height in END.findall(log):
        lack = LEAST * float(height) - float(filled)
        if lack > 0 and int(last) > int(first):
            lacking[int(last) - 1] = lack
    return lacking


def _run_latexmk(sources: Path) -> tuple[int, str]:
    """Run LaTeX until every reference is right; return how many pages there are, and its log."""
    command = ["latexmk", "-xelatex", "-interaction=nonstopmode", "-halt-on-error"]
    command += ["-file-line-error", f"{NAME}.tex"]
    path = sources / f"{NAME}.log"
    with subprocess.Popen(
        command, cwd=sources, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout
        pages = _watch(process.stdout)
    log = path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
    if process.returncode:
        # latexmk remembers a failure and would not try again.
        (sources / f"{NAME}.fdb_latexmk").unlink(missing_ok=True)
        error = ERROR.search(log)
        said = error[0] if error else f"latexmk ended with status {process.returncode}"
        raise RuntimeError(f"LaTeX failed: {said} (the whole story: {path})")
    return pages, log


def _watch(lines: Iterable[str]) -> int:
    """Show the pages as LaTeX makes them, run after run; return how many there were."""
    pages = 0
    with tqdm(desc="xelatex", unit=" page", disable=None) as bar:
        for line in lines:
            if line.startswith("Run number"):
                pages = 0
                bar.reset()
            found = [int(number) for number in PAGE.findall(line)]
            pages += len(found)
            bar.update(len(found))
    return pages


def main(arguments: Sequence[str] | None = None) -> int:
    """Typeset the book; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m bookkit.latex", description=__doc__)
    parser.add_argument("--check", action="store_true", help="look only for what is needed")
    parser.add_argument("--packages", action="store_true", help="print what Debian calls it")
    options = parser.parse_args(arguments)
    if options.packages:
        print(DEBIAN)
        return 0
    lacking = missing()
    if lacking:
        print(f"The PDF needs {', '.join(lacking)}. {INSTALL}.", file=sys.stderr)
        return 1
    if options.check:
        return 0
    try:
        typeset(SOURCES, BOOK)
    except RuntimeError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{BOOK}: {BOOK.stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
