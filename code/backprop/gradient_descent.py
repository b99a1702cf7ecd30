"""Chapter 2: going downhill, first on a bowl with a known bottom, then with a network."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .backpropagation import backward
from .checks import Array, all_finite, are_classes, as_floats, check_examples, check_positive
from .costs import quadratic, quadratic_prime, share_right
from .network import Network, forward
from .playback import LITTLE
from .playback import learner as make_learner

__all__ = ["Bowl", "DivergenceWarning", "History", "Run", "descend", "normal_equation", "sgd"]


def _check_regression(X: ArrayLike, y: ArrayLike) -> tuple[Array, Array]:
    X, y = as_floats("X", X), as_floats("y", y)
    if X.ndim != 2 or 0 in X.shape:
        raise ValueError(f"X must have shape (m, n), one example a row; got {X.shape}.")
    if y.shape != X.shape[:1]:
        raise ValueError(
            f"y must have shape ({len(X)},), one number for each row of X; got {y.shape}."
        )
    return X, y


def normal_equation(X: ArrayLike, y: ArrayLike) -> Array:
    """Weights that minimise the mean squared error of a linear model, in one step.

    Parameters
    ----------
    X : array, shape (m, n)
        Features, one example a *row*, as statistics writes it; a column of ones for the bias.
    y : array, shape (m,)
        Targets.

    Returns
    -------
    array, shape (n,)

    Raises
    ------
    ValueError
        If shapes do not fit, or the columns of X depend on each other, so that many weights are
        equally good.

    Notes
    -----
    Equation ``eq-c2-normal``.  The cost is O(mn²) to form XᵀX and O(n³) to solve.

    Examples
    --------
    >>> normal_equation([[1, 0], [1, 1], [1, 2]], [1, 3, 5]).round(6)
    array([1., 2.])
    """
    X, y = _check_regression(X, y)
    if np.linalg.matrix_rank(X) < X.shape[1]:
        raise ValueError(
            f"the {X.shape[1]} columns of X depend on each other (rank "
            f"{np.linalg.matrix_rank(X)}), so the best weights are not unique. "
            "Drop a column that the others make up."
        )
    theta: Array = np.linalg.solve(X.T @ X, X.T @ y)
    return theta


@dataclass(frozen=True)
class Bowl:
    """Mean squared error of a linear model, as a function of its weights: a bowl.

    Parameters
    ----------
    X : array, shape (m, n)
        Features, one example a row.
    y : array, shape (m,)
        Targets.

    Notes
    -----
    Equation ``eq-c2-mse``.
    """

    X: Array
    y: Array

    def __post_init__(self) -> None:
        for name, array in zip("Xy", _check_regression(self.X, self.y), strict=True):
            object.__setattr__(self, name, array)

    def cost(self, w: ArrayLike) -> Any:
        """Cost at the weights w of shape (…, n); an array of shape (…)."""
        errors = np.asarray(w) @ self.X.T - self.y
        return (errors**2).mean(axis=-1)

    def gradient(self, w: ArrayLike, rows: Any = slice(None)) -> Array:
        """Gradient at w, shape (n,); of some examples only if `rows` picks them."""
        X, y = self.X[rows], self.y[rows]
        result: Array = (2 / len(X)) * X.T @ (X @ np.asarray(w) - y)
        return result

    @property
    def hessian(self) -> Array:
        """Second derivatives, shape (n, n); the same at every w."""
        result: Array = (2 / len(self.X)) * self.X.T @ self.X
        return result

    @property
    def minimum(self) -> Array:
        """The weights at the bottom, shape (n,), from the normal equation."""
        return normal_equation(self.X, self.y)

    @property
    def largest_stable_rate(self) -> float:
        """Learning rate 2/λ_max: below it descent converges, above it descent diverges."""
        return float(2 / np.linalg.eigvalsh(self.hessian)[-1])


def descend(
    gradient: Callable[[Array], Array], start: ArrayLike, learning_rate: float, steps: int
) -> Array:
    """Walk downhill: again and again, step against the gradient.

    Parameters
    ----------
    gradient : callable
        Takes the weights, shape (n,), and returns the gradient there, shape (n,).
    start : array, shape (n,)
    learning_rate : float
        η, the length of a step for a gradient of length 1.
    steps : int

    Returns
    -------
    array, shape (steps + 1, n)
        Every point of the path, the start first.  It ends early, at the last finite point, if
        the walk diverges beyond all numbers.

    Raises
    ------
    ValueError
        If the learning rate or the number of steps is not positive.

    Notes
    -----
    Equation ``eq-c2-step``.

    Examples
    --------
    >>> descend(lambda w: 2 * w, start=[1.0], learning_rate=0.25, steps=3).ravel()
    array([1.   , 0.5  , 0.25 , 0.125])
    """
    check_positive("learning_rate", learning_rate)
    check_positive("steps", steps, int)
    path = [as_floats("start", start)]
    for _ in range(steps):
        with np.errstate(over="ignore", invalid="ignore"):
            w = path[-1] - learning_rate * gradient(path[-1])
        if not np.isfinite(w).all():
            warnings.warn(
                f"descent diverged after {len(path) - 1} steps: the weights are no longer finite. "
                f"Try a learning_rate below {learning_rate:g}.",
                DivergenceWarning,
                stacklevel=2,
            )
            break
        path.append(w)
    return np.array(path)


class DivergenceWarning(RuntimeWarning):
    """The cost went up instead of down, or out of all numbers."""


@dataclass(frozen=True)
class History:
    """How training went; entry 0 of each array is before the first step, entry e after epoch e.

    Attributes
    ----------
    cost : array, shape (epochs + 1,)
        Cost on the training examples.
    accuracy : array, shape (epochs + 1,), or None
        Share of training examples put into the right class; None if y holds no classes.
    test_cost, test_accuracy : array, shape (epochs + 1,), or None
        The same on the test examples; None if there are none.
    """

    cost: Array
    accuracy: Array | None = None
    test_cost: Array | None = None
    test_accuracy: Array | None = None


@dataclass(frozen=True)
class Run:
    """What `sgd` returns.

    Attributes
    ----------
    network : Network
        The trained network.
    history : History
        Cost and accuracy after every epoch.
    interrupted : bool
        Whether Ctrl-C ended the training; `network` is what had been learned by then.
    diverged_at : int or None
        Epoch in which the cost, or a parameter, stopped being a number; `network` is that of the
        epoch before, or of an earlier one if it is `interrupted` too: that network is computed
        once more.
    """

    network: Network
    history: History
    interrupted: bool = False
    diverged_at: int | None = None


def sgd(
    net: Network,
    x: ArrayLike,
    y: ArrayLike,
    *,
    epochs: int,
    batch_size: int,
    learning_rate: float,
    rng: int | np.random.Generator | None = 0,
    test: tuple[ArrayLike, ArrayLike] | None = None,
    progress: bool = False,
    engine: str = "numpy",
) -> Run:
    """Train by mini-batch gradient descent.

    Parameters
    ----------
    net : Network
        Where to start; it is not changed.
    x : array, shape (n_0, m)
        Inputs, one example a column.
    y : array, shape (n_L, m)
        Targets.
    epochs : int
        How often every example is used.
    batch_size : int
        Examples a step; the last batch of an epoch holds what is left.  m or more: full batch.
    learning_rate : float
        η.
    rng : int, numpy Generator or None
        Seed or source of the shuffling.
    test : tuple (x, y), optional
        Examples to measure on but not to learn from.
    progress : bool
        Show a progress bar with the cost.
    engine : str
        What computes the steps: "numpy"; "numba", which compiles them, if the extra ``fast`` is
        installed (some seconds the first time; what it compiled is kept on disk); or "listing",
        which runs them as the book prints them.

    Returns
    -------
    Run
        ``run.network`` and ``run.history``.

    Raises
    ------
    ValueError, TypeError
        If an argument is malformed; the message says what was expected.

    Warns
    -----
    DivergenceWarning
        If the cost stops being a number, or ends higher than it began.
    UserWarning
        If "numba" is asked for and another engine has to do it.

    Notes
    -----
    Equation ``eq-c2-minibatch``.  The gradient is linear in ∂C/∂a, so the learning rate rides
    along in it: what `backward` then returns is η∇C, ready to be subtracted.

    All engines run the same `forward` and `backward`.  "numpy" writes down once which NumPy calls
    a step makes and repeats those, so a step must not depend on chance or on decisions of its own.
    """
    x, y = check_examples(net, x, y)
    check_positive("epochs", epochs, int)
    check_positive("batch_size", batch_size, int)
    check_positive("learning_rate", learning_rate)
    rng = np.random.default_rng(rng)
    sets = [(x, y)] if test is None else [(x, y), check_examples(net, *test)]
    measure = _Measure(sets, batch_size)
    step = partial(_step, learning_rate=learning_rate)
    sizes = {min(batch_size, x.shape[1]), x.shape[1] % batch_size or batch_size}
    start, learner = deepcopy(rng), make_learner(engine, net, step, sizes)
    records = [measure(net)]
    interrupted, diverged_at = False, None
    with _bar(epochs, progress) as bar, np.errstate(over="ignore", invalid="ignore"):
        try:
            for epoch in range(1, epochs + 1):
                for batches in _batches(x.shape[1], batch_size, rng):
                    learner.learn(x, y, batches)
                learner.rest()
                record = measure(learner.net)
                if not (np.isfinite(record[0]) and _is_finite(learner.net)):
                    diverged_at = epoch
                    break
                records.append(record)
                bar.set_postfix_str(f"cost {record[0]:.4f}")
                bar.update()
            if diverged_at is not None:
                # Go the same way again and stop in time: that costs no memory while all goes well.
                learner = make_learner(engine, net, step, sizes)
                bar.set_description(f"diverged, back to epoch {diverged_at - 1}")
                bar.reset(diverged_at - 1)
                for _ in range(1, diverged_at):
                    for batches in _batches(x.shape[1], batch_size, start):
                        learner.learn(x, y, batches)
                    bar.update()
        except KeyboardInterrupt:
            interrupted = True
    _warn_if_it_rose(records, diverged_at, interrupted, learning_rate)
    return Run(learner.network(), measure.history(records), interrupted, diverged_at)


def _step(net: Network, x: Array, y: Array, learning_rate: float) -> None:
    """Take one step of gradient descent on a mini-batch, in place."""
    trace = forward.__wrapped__(net, x)
    steps = backward(net, trace, learning_rate * quadratic_prime(trace.a[-1], y))
    for (W, b), (dW, db) in zip(net.layers, steps, strict=True):
        W -= dW
        b -= db


def _batches(m: int, batch_size: int, rng: np.random.Generator) -> list[Array]:
    """Shuffle the examples and deal them out: tables of columns, one mini-batch a row.

    The first table holds the full batches, the second what is left, if anything is.
    """
    order = rng.permutation(m)
    full = m - m % batch_size
    tables = [order[:full].reshape(-1, batch_size), order[full:].reshape(1, -1)]
    return [table for table in tables if table.size]


def _is_finite(net: Network) -> bool:
    """Whether all parameters are numbers; behind a sigmoid the cost of infinite ones is finite."""
    return all(all_finite(array) for layer in net.layers for array in layer)


def _bar(epochs: int, progress: bool) -> Any:
    from tqdm.auto import tqdm  # takes longer to import than NumPy, and most calls do not need it

    return tqdm(total=epochs, unit="epoch", disable=not progress)


class _Measure:
    """Cost and accuracy of a network on some sets of examples, a few columns at a time.

    A forward pass keeps every z and a.  So as not to need more memory than the training itself,
    no pass is longer than a mini-batch, or than what is little anyway.
    """

    def __init__(self, sets: list[tuple[Array, Array]], batch_size: int) -> None:
        self.sets, self.batch_size = sets, batch_size
        self.classes = [are_classes(y) for _, y in sets]

    def __call__(self, net: Network) -> list[float]:
        """Cost and accuracy on each of the sets, NaN for the accuracy of what is no class."""
        record = []
        columns = max(self.batch_size, LITTLE // sum(net.widths))
        for (x, y), classes in zip(self.sets, self.classes, strict=True):
            C, right, m = 0.0, 0.0, x.shape[1]
            for start in range(0, m, columns):
                some = slice(start, start + columns)
                a, share = forward.__wrapped__(net, x[:, some]).a[-1], min(columns, m - start) / m
                C += share * quadratic(a, y[:, some])
                right += share * share_right(a, y[:, some]) if classes else np.nan
            record += [C, right]
        return record

    def history(self, records: list[list[float]]) -> History:
        """Put what was measured, epoch after epoch, into columns."""
        columns: list[Array | None] = [np.array(column) for column in zip(*records, strict=True)]
        for place, classes in enumerate(self.classes):
            if not classes:
                columns[2 * place + 1] = None
        return History(*columns)  # type: ignore[arg-type]


def _warn_if_it_rose(
    records: list[list[float]], diverged_at: int | None, interrupted: bool, learning_rate: float
) -> None:
    first, last = records[0][0], records[-1][0]
    if diverged_at is not None:
        returned = "an earlier epoch" if interrupted else f"epoch {diverged_at - 1}"
        said = (
            f"training diverged in epoch {diverged_at}: cost or parameters are no longer numbers "
            f"(last finite cost {last:.4g}). The network of {returned} is returned."
        )
    elif last > first:
        said = f"the cost rose from {first:.4g} to {last:.4g} in {len(records) - 1} epochs."
    else:
        return
    hint = f" Try a learning_rate below {learning_rate:g}."
    warnings.warn(said + hint, DivergenceWarning, stacklevel=3)
