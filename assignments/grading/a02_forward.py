"""Assignment 2: the forward pass and the quadratic cost."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from backprop import Network

from . import truth
from .judging import Slip, Task

__all__ = ["TASKS"]

FORWARD = frozenset({"forward", "sigmoid", "sigmoid_prime"})
COST = frozenset({"cost", "quadratic", "accuracy"})


def sigmoid_questions() -> list[dict[str, Any]]:
    return [{"z": 0.0}, {"z": np.array([[-3.0, 0.5], [2.0, 30.0]])}, {"z": -2.5}]


def layer_questions() -> list[dict[str, Any]]:
    rng = np.random.default_rng(21)
    sizes = [(3, 2, 1), (4, 4, 4), (2, 5, 3)]
    return [
        {"W": rng.normal(size=(j, k)), "b": rng.normal(size=(j, 1)), "a": rng.random((k, m))}
        for j, k, m in sizes
    ]


def forward_questions() -> list[dict[str, Any]]:
    rng = np.random.default_rng(22)
    shapes = [([3, 4, 2], 1), ([4, 4, 4, 4], 4), ([5, 3], 6)]
    return [
        {"net": _network(widths, rng), "x": rng.normal(size=(widths[0], m))} for widths, m in shapes
    ]


def _network(widths: list[int], rng: np.random.Generator) -> Network:
    pairs = pairwise(widths)
    return Network([(rng.normal(size=(n, k)), rng.normal(size=(n, 1))) for k, n in pairs])


def cost_one_questions() -> list[dict[str, Any]]:
    rng = np.random.default_rng(23)
    return [{"a": rng.random((n, 1)), "y": np.eye(n)[:, [0]]} for n in (1, 4, 3)]


def cost_questions() -> list[dict[str, Any]]:
    rng = np.random.default_rng(24)
    return [{"a": rng.random((n, m)), "y": rng.random((n, m))} for n, m in ((4, 3), (1, 5), (3, 1))]


def _walk(net: Any, x: Any, *, bias: bool = True, last: bool = True) -> list[Any]:
    zs: list[Any] = []
    activations = [x]
    for W, b in net.layers:
        zs.append(W @ activations[-1] + (b if bias else 0))
        activations.append(truth.sigmoid(zs[-1]))
    if not last:
        activations[-1] = zs[-1]
    return [zs, activations]


def layer_truth(W: Any, b: Any, a: Any) -> list[Any]:
    z = W @ a + b
    return [z, truth.sigmoid(z)]


def forward_truth(net: Any, x: Any) -> list[Any]:
    return list(truth.forward(truth.layers_of(net), x))


TASKS: dict[str, Any] = {
    "02-sigmoid": Task(
        "sigmoid(z)",
        sigmoid_questions,
        truth.sigmoid,
        forbidden=FORWARD,
        slips=[
            Slip(
                "exp-sign",
                "The exponent has the wrong sign: it is exp(-z), so that a large z gives 1.",
                lambda z: truth.sigmoid(-np.asarray(z)),
                "chapter 1, equation eq-c1-sigmoid",
            ),
            Slip(
                "slope-for-sigmoid",
                "That is the slope σ′(z), not σ(z).",
                truth.sigmoid_prime,
                "chapter 1, equation eq-c1-sigmoid",
            ),
        ],
    ),
    "02-layer": Task(
        "layer(W, b, a)",
        layer_questions,
        layer_truth,
        forbidden=FORWARD,
        pieces={"sigmoid": truth.sigmoid},
        slips=[
            Slip(
                "bias-left-out",
                "The bias is missing: z = W a + b.",
                lambda W, b, a: [W @ a, truth.sigmoid(W @ a)],
                "chapter 1, equation eq-c1-layer",
            ),
            Slip(
                "not-squashed",
                "The second thing you return is z again: the activation is σ(z).",
                lambda W, b, a: [W @ a + b, W @ a + b],
                "chapter 1, equation eq-c1-layer",
            ),
            Slip(
                "order-swapped",
                "You return the activation first; asked for is first z, then a.",
                lambda W, b, a: layer_truth(W, b, a)[::-1],
            ),
            Slip(
                "bias-subtracted",
                "The bias is subtracted; it is added: z = W a + b.",
                lambda W, b, a: [W @ a - b, truth.sigmoid(W @ a - b)],
                "chapter 1, equation eq-c1-layer",
            ),
        ],
    ),
    "02-forward": Task(
        "forward(net, x)",
        forward_questions,
        forward_truth,
        forbidden=FORWARD,
        pieces={"sigmoid": truth.sigmoid, "layer": layer_truth},
        slips=[
            Slip(
                "input-left-out",
                "The list of activations starts too late: its first entry is the input x, a^(0).",
                lambda net, x: [_walk(net, x)[0], _walk(net, x)[1][1:]],
                "chapter 1, equation eq-c1-network",
            ),
            Slip(
                "bias-left-out",
                "The biases are missing: z = W a + b in every layer.",
                lambda net, x: _walk(net, x, bias=False),
                "chapter 1, equation eq-c1-layer",
            ),
            Slip(
                "last-not-squashed",
                "The last layer is not squashed: it has a sigmoid like all the others.",
                lambda net, x: _walk(net, x, last=False),
                "chapter 1, equation eq-c1-network",
            ),
            Slip(
                "order-swapped",
                "You return the activations first; the zs come first, then the activations.",
                lambda net, x: _walk(net, x)[::-1],
            ),
        ],
    ),
    "02-cost-one": Task(
        "cost_one(a, y)",
        cost_one_questions,
        truth.cost,
        forbidden=COST,
        slips=[
            Slip(
                "mean-over-outputs",
                "You average over the outputs; in this book they are summed.",
                lambda a, y: truth.cost(a, y) / len(a),
                "chapter 1, equation eq-c1-cost-one",
            ),
            Slip(
                "half",
                "You have a factor ½ in front; this book's cost has none.",
                lambda a, y: truth.cost(a, y) / 2,
                "chapter 1, equation eq-c1-cost-one",
            ),
            Slip(
                "not-squared",
                "The differences are not squared, so too high and too low cancel.",
                lambda a, y: float((a - y).sum()),
                "chapter 1, equation eq-c1-cost-one",
            ),
            Slip(
                "absolute",
                "You add up sizes of differences; asked for are their squares.",
                lambda a, y: float(np.abs(a - y).sum()),
                "chapter 1, equation eq-c1-cost-one",
            ),
            Slip(
                "square-of-sum",
                "You square after adding up; square each difference first.",
                lambda a, y: float((a - y).sum() ** 2),
                "chapter 1, equation eq-c1-cost-one",
            ),
            Slip(
                "root",
                "You take the square root at the end; the cost is the sum of squares itself.",
                lambda a, y: truth.cost(a, y) ** 0.5,
                "chapter 1, equation eq-c1-cost-one",
            ),
        ],
    ),
    "02-cost": Task(
        "cost(a, y)",
        cost_questions,
        truth.cost,
        forbidden=COST,
        slips=[
            Slip(
                "mean-missing",
                "You add up the examples; the cost of a set is their mean, so divide by m.",
                lambda a, y: truth.cost(a, y) * a.shape[1],
                "chapter 1, equation eq-c1-cost",
            ),
            Slip(
                "mean-over-everything",
                "You average over the outputs as well: sum over outputs, mean over examples.",
                lambda a, y: truth.cost(a, y) / len(a),
                "chapter 1, equation eq-c1-cost",
            ),
            Slip(
                "divided-by-outputs",
                "You divide by the number of outputs; divide by the number of examples.",
                lambda a, y: truth.cost(a, y) * a.shape[1] / len(a),
                "chapter 1, equation eq-c1-cost",
            ),
            Slip(
                "first-example",
                "You use the first example only.",
                lambda a, y: truth.cost(a[:, :1], y[:, :1]),
                "chapter 1, equation eq-c1-cost",
            ),
            Slip(
                "half",
                "You have a factor ½ in front; this book's cost has none.",
                lambda a, y: truth.cost(a, y) / 2,
                "chapter 1, equation eq-c1-cost",
            ),
        ],
    ),
}
