"""Networks on which mistakes show: what a function is tried on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np

from ..checks import Array
from ..network import Network

__all__ = ["SHAPES", "Probe", "default_probes", "make_probes"]

# Widths and number of examples.  In the first no two numbers agree, so that nothing fits by
# chance.  Square ones let a wrong matrix through, and with as many examples as neurons also a
# wrong vector.  A mistake that depends on m or on the number of outputs shows by comparison.
SHAPES: tuple[tuple[tuple[int, ...], int], ...] = (
    ((3, 5, 4, 2), 6),
    ((4, 4, 4, 4), 3),
    ((4, 4, 4, 4), 4),
    ((4, 4, 4, 4), 1),
    ((5, 4, 3), 2),
)


@dataclass(frozen=True, eq=False)
class Probe:
    """A network and the examples on which a gradient is asked for.

    Two probes are the same if they are one and the same object; what the mistakes give on it is
    kept for as long as it is used.
    """

    net: Network
    x: Array
    y: Array

    def __str__(self) -> str:
        widths = "-".join(map(str, self.net.widths))
        examples = self.x.shape[1]
        return f"a {widths} network with {examples} example{'s' if examples > 1 else ''}"


def make_probes(
    shapes: Sequence[tuple[Sequence[int], int]] = SHAPES,
    activation: str | Sequence[str] = "sigmoid",
    rng: int | np.random.Generator | None = 0,
) -> tuple[Probe, ...]:
    """Make networks with weights and biases that are not special.

    Parameters
    ----------
    shapes : sequence of (widths, m)
        Widths of each network, and its number of examples.
    activation : str, or sequence of str
        One name for all layers, or a cycle of names for the layers.
    rng : int, numpy Generator or None
        Seed or source of the random numbers.

    Returns
    -------
    tuple of Probe
    """
    rng = np.random.default_rng(rng)
    names = [activation] if isinstance(activation, str) else list(activation)
    probes = []
    for widths, m in shapes:
        layers = [(rng.normal(size=(n, k)), rng.normal(size=(n, 1))) for k, n in pairwise(widths)]
        cycle = [names[l % len(names)] for l in range(len(layers))]
        x, y = rng.normal(size=(widths[0], m)), rng.random((widths[-1], m))
        probes.append(Probe(Network(layers, cycle), x, y))
    return tuple(probes)


@cache
def default_probes() -> tuple[Probe, ...]:
    """Return the probes of `make_probes()`, the same ones every time."""
    return make_probes()
