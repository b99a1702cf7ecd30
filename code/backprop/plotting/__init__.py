"""Static figures: each function draws on ``ax``, or on a figure of its own, and returns the axes.

Colour is notation, the same in the whole book: activations are green, positive weights blue,
negative ones vermillion (and dashed, or marked with a minus sign), gradients purple, targets and
the cost amber.

>>> from backprop import Network, data, forward, plotting
>>> plotting.use_book_style()
>>> net = Network.initialise([16, 8, 4])
>>> ax = plotting.network_diagram(net, forward(net, data.digits().x_test), values=True)
"""

from .bars import gradient_bars
from .chain import computation_chain
from .costs import cost_contour, cost_surface
from .curves import activation_curves, error_against_h, learning_curves
from .images import digit_grid, weight_images
from .labels import label_lines
from .networks import network_diagram, onward
from .regions import decision_regions
from .speeds import speed_ratios
from .style import COLUMN, COMPACT, new_axes, render, use_book_style
from .tables import signed_table

__all__ = [
    "COLUMN",
    "COMPACT",
    "activation_curves",
    "computation_chain",
    "cost_contour",
    "cost_surface",
    "decision_regions",
    "digit_grid",
    "error_against_h",
    "gradient_bars",
    "label_lines",
    "learning_curves",
    "network_diagram",
    "new_axes",
    "onward",
    "render",
    "signed_table",
    "speed_ratios",
    "use_book_style",
    "weight_images",
]
