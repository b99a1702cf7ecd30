"""Say which mistake is in a gradient."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from itertools import product
from types import SimpleNamespace
from typing import Any, Literal, NamedTuple

import numpy as np

from ..activations import Activation
from ..network import Layer, Network, flatten
from .catalogue import Mistake, Reference
from .forms import FormError, Pairs, read_gradient
from .matching import Expected, agree, explanations, of_pass, scale_of
from .passes import Pass
from .probes import Probe, default_probes

__all__ = ["Answer", "Diagnosis", "Rows", "diagnose", "explain", "observe"]

OPEN = ("half", "sum", "transpose")
Layout = Literal["columns", "rows"]


@dataclass(frozen=True)
class Answer:
    """What one call of a function gave.

    Attributes
    ----------
    value : object
        What it returned.
    error : str
        Name and text of the exception, if it raised one.
    changed : tuple of str
        Names of the arguments that it changed.
    """

    value: Any = None
    error: str = ""
    changed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Diagnosis:
    """What `diagnose` found; print it for the sentence, with where to read.

    Attributes
    ----------
    code : str
        ``"right"``; the codes of the mistakes, joined by `` + ``; ``"unknown"`` if it is wrong in
        a way that has no name here; or what kept the numbers from being looked at: ``"blank"``,
        ``"none"``, ``"error"``, ``"mutation"``, ``"form"``, ``"shape"``, ``"not-finite"``.
    sentence : str
        By name: what is wrong, and what belongs there.
    hint : str
        Where to look, without the name.
    mistakes : tuple of Mistake
        Those that were made together; empty if none is known.
    alternatives : tuple of tuples of Mistake
        Others that give exactly the same numbers.
    layers : tuple of int
        The layers whose W or b is wrong, counted from 1, in the first network that could be
        compared.
    """

    code: str
    sentence: str
    hint: str = ""
    mistakes: tuple[Mistake, ...] = ()
    alternatives: tuple[tuple[Mistake, ...], ...] = ()
    layers: tuple[int, ...] = ()

    @property
    def right(self) -> bool:
        """Whether the gradient is right, in an accepted form."""
        return self.code == "right"

    @property
    def reference(self) -> Reference | None:
        """Where the book says how it is done."""
        return self.mistakes[0].reference if self.mistakes else None

    @property
    def read(self) -> str:
        """Where the book says so for each of the mistakes, in words."""
        return "; ".join(dict.fromkeys(str(each.reference) for each in self.mistakes))

    def __str__(self) -> str:
        return f"{self.sentence} Read {self.read}." if self.read else self.sentence


class Rows(NamedTuple):
    """A network as those write it who keep one example a row: ``x @ W + b``.

    Attributes
    ----------
    layers : list of Layer
        W of shape (n_{l-1}, n_l), b of shape (n_l,).
    activations : tuple of Activation
    """

    layers: list[Layer]
    activations: tuple[Activation, ...]


def diagnose(
    function: Callable[..., Any],
    *,
    probes: Sequence[Probe] | None = None,
    layout: Layout = "columns",
    leave_open: Collection[str] = (),
    tolerance: float = 1e-6,
) -> Diagnosis:
    """Find out which of the classic mistakes a gradient makes, if any.

    Parameters
    ----------
    function : callable
        Called as ``function(net, x, y)``; returns ∂C/∂W and ∂C/∂b of every layer, in any form
        that `read_gradient` reads.
    probes : sequence of Probe
        What to try it on; by default `make_probes`, five sigmoid networks.
    layout : {"columns", "rows"}
        "rows": it is called with `Rows`, ``x.T`` and ``y.T``, and returns W of that layout.
    leave_open : collection of {"half", "sum", "transpose"}
        What the task leaves open: a ½ in the cost, a sum over the examples in place of the mean,
        ∂C/∂W transposed.
    tolerance : float
        Largest error, relative to the largest entry of the same W or b, that still agrees.

    Returns
    -------
    Diagnosis

    Raises
    ------
    ValueError
        If `leave_open` or `layout` names something else.

    Notes
    -----
    The function is tried on networks whose layers differ in width and on square ones, and what it
    gives is compared with what each mistake would give, and every two mistakes together.

    Examples
    --------
    >>> from backprop import Layer, forward, gradient
    >>> diagnose(gradient).right
    True
    >>> def mine(net, x, y):
    ...     return [Layer(W / 2, b / 2) for W, b in gradient(net, x, y)]
    >>> print(diagnose(mine))  # doctest: +ELLIPSIS
    The 2 is missing: the derivative of (a − y)² is 2(a − y), ... chapter 4, “Two numbers name ...
    >>> diagnose(mine, leave_open={"half"}).right
    True
    """
    probes = default_probes() if probes is None else probes
    answers = observe(function, probes, layout)
    return explain(answers, probes, layout, leave_open, tolerance)


def observe(
    function: Callable[..., Any], probes: Sequence[Probe], layout: Layout = "columns"
) -> list[Answer]:
    """Call a function on every probe, and keep what it gave and what it did to its arguments."""
    if layout not in ("columns", "rows"):
        raise ValueError(f"layout must be 'columns' or 'rows'; got {layout!r}.")
    answers = []
    for probe in probes:
        net: Network | Rows = probe.net
        x, y = probe.x, probe.y
        if layout == "rows":
            net, x, y = _as_rows(probe.net), x.T, y.T
        given_x, given_y = x.copy(), y.copy()
        try:
            value = function(net, given_x, given_y)
        except Exception as error:
            answers.append(Answer(error=f"{type(error).__name__}: {error}".strip(": ")))
            continue
        pairs = zip("xy", (x, y), (given_x, given_y), strict=True)
        changed = tuple(name for name, was, now in pairs if not np.array_equal(was, now))
        answers.append(Answer(value, changed=changed))
    return answers


def _as_rows(net: Network) -> Rows:
    layers = [Layer(W.T.copy(), b.ravel().copy()) for W, b in net.layers]
    return Rows(layers, net.activations)


def explain(
    answers: Sequence[Answer],
    probes: Sequence[Probe],
    layout: Layout = "columns",
    leave_open: Collection[str] = (),
    tolerance: float = 1e-6,
) -> Diagnosis:
    """Do what `diagnose` does, from answers that `observe` has collected."""
    if not set(leave_open) <= set(OPEN):
        raise ValueError(f"leave_open must be among {OPEN}; got {sorted(leave_open)}.")
    trouble = _trouble(answers, probes)
    if trouble:
        return trouble
    try:
        given = _read(answers, probes, layout)
    except FormError as error:
        said = f"What you return cannot be read as a gradient: {error}"
        return Diagnosis("form", said, said)
    unusual = [pairs for pairs in given if pairs is not None and not np.isfinite(scale_of(pairs))]
    if unusual:
        said = "Some of the numbers are not finite (NaN or infinite): is something divided by 0?"
        return Diagnosis("not-finite", said, said)
    return _compare(given, answers, probes, leave_open, tolerance)


def _trouble(answers: Sequence[Answer], probes: Sequence[Probe]) -> Diagnosis | None:
    """What keeps the numbers from being looked at, in plain words."""
    code = said = ""
    for answer in answers:
        if answer.error.startswith("NotImplementedError"):
            code, said = "blank", "The function is not written yet."
        elif "read-only" in answer.error:
            code, said = (
                "mutation",
                (
                    "Your function writes into the weights or biases of the network. Compute new "
                    "arrays: a gradient is taken with all the old weights."
                ),
            )
        elif answer.changed:
            names = " and ".join(answer.changed)
            code, said = (
                "mutation",
                (
                    f"Your function changes its argument {names}. Compute something new instead of "
                    "writing into what you were given."
                ),
            )
        elif not answer.error and answer.value is None:
            code, said = "none", "Your function gives back None: is a return missing?"
        if code:
            return Diagnosis(code, said, said)
    if all(answer.error for answer in answers):
        said = f"Your function stops with an error, on {probes[0]}: {answers[0].error}"
        return Diagnosis("error", said, said)
    return None


def _read(answers: Sequence[Answer], probes: Sequence[Probe], layout: Layout) -> Expected:
    """What was returned, as pairs of arrays; None where it raised."""
    given: Expected = []
    for answer, probe in zip(answers, probes, strict=True):
        if answer.error:
            given.append(None)
            continue
        if layout == "rows":
            turned = [Layer(W.T, b) for W, b in read_gradient(answer.value, _turned(probe))]
            given.append([(W, b) for W, b in turned])
        else:
            given.append(read_gradient(answer.value, probe.net))
    return given


def _turned(probe: Probe) -> Any:
    """The probe's network, only for its shapes, with rows for columns."""
    net = probe.net
    return SimpleNamespace(
        layers=[Layer(W.T, b) for W, b in net.layers],
        n_parameters=net.n_parameters,
        with_parameters=net.with_parameters,
    )


