r"""Colour the symbols in the equations as the quantities are coloured in the figures.

Authors write plain LaTeX, ``a^{(l)}`` or ``\delta``, which every notebook viewer understands.  When
the pages are written, the symbols that stand for a coloured quantity are wrapped: in
``\class{nt-activation}{a}`` for MathJax (see ``mathematics.py``), whose colour a style sheet then
sets for the light and the dark page, and in ``{\color{ntactivation}a}`` for LaTeX.
"""

from collections.abc import Iterator
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.transforms.post_transforms import SphinxPostTransform

from backprop.colours import LIGHT
from bookkit.tex import Paint, colour

__all__ = ["ROLES", "html", "latex", "latex_preamble", "setup"]

# A quantity in an equation, and the role in the palette that gives its colour.
ROLES = {
    "activation": "activation",
    "weight": "positive",
    "gradient": "gradient",
    "target": "target",
}


def html(quantity: str, symbol: str) -> str:
    r"""Wrap one symbol for MathJax.

    >>> print(html("gradient", r"\delta"))
    \class{nt-gradient}{\delta}
    """
    return rf"\class{{nt-{quantity}}}{{{symbol}}}"


def latex(quantity: str, symbol: str) -> str:
    r"""Wrap one symbol for LaTeX.

    >>> print(latex("gradient", r"\delta"))
    {\color{ntgradient}\delta}
    """
    return rf"{{\color{{nt{quantity}}}{symbol}}}"


def latex_preamble() -> str:
    """Define the colours that `latex` uses; paper is white, so they are the light page's."""
    lines = [r"\usepackage{xcolor}"]
    for quantity, role in ROLES.items():
        hexadecimal = getattr(LIGHT, role).removeprefix("#")
        lines.append(rf"\definecolor{{nt{quantity}}}{{HTML}}{{{hexadecimal}}}")
    return "\n".join([*lines, ""])


def _coloured(node: nodes.Element, paint: Paint) -> nodes.Element:
    """Copy a node of mathematics with its symbols wrapped."""
    copy: nodes.Element = node.copy()
    copy += nodes.Text(colour(node.astext(), paint))
    return copy


class ColourForLaTeX(SphinxPostTransform):
    """Wrap the symbols of every equation on its way to LaTeX."""

    default_priority = 900
    formats = ("latex",)

    def run(self, **_: Any) -> None:
        """Replace the TeX of every equation by its coloured form."""
        for node in list(self._equations()):
            node.replace_self(_coloured(node, latex))

    def _equations(self) -> Iterator[nodes.Element]:
        yield from self.document.findall(nodes.math)
        yield from self.document.findall(nodes.math_block)


def _define_colours(app: Sphinx, config: Config) -> None:
    elements = dict(config.latex_elements)
    elements["preamble"] = latex_preamble() + elements.get("preamble", "")
    config.latex_elements = elements


def setup(app: Sphinx) -> None:
    """Register the colouring with Sphinx."""
    app.add_post_transform(ColourForLaTeX)
    app.connect("config-inited", _define_colours)
