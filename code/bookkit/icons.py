"""Keep of the theme's icon script only the icons that the pages show.

The theme brings all of Font Awesome, 1.5 MB, for about twenty icons: more than half of what a page
weighs.  The script itself stays as it is; the entries of its tables that no page names are taken
out once the pages are written.
"""

import re
from collections.abc import Iterable
from pathlib import Path

from sphinx.application import Sphinx

__all__ = ["named_icons", "setup", "subset"]

# "name":[width,height,[aliases],"code point","outline"], in the script's tables.
ENTRY = re.compile(
    r'"?(?P<name>[\w-]+)"?:'
    r'\[\d+,\d+,\[(?P<aliases>[^\]]*)\],"[0-9a-f]+",(?:"[^"]*"|\[[^\]]*\])\],?'
)
NAMED = re.compile(r"\bfa-([a-z0-9-]+)")
SCRIPT = Path("_static") / "scripts" / "fontawesome.js"
# Where the pages' icons are named: in the pages, and in scripts that add some as they run.
NAMING = ("*.html", "_static/*.js", "_static/scripts/*theme.js")


def named_icons(texts: Iterable[str]) -> set[str]:
    """Collect the names of all icons that pages and scripts ask for."""
    return {name for text in texts for name in NAMED.findall(text)}


def subset(script: str, wanted: set[str]) -> str:
    """Take the icons out of Font Awesome's script that nobody asks for.

    Parameters
    ----------
    script : str
        Its text.
    wanted : set of str
        Names or aliases, without ``fa-``.

    Returns
    -------
    str
        The script with its other entries removed, and nothing else changed.
    """

    def keep(entry: re.Match[str]) -> str:
        names = {entry["name"], *re.findall(r'"([\w-]+)"', entry["aliases"])}
        return entry[0] if names & wanted else ""

    # An entry that was the last of its table leaves a comma behind, which JavaScript allows.
    return ENTRY.sub(keep, script)


def _shrink(app: Sphinx, error: Exception | None) -> None:
    path = Path(app.outdir) / SCRIPT
    if error or app.builder.format != "html" or not path.is_file():
        return
    folder = Path(app.outdir)
    files = {file for pattern in NAMING for file in folder.rglob(pattern)}
    files -= {path}
    wanted = named_icons(file.read_text(encoding="utf-8") for file in files)
    path.write_text(subset(path.read_text(encoding="utf-8"), wanted), encoding="utf-8")


def setup(app: Sphinx) -> None:
    """Register the hook with Sphinx."""
    app.connect("build-finished", _shrink)