def _compare(
    given: Expected,
    answers: Sequence[Answer],
    probes: Sequence[Probe],
    leave_open: Collection[str],
    tolerance: float,
) -> Diagnosis:
    right = of_pass(Pass, probes)
    forms = [_in_form(given, probes, form) for form in _open_forms(leave_open)]
    if any(agree(each, right, tolerance) for each in forms):
        return Diagnosis("right", "Your gradient is right.", "Your gradient is right.")
    for together in (1, 2):
        for each in forms:
            found = explanations(each, probes, tolerance, together)
            if found:
                return _named(found, _wrong_layers(each, right, tolerance), answers, probes)
    return _unnamed(given, right, answers, probes, tolerance)


def _open_forms(leave_open: Collection[str]) -> list[tuple[str, ...]]:
    choices = [((), (name,)) for name in OPEN if name in leave_open]
    return [sum(chosen, ()) for chosen in product(*choices)]


def _in_form(given: Expected, probes: Sequence[Probe], form: Collection[str]) -> Expected:
    """The gradient that was meant, if it came in another form that the task leaves open."""
    meant: Expected = []
    for pairs, probe in zip(given, probes, strict=True):
        if pairs is None:
            meant.append(None)
            continue
        factor = (2 if "half" in form else 1) / (probe.x.shape[1] if "sum" in form else 1)
        turn = "transpose" in form
        meant.append([(factor * (W.T if turn else W), factor * b) for W, b in pairs])
    return meant


