"""Chapter 2: walking down the cost of the penguins, whose bottom is known exactly."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np
import traitlets
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Ellipse
from matplotlib.ticker import FixedLocator, NullFormatter

from ..activations import Array
from ..colours import LIGHT
from ..data import penguins
from ..gradient_descent import Bowl, descend
from .base import LiveFigure

__all__ = ["EXTENT", "MOST_STEPS", "Descent", "Walk"]

EXTENT = (-8.0, 24.0, -12.0, 20.0)
"""Which weights the map shows: left, right, bottom, top."""

MOST_STEPS = 60

SIZES = {"all": 342, "twenty": 20, "one": 1}
_COST_AXES = {
    "scaled": (35, 2_000, [50, 100, 200, 500, 1_000]),
    "unscaled": (35, 20_000, [50, 200, 1_000, 5_000]),
}
_LEVELS = 9  # lines on the map; the square roots of their heights are evenly spaced
_IN_WORDS = {"all": "all 342 penguins", "twenty": "20 penguins at random", "one": "one penguin"}


@dataclass(frozen=True)
class Walk:
    """A walk down the cost of the penguins; its fields are the traits of `Descent`."""

    start: Sequence[float] = (-5.0, 12.0)
    rate: float = 0.5
    steps: int = 15
    features: str = "scaled"
    batch: str = "all"
    seed: int = 0

    @property
    def bowl(self) -> Bowl:
        """The cost over the two weights."""
        data = penguins()
        X = data.X - data.X.mean(axis=0)
        X = X / (X.std(axis=0) if self.features == "scaled" else [1000, 1])
        return Bowl(X, data.y - data.y.mean())

    @property
    def path(self) -> Array:
        """Every point of the walk, shape (steps + 1, 2)."""
        if self.steps == 0:
            return np.array([self.start])
        bowl, draws = self.bowl, _draws(SIZES[self.batch], self.seed)

        def gradient(w: Array) -> Array:
            return bowl.gradient(w, rows=next(draws))

        return descend(gradient, self.start, self.rate, self.steps)

    @property
    def costs(self) -> Array:
        """Cost of all penguins at every point of the walk, shape (steps + 1,)."""
        with np.errstate(over="ignore"):
            heights: Array = self.bowl.cost(self.path)
        return heights


class Descent(LiveFigure):
    """Descent on the cost of predicting the length of flippers: the whole path at once.

    Parameters
    ----------
    start : list of two floats
        Weights at which the walk begins.
    rate : float, from 0.0001 to 1
        The learning rate η.
    steps : int, from 0 to 60
    features : {"scaled", "unscaled"}
        Features divided by their spread, or as measured: kg and mm.  Both are centred.
    batch : {"all", "twenty", "one"}
        How many penguins each step takes its gradient from.
    seed : int, from 0 to 99
        Which penguins are drawn, if not all of them.

    Attributes
    ----------
    bowl : Bowl
        The cost, in Python.
    path : array, shape (steps + 1, 2)
        Weights on the way, the start first.
    costs : array, shape (steps + 1,)
        Cost of all penguins at each of them.
    limit : float
        The largest stable learning rate, 2/λ_max.

    Notes
    -----
    Equations ``eq-c2-mse``, ``eq-c2-normal``, ``eq-c2-step``, ``eq-c2-rate`` and
    ``eq-c2-minibatch``.

    Examples
    --------
    >>> descent = Descent(rate=0.5, steps=15)
    >>> round(descent.limit, 3), descent.bowl.minimum.round(2)
    (0.627, array([10.45,  2.99]))
    >>> round(float(descent.costs[-1]), 2)
    41.73
    """

    figure = "descent"

    start = traitlets.List(traitlets.Float(), [-5.0, 12.0], minlen=2, maxlen=2).tag(sync=True)
    rate = traitlets.Float(0.5, min=0.0001, max=1).tag(sync=True)
    steps = traitlets.Int(15, min=0, max=MOST_STEPS).tag(sync=True)
    features = traitlets.Enum(["scaled", "unscaled"], "scaled").tag(sync=True)
    batch = traitlets.Enum([*SIZES], "all").tag(sync=True)
    seed = traitlets.Int(0, min=0, max=99).tag(sync=True)

    @property
    def alt(self) -> str:
        """What is to be seen."""
        return (
            f"A map of a bowl-shaped cost over two weights, with a walk of {self.steps} steps at "
            f"rate {self.rate:g} from ({self.start[0]:g}, {self.start[1]:g}); a star marks "
            f"the exact minimum. Each step uses {_IN_WORDS[self.batch]}. Beside it the same walk "
            f"on the surface, and the cost after each step, {self.costs[-1]:.1f} at the end; the "
            f"largest stable rate is {self.limit:.3g}."
        )

    @property
    def walk(self) -> Walk:
        """The walk at the settings of the moment."""
        return Walk(**{each.name: getattr(self, each.name) for each in fields(Walk)})

    @property
    def bowl(self) -> Bowl:
        """The cost over the two weights."""
        return self.walk.bowl

    @property
    def path(self) -> Array:
        """Every point of the walk, shape (steps + 1, 2)."""
        return self.walk.path

    @property
    def costs(self) -> Array:
        """Cost of all penguins at every point of the walk, shape (steps + 1,)."""
        return self.walk.costs

    @property
    def limit(self) -> float:
        """The largest stable learning rate for the gradient of all penguins."""
        return self.bowl.largest_stable_rate

    def truth(self) -> list[dict[str, Any]]:
        """Compute walks on both bowls and with every size of batch; the data come first."""
        data = penguins()
        rows = np.column_stack([data.X * [1, 10], data.y]).round().astype(int)
        walks = [
            Walk(steps=12),
            Walk((20.5, -7.25), rate=0.65, steps=12),
            Walk(rate=0.0335, steps=12, features="unscaled"),
            Walk((3.0, 17.5), rate=0.1, steps=12, batch="twenty", seed=7),
            Walk(rate=0.1, steps=12, batch="one", seed=99),
            Walk((0.0, 0.0), rate=0.01, steps=6, features="unscaled", batch="twenty"),
        ]
        return [{"penguins": rows.tolist()}, *map(_as_case, walks)]

    def static(self) -> Figure:
        """Draw the walk on the map and on the surface, and the cost after each step."""
        figure = Figure(figsize=(7.2, 4.0))
        grid = figure.add_gridspec(2, 2, width_ratios=(1.25, 1), hspace=0.3, wspace=0.25)
        inside = self._until_it_leaves()
        self._draw_map(inside, figure.add_subplot(grid[:, 0]))
        self._draw_relief(inside, figure.add_subplot(grid[0, 1]))
        self._draw_costs(figure.add_subplot(grid[1, 1]))
        return figure

    def _until_it_leaves(self) -> Array:
        """Return the path as far as it stays on the map."""
        left, right, bottom, top = EXTENT
        path = self.path
        on_map = ((path >= (left, bottom)) & (path <= (right, top))).all(axis=1)
        return path if on_map.all() else path[: max(1, int(on_map.argmin()))]

    def _draw_map(self, path: Array, ax: Axes) -> None:
        """Draw lines of equal cost, which are ellipses, with the path on them."""
        bowl = self.bowl
        left, right, bottom, top = EXTENT
        corners = bowl.cost([[u, v] for u in (left, right) for v in (bottom, top)])
        lowest, bends = bowl.cost(bowl.minimum), np.linalg.eigh(bowl.hessian)
        w1, w2 = bowl.minimum.tolist()
        # An eigenvector may point either way, and which one it does is up to the processor.
        angle = float(np.degrees(np.arctan2(*bends.eigenvectors[::-1, 0]))) % 180
        ax.axhspan(bottom, top, fc=LIGHT.target, alpha=0.3)
        for k in reversed(range(_LEVELS)):
            above = (corners.max() - lowest) * ((k + 1) / (_LEVELS + 0.5)) ** 2
            width, height = 2 * np.sqrt(2 * above / bends.eigenvalues)
            for look in (  # Opaque paper, then a tint: no page needs a colour of its own.
                {"fc": LIGHT.paper, "ec": "none"},
                {"fc": LIGHT.target, "ec": "none", "alpha": 0.3 * k / _LEVELS},
                {"fc": "none", "ec": LIGHT.target, "alpha": 0.3 + 0.4 * k / _LEVELS, "lw": 0.8},
            ):
                ax.add_patch(Ellipse((w1, w2), width, height, angle=angle, **look))
        ax.plot(*path.T, "-", color=LIGHT.gradient, lw=1.5)
        ax.plot(*path[1:].T, "o", color=LIGHT.gradient, ms=3.2)
        ax.plot(*path[0], "o", mfc=LIGHT.paper, mec=LIGHT.gradient, mew=1.8, ms=8)
        ax.plot(*bowl.minimum, "*", color=LIGHT.ink, mec=LIGHT.paper, ms=13, zorder=6)
        ax.set(xlim=(left, right), ylim=(bottom, top), xlabel="$w_1$", ylabel="$w_2$")

    def _draw_relief(self, path: Array, ax: Axes) -> None:
        """Draw the surface as a net of lines, with the path on it."""
        bowl, grid = self.bowl, np.linspace(0, 1, 15)
        left, right, bottom, top = EXTENT
        net = np.stack(
            np.meshgrid(left + (right - left) * grid, bottom + (top - bottom) * grid), axis=-1
        )
        highest = bowl.cost(net).max()

        def seen(w: Array) -> Array:
            return _seen_from_the_side(w, bowl.cost(w) / highest)

        for line in (*net, *net.swapaxes(0, 1)):
            ax.plot(*seen(line).T, "-", color=LIGHT.target, lw=0.5)
        between = np.linspace(path[:-1], path[1:], 6).swapaxes(0, 1).reshape(-1, 2)
        ax.plot(*seen(between).T, "-", color=LIGHT.gradient, lw=1.5)
        ax.plot(*seen(path).T, "o", color=LIGHT.gradient, ms=3)
        ax.plot(*seen(path[:1]).T, "o", mfc=LIGHT.paper, mec=LIGHT.gradient, mew=1.6, ms=6)
        ax.plot(*seen(bowl.minimum), "*", color=LIGHT.ink, mec=LIGHT.paper, ms=11, zorder=6)
        ax.set_aspect("equal")
        ax.axis("off")

    def _draw_costs(self, ax: Axes) -> None:
        lowest = float(self.bowl.cost(self.bowl.minimum))
        low, high, ticks = _COST_AXES[self.features]
        ax.semilogy(self.costs, "-", color=LIGHT.target, lw=2)
        ax.axhline(lowest, color=LIGHT.muted, ls=":", lw=1.2)
        ax.annotate(
            f"lowest {lowest:.1f}",
            (MOST_STEPS, lowest),
            (0, 4),
            textcoords="offset points",
            ha="right",
            color=LIGHT.muted,
        )
        ax.plot(self.steps, self.costs[-1], "o", color=LIGHT.target)
        ax.set(xlim=(0, MOST_STEPS), ylim=(low, high), xlabel="step", ylabel="cost $C$")
        ax.yaxis.set_major_locator(FixedLocator(ticks))
        ax.yaxis.set_minor_formatter(NullFormatter())
        ax.set_yticks(ticks, [f"{tick:,}" for tick in ticks])


def _as_case(walk: Walk) -> dict[str, Any]:
    found = {
        "minimum": walk.bowl.minimum,
        "lowest": walk.bowl.cost(walk.bowl.minimum),
        "limit": walk.bowl.largest_stable_rate,
        "path": walk.path,
        "costs": walk.costs,
    }
    return {"given": {**asdict(walk), "start": list(walk.start)}, "found": found}


def _seen_from_the_side(w: Array, height: Any) -> Array:
    """Project weights and a height from 0 to 1 onto the page, as the live surface does."""
    left, right, bottom, top = EXTENT
    u = 2 * (w[..., 0] - left) / (right - left) - 1
    v = 2 * (w[..., 1] - bottom) / (top - bottom) - 1
    azimuth, elevation = np.radians([-62, 30])
    depth = -u * np.cos(azimuth) - v * np.sin(azimuth)
    across = v * np.cos(azimuth) - u * np.sin(azimuth)
    return np.stack([across, depth * np.sin(elevation) + 0.63 * height], axis=-1)


def _draws(size: int, seed: int, of: int = 342) -> Iterator[Any]:
    """Draw so many of the penguins at random, again and again: as the page does it."""
    if size == of:
        yield from itertools.repeat(slice(None))
    order, chance = [*range(of)], _mulberry32(seed)
    while True:
        for i in range(size):
            j = i + int(next(chance) * (of - i))
            order[i], order[j] = order[j], order[i]
        yield order[:size]


def _mulberry32(state: int) -> Iterator[float]:
    """Numbers in [0, 1), the same ones as ``random`` in ``frontend/core.js``."""
    while True:
        state = (state + 0x6D2B79F5) % 2**32
        t = (state ^ state >> 15) * (state | 1) % 2**32
        t ^= (t + (t ^ t >> 7) * (t | 61)) % 2**32
        yield (t ^ t >> 14) / 2**32
