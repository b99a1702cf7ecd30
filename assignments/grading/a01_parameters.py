"""Assignment 1: parameters and shapes."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from backprop import Network

from .judging import Slip, Task, Values

__all__ = ["TASKS"]

LAYER = "chapter 1, “All eight neurons at once”, equation (eq-c1-layer)"
COUNT = "chapter 1, “Counting the parameters”, equation (eq-c1-count)"
ROWS = "Rows receive: W has a row for each neuron it goes to and a column for each it comes from."
COLUMN = "A bias vector is a column, (n, 1), with one entry for each neuron of its own layer."


def widths_questions() -> list[dict[str, Any]]:
    """Networks of several depths, no two neighbours alike."""
    return [{"widths": widths} for widths in ([5, 3], [16, 8, 4], [2, 7, 3, 6], [4, 1, 9, 5, 2])]


def shapes(widths: list[int], bias: Any = lambda n, k: (n, 1), turn: bool = False) -> list[Any]:
    """Shapes of W and b, layer by layer."""
    return [[(k, n) if turn else (n, k), bias(n, k)] for k, n in pairwise(widths)]


def count(widths: list[int]) -> int:
    """Weights and biases together."""
    return sum(n * k + n for k, n in pairwise(widths))


def weight_questions() -> list[dict[str, Any]]:
    """Weights of a square network, where a swapped index finds a wrong one and no error."""
    rng = np.random.default_rng(11)
    layers = [(rng.normal(size=(4, 4)), rng.normal(size=(4, 1))) for _ in range(3)]
    net = Network(layers)
    places = [(1, 2, 3), (2, 0, 1), (3, 3, 0), (1, 1, 0)]
    return [{"net": net, "l": l, "j": j, "k": k} for l, j, k in places]


TASKS: dict[str, Any] = {
    "01-book": Values(
        "the four shapes",
        {
            "shape_of_W1": (8, 16),
            "shape_of_b1": (8, 1),
            "shape_of_W2": (4, 8),
            "shape_of_b2": (4, 1),
        },
        {
            "shape_of_W1": [((16, 8), ROWS)],
            "shape_of_W2": [((8, 4), ROWS)],
            "shape_of_b1": [(each, COLUMN) for each in ((8,), (1, 8), (16, 1), (16,))],
            "shape_of_b2": [(each, COLUMN) for each in ((4,), (1, 4), (8, 1), (8,))],
        },
        LAYER,
    ),
    "01-shapes": Task(
        "shapes(widths)",
        widths_questions,
        shapes,
        slips=[
            Slip("transposed", ROWS, lambda widths: shapes(widths, turn=True), LAYER),
            Slip("bias-flat", COLUMN, lambda widths: shapes(widths, lambda n, k: (n,)), LAYER),
            Slip("bias-row", COLUMN, lambda widths: shapes(widths, lambda n, k: (1, n)), LAYER),
            Slip("bias-below", COLUMN, lambda widths: shapes(widths, lambda n, k: (k, 1)), LAYER),
        ],
    ),
    "01-count": Task(
        "count_parameters(widths)",
        widths_questions,
        count,
        slips=[
            Slip(
                "biases-forgotten",
                "You count the weights only; every neuron after the input has a bias as well.",
                lambda widths: sum(n * k for k, n in pairwise(widths)),
                COUNT,
            ),
            Slip(
                "input-has-biases",
                "You give the inputs biases; an input is given, it has no parameters.",
                lambda widths: count(widths) + widths[0],
                COUNT,
            ),
            Slip(
                "biases-only",
                "You count neurons; each pair of neurons in neighbouring layers has a weight, too.",
                lambda widths: sum(widths),
                COUNT,
            ),
        ],
    ),
    "01-weight": Task(
        "weight(net, l, j, k)",
        weight_questions,
        lambda net, l, j, k: net.layers[l - 1].W[j, k],
        slips=[
            Slip(
                "indices-swapped",
                "The indices are swapped: w_jk goes to j, so j is the row.",
                lambda net, l, j, k: net.layers[l - 1].W[k, j],
                "chapter 1, “Why is it $w_{jk}$ and not $w_{kj}$?”",
            ),
            Slip(
                "layer-off-by-one",
                "The layer is off by one: layer 1 is the first of the list, which is entry 0.",
                lambda net, l, j, k: net.layers[l % 3].W[j, k],
                LAYER,
            ),
        ],
    ),
}