def _wrong_layers(given: Expected, right: Expected, tolerance: float) -> tuple[int, ...]:
    """Layers that differ, in the first probe that was answered."""
    for mine, theirs in zip(given, right, strict=True):
        if mine is not None and theirs is not None:
            pairs = enumerate(zip(mine, theirs, strict=True), start=1)
            return tuple(l for l, (g, e) in pairs if not agree([[g]], [[e]], tolerance))
    return ()


def _named(
    found: list[tuple[Mistake, ...]],
    layers: tuple[int, ...],
    answers: Sequence[Answer],
    probes: Sequence[Probe],
) -> Diagnosis:
    mistakes, *others = found
    said = " And: ".join(each.sentence for each in mistakes)
    if len(mistakes) > 1:
        said = f"Two mistakes at once. {said}"
    if others:
        same = " Or: ".join(" And: ".join(each.sentence for each in other) for other in others)
        said += f" Another mistake gives exactly the same numbers here. Or: {same}"
    failed = [probe for answer, probe in zip(answers, probes, strict=True) if answer.error]
    if failed:
        said += f" (On {failed[0]} it does not even fit: you get an error there.)"
    hint = " ".join(dict.fromkeys(each.hint for each in mistakes))
    code = " + ".join(each.code for each in mistakes)
    return Diagnosis(code, said, hint, mistakes, tuple(others), layers)


def _unnamed(
    given: Expected,
    right: Expected,
    answers: Sequence[Answer],
    probes: Sequence[Probe],
    tolerance: float,
) -> Diagnosis:
    """Say what can be said about a wrong gradient that no known mistake explains."""
    layers = _wrong_layers(given, right, tolerance)
    for mine, theirs, answer, probe in zip(given, right, answers, probes, strict=True):
        if answer.error:
            said = f"Your function stops with an error on {probe}: {answer.error}"
            return Diagnosis("error", said, said, layers=layers)
        said = _wrong_shape(mine or [], theirs or [])
        if said:
            said = f"On {probe}, {said}"
            return Diagnosis("shape", said, said, layers=layers)
    clue = _clue(given, right, layers, tolerance)
    said = f"The gradient is wrong, but in no way that is known here. {clue}".strip()
    return Diagnosis("unknown", said, said, layers=layers)


def _wrong_shape(given: Pairs, right: Pairs) -> str:
    for l, (mine, theirs) in enumerate(zip(given, right, strict=True), start=1):
        for name, g, e in zip("Wb", mine, theirs, strict=True):
            if g.shape != e.shape:
                return (
                    f"∂C/∂{name} of layer {l} has shape {g.shape}; it must have that of {name}, "
                    f"{e.shape}."
                )
    return ""


def _clue(given: Expected, right: Expected, layers: tuple[int, ...], tolerance: float) -> str:
    """A pattern in the numbers that says where to look."""
    mine, theirs = next(
        (g, e) for g, e in zip(given, right, strict=True) if not agree([g], [e], tolerance)
    )
    assert mine is not None and theirs is not None
    got, wanted = (flatten(Layer(*pair) for pair in pairs) for pairs in (mine, theirs))
    factor = float(got @ wanted / (wanted @ wanted))
    error = float(np.abs(got - wanted).max() / np.abs(wanted).max())
    if np.abs(got - factor * wanted).max() <= tolerance * np.abs(got).max():
        return f"Every entry is {factor:.6g} times what it should be: a constant factor is off."
    if error < 1e-3:
        return (
            f"It is nearly right, off by {error:.0e}: is float32, or a one-sided difference, "
            "part of it?"
        )
    depth = len(theirs)
    if layers and depth not in layers:
        return (
            f"Layer {max(layers) + 1} and those after it are right, layer {max(layers)} is not: "
            f"look at the step back to layer {max(layers)}."
        )
    return "The last layer is wrong already: look at the start of the way back, and at the outputs."
