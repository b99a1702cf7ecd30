"""Tell a browser how large each picture is, and to fetch those further down when they are near.

So nothing jumps when a picture arrives, and opening a chapter costs only what is seen.  On paper
and without JavaScript all of them are there.
"""

import re
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

__all__ = ["setup", "size", "sized"]

PICTURE = re.compile(
    r'<img (?P<others>[^>]*?)src="(?P<source>(?:[^"]*/)?_images/(?P<name>[^"/]+))"'
)
# Of the root of an SVG, with the units that Matplotlib and others write, in pixels.
LENGTH = r'<svg\b[^>]*?\s{}="([\d.]+)(pt|px)?"'
PIXELS = {"pt": 4 / 3, "px": 1.0, None: 1.0}


def size(svg: str) -> tuple[int, int] | None:
    """Read how large a picture is.

    Parameters
    ----------
    svg : str
        An SVG's text.

    Returns
    -------
    tuple of int or None
        Width and height in pixels; nothing where it does not say.
    """
    found = [re.search(LENGTH.format(side), svg) for side in ("width", "height")]
    if not all(found):
        return None
    width, height = (round(float(each[1]) * PIXELS[each[2]]) for each in found if each)
    return width, height


def sized(body: str, sizes: dict[str, tuple[int, int]]) -> str:
    """Write its size into each picture, and let all but the first wait.

    Parameters
    ----------
    body : str
        The main part of a page.
    sizes : dict
        For each file's name its width and height in pixels.

    Returns
    -------
    str
    """
    first = True

    def written(picture: re.Match[str]) -> str:
        nonlocal first
        added = "" if first else 'loading="lazy" '
        first = False
        if picture["name"] in sizes:
            width, height = sizes[picture["name"]]
            added += f'width="{width}" height="{height}" '
        return f'<img {added}{picture["others"]}src="{picture["source"]}"'

    return PICTURE.sub(written, body)


def _size_all(
    app: Sphinx, page: str, template: str, context: dict[str, Any], document: Any
) -> None:
    if app.builder.name != "html" or "body" not in context:
        return
    names = {match["name"] for match in PICTURE.finditer(context["body"])}
    sizes = {}
    for source, name in app.builder.images.items():
        if name in names and name.endswith(".svg"):
            found = size((Path(app.srcdir) / source).read_text(encoding="utf-8"))
            if found:
                sizes[name] = found
    context["body"] = sized(context["body"], sizes)


def setup(app: Sphinx) -> None:
    """Register the hook with Sphinx."""
    app.connect("html-page-context", _size_all)
