"""One look for all figures: sizes, colour scales, and files that come out the same every time."""

from __future__ import annotations

import base64
import io
import re
from importlib.resources import as_file, files
from typing import Any, Literal

import matplotlib as mpl
import matplotlib.pyplot as plt
from cycler import cycler
from IPython.core.getipython import get_ipython
from matplotlib.axes import Axes
from matplotlib.colors import Colormap, LinearSegmentedColormap, to_hex
from matplotlib.figure import Figure

from ..colours import LIGHT, contrast

__all__ = [
    "ACTIVATION_SCALE",
    "COLUMN",
    "COMPACT",
    "COST_SCALE",
    "LINE_STYLES",
    "WEIGHT_SCALE",
    "drawing_board",
    "minus",
    "new_axes",
    "readable_on",
    "render",
    "upright",
    "use_book_style",
]

COLUMN = 6.4
"""Width in inches of a figure that fills the text column."""

COMPACT = 4.0
"""Width in inches of a figure that stays readable on a telephone."""

LINE_STYLES: tuple[tuple[str, Any], ...] = (
    (LIGHT.ink, "-"),
    (LIGHT.target, (0, (5, 1.6))),
    (LIGHT.muted, (0, (1.2, 1.4))),
    (LIGHT.positive, (0, (6, 1.5, 1.2, 1.5))),
    (LIGHT.gradient, (0, (8, 1.5))),
    (LIGHT.negative, (0, (3, 1.2, 1.2, 1.2, 1.2, 1.2))),
)
"""Colour and dashes for several runs side by side: told apart in grey, too."""


def _scale(name: str, *colours: str) -> Colormap:
    return LinearSegmentedColormap.from_list(name, colours)


ACTIVATION_SCALE = _scale("activation", LIGHT.paper, "#BFE0D6", "#5FAE99", LIGHT.activation)
"""From 0 (paper) to 1 (the colour of an activation)."""

WEIGHT_SCALE = _scale("weight", LIGHT.negative, "#E9B795", LIGHT.paper, "#93C2E0", LIGHT.positive)
"""From the most negative weight over 0 (paper) to the most positive."""

COST_SCALE = _scale("cost", LIGHT.paper, "#F3E7C6", "#D2AE58", LIGHT.target)
"""From low cost (paper) to high cost (the colour of the error)."""

_COLOURS: Any = {
    "figure.facecolor": LIGHT.paper,
    "savefig.facecolor": LIGHT.paper,
    "axes.facecolor": LIGHT.paper,
    "axes.edgecolor": LIGHT.muted,
    "axes.labelcolor": LIGHT.ink,
    "axes.titlecolor": LIGHT.ink,
    "text.color": LIGHT.ink,
    "xtick.color": LIGHT.muted,
    "ytick.color": LIGHT.muted,
    "xtick.labelcolor": LIGHT.ink,
    "ytick.labelcolor": LIGHT.ink,
    "grid.color": "#E3E7EA",
    "axes.prop_cycle": cycler(
        color=[colour for colour, _ in LINE_STYLES], linestyle=[dashes for _, dashes in LINE_STYLES]
    ),
}

# Whatever would tell when, and by which version, a file was made.
_METADATA: dict[str, dict[str, None]] = {
    "svg": dict.fromkeys(("Date", "Creator", "Format", "Type")),
    "pdf": dict.fromkeys(("CreationDate", "Creator", "Producer")),
    "png": {"Software": None},
}


def use_book_style() -> None:
    """Give all figures that follow the look of the book.

    In a notebook, figures are also stored as SVG and PDF from now on: sharp on the page and in
    print, and the same from run to run.
    """
    with as_file(files("backprop") / "book.mplstyle") as style:
        plt.style.use(style)
    mpl.rcParams.update(_COLOURS)
    _use_vector_formats()


def _use_vector_formats() -> None:
    """Tell IPython, where there is one, to show figures as SVG and PDF."""
    shell: Any = get_ipython()
    if shell is None:
        return
    # Imported here because the import itself sets things up, which is to happen before:
    from matplotlib_inline import backend_inline

    # This notes the choice where IPython looks for it, but would write one set of metadata into
    # both formats, and they do not take the same; so the formatters are set once more.
    choose_formats: Any = backend_inline.set_matplotlib_formats
    choose_formats("svg", "pdf")
    formatters = shell.display_formatter.formatters
    formatters["image/svg+xml"].for_type(Figure, _svg_or_nothing)
    formatters["application/pdf"].for_type(Figure, _pdf_or_nothing)


