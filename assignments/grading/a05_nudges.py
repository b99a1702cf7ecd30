"""Assignment 5: reading nudges."""

from __future__ import annotations

from typing import Any

import numpy as np

from .judging import Slip, Task, Values

__all__ = ["TASKS"]

ALL = "chapter 3, “All entries together”, equation (eq-c3-nudge-all)"
ONE = "chapter 3, “One entry”, equation (eq-c3-nudge)"


def pairs() -> list[dict[str, Any]]:
    """Gradients and nudges of several lengths."""
    rng = np.random.default_rng(51)
    return [{"gradient": rng.normal(size=n), "nudges": rng.normal(size=n)} for n in (4, 1, 9)]


def hill(theta: Any) -> float:
    """Some cost."""
    return float(np.sum(np.cos(theta) * np.arange(1, 1 + len(theta))))


def true_questions() -> list[dict[str, Any]]:
    """Places and nudges."""
    rng = np.random.default_rng(52)
    return [{"f": hill, "theta": rng.normal(size=n), "nudges": rng.normal(size=n)} for n in (3, 1)]


def step_questions() -> list[dict[str, Any]]:
    """Gradients and rates."""
    rng = np.random.default_rng(53)
    return [{"gradient": rng.normal(size=n), "learning_rate": r} for n, r in ((4, 0.1), (7, 2.0))]


def largest_only(gradient: Any, learning_rate: float) -> Any:
    """A step along one entry."""
    nudges = np.zeros(len(gradient))
    place = np.abs(gradient).argmax()
    nudges[place] = -learning_rate * gradient[place]
    return nudges


TASKS: dict[str, Any] = {
    "05-read": Values(
        "the three answers",
        {"hardest": "w1", "direction": "down", "direction_for_minus_3": "up"},
        {
            "hardest": [
                ("w2", "that is the largest weight; look for the largest entry of the gradient.")
            ],
            "direction": [("up", "the entry is positive: raise w1, and the cost rises.")],
            "direction_for_minus_3": [
                ("down", "with an entry of −3 the cost falls when the parameter rises.")
            ],
        },
        ONE,
    ),
    "05-predicted": Task(
        "predicted_change(gradient, nudges)",
        pairs,
        lambda gradient, nudges: gradient @ nudges,
        slips=[
            Slip(
                "not-summed",
                "You return one promise for each parameter; together they add up.",
                lambda gradient, nudges: gradient * nudges,
                ALL,
            ),
            Slip(
                "averaged",
                "You average the promises; their effects add up.",
                lambda gradient, nudges: gradient @ nudges / len(nudges),
                ALL,
            ),
            Slip(
                "sign",
                "The sign is turned round: a positive entry and a positive nudge raise the cost.",
                lambda gradient, nudges: -(gradient @ nudges),
                ALL,
            ),
        ],
    ),
    "05-true": Task(
        "true_change(f, theta, nudges)",
        true_questions,
        lambda f, theta, nudges: f(theta + nudges) - f(theta),
        slips=[
            Slip(
                "sign",
                "The sign is turned round: the cost after minus the cost before.",
                lambda f, theta, nudges: f(theta) - f(theta + nudges),
                ONE,
            ),
            Slip(
                "cost-after",
                "You return the cost after the nudges; subtract the cost before.",
                lambda f, theta, nudges: f(theta + nudges),
                ONE,
            ),
            Slip(
                "other-way",
                "You nudge the other way: add the nudges to theta.",
                lambda f, theta, nudges: f(theta - nudges) - f(theta),
                ONE,
            ),
        ],
    ),
    "05-step": Task(
        "step_against(gradient, learning_rate)",
        step_questions,
        lambda gradient, learning_rate: -learning_rate * gradient,
        slips=[
            Slip(
                "uphill",
                "Your nudges go with the gradient, uphill; turn the sign round.",
                lambda gradient, learning_rate: learning_rate * gradient,
                ALL,
            ),
            Slip(
                "largest-only",
                "You nudge the parameter with the largest entry only; nudge all, each in "
                "proportion to its own entry.",
                largest_only,
                ALL,
            ),
            Slip(
                "signs-only",
                "You nudge all by the same amount; nudge each in proportion to its entry.",
                lambda gradient, learning_rate: -learning_rate * np.sign(gradient),
                ALL,
            ),
        ],
    ),
}
