"""The still picture of a live figure, as part of a page.

A picture that stands in the page itself, and not in a file of its own, can use the page's fonts and
follow its colours from light to dark.
"""

import html
import io
import re
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

from ..colours import LIGHT

__all__ = ["STILL_STYLE", "inline_svg"]

_TEXT_FONT = "var(--pst-font-family-base, sans-serif)"
_MATH_FONT = "STIX Two Text, Cambria, Times New Roman, serif"

STILL_STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "backprop",
    "mathtext.fontset": "stix",
}
"""Text stays text; symbols come from a font whose letters have their usual codes."""


def inline_svg(figure: Figure, alt: str, key: str) -> str:
    """Draw a figure as an SVG element for the inside of a page.

    Parameters
    ----------
    figure : matplotlib Figure
    alt : str
        What is to be seen; becomes the picture's accessible name.
    key : str
        Put before every id, so that two pictures on a page do not mix up theirs.

    Returns
    -------
    str
        ``<svg …>…</svg>``: text as text in the page's font, colours of the palette as custom
        properties with the light page's colour behind, no background.

    Raises
    ------
    ValueError
        If there is no alt text.
    """
    if not alt.strip():
        raise ValueError(f"the still picture of {key} needs an alt text; got none.")
    svg = _draw(figure)
    for step in (_fewer_digits, _page_colours, _page_font):
        svg = step(svg)
    return _with_name(_own_ids(svg, key), alt)


def _draw(figure: Figure) -> str:
    buffer = io.StringIO()
    with mpl.rc_context(STILL_STYLE):
        figure.savefig(buffer, format="svg", metadata={"Date": None}, transparent=True)
    svg = buffer.getvalue()
    svg = svg[svg.index("<svg") :].rstrip()
    svg = re.sub(r"<metadata>.*?</metadata>|<!--.*?-->", "", svg, flags=re.DOTALL)
    # A <style> of the picture would be a style of the whole page.
    return re.sub(r"<style[^>]*>.*?</style>", "", svg, flags=re.DOTALL)


def _fewer_digits(svg: str) -> str:
    """Two decimals are a hundredth of a point; also makes the picture the same everywhere."""

    def shorten(tag: re.Match[str]) -> str:
        return re.sub(r"-?\d+\.\d{3,}", lambda n: f"{round(float(n[0]), 2) + 0.0:.7g}", tag[0])

    svg = re.sub(r"<[^>]*>", shorten, svg)  # within tags only: a text is as the figure has it
    return re.sub(r"\s*\n\s*", "\n", svg)


def _page_colours(svg: str) -> str:
    for role, colour in LIGHT._asdict().items():
        svg = re.sub(f"{colour}\\b", f"var(--nt-{role}, {colour})", svg, flags=re.IGNORECASE)
    return svg


def _page_font(svg: str) -> str:
    def family(match: re.Match[str]) -> str:
        return f"font-family: {_MATH_FONT if 'STIX' in match[0] else _TEXT_FONT}"

    return re.sub(r"font-family: [^;\"]*", family, svg)


def _own_ids(svg: str, key: str) -> str:
    """Keep only the ids that something refers to, and make them this picture's own."""
    used = set(re.findall(r'(?:href="|url\()#([\w-]+)', svg))

    def keep(match: re.Match[str]) -> str:
        return f' id="{key}-{match[1]}"' if match[1] in used else ""

    svg = re.sub(r' id="([^"]*)"', keep, svg)
    return re.sub(r'(href="|url\()#([\w-]+)', rf"\g<1>#{key}-\g<2>", svg)


def _with_name(svg: str, alt: str) -> str:
    tag = svg[: svg.index(">") + 1]
    named = tag.replace("<svg", f'<svg role="img" aria-label="{html.escape(alt)}"', 1)
    return svg.replace(tag, named, 1)
