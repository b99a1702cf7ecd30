"""Assignment 8: mini-batch training on the 4×4 digits."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from backprop import Network, data

from . import truth
from .judging import Finding, Slip, Task
from .record import Answer

__all__ = ["TASKS"]

BATCHES = "chapter 2, “A step from a few examples”, equation (eq-c2-minibatch)"
STEP = "chapter 2, “The step”, equation (eq-c2-step)"
TRAINING = frozenset({"sgd", "descend"})
ENOUGH = 0.9


def cut_questions() -> list[dict[str, Any]]:
    """Sets that can and cannot be divided evenly, and one smaller than a batch."""
    rng = np.random.default_rng(81)
    return [{"order": rng.permutation(m), "batch_size": k} for m, k in ((7, 3), (6, 2), (3, 5))]


def cut(order: Any, batch_size: int) -> list[Any]:
    """Mini-batches, the last one with what is left."""
    return [order[i : i + batch_size] for i in range(0, len(order), batch_size)]


def _problem(widths: tuple[int, int, int], m: int, rng: np.random.Generator) -> dict[str, Any]:
    n0, n1, n2 = widths
    layers = [(rng.normal(size=(n, k)), rng.normal(size=(n, 1))) for k, n in ((n0, n1), (n1, n2))]
    return {
        "net": Network(layers),
        "x": rng.normal(size=(n0, m)),
        "y": np.eye(n2)[:, rng.integers(n2, size=m)],
    }


def step_questions() -> list[dict[str, Any]]:
    """Small networks and batches."""
    rng = np.random.default_rng(82)
    return [
        {**_problem((3, 4, 2), 5, rng), "learning_rate": 0.5},
        {**_problem((2, 2, 3), 1, rng), "learning_rate": 3.0},
    ]


def step(
    net: Any, x: Any, y: Any, learning_rate: float, fields: Iterable[int] = (0, 1)
) -> list[Any]:
    """Layers after a step; `fields` says whether weights (0) and biases (1) take part."""
    layers = truth.layers_of(net)
    gradient = truth.gradient(layers, x, y)
    rates = [learning_rate if field in fields else 0 for field in (0, 1)]
    return [
        [parameter - rate * slope for parameter, slope, rate in zip(*pair, rates, strict=True)]
        for pair in zip(layers, gradient, strict=True)
    ]


def step_to_network(net: Any, x: Any, y: Any, learning_rate: float) -> Network:
    """Network after a step, as the students' own gives it back."""
    return Network(step(net, x, y, learning_rate))


def train_questions() -> list[dict[str, Any]]:
    """Two epochs on a few examples, and one."""
    rng = np.random.default_rng(83)
    first, second = _problem((3, 4, 2), 7, rng), _problem((2, 3, 2), 4, rng)
    return [
        {
            **first,
            "orders": [rng.permutation(7), rng.permutation(7)],
            "batch_size": 3,
            "learning_rate": 1.0,
        },
        {**second, "orders": [rng.permutation(4)], "batch_size": 2, "learning_rate": 2.0},
    ]


def train(
    net: Any, x: Any, y: Any, orders: list[Any], batch_size: int, learning_rate: float
) -> list[Any]:
    """Layers after all epochs."""
    for order in orders:
        for batch in cut(order, batch_size):
            net = step_to_network(net, x[:, batch], y[:, batch], learning_rate)
    return [list(layer) for layer in truth.layers_of(net)]