def _svg_or_nothing(figure: Figure) -> str | None:
    """Give IPython the SVG of a figure with something in it."""
    return render(figure, "svg").decode() if figure.axes else None


def _pdf_or_nothing(figure: Figure) -> str | None:
    """Give IPython the PDF of a figure with something in it, as it goes into a notebook."""
    return base64.b64encode(render(figure, "pdf")).decode() if figure.axes else None


def render(figure: Figure, format: Literal["svg", "pdf", "png"] = "svg") -> bytes:
    """Draw a figure into the bytes of a file that is the same every time.

    Parameters
    ----------
    figure : matplotlib Figure
    format : {"svg", "pdf", "png"}

    Returns
    -------
    bytes
        Without date or program name; an SVG is in UTF-8.

    Raises
    ------
    ValueError
        If the format is another.
    """
    if format not in _METADATA:
        raise ValueError(f"format must be one of {sorted(_METADATA)}; got {format!r}.")
    buffer = io.BytesIO()
    settings: Any = {"svg.hashsalt": "backprop", "svg.fonttype": "path", "pdf.fonttype": 3}
    with mpl.rc_context(settings):
        figure.savefig(buffer, format=format, metadata=_METADATA[format])
    return _rounded(buffer.getvalue()) if format == "svg" else buffer.getvalue()


def _rounded(svg: bytes) -> bytes:
    """Round the coordinates of an SVG to a hundredth of a point.

    That is finer than any screen, makes the file a third smaller, and keeps it the same where
    processors differ in a last digit.
    """

    def shorter(match: re.Match[str]) -> str:
        return f"{float(match[0]):.2f}".rstrip("0").rstrip(".")

    def shorten(match: re.Match[str]) -> str:
        return re.sub(r"-?\d+\.\d{3,}", shorter, match[0])

    return re.sub(r' (?:d|x|y)="[^"]*"', shorten, svg.decode()).encode()


def new_axes(width: float = COLUMN, height: float | None = None) -> Axes:
    """Make a figure with one pair of axes.

    Parameters
    ----------
    width, height : float
        In inches; without a height, a little over half the width.

    Returns
    -------
    matplotlib Axes
    """
    axes: Axes = plt.figure(figsize=(width, height or 0.56 * width)).add_subplot()
    return axes


def drawing_board(width: float, height: float, ax: Axes | None = None) -> tuple[Axes, float]:
    """Prepare axes to draw on in inches, without spines or ticks.

    Parameters
    ----------
    width, height : float
        Of the drawing, in inches.
    ax : matplotlib Axes, optional
        Axes to use; the drawing is fitted into them.  Without, a figure of this size is made.

    Returns
    -------
    ax : matplotlib Axes
        Its coordinates run from (0, 0) to (width, height) and look alike in both directions.
    scale : float
        By what to multiply sizes of text and lines: below 1 if the axes given are too small.
    """
    if ax is None:
        figure = plt.figure(figsize=(width, height))
        figure.set_layout_engine("none")
        ax = figure.add_axes((0, 0, 1, 1))
    ax.set(xlim=(0, width), ylim=(0, height), aspect="equal")
    ax.set_axis_off()
    box = ax.get_window_extent()
    fitted = min(box.width / width, box.height / height) / ax.figure.dpi
    return ax, min(1.0, max(0.7, fitted))


def upright(ax: Axes) -> None:
    """Set the label of the vertical axis upright: it is a single symbol."""
    ax.yaxis.label.set(rotation=0, ha="right", va="center")


def minus(text: str) -> str:
    """Write negative numbers with a minus sign instead of a hyphen."""
    return text.replace("-", "\N{MINUS SIGN}")


def readable_on(colour: Any) -> str:
    """Return a colour for text, with a contrast of at least 4.5 to a background of this colour."""
    background = to_hex(colour)
    # Half-way between light and dark only black will do.
    best = max((LIGHT.ink, LIGHT.paper), key=lambda text: contrast(text, background))
    return best if contrast(best, background) >= 4.5 else "#000000"
