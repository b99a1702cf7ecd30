"""Take out of the built pages what they carry and never use.

The theme shows about twenty icons and brings all of Font Awesome for them twice, as a script that
replaces elements while the page is read and as fonts with a rule for each icon: half a megabyte.
Here a page keeps the rules and the glyphs of the icons that are named somewhere, and no script.
And the search index stays with the page that searches.

Whenever something is added to the text, the theme also asks every block of code and every table
whether it is wider than its box, and so lays out the whole page.  ``static/scrollers.js`` is told.
For every key it looks through the whole page for the field to search in, which only Escape needs.
And for every click, wherever it is, Bootstrap looks a dozen times through the whole page for what
it might have been meant for, and once more for menus that are open.  It is enough to ask what was
clicked, and to look among what is shown.
"""

import re
from collections.abc import Iterable
from pathlib import Path

import pydata_sphinx_theme
from sphinx.application import Sphinx

from bookkit.fonts import font_with

__all__ = ["lean_page", "lean_script", "lean_sheet", "named_icons", "printed_characters", "setup"]

THEME = Path(pydata_sphinx_theme.__file__).parent / "theme" / "pydata_sphinx_theme" / "static"
STATIC = Path("_static")
FONTS = STATIC / "vendor" / "fontawesome" / "webfonts"
SHEET = STATIC / "styles" / "pydata-sphinx-theme.css"
SCRIPT = "scripts/fontawesome.js"
# Places in two scripts, under whatever names a minifier gave them, and what is there instead: what
# the theme does once a page has been loaded and for each key, and what Bootstrap does for a click.
MENDED = {
    STATIC / "scripts" / "pydata-sphinx-theme.js": [
        (
            r"(function (\w+)\(\)\{const e=\(\)=>\{document\.querySelectorAll.*?)"
            r'"complete"===document\.readyState\?\2\(\):window\.addEventListener\("load",\2\)',
            r"\g<1>0",
        ),
        (
            r"let (\w)=(\w)\(\);(\w\.shiftKey\|\|[^;]*)document\.activeElement===\1&&"
            r"(/Escape/i\.test\(\w\.key\))",
            r"\3\4&&document.activeElement===\2()",
        ),
    ],
    STATIC / "scripts" / "bootstrap.js": [
        (
            r"const (\w)=\w\.querySelectorAll\((\w)\);"
            r"for\(let\{target:(\w)\}=(\w);\3&&\3!==this;\3=\3\.parentNode\)"
            r"for\(const (\w) of \1\)if\(\5===\3\)",
            r"for(const \3 of[\4.target.closest?.(\2)])if(\3&&\3!==this&&this.contains(\3))",
        ),
        (
            r"(static clearMenus\((\w)\)\{[^{}]*\.find\()(\w+)\);",
            r'\1".show").filter(\2=>\2.matches(\3));',
        ),
    ],
}
SEARCH = ("_static/searchtools.js", "_static/language_data.js", "searchindex.js")
# Where icons are named: in the pages, and in scripts that add some as they run.
NAMING = ("*.html", "_static/*.js", "_static/scripts/*theme.js")
NAMED = re.compile(r"\bfa-([a-z0-9-]+)")
# The rule of one icon or of a helper such as .fa-spin, under all of its names.
ICON_RULE = re.compile(r"(?<=[};{/])(?:\.fa-[\w-]+(?::before)?,?)+\{[^{}]*\}")
GLYPH = re.compile(r'"\\(e[0-9a-f]{3}|f[0-9a-f]{3})"')
SOURCES = re.compile(r"src:url\(([^)]*/fa-[\w-]+)\.woff2\)[^;}]*")


def named_icons(texts: Iterable[str]) -> set[str]:
    """Collect the names of all icons that pages and scripts ask for."""
    return {name for text in texts for name in NAMED.findall(text)}


