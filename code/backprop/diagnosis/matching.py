"""Which mistake gives these numbers?  Every one, and every two together, on the same probes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import combinations

import numpy as np

from ..checks import Array
from .catalogue import MISTAKES, Mistake
from .forms import Pairs, as_column
from .passes import Pass
from .probes import Probe

__all__ = ["Expected", "agree", "explanations", "of_pass", "scale_of"]

# What a pass gives on each probe; None where its shapes do not fit.
Expected = list[Pairs | None]
# Below this a learning rate has left no trace.
MIN_ETA = 1e-9


def of_pass(variant: type[Pass], probes: Sequence[Probe], eta: float | None = None) -> Expected:
    """Gradients of a pass on all the probes."""
    expected: Expected = []
    for probe in probes:
        try:
            with np.errstate(all="ignore"):
                run = variant(probe.net, probe.x, probe.y)
                if eta is not None:
                    run.eta = eta
                expected.append([(W, as_column(b)) for W, b in run.gradient()])
        except ValueError:
            expected.append(None)
    return expected


def agree(given: Expected, expected: Expected, tolerance: float) -> bool:
    """Whether two sets of gradients are the same, shapes included."""
    return all(
        (mine is None) == (theirs is None)
        and (mine is None or theirs is None or _close(mine, theirs, tolerance))
        for mine, theirs in zip(given, expected, strict=True)
    )


def scale_of(pairs: Pairs) -> float:
    """Size of the largest entry of a gradient."""
    return max(float(np.abs(array).max(initial=0)) for pair in pairs for array in pair)


def _close(given: Pairs, expected: Pairs, tolerance: float) -> bool:
    # Against the largest entry of its own W or b, as in a gradient check, but not against less
    # than rounding leaves of the largest of all.
    floor = 1e-8 * scale_of(expected)
    for mine, theirs in zip(given, expected, strict=True):
        for g, e in zip(mine, theirs, strict=True):
            if g.shape != e.shape:
                return False
            size = max(float(np.abs(e).max(initial=0)), floor)
            if not float(np.abs(g - e).max(initial=0)) <= tolerance * size:
                return False
    return True


def explanations(
    given: Expected, probes: Sequence[Probe], tolerance: float, together: int
) -> list[tuple[Mistake, ...]]:
    """All sets of `together` mistakes that give these numbers."""
    place, total = _mark(given)
    answer = given[place] or []
    entries = sum(array.size for pair in answer for array in pair)
    slack = 2 * tolerance * entries * scale_of(answer) if answer else 0.0
    found = [
        each
        for each in _candidates(tuple(probes), together)
        if (each.variant.eta is not None or each.may_give(place, total, slack))
        and each.gives(given, probes, tolerance)
    ]
    # "σ′ missing everywhere, but at a in the output" is "missing in the hidden layers, at a in the
    # output": where the order does not matter, that is the better way to say it.
    plain = [each for each in found if each.commutes]
    return list(dict.fromkeys(each.mistakes for each in plain or found))


@dataclass(frozen=True)
class _Candidate:
    """Mistakes made together, and what they give on the probes.

    `at_zero` is the same with a learning rate of 0; `commutes` says whether it does not matter
    which of two mistakes has the last word.
    """

    mistakes: tuple[Mistake, ...]
    variant: type[Pass]
    expected: Expected
    at_zero: Expected
    commutes: bool

    @cached_property
    def mark(self) -> tuple[int, float]:
        """What `_mark` says of the expected gradients."""
        return _mark(self.expected)

    def may_give(self, place: int, total: float, slack: float) -> bool:
        """Whether it is worth a closer look: of a thousand candidates few are."""
        return self.mark[0] == place and abs(self.mark[1] - total) <= slack

    def gives(self, given: Expected, probes: Sequence[Probe], tolerance: float) -> bool:
        """Whether these are the numbers; for a mistake with a learning rate, with any rate."""
        if self.variant.eta is None:
            return agree(given, self.expected, tolerance)
        return any(
            all(
                agree([mine], of_pass(self.variant, [probe], eta), tolerance)
                for mine, probe in zip(given, probes, strict=True)
            )
            for eta in self.rates(given, tolerance)
        )

    @cached_property
    def slopes(self) -> list[list[tuple[int, int, Array, Array]]]:
        """Where a gradient may be linear in the learning rate, its value at 0, and its slope.

        It is so in the layer that the rate reaches first.  That layer comes last, or first if the
        layers were turned round.
        """
        found = []
        for zero, one in zip(self.at_zero, self.expected, strict=True):
            reached = [
                (l, field, e0, e1 - e0)
                for l, pairs in enumerate(zip(zero or (), one or (), strict=False))
                for field, (e0, e1) in enumerate(zip(*pairs, strict=True))
                if np.abs(e1 - e0).max() > MIN_ETA
            ]
            found.append(reached[:1] + reached[-2:])
        return found

    def rates(self, given: Expected, tolerance: float) -> Iterator[float]:
        """Learning rates that may have been let in."""
        for mine, zero, one, slopes in zip(
            given, self.at_zero, self.expected, self.slopes, strict=True
        ):
            if mine is None or zero is None or one is None:
                continue
            floor = 1e-8 * scale_of(mine)
            for l, field, at_zero, slope in slopes:
                rate = _rate(mine[l][field], at_zero, slope, tolerance, floor)
                if rate > MIN_ETA:
                    yield rate
            return


def _rate(given: Array, at_zero: Array, slope: Array, tolerance: float, floor: float) -> float:
    """The rate at which a gradient that is linear in it has these numbers; 0 if at none."""
    if given.shape != at_zero.shape:
        return 0.0
    difference = given - at_zero
    rate = float(np.vdot(difference, slope) / np.vdot(slope, slope))
    # No other rate comes nearer, in the sum of squares.
    difference -= rate * slope
    size = max(float(np.abs(given).max()), floor)
    bound = 2 * tolerance * size
    return rate if np.vdot(difference, difference) <= given.size * bound**2 else 0.0


def _mark(gradients: Expected) -> tuple[int, float]:
    """Place of the first probe with an answer, and how large its entries are together."""
    for place, pairs in enumerate(gradients):
        if pairs is not None:
            return place, float(sum(np.abs(array).sum() for pair in pairs for array in pair))
    return 0, 0.0


@lru_cache(maxsize=8)
def _candidates(probes: tuple[Probe, ...], together: int) -> list[_Candidate]:
    """Every mistake, or every two, with what they give on the probes."""
    candidates = []
    for mistakes in combinations(MISTAKES.values(), together):
        variants = _variants(*(each.variant for each in mistakes))
        results = [of_pass(variant, probes) for variant in variants]
        commutes = all(agree(each, results[0], 1e-9) for each in results[1:])
        for variant, expected in zip(variants, results, strict=True):
            at_zero = [] if variant.eta is None else of_pass(variant, probes, eta=0.0)
            candidates.append(_Candidate(mistakes, variant, expected, at_zero, commutes))
    return candidates


def _variants(one: type[Pass], two: type[Pass] | None = None) -> list[type[Pass]]:
    """Passes that make one mistake, or both.

    Of two that touch the same step the first in line has the last word, so both orders are tried.
    """
    if two is None:
        return [one]
    orders = [(one, two), (two, one)] if _touched(one) & _touched(two) else [(one, two)]
    # A class cannot come before one that is derived from it.
    return [type("Both", order, {}) for order in orders if not issubclass(order[1], order[0])]


def _touched(variant: type[Pass]) -> set[str]:
    return {
        name
        for each in variant.__mro__
        if each not in (Pass, object)
        for name in vars(each)
        if not name.startswith("__")
    }
