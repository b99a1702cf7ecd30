"""Curves and bars: how training went, what an activation does, how large a gradient is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator, PercentFormatter
from numpy.typing import ArrayLike, NDArray

from ..activations import Activation
from ..checks import as_floats
from ..colours import LIGHT
from ..gradient_descent import History, Run
from .labels import label_lines
from .style import LINE_STYLES, new_axes, upright

__all__ = [
    "activation_curves",
    "error_against_h",
    "learning_curves",
]

Array = NDArray[np.floating]
Quantity = Literal["cost", "accuracy"]
Curve = Callable[[Array], Array]


def learning_curves(
    runs: History | Run | Mapping[str, History | Run],
    quantity: Quantity = "cost",
    *,
    test: bool = True,
    log: bool = False,
    ax: Axes | None = None,
) -> Axes:
    """Draw how the cost or the accuracy went, epoch by epoch.

    Parameters
    ----------
    runs : History or Run, or mapping of str to them
        What `sgd` returned; the keys of a mapping label the curves.
    quantity : {"cost", "accuracy"}
    test : bool
        Also draw the quantity on the test examples, where there are any, as a thin dotted line.
    log : bool
        Use a logarithmic axis for the quantity.
    ax : matplotlib Axes, optional

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    ValueError
        If a run has no such quantity.
    """
    if quantity not in ("cost", "accuracy"):
        raise ValueError(f'quantity must be "cost" or "accuracy"; got {quantity!r}.')
    several = runs if isinstance(runs, Mapping) else {"training": runs}
    ax = ax or new_axes()
    for number, (label, run) in enumerate(several.items()):
        history = run.history if isinstance(run, Run) else run
        if (train := getattr(history, quantity)) is None:
            raise ValueError(f"{label} has no accuracy: its targets are not classes.")
        colour, dashes = LINE_STYLES[number % len(LINE_STYLES)]
        ax.plot(train, color=colour, linestyle=dashes, label=label)
        tested = getattr(history, f"test_{quantity}")
        if test and tested is not None:
            name = "test" if len(several) == 1 else f"{label}, test"
            ax.plot(tested, color=colour, linestyle=(0, (1, 1.3)), linewidth=1.2, label=name)
    ax.set(xlabel="epoch", ylabel=f"{quantity} $C$" if quantity == "cost" else quantity)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10]))
    _dress_quantity(ax, quantity, log)
    return label_lines(ax)


def _dress_quantity(ax: Axes, quantity: Quantity, log: bool) -> None:
    ax.grid(axis="y")
    if log:
        ax.set_yscale("log")
    elif quantity == "cost":
        ax.set_ylim(bottom=0)
    if quantity == "accuracy":
        ax.yaxis.set_major_formatter(PercentFormatter(1, decimals=0, symbol=" %"))


def activation_curves(
    functions: Activation | Sequence[Activation] | Mapping[str, Curve],
    *,
    z: ArrayLike | None = None,
    slopes: bool = False,
    ax: Axes | None = None,
) -> Axes:
    """Draw activation functions, or any functions of z, over each other.

    Parameters
    ----------
    functions : Activation, sequence of Activation, or mapping of str to callable
        What to draw; the names or the keys are the labels.
    z : array, shape (points,), optional
        Where; from -6 to 6 without it.
    slopes : bool
        Also draw the derivative of each Activation, as a thin purple line.
    ax : matplotlib Axes, optional

    Returns
    -------
    matplotlib Axes
    """
    places: Array = np.linspace(-6, 6, 241) if z is None else as_floats("z", z)
    if isinstance(functions, Activation):
        functions = [functions]
    if not isinstance(functions, Mapping):
        functions = {each.name: each for each in functions}
    ax = ax or new_axes(height=3.2)
    _cross_hairs(ax)
    for number, (label, function) in enumerate(functions.items()):
        _, dashes = LINE_STYLES[number % len(LINE_STYLES)]
        values = function(places)
        ax.plot(places, values, color=LIGHT.activation, linestyle=dashes, label=label)
        if slopes and isinstance(function, Activation):
            slope = function.prime(places, values)
            name = f"slope of {label}"
            ax.plot(
                places, slope, color=LIGHT.gradient, linestyle=dashes, linewidth=1.2, label=name
            )
    ax.set(xlabel="$z$", ylabel="$a$", xlim=(float(places.min()), float(places.max())))
    upright(ax)
    return label_lines(ax)


def _cross_hairs(ax: Axes) -> None:
    """Draw the two zero lines faintly."""
    ax.axhline(0, color="#D5DADF", linewidth=0.8, zorder=0)
    ax.axvline(0, color="#D5DADF", linewidth=0.8, zorder=0)


def error_against_h(
    hs: ArrayLike,
    errors: ArrayLike | Mapping[str, ArrayLike],
    *,
    ax: Axes | None = None,
) -> Axes:
    """Draw the error of a numerical derivative against its step h, and mark the best h.

    Parameters
    ----------
    hs : array, shape (n,)
        Steps.
    errors : array, shape (n,), or mapping of str to such arrays
        Relative errors; the keys of a mapping label the curves.  Zeros are left out.
    ax : matplotlib Axes, optional

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    ValueError
        If there is not one error for each h, or one of the numbers is negative.
    """
    hs = as_floats("hs", hs)
    curves = errors if isinstance(errors, Mapping) else {"_error": errors}
    ax = ax or new_axes(height=3.4)
    for number, (label, each) in enumerate(curves.items()):
        curve = as_floats("errors", each)
        if hs.ndim != 1 or curve.shape != hs.shape or (curve < 0).any() or (hs <= 0).any():
            raise ValueError(
                f"hs must be positive and errors one number from 0 on for each h; "
                f"got shapes {hs.shape} and {curve.shape}."
            )
        seen = curve > 0
        colour, dashes = LINE_STYLES[number % len(LINE_STYLES)]
        marker = "os^D"[number % 4]
        style = {"color": colour, "linestyle": dashes, "marker": marker, "markersize": 4}
        ax.loglog(hs[seen], curve[seen], label=label, **style)
        _mark_best(ax, hs[seen], curve[seen], colour)
    ax.grid(axis="both")
    ax.set(xlabel="step $h$", ylabel="relative error")
    ax.set_ylim(bottom=ax.get_ylim()[0] / 30)
    return label_lines(ax)


def _mark_best(ax: Axes, hs: Array, errors: Array, colour: str) -> None:
    best = int(errors.argmin())
    exponent = round(float(np.log10(hs[best])))
    ax.plot(hs[best], errors[best], "o", ms=10, mfc="none", mec=colour, mew=1.4)
    ax.annotate(
        f"best: $h \\approx 10^{{{exponent}}}$",
        (hs[best], errors[best]),
        xytext=(0, -11),
        textcoords="offset points",
        ha="center",
        va="top",
        fontsize=9.5,
        color=colour,
        bbox={"boxstyle": "square,pad=0.1", "facecolor": LIGHT.paper, "edgecolor": "none"},
    )
