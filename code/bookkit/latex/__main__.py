"""Run LaTeX over what Sphinx has written: ``python -m bookkit.latex``.

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

__all__ = ["main", "missing", "typeset"]

SOURCES = Path("_build/latex")
BOOK = Path("_build/pdf") / f"{NAME}.pdf"

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
    command = ["latexmk", "-xelatex", "-interaction=nonstopmode", "-halt-on-error"]
    command += ["-file-line-error", f"{NAME}.tex"]
    log = sources / f"{NAME}.log"
    with subprocess.Popen(
        command, cwd=sources, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout
        pages = _watch(process.stdout)
    if process.returncode:
        # latexmk remembers a failure and would not try again.
        (sources / f"{NAME}.fdb_latexmk").unlink(missing_ok=True)
        text = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
        error = ERROR.search(text)
        said = error[0] if error else f"latexmk ended with status {process.returncode}"
        raise RuntimeError(f"LaTeX failed: {said} (the whole story: {log})")
    book.parent.mkdir(parents=True, exist_ok=True)
    whole = book.with_suffix(".part")
    shutil.copyfile(sources / book.name, whole)
    whole.replace(book)
    return pages


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
