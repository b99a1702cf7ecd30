"""What all live figures share: a still picture first, brought to life by its own script.

A live figure is a widget.  With a kernel (JupyterLab, Binder) its traits are in step with what the
reader drags.  On a page without one, the HTML that it leaves in the notebook holds the still
picture and the traits; the page's host (``bookkit/static/anyhost.js``) does the rest.
"""

import base64
import html
import itertools
import json
import math
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, ClassVar

import anywidget
import matplotlib as mpl
import numpy as np
import traitlets
from matplotlib.figure import Figure

from ..colours import DARK, LIGHT, Palette, css_variables
from ..network import Layer, Network
from ..plotting.style import render, use_book_style
from .still import STILL_STYLE, inline_svg

__all__ = ["BUNDLES", "LiveFigure", "layers_as_lists", "network_as_lists", "rounded"]

BUNDLES = Path(__file__).parent / "bundles"
"""The built scripts, ``live-<figure>.js``, and the one style sheet, ``live.css``."""

DIGITS = 12
"""Significant digits of the numbers on a page: beyond them processors differ."""


class LiveFigure(anywidget.AnyWidget):
    """A figure that can be moved, with a still picture for where it cannot.

    A subclass names its script, says what is to be seen, and draws::

        class Neuron(LiveFigure):
            figure = "neuron"
            w = traitlets.Float(2.0).tag(sync=True)

            @property
            def alt(self) -> str: ...
            def static(self) -> Figure: ...
            def truth(self) -> list[dict[str, Any]]: ...

    Traits with ``sync=True`` are what page and kernel share; they must be plain JSON.

    Attributes
    ----------
    figure : str
        Name of the figure: its script is ``live-<figure>.js``.
    key : str
        Name of this one in a page's address: ``figure``, or ``figure-2`` for the second.
    """

    figure: ClassVar[str]
    _made: ClassVar[Iterator[int]]
    _truth: "traitlets.List[Any]" = traitlets.List().tag(sync=True)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        # The name is an attribute and no keyword of the class: Colab's traitlets knows none.
        if "figure" in cls.__dict__:
            cls._made = itertools.count(1)
            script = (BUNDLES / f"live-{cls.figure}.js").read_text(encoding="utf-8")
            cls._esm = f"{script}\nexport default backpropLive.{cls.figure}.default;\n"
            cls._css = _own_colours() + (BUNDLES / "live.css").read_text(encoding="utf-8")
        super().__init_subclass__(**kwargs)

    def __init__(self, **traits: Any) -> None:
        number = next(self._made)
        self.key = self.figure if number == 1 else f"{self.figure}-{number}"
        super().__init__(**traits)

    @property
    def alt(self) -> str:
        """What the still picture shows and what there is to learn from it: a sentence or two."""
        raise NotImplementedError(f"{type(self).__name__} must say what is to be seen in alt.")

    def static(self) -> Figure:
        """Draw the figure as it stands, for print and for pages without JavaScript.

        Returns
        -------
        matplotlib Figure
            In the book's style and colours.
        """
        raise NotImplementedError(f"{type(self).__name__} must draw its still picture in static().")

    def truth(self) -> list[Any]:
        """Compute a few numbers with the package, for the page to compare its own with.

        Returns
        -------
        list
            Plain JSON, a case an entry.  The page shows the largest difference that it finds as
            the attribute ``data-maxdiff``.
        """
        raise NotImplementedError(f"{type(self).__name__} must give its numbers in truth().")

    @traitlets.default("_truth")
    def _compute_truth(self) -> list[Any]:
        return list(rounded(self.truth()))

    def settings(self) -> dict[str, Any]:
        """Return the traits that page and kernel share, as plain JSON."""
        inherited = set(anywidget.AnyWidget.class_traits()) | {"_esm", "_css", "_anywidget_id"}
        names = [name for name in self.trait_names(sync=True) if name not in inherited]
        return {name: getattr(self, name) for name in sorted(names)}

    def _repr_html_(self) -> str:
        """Return the still picture and the settings, which the page's host brings to life."""
        state = json.dumps(rounded(self.settings()), separators=(",", ":"), allow_nan=False)
        state = html.escape(state, quote=False).replace("'", "&#39;")  # JSON is full of "
        return (
            f'<div class="live-figure" data-figure="{self.figure}" data-key="{self.key}"'
            f" data-state='{state}'>"
            f"{self._still_svg()}</div>"
        )

    def _still_svg(self) -> str:
        with mpl.rc_context():
            use_book_style()
            mpl.rcParams.update(STILL_STYLE)
            return inline_svg(self.static(), self.alt, self.key)

    def _still_pdf(self) -> str:
        with mpl.rc_context():
            use_book_style()
            return base64.b64encode(render(self.static(), "pdf")).decode()

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        data, metadata = super()._repr_mimebundle_(**kwargs) or ({}, {})
        data = {
            **data,
            "text/html": self._repr_html_(),
            "application/pdf": self._still_pdf(),
            "text/plain": repr(self),
        }
        return data, metadata

    def __repr__(self) -> str:
        simple = {
            name: value
            for name, value in self.settings().items()
            if isinstance(value, bool | int | float | str) and not name.startswith("_")
        }
        return f"{type(self).__name__}({', '.join(f'{k}={v!r}' for k, v in simple.items())})"


def layers_as_lists(layers: Iterable[Layer]) -> list[dict[str, Any]]:
    """Write layers, or a gradient, as the front end knows them.

    Parameters
    ----------
    layers : iterable of Layer

    Returns
    -------
    list of dict
        ``{"W": rows, "b": flat list}``, one a layer.
    """
    return [{"W": W.tolist(), "b": b.ravel().tolist()} for W, b in layers]


def network_as_lists(net: Network) -> dict[str, Any]:
    """Write a network as the front end knows it.

    Parameters
    ----------
    net : Network

    Returns
    -------
    dict
        ``{"layers": […], "activations": ["sigmoid", …]}``.
    """
    return {
        "layers": layers_as_lists(net.layers),
        "activations": [sigma.name for sigma in net.activations],
    }


def rounded(value: Any, digits: int = DIGITS) -> Any:
    """Round every float in a nest of lists, tuples, dicts and arrays to significant digits.

    Parameters
    ----------
    value : Any
    digits : int

    Returns
    -------
    Any
        The same nest as plain JSON: arrays and tuples have become lists.
    """
    if isinstance(value, dict):
        return {key: rounded(entry, digits) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(entry, digits) for entry in value]
    if isinstance(value, np.ndarray | np.generic):
        return rounded(value.tolist(), digits)
    if isinstance(value, float) and math.isfinite(value):
        return float(f"{value:.{digits}g}")
    return value


def _own_colours() -> str:
    """Write the palette for where no page of the book has brought it: JupyterLab and the like."""

    def rule(selector: str, palette: Palette) -> str:
        return selector + "{" + ";".join(map(":".join, css_variables(palette).items())) + "}\n"

    dark = "body:is([data-jp-theme-light=false],.vscode-dark)"
    return rule("body", LIGHT) + rule(dark, DARK)
