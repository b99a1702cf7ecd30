"""Assignment 3: gradient descent on a bowl."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .judging import Slip, Task, Values

__all__ = ["TASKS"]

GRADIENT = "chapter 2, “The exact answer, where there is one”, equation (eq-c2-gradient)"
STEP = "chapter 2, “The step”, equation (eq-c2-step)"
RATE = "chapter 2, “The exact limit, for a bowl”, equation (eq-c2-rate)"
DESCENT = frozenset({"descend", "sgd", "gradient"})


def gradient_questions() -> list[dict[str, Any]]:
    """Bowls over one, two and four weights."""
    rng = np.random.default_rng(31)
    return [
        {"w": rng.normal(size=n), "X": rng.normal(size=(m, n)), "y": rng.normal(size=m)}
        for m, n in ((5, 2), (3, 4), (7, 1), (4, 4))
    ]


def gradient(w: Any, X: Any, y: Any) -> Any:
    """Gradient of the mean squared error."""
    return 2 / len(y) * (X.T @ (X @ w - y))


def bowl(w: Any) -> Any:
    """Gradient of some bowl, for functions that want one."""
    return np.arange(1.0, 1 + len(w)) * (w - 0.5)


def step_questions() -> list[dict[str, Any]]:
    """Two places, two rates."""
    return [
        {"w": np.array([1.0, -2.0]), "gradient": bowl, "learning_rate": 0.1},
        {"w": np.array([0.3, 0.0, 4.0]), "gradient": bowl, "learning_rate": 0.7},
    ]


def step(w: Any, gradient: Callable[[Any], Any], learning_rate: float) -> Any:
    """Weights after a step."""
    return w - learning_rate * gradient(w)


def descend_questions() -> list[dict[str, Any]]:
    """Short walks and one of no step at all."""
    starts = [([1.0, -2.0], 0.1, 4), ([2.0], 0.6, 7), ([0.0, 1.0, 2.0], 0.3, 1)]
    return [
        {"gradient": bowl, "start": np.array(start), "learning_rate": rate, "steps": steps}
        for start, rate, steps in starts
    ]


def descend(
    gradient: Callable[[Any], Any], start: Any, learning_rate: float, steps: int, sign: int = -1
) -> Any:
    """Every point of a walk."""
    path = [np.array(start, float)]
    for _ in range(steps):
        path.append(path[-1] + sign * learning_rate * gradient(path[-1]))
    return np.array(path)


def limit_questions() -> list[dict[str, Any]]:
    """Data whose bowls differ in steepness."""
    rng = np.random.default_rng(33)
    return [{"X": rng.normal(size=(m, n)) * s} for m, n, s in ((6, 2, 1), (9, 3, 5), (4, 4, 0.1))]


def eigenvalues(X: Any) -> Any:
    """Of the second derivatives, in rising order."""
    return np.linalg.eigvalsh(2 / len(X) * X.T @ X)


TASKS: dict[str, Any] = {
    "03-gradient": Task(
        "bowl_gradient(w, X, y)",
        gradient_questions,
        gradient,
        forbidden=DESCENT,
        slips=[
            Slip(
                "two-missing",
                "The 2 is missing: it comes from the square.",
                lambda w, X, y: gradient(w, X, y) / 2,
                GRADIENT,
            ),
            Slip(
                "mean-missing",
                "The 1/m is missing: the cost is a mean over the examples.",
                lambda w, X, y: gradient(w, X, y) * len(y),
                GRADIENT,
            ),
            Slip(
                "mean-and-two-missing",
                "The factor 2/m is missing: the 2 from the square, the 1/m from the mean.",
                lambda w, X, y: gradient(w, X, y) * len(y) / 2,
                GRADIENT,
            ),
            Slip(
                "divided-by-weights",
                "You divide by the number of weights; divide by the number of examples, m.",
                lambda w, X, y: gradient(w, X, y) * len(y) / len(w),
                GRADIENT,
            ),
            Slip(
                "sign",
                "The sign is turned round: it is Xw − y.",
                lambda w, X, y: -gradient(w, X, y),
                GRADIENT,
            ),
        ],
    ),
    "03-step": Task(
        "step(w, gradient, learning_rate)",
        step_questions,
        step,
        slips=[
            Slip(
                "uphill",
                "Your step goes with the gradient, uphill; subtract it.",
                lambda w, gradient, learning_rate: w + learning_rate * gradient(w),
                STEP,
            ),
            Slip(
                "rate-forgotten",
                "The learning rate does not come in.",
                lambda w, gradient, learning_rate: w - gradient(w),
                STEP,
            ),
            Slip(
                "only-the-change",
                "You return the change alone; asked for are the weights after it.",
                lambda w, gradient, learning_rate: -learning_rate * gradient(w),
                STEP,
            ),
        ],
    ),
    "03-descend": Task(
        "descend(gradient, start, learning_rate, steps)",
        descend_questions,
        descend,
        forbidden=DESCENT,
        pieces={"step": step},
        slips=[
            Slip(
                "start-left-out",
                "The start is missing: it is the first point of the path.",
                lambda **question: descend(**question)[1:],
                STEP,
            ),
            Slip(
                "step-missing",
                "The last step is missing: start and `steps` steps make steps + 1 points.",
                lambda **question: descend(**question)[:-1],
                STEP,
            ),
            Slip(
                "step-too-many",
                "You take one step too many.",
                lambda gradient, start, learning_rate, steps: descend(
                    gradient, start, learning_rate, steps + 1
                ),
                STEP,
            ),
            Slip(
                "uphill",
                "Your walk goes with the gradient, uphill; subtract it.",
                lambda **question: descend(**question, sign=1),
                STEP,
            ),
            Slip(
                "overwritten",
                "Every point of your path is the last one: you change one array in place and "
                "keep it again and again. Make a new one at each step.",
                lambda **question: np.repeat(descend(**question)[-1:], question["steps"] + 1, 0),
                STEP,
            ),
            Slip(
                "last-point-only",
                "You return the last point; asked for is every point on the way.",
                lambda **question: descend(**question)[-1],
                STEP,
            ),
        ],
    ),
    "03-limit": Task(
        "largest_rate(X)",
        limit_questions,
        lambda X: 2 / eigenvalues(X)[-1],
        slips=[
            Slip(
                "one-over",
                "The limit is 2 over the largest eigenvalue; you have 1 over it.",
                lambda X: 1 / eigenvalues(X)[-1],
                RATE,
            ),
            Slip(
                "smallest",
                "You take the smallest eigenvalue; the steepest direction flies off first.",
                lambda X: 2 / eigenvalues(X)[0],
                RATE,
            ),
            Slip(
                "two-over-m-forgotten",
                "The matrix of second derivatives is (2/m) XᵀX; the factor is missing.",
                lambda X: 4 / len(X) / eigenvalues(X)[-1],
                RATE,
            ),
            Slip(
                "two-forgotten",
                "The matrix of second derivatives is (2/m) XᵀX; the 2 is missing.",
                lambda X: 4 / eigenvalues(X)[-1],
                RATE,
            ),
        ],
    ),
    "03-words": Values(
        "the three words",
        {"with_0_02": "creeps", "with_0_9": "arrives", "with_1_5": "flies off"},
        read=RATE,
    ),
}
