"""Assignment 7: the full backward pass."""

from __future__ import annotations

from typing import Any

import numpy as np

from backprop.diagnosis import default_probes

from .judging import GradientTask, Slip, Task, named
from .truth import sigmoid, sigmoid_prime

__all__ = ["TASKS"]

BATCH = "chapter 4, “A batch: columns side by side”, equation (eq-c4-db-matrix)"
BORROWED = frozenset(
    {"gradient", "backward", "gradient_by_index", "deltas_by_index", "numerical_gradient", "sgd"}
)


def start_questions() -> list[dict[str, Any]]:
    """Widths and numbers of examples that no factor can mix up."""
    rng = np.random.default_rng(71)
    questions = []
    for n, m in ((4, 3), (3, 5), (2, 1)):
        z = rng.normal(size=(n, m))
        questions.append({"z": z, "a": sigmoid(z), "y": rng.random((n, m))})
    return questions


def start(z: Any, a: Any, y: Any) -> Any:
    """δ of the output layer, for a batch."""
    return 2 * (a - y) * sigmoid_prime(z) / y.shape[1]


def back_questions() -> list[dict[str, Any]]:
    """Square layers, which let a forgotten transpose through, and others, which do not."""
    rng = np.random.default_rng(72)
    return [
        {
            "W_above": rng.normal(size=(n, k)),
            "delta_above": rng.normal(size=(n, m)),
            "z": rng.normal(size=(k, m)),
        }
        for n, k, m in ((4, 4, 3), (4, 4, 1), (2, 5, 3), (6, 3, 2))
    ]


def back(W_above: Any, delta_above: Any, z: Any, slope: Any = sigmoid_prime) -> Any:
    """One step back."""
    return (W_above.T @ delta_above) * slope(z)


def collect_questions() -> list[dict[str, Any]]:
    """Layers and batches of several sizes, one of them square."""
    rng = np.random.default_rng(74)
    return [
        {"delta": rng.normal(size=(n, m)), "a_below": rng.random((k, m))}
        for n, k, m in ((4, 3, 5), (2, 6, 3), (4, 4, 4))
    ]


def collect(delta: Any, a_below: Any) -> list[Any]:
    """Gradient of the weights and biases of a layer."""
    return [delta @ a_below.T, delta.sum(axis=1, keepdims=True)]


def with_bias(change: Any) -> Any:
    """Answers with another ∂C/∂b."""
    return lambda delta, a_below: [delta @ a_below.T, change(delta)]


TASKS: dict[str, Any] = {
    "07-start": Task(
        "output_delta(z, a, y)",
        start_questions,
        start,
        forbidden=BORROWED,
        slips=[
            named("mean-missing", lambda z, a, y: start(z, a, y) * y.shape[1]),
            named("two-missing", lambda z, a, y: start(z, a, y) / 2),
            named("sign", lambda z, a, y: -start(z, a, y)),
            named("outputs-averaged", lambda z, a, y: start(z, a, y) * y.shape[1] / len(y)),
            named("mean-twice", lambda z, a, y: start(z, a, y) / y.shape[1]),
            named("slope-missing-at-output", lambda z, a, y: 2 / y.shape[1] * (a - y)),
            named("slope-at-a-at-output", lambda z, a, y: start(a, a, y)),
            named("slope-from-z", lambda z, a, y: 2 / y.shape[1] * (a - y) * z * (1 - z)),
            named("slope-is-sigma", lambda z, a, y: 2 / y.shape[1] * (a - y) * a),
        ],
    ),
    "07-back": Task(
        "step_back(W_above, delta_above, z)",
        back_questions,
        back,
        forbidden=BORROWED,
        slips=[
            named(
                "transpose-missing",
                lambda W_above, delta_above, z: (W_above @ delta_above) * sigmoid_prime(z),
            ),
            named(
                "slope-missing-in-hidden",
                lambda W_above, delta_above, z: W_above.T @ delta_above,
            ),
            named(
                "slope-at-a",
                lambda **question: back(**question, slope=lambda z: sigmoid_prime(sigmoid(z))),
            ),
            named("slope-from-z", lambda **question: back(**question, slope=lambda z: z * (1 - z))),
            named("slope-is-sigma", lambda **question: back(**question, slope=sigmoid)),
            named(
                "wishes-averaged",
                lambda **question: back(**question) / len(question["W_above"]),
            ),
        ],
    ),
    "07-collect": Task(
        "collect(delta, a_below)",
        collect_questions,
        collect,
        forbidden=BORROWED,
        slips=[
            named(
                "outer-transposed",
                lambda delta, a_below: [a_below @ delta.T, collect(delta, a_below)[1]],
            ),
            named("bias-not-summed", with_bias(lambda delta: delta)),
            named("bias-mean-twice", with_bias(lambda delta: delta.mean(axis=1, keepdims=True))),
            named("bias-summed-over-everything", with_bias(lambda delta: delta.sum())),
            named("bias-summed-over-neurons", with_bias(lambda delta: delta.sum(axis=0))),
            named(
                "bias-summed-over-neurons",
                with_bias(lambda delta: delta.sum(axis=0, keepdims=True)),
            ),
            named("bias-forgotten", with_bias(lambda delta: np.zeros((len(delta), 1)))),
            Slip(
                "bias-flat",
                "∂C/∂b has lost its shape: b is a column, (n, 1); `keepdims=True` keeps it.",
                with_bias(lambda delta: delta.sum(axis=1)),
                BATCH,
            ),
        ],
    ),
    "07-gradient": GradientTask(
        "gradient(net, x, y)",
        default_probes,
        BORROWED,
        pieces={"output_delta": start, "step_back": back, "collect": collect},
    ),
}
