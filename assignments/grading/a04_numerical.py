"""Assignment 4: the numerical gradient."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np

from .judging import OneOf, Slip, Task, Values

__all__ = ["TASKS"]

CENTRAL = "chapter 4, “Nudging, and how small a nudge”, equation (eq-c4-central-difference)"
ERRORS = "chapter 4, “Nudging, and how small a nudge”, equation (eq-c4-two-errors)"
RELATIVE = "chapter 4, “How close is close enough?”, equation (eq-c4-relative-error)"
BILL = "chapter 2, “The bill”"
Function = Callable[[Any], float]


def cube(t: float) -> float:
    """Bend enough for a large h to show on which sides one has nudged."""
    return t**3 - t


def wave(t: float) -> float:
    """Another one."""
    return float(np.sin(t))


def hills(theta: Any) -> float:
    """A function of any number of numbers, each with its own bend."""
    weights = np.arange(1.0, 1 + len(theta))
    return float(np.sum(weights * theta**3) + np.prod(theta))


def slope_questions() -> list[dict[str, Any]]:
    """Large nudges: the answer depends on how one nudges."""
    return [
        {"f": cube, "t": 2.0, "h": 0.5},
        {"f": wave, "t": 0.3, "h": 0.25},
        {"f": cube, "t": -1.0, "h": 0.1},
    ]


def slope(f: Function, t: float, h: float) -> float:
    """Central difference."""
    return (f(t + h) - f(t - h)) / (2 * h)


def gradient_questions() -> list[dict[str, Any]]:
    """One, three and five numbers."""
    rng = np.random.default_rng(41)
    return [
        {"f": hills, "theta": rng.normal(size=n), "h": h} for n, h in ((3, 0.3), (1, 0.1), (5, 0.2))
    ]


def by_nudging(
    f: Function, theta: Any, h: float, *, up: float = 1, down: float = 1, stay: bool = False
) -> Any:
    """Gradient by nudges of up·h and down·h; `stay` leaves each nudge in place for the next."""
    theta, slopes = np.array(theta, float), np.empty(len(theta))
    for i in range(len(theta)):
        above, below = theta.copy(), theta.copy()
        above[i] += up * h
        below[i] -= down * h
        slopes[i] = (f(above) - f(below)) / ((up + down) * h)
        theta = above if stay else theta
    return slopes


def error_questions() -> list[dict[str, Any]]:
    """Either may have the largest entry, and either sign the largest difference."""
    return [
        {"g": np.array([3.0, -4.5, 0.1]), "g_hat": np.array([2.0, -1.5, 0.4])},
        {"g": np.array([0.1, 0.2]), "g_hat": np.array([-0.9, 0.25])},
        {"g": np.array([-2.0, 0.3]), "g_hat": np.array([1.0, 0.2])},
    ]


def error(g: Any, g_hat: Any) -> float:
    """Largest difference over largest entry."""
    return float(np.abs(g - g_hat).max() / max(np.abs(g).max(), np.abs(g_hat).max()))


def widths_questions() -> list[dict[str, Any]]:
    """Networks of several depths."""
    return [{"widths": widths} for widths in ([16, 8, 4], [5, 3], [2, 7, 3, 6])]


def passes(widths: list[int]) -> int:
    """Two for each parameter."""
    return 2 * sum(n * k + n for k, n in pairwise(widths))


TASKS: dict[str, Any] = {
    "04-slope": Task(
        "slope(f, t, h)",
        slope_questions,
        slope,
        slips=[
            Slip(
                "one-sided",
                "You nudge to one side only; go up and down, and divide by 2h.",
                lambda f, t, h: (f(t + h) - f(t)) / h,
                CENTRAL,
            ),
            Slip(
                "divided-by-h",
                "Up and down are 2h apart; you divide by h.",
                lambda f, t, h: 2 * slope(f, t, h),
                CENTRAL,
            ),
            Slip(
                "brackets",
                "`/ 2 * h` divides by 2 and then multiplies by h; write `/ (2 * h)`.",
                lambda f, t, h: slope(f, t, h) * h * h,
                CENTRAL,
            ),
            Slip(
                "sign",
                "The sign is turned round: up minus down.",
                lambda f, t, h: -slope(f, t, h),
                CENTRAL,
            ),
        ],
    ),
    "04-gradient": Task(
        "numerical_gradient(f, theta, h)",
        gradient_questions,
        by_nudging,
        forbidden=frozenset({"numerical_gradient", "gradient", "backward"}),
        slips=[
            Slip(
                "one-sided",
                "You nudge to one side only; go up and down, and divide by 2h.",
                lambda f, theta, h: by_nudging(f, theta, h, down=0),
                CENTRAL,
            ),
            Slip(
                "divided-by-h",
                "Up and down are 2h apart; you divide by h.",
                lambda f, theta, h: 2 * by_nudging(f, theta, h),
                CENTRAL,
            ),
            Slip(
                "nudges-pile-up",
                "Each nudge is still there when you nudge the next entry: put it back first.",
                lambda f, theta, h: by_nudging(f, theta, h, stay=True),
                CENTRAL,
            ),
            Slip(
                "all-at-once",
                "You nudge all entries at once; nudge one and hold the others still.",
                lambda f, theta, h: np.full(len(theta), (f(theta + h) - f(theta - h)) / (2 * h)),
                CENTRAL,
            ),
        ],
    ),
    "04-error": Task(
        "relative_error(g, g_hat)",
        error_questions,
        error,
        slips=[
            Slip(
                "not-relative",
                "You return the difference itself; divide it by the size of the gradient.",
                lambda g, g_hat: np.abs(g - g_hat).max(),
                RELATIVE,
            ),
            Slip(
                "entry-by-entry",
                "You divide entry by entry, so that a tiny entry makes a huge error; divide the "
                "largest difference by the largest entry.",
                lambda g, g_hat: (np.abs(g - g_hat) / np.maximum(np.abs(g), np.abs(g_hat))).max(),
                RELATIVE,
            ),
            Slip(
                "one-of-two",
                "You divide by the largest entry of one of the two; take the larger of both.",
                lambda g, g_hat: np.abs(g - g_hat).max() / np.abs(g_hat).max(),
                RELATIVE,
            ),
            Slip(
                "signs-lost",
                "Take the size of the differences before you look for the largest.",
                lambda g, g_hat: (g - g_hat).max() / max(np.abs(g).max(), np.abs(g_hat).max()),
                RELATIVE,
            ),
        ],
    ),
    "04-best": Values(
        "the three answers",
        # Where the curve is lowest depends a little on the processor's rounding.
        {
            "best_power": OneOf((-5, -6, -4)),
            "for_larger_h": "curvature",
            "for_smaller_h": "rounding",
        },
        read=ERRORS,
    ),
    "04-bill": Task(
        "forward_passes(widths)",
        widths_questions,
        passes,
        slips=[
            Slip(
                "one-each",
                "You count one pass for each parameter; nudging to both sides takes two.",
                lambda widths: passes(widths) // 2,
                BILL,
            ),
            Slip(
                "biases-forgotten",
                "The biases want to be nudged, too.",
                lambda widths: 2 * sum(n * k for k, n in pairwise(widths)),
                BILL,
            ),
        ],
    ),
}
