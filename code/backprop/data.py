"""The data of the book: real digits, real penguins and three small puzzles.

Examples are columns.  In memory they are the rows of an array that was turned, so that the
numbers of one example lie side by side and a mini-batch is gathered fast.

>>> four_digits = digits()
>>> four_digits
Dataset(4×4 digits 1, 3, 7, 8: 537 to train, 181 to test)
>>> four_digits.x_train.shape, four_digits.y_train.shape
((16, 537), (4, 537))
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from .checks import check_positive

__all__ = ["Dataset", "Regression", "digits", "one_hot", "penguins", "spiral", "two_moons", "xor"]

Array = NDArray[np.floating]


class Dataset(NamedTuple):
    """Images and what they show, apart for training and for testing.

    Attributes
    ----------
    x_train, x_test : array, shape (size², m)
        One image a column, its pixels row by row from the top left, from 0 (paper) to 1 (ink).
    y_train, y_test : array, shape (number of classes, m)
        One-hot targets: row j is 1 where the image shows ``classes[j]``.
    classes : tuple of int
        Which digit each output neuron stands for.
    size : int
        Pixels along a side.
    """

    x_train: Array
    y_train: Array
    x_test: Array
    y_test: Array
    classes: tuple[int, ...]
    size: int

    @property
    def labels_train(self) -> NDArray[np.int_]:
        """Which digit each training image shows, shape (m,)."""
        return _labels(self.y_train, self.classes)

    @property
    def labels_test(self) -> NDArray[np.int_]:
        """Which digit each test image shows, shape (m,)."""
        return _labels(self.y_test, self.classes)

    def __repr__(self) -> str:
        return (
            f"Dataset({self.size}×{self.size} digits {', '.join(map(str, self.classes))}: "
            f"{self.x_train.shape[1]} to train, {self.x_test.shape[1]} to test)"
        )


class Regression(NamedTuple):
    """Numbers to predict other numbers from, one example a *row*, as statistics writes it.

    Attributes
    ----------
    X : array, shape (m, n)
        Features, a column each.
    y : array, shape (m,)
        Targets.
    features : tuple of str
        What the columns of X are, with their units.
    target : str
        What y is, with its unit.
    """

    X: Array
    y: Array
    features: tuple[str, ...]
    target: str

    def __repr__(self) -> str:
        return f"Regression({self.target} from {' and '.join(self.features)}, {len(self.y)} rows)"


def digits(
    size: int = 4, classes: Sequence[int] = (1, 3, 7, 8), dtype: DTypeLike = np.float64
) -> Dataset:
    """Return handwritten digits, small enough to see every pixel.

    Parameters
    ----------
    size : {4, 8}
        Pixels along a side.  The images come with 8 × 8 pixels; for 4 × 4 each pixel is the sum
        of a 2 × 2 block.  Either way the values are scaled to run from 0 to 1.
    classes : sequence of int
        Which of the digits 0 to 9, in the order of the output neurons.
    dtype : numpy dtype
        float64 or float32.

    Returns
    -------
    Dataset
        Three quarters of each class to train on and one quarter to test on.  Which image goes
        where is fixed, and is the same for both sizes and for every choice of classes.

    Raises
    ------
    ValueError
        If there is no such size or class, a class is named twice, or none is named.

    References
    ----------
    The test set of [alpaydin1998]_, 1,797 images, as scikit-learn carries it.

    Examples
    --------
    >>> digits(size=8, classes=range(10))
    Dataset(8×8 digits 0, 1, 2, 3, 4, 5, 6, 7, 8, 9: 1347 to train, 450 to test)
    """
    if size not in (4, 8):
        raise ValueError(f"size must be 4 or 8 (pixels along a side); got {size!r}.")
    classes = _check_digits(classes)
    dtype = _check_dtype(dtype)
    raw = _load("digits")
    images = raw["images"].astype(dtype)
    block = 8 // size
    pixels = images.reshape(-1, size, block, size, block).sum(axis=(2, 4)) / (16 * block**2)
    rows = pixels.reshape(len(images), -1)
    chosen = np.isin(raw["labels"], classes)
    train, test = chosen & ~raw["is_test"], chosen & raw["is_test"]
    return Dataset(
        x_train=rows[train].T,
        y_train=one_hot(raw["labels"][train], classes, dtype),
        x_test=rows[test].T,
        y_test=one_hot(raw["labels"][test], classes, dtype),
        classes=classes,
        size=int(size),
    )


def one_hot(labels: ArrayLike, classes: Sequence[Any], dtype: DTypeLike = np.float64) -> Array:
    """Turn class labels into targets for a network with one output neuron a class.

    Parameters
    ----------
    labels : array, shape (m,)
    classes : sequence
        What each output neuron stands for.
    dtype : numpy dtype
        float64 or float32.

    Returns
    -------
    array, shape (number of classes, m)
        1 in row j where the label is ``classes[j]``, else 0.

    Raises
    ------
    ValueError
        If a label is not among the classes, or a class is named twice.

    Examples
    --------
    >>> one_hot([7, 1, 7], classes=(1, 7))
    array([[0., 1., 0.],
           [1., 0., 1.]])
    """
    named, labels = list(classes), np.asarray(labels)
    if labels.ndim != 1:
        raise ValueError(f"labels must have shape (m,), one label an example; got {labels.shape}.")
    if not named or len(set(named)) < len(named):
        raise ValueError(f"classes must be named, each of them once; got {named}.")
    hits: NDArray[np.bool_] = labels[:, np.newaxis] == np.array(named)
    if not hits.any(axis=1).all():
        unknown = sorted(set(labels[~hits.any(axis=1)].tolist()))
        raise ValueError(f"labels must all be among classes {named}; got {unknown} as well.")
    y: Array = hits.astype(_check_dtype(dtype)).T
    return y


def penguins(dtype: DTypeLike = np.float64) -> Regression:
    """Return how long the flippers of 342 penguins are, to be predicted from mass and bill.

    The features have different units and very different scales: the body mass is around
    4,200 g, the length of the bill around 44 mm.

    Parameters
    ----------
    dtype : numpy dtype
        float64 or float32.

    Returns
    -------
    Regression
        ``X`` (342, 2) with body mass (g) and bill length (mm), ``y`` (342,) with flipper length
        (mm); the book takes one example a row for linear regression only.

    References
    ----------
    Measured near Palmer Station, Antarctica [gorman2014]_; the table is that of [horst2020]_.

    Examples
    --------
    >>> penguins()
    Regression(flipper length (mm) from body mass (g) and bill length (mm), 342 rows)
    """
    dtype = _check_dtype(dtype)
    raw = _load("penguins")
    return Regression(
        X=np.column_stack([raw["body_mass_g"], raw["bill_length_mm"]]).astype(dtype),
        y=raw["flipper_length_mm"].astype(dtype),
        features=("body mass (g)", "bill length (mm)"),
        target="flipper length (mm)",
    )


def xor(dtype: DTypeLike = np.float64) -> tuple[Array, Array]:
    """Return the four examples of exclusive or: 1 where exactly one of the inputs is 1.

    Parameters
    ----------
    dtype : numpy dtype
        float64 or float32.

    Returns
    -------
    x : array, shape (2, 4)
    y : array, shape (1, 4)

    Examples
    --------
    >>> x, y = xor()
    >>> x
    array([[0., 0., 1., 1.],
           [0., 1., 0., 1.]])
    >>> y
    array([[0., 1., 1., 0.]])
    """
    rows = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], _check_dtype(dtype))
    return rows.T, (rows.sum(axis=1, keepdims=True) == 1).astype(rows.dtype).T


def two_moons(
    m: int = 200,
    noise: float = 0.1,
    rng: int | np.random.Generator | None = 0,
    dtype: DTypeLike = np.float64,
) -> tuple[Array, Array]:
    """Return points on two half circles that reach into each other.

    Parameters
    ----------
    m : int
        Number of points, half of them (rounded up) of class 0.
    noise : float
        Standard deviation of what is added to each coordinate; the circles have radius 1.
    rng : int, numpy Generator or None
        Seed or source of the noise.
    dtype : numpy dtype
        float64 or float32.

    Returns
    -------
    x : array, shape (2, m)
    y : array, shape (1, m)
        0 or 1, for a network with a single output; the classes alternate.
    """
    angles, y = _arms(m, noise)
    angles = np.pi * angles
    upper = np.column_stack([np.cos(angles), np.sin(angles)])
    lower = np.column_stack([1 - np.cos(angles), 0.5 - np.sin(angles)])
    return _scatter(np.where(y, lower, upper) - [0.5, 0.25], y, noise, rng, dtype)


def spiral(
    m: int = 200,
    turns: float = 1.0,
    noise: float = 0.03,
    rng: int | np.random.Generator | None = 0,
    dtype: DTypeLike = np.float64,
) -> tuple[Array, Array]:
    """Return points on two arms that wind around each other.

    Parameters
    ----------
    m : int
        Number of points, half of them (rounded up) of class 0.
    turns : float
        How often each arm goes round.
    noise : float
        Standard deviation of what is added to each coordinate; the arms end at radius 1.
    rng : int, numpy Generator or None
        Seed or source of the noise.
    dtype : numpy dtype
        float64 or float32.

    Returns
    -------
    x : array, shape (2, m)
    y : array, shape (1, m)
        0 or 1, for a network with a single output; the classes alternate.
    """
    check_positive("turns", turns)
    along, y = _arms(m, noise)
    radius = 0.15 + 0.85 * along
    angle = 2 * np.pi * turns * along + np.pi * y
    points = np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])
    return _scatter(points, y, noise, rng, dtype)


def _arms(m: int, noise: float) -> tuple[Array, Array]:
    """Return places from 0 to 1 along two arms and the arm, 0 or 1, each of shape (m, 1)."""
    check_positive("m", m, int)
    if m < 2:
        raise ValueError(f"m must be at least 2, a point for each class; got {m}.")
    if noise != 0:
        check_positive("noise", noise)
    number = np.arange(m)[:, np.newaxis]
    arm, place = number % 2, number // 2
    last = np.maximum((m - 1 - arm) // 2, 1)
    return place / last, arm.astype(np.float64)


def _scatter(
    points: Array,
    y: Array,
    noise: float,
    rng: int | np.random.Generator | None,
    dtype: DTypeLike,
) -> tuple[Array, Array]:
    dtype = _check_dtype(dtype)
    points = points + noise * np.random.default_rng(rng).standard_normal(points.shape)
    return points.astype(dtype).T, y.astype(dtype).T


def _labels(y: Array, classes: tuple[int, ...]) -> NDArray[np.int_]:
    labels: NDArray[np.int_] = np.array(classes)[y.argmax(axis=0)]
    return labels


@cache
def _load(name: str) -> Mapping[str, NDArray[Any]]:
    """Read one of the files of the package; it is read once."""
    with (files("backprop") / "datasets" / f"{name}.npz").open("rb") as file:
        arrays = dict(np.load(file, allow_pickle=False))
    for array in arrays.values():
        array.setflags(write=False)
    return arrays


def _check_digits(classes: Sequence[int]) -> tuple[int, ...]:
    """Return the classes as a tuple of different digits, at least one."""
    if isinstance(classes, (int, np.integer)):
        raise TypeError(f"classes must be a sequence of digits; got {classes!r}.")
    named = list(classes)
    if not named:
        raise ValueError("classes must name at least one of the digits 0 to 9; got none.")
    for each in named:
        if not isinstance(each, (int, np.integer)) or each not in range(10):
            raise ValueError(f"classes must be among the digits 0 to 9; got {each!r}.")
    if len(set(named)) < len(named):
        raise ValueError(f"classes must name each digit once; got {named}.")
    return tuple(int(each) for each in named)


def _check_dtype(dtype: DTypeLike) -> np.dtype[np.floating]:
    """Return float64 or float32."""
    for known in (np.dtype(np.float64), np.dtype(np.float32)):
        if np.dtype(dtype) == known:
            return known
    raise ValueError(f"dtype must be float64 or float32; got {np.dtype(dtype)}.")