def lean_sheet(sheet: str, wanted: set[str]) -> str:
    """Keep of a style sheet the rules of the icons that are named, and one format of each font.

    Parameters
    ----------
    sheet : str
    wanted : set of str
        Names or aliases, without ``fa-``.

    Returns
    -------
    str
    """

    def keep(rule: re.Match[str]) -> str:
        return rule[0] if named_icons([rule[0].split("{")[0]]) & wanted else ""

    return SOURCES.sub(r'src:url(\1.woff) format("woff")', ICON_RULE.sub(keep, sheet))


def printed_characters(sheets: Iterable[str]) -> set[str]:
    """Collect the glyphs that style sheets print from an icon font."""
    return {chr(int(code, 16)) for sheet in sheets for code in GLYPH.findall(sheet)}


def lean_page(text: str, searches: bool) -> str:
    """Take the scripts out of a page that it does not need, and hide its icons from screen readers.

    Parameters
    ----------
    text : str
        The page's HTML.
    searches : bool
        Whether it is the page that shows the results of a search.

    Returns
    -------
    str
    """
    for name in (SCRIPT, *(() if searches else SEARCH)):
        text = re.sub(rf'<script [^>]*src="[^"]*{re.escape(name)}[^"]*"></script>\s*', "", text)
    return re.sub(r'<i class="(fa[srb]? |fa-)', r'<i aria-hidden="true" class="\1', text)


def lean_script(path: Path) -> str:
    """Take out of one of the theme's scripts what it does to the whole page.

    Parameters
    ----------
    path : Path
        One of `MENDED`.

    Returns
    -------
    str

    Raises
    ------
    ValueError
        The script is not as this version of the theme has it.
    """
    script = (THEME / path.relative_to(STATIC)).read_text(encoding="utf-8")
    for pattern, instead in MENDED[path]:
        script, count = re.subn(pattern, instead, script, flags=re.DOTALL)
        if count != 1:
            raise ValueError(
                f"{path.name} should hold {pattern} once; lean.py found it {count} times.  "
                "Has the theme changed?  Then look at what it does now, and at the pattern."
            )
    return script


def _slim(app: Sphinx, error: Exception | None) -> None:
    folder = Path(app.outdir)
    if error or app.builder.format != "html" or not (folder / SHEET).is_file():
        return
    files = {file for pattern in NAMING for file in folder.rglob(pattern)}
    wanted = named_icons(file.read_text(encoding="utf-8") for file in files)
    # From the theme's own: what is in the folder may be lean from a build before.
    sheet = lean_sheet((THEME / SHEET.relative_to(STATIC)).read_text(encoding="utf-8"), wanted)
    others = set((folder / STATIC).rglob("*.css")) - {folder / SHEET}
    sheets = [sheet, *(file.read_text(encoding="utf-8") for file in others)]
    for font in _cut_fonts(folder / FONTS, printed_characters(sheets)):
        sheet = re.sub(rf"@font-face\{{[^}}]*/{font}\.woff[^}}]*\}}", "", sheet)
    (folder / SHEET).write_text(sheet, encoding="utf-8")
    for path in MENDED:
        (folder / path).write_text(lean_script(path), encoding="utf-8")
    for path in folder.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        path.write_text(lean_page(text, path.name == "search.html"), encoding="utf-8")


def _cut_fonts(folder: Path, characters: set[str]) -> list[str]:
    """Write the icon fonts with these characters, and name those that have none of them."""
    unused = []
    for path in (THEME / FONTS.relative_to(STATIC)).glob("*.ttf"):
        if font := font_with(path, characters):
            (folder / f"{path.stem}.woff").write_bytes(font)
        else:
            unused.append(path.stem)
        for whole in (".ttf", ".woff2"):
            (folder / f"{path.stem}{whole}").unlink(missing_ok=True)
    return unused


def setup(app: Sphinx) -> None:
    """Register the hook with Sphinx."""
    app.connect("build-finished", _slim)
