"""Draw the network of the book with its title: to stand beside a link, and as a cover."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from backprop import Network, data, forward
from backprop.colours import LIGHT

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["COVER_SIZE", "SIZE", "draw_card", "draw_cover"]

SIZE = {"width": 1200, "height": 630}
"""In pixels: what the places that show such pictures ask for."""

COVER_SIZE = {"width": 1200, "height": 1800}
"""In pixels: a page held upright, as readers of e-books show it among others."""

TITLE, SUBTITLE = "Back-propagation", "A book that runs"


def draw_card(path: Path) -> None:
    """Draw the card: the title on the left, the network on the right.

    Parameters
    ----------
    path : Path
        The PNG to write.
    """
    from matplotlib import rc_context  # only here: most builds of the book draw nothing

    with rc_context():
        figure = _sheet(SIZE, dpi=100)
        figure.text(0.06, 0.62, TITLE, fontsize=36, weight="bold", color=LIGHT.ink)
        figure.text(0.06, 0.49, SUBTITLE, fontsize=24, color=LIGHT.ink)
        words = "Every figure moves.\nEvery equation is verified."
        figure.text(0.06, 0.27, words, fontsize=17, color=LIGHT.muted, linespacing=1.5)
        _draw_network(figure, (0.54, 0.05, 0.43, 0.9))
        _write(figure, path)


def draw_cover(path: Path, author: str) -> None:
    """Draw the cover: the title at the top, the network under it, the author at the bottom.

    Parameters
    ----------
    path : Path
        The PNG to write.
    author : str
    """
    from matplotlib import rc_context

    with rc_context():
        figure = _sheet(COVER_SIZE, dpi=150)
        figure.text(0.09, 0.87, TITLE, fontsize=46, weight="bold", color=LIGHT.ink)
        figure.text(0.09, 0.82, SUBTITLE, fontsize=27, color=LIGHT.ink)
        _draw_network(figure, (0.05, 0.15, 0.9, 0.6))
        figure.text(0.09, 0.06, author, fontsize=16, color=LIGHT.muted)
        _write(figure, path)


def _sheet(size: dict[str, int], dpi: int) -> Figure:
    """Make an empty figure of so many pixels."""
    from matplotlib import rcParams
    from matplotlib.figure import Figure

    from backprop.plotting import use_book_style

    use_book_style()
    # To the pixel, and not cut to what is drawn.
    rcParams.update({"savefig.bbox": None, "savefig.dpi": "figure"})
    figure = Figure(figsize=(size["width"] / dpi, size["height"] / dpi), dpi=dpi)
    figure.set_layout_engine("none")
    return figure


def _draw_network(figure: Figure, place: tuple[float, float, float, float]) -> None:
    """Draw the network of the book as it reads a digit."""
    from backprop.plotting import network_diagram

    net = Network.initialise([16, 8, 4], rng=0)
    trace = forward(net, data.digits().x_train[:, :1])
    network_diagram(net, trace, key=False, ax=figure.add_axes(place))


def _write(figure: Figure, path: Path) -> None:
    from backprop.plotting.style import render

    path.write_bytes(render(figure, "png"))
