"""Draw the picture that stands beside a link to the book where one is shared."""

from pathlib import Path

from matplotlib import rc_context, rcParams
from matplotlib.figure import Figure

from backprop import Network, data, forward
from backprop.colours import LIGHT
from backprop.plotting import network_diagram, use_book_style
from backprop.plotting.style import render

__all__ = ["SIZE", "draw_card"]

SIZE = {"width": 1200, "height": 630}
"""In pixels: what the places that show such pictures ask for."""

DPI = 100


def draw_card(path: Path) -> None:
    """Draw the network of the book and its title.

    Parameters
    ----------
    path : Path
        The PNG to write.
    """
    with rc_context():
        use_book_style()
        # To the pixel, and not cut to what is drawn.
        rcParams.update({"savefig.bbox": None, "savefig.dpi": "figure"})
        figure = Figure(figsize=(SIZE["width"] / DPI, SIZE["height"] / DPI), dpi=DPI)
        figure.set_layout_engine("none")
        figure.text(0.06, 0.62, "Back-propagation", fontsize=36, weight="bold", color=LIGHT.ink)
        figure.text(0.06, 0.49, "A book that runs", fontsize=24, color=LIGHT.ink)
        words = "Every figure moves.\nEvery equation is verified."
        figure.text(0.06, 0.27, words, fontsize=17, color=LIGHT.muted, linespacing=1.5)
        digits = data.digits()
        net = Network.initialise([16, 8, 4], rng=0)
        axes = figure.add_axes((0.54, 0.05, 0.43, 0.9))
        network_diagram(net, forward(net, digits.x_train[:, :1]), key=False, ax=axes)
        path.write_bytes(render(figure, "png"))