def without_the_rest(orders: list[Any], batch_size: int) -> list[Any]:
    """Orders without what does not fill a batch."""
    return [order[: len(order) // batch_size * batch_size] for order in orders]


def share_questions() -> list[dict[str, Any]]:
    """Networks that are right now and then."""
    rng = np.random.default_rng(84)
    return [_problem((3, 4, n), m, rng) for n, m in ((4, 20), (3, 7), (2, 11))]


def rights(net: Any, x: Any, y: Any) -> Any:
    """Which of the examples are read rightly."""
    outputs = truth.forward(truth.layers_of(net), x)[1][-1]
    return outputs.argmax(axis=0) == y.argmax(axis=0)


class OwnNetwork:
    """A trained network, measured by the checker on the digits that it should not have seen."""

    title = "my_network"

    def questions(self) -> None:
        """No call: the network is handed in."""
        return

    def judge(self, answers: list[Answer]) -> Finding:
        """Measure on the test digits."""
        value = answers[0].value if len(answers) == 1 else None
        if value is None:
            return Finding("blank", "my_network is still None: put your trained network there.")
        try:
            layers = [(np.asarray(W, float), np.asarray(b, float)) for W, b in value]
            net = Network(layers)
        except (TypeError, ValueError):
            return Finding("form", "my_network must be a Network.")
        if (net.widths[0], net.widths[-1]) != (16, 4):
            return Finding("shape", f"my_network must go from 16 inputs to 4; it is {net.widths}.")
        digits = data.digits()
        share = float(rights(net, digits.x_test, digits.y_test).mean())
        if share < ENOUGH:
            said = f"my_network reads {share:.1%} of the test digits rightly; asked for is 90 %."
            return Finding("too-low", said, "chapter 3, “The network learns to read”")
        return Finding("right", f"Right: {share:.1%} of the test digits.")


TASKS: dict[str, Any] = {
    "08-cut": Task(
        "cut(order, batch_size)",
        cut_questions,
        cut,
        slips=[
            Slip(
                "rest-dropped",
                "The last examples get lost when they do not fill a batch: keep them, as a "
                "shorter one.",
                lambda order, batch_size: [
                    b for b in cut(order, batch_size) if len(b) == batch_size
                ],
                BATCHES,
            ),
            Slip(
                "overlapping",
                "Your batches overlap: the next one begins where the last one ended.",
                lambda order, batch_size: [order[i : i + batch_size] for i in range(len(order))],
                BATCHES,
            ),
            Slip(
                "order-ignored",
                "Your batches hold 0, 1, 2, … and not the numbers that stand in `order`.",
                lambda order, batch_size: cut(np.arange(len(order)), batch_size),
                BATCHES,
            ),
        ],
    ),
    "08-step": Task(
        "step(net, x, y, learning_rate)",
        step_questions,
        step,
        forbidden=TRAINING,
        slips=[
            Slip(
                "uphill",
                "Your step goes with the gradient, uphill; subtract it.",
                lambda net, x, y, learning_rate: step(net, x, y, -learning_rate),
                STEP,
            ),
            Slip(
                "biases-stay",
                "Only the weights move; the biases take the step as well.",
                lambda **question: step(**question, fields=(0,)),
                STEP,
            ),
            Slip(
                "weights-stay",
                "Only the biases move; the weights take the step as well.",
                lambda **question: step(**question, fields=(1,)),
                STEP,
            ),
            Slip(
                "divided-by-m-again",
                "You divide by the number of examples, but the gradient is a mean already.",
                lambda net, x, y, learning_rate: step(net, x, y, learning_rate / x.shape[1]),
                BATCHES,
            ),
            Slip(
                "rate-forgotten",
                "The learning rate does not come in.",
                lambda net, x, y, learning_rate: step(net, x, y, 1.0),
                STEP,
            ),
            Slip(
                "no-step",
                "The network that you return has not moved.",
                lambda net, x, y, learning_rate: step(net, x, y, 0.0),
                STEP,
            ),
        ],
    ),
    "08-train": Task(
        "train(net, x, y, orders, batch_size, learning_rate)",
        train_questions,
        train,
        forbidden=TRAINING,
        pieces={"cut": cut, "step": step_to_network},
        slips=[
            Slip(
                "first-order-only",
                "Every epoch uses the first order; each has one of its own.",
                lambda **question: train(
                    **{**question, "orders": question["orders"][:1] * len(question["orders"])}
                ),
                BATCHES,
            ),
            Slip(
                "one-epoch-only",
                "You stop after the first epoch: is the return inside the loop?",
                lambda **question: train(**{**question, "orders": question["orders"][:1]}),
                BATCHES,
            ),
            Slip(
                "last-epoch-only",
                "Each epoch starts from the first network again; go on with the one you have.",
                lambda **question: train(**{**question, "orders": question["orders"][-1:]}),
                BATCHES,
            ),
            Slip(
                "one-step-only",
                "You return after the first step: is the return inside the loop?",
                lambda **question: train(
                    **{**question, "orders": [question["orders"][0][: question["batch_size"]]]}
                ),
                BATCHES,
            ),
            Slip(
                "rest-dropped",
                "The last examples of an epoch, which do not fill a batch, are never used.",
                lambda **question: train(
                    **{
                        **question,
                        "orders": without_the_rest(question["orders"], question["batch_size"]),
                    }
                ),
                BATCHES,
            ),
            Slip(
                "full-batch",
                "You take one step an epoch, on all the examples; take one on each mini-batch.",
                lambda **question: train(**{**question, "batch_size": 10**6}),
                BATCHES,
            ),
            Slip(
                "one-by-one",
                "You take a step on each example; take one on each mini-batch.",
                lambda **question: train(**{**question, "batch_size": 1}),
                BATCHES,
            ),
        ],
    ),
    "08-share": Task(
        "share_right(net, x, y)",
        share_questions,
        lambda net, x, y: float(rights(net, x, y).mean()),
        forbidden=frozenset({"accuracy"}),
        slips=[
            Slip(
                "counted",
                "You count the right ones; the share is that, divided by the number of examples.",
                lambda net, x, y: float(rights(net, x, y).sum()),
            ),
            Slip(
                "wrong-ones",
                "That is the share of the wrong ones.",
                lambda net, x, y: float(1 - rights(net, x, y).mean()),
            ),
            Slip(
                "percent",
                "You return per cent; the share lies between 0 and 1.",
                lambda net, x, y: float(100 * rights(net, x, y).mean()),
            ),
        ],
    ),
    "08-own": OwnNetwork(),
}
