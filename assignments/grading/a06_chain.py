"""Assignment 6: the chain by hand, and the last layer."""

from __future__ import annotations

from typing import Any

import numpy as np

from backprop import Network
from backprop.diagnosis import MISTAKES

from .judging import Slip, Task, named
from .truth import sigmoid, sigmoid_prime

__all__ = ["TASKS"]

FACTORS = "chapter 4, “One neuron a layer”, equation (eq-c4-chain)"
CHAIN = "chapter 4, “A name for what repeats”, equation (eq-c4-chain-delta)"
OUTER = "chapter 4, “Why an outer product?”, equation (eq-c4-dW-index)"
BORROWED = frozenset({"gradient", "backward", "gradient_by_index", "numerical_gradient"})


def factor_questions() -> list[dict[str, Any]]:
    """Single links, none of them at a special place."""
    rng = np.random.default_rng(61)
    return [
        {"a_below": rng.random(), "w": rng.normal(), "b": rng.normal(), "y": rng.random()}
        for _ in range(3)
    ]


def factors(
    a_below: float, w: float, b: float, y: float, *, two: float = 2, at_a: bool = False
) -> list[Any]:
    """The three factors, or what a slip makes of them."""
    z = w * a_below + b
    a = sigmoid(z)
    return [a_below, sigmoid_prime(a if at_a else z), two * (a - y)]


def chain_questions() -> list[dict[str, Any]]:
    """Chains of one to four links."""
    rng = np.random.default_rng(62)
    return [
        {
            "ws": rng.normal(size=L).tolist(),
            "bs": rng.normal(size=L).tolist(),
            "x": float(rng.random()),
            "y": float(rng.random()),
        }
        for L in (4, 3, 1)
    ]


def chain(ws: list[float], bs: list[float], x: float, y: float) -> list[Any]:
    """Gradient of a chain by nothing but its own product of factors."""
    zs, activations = [], [x]
    for w, b in zip(ws, bs, strict=True):
        zs.append(w * activations[-1] + b)
        activations.append(float(sigmoid(zs[-1])))
    deltas = []
    for l in range(len(ws)):
        tail = [ws[k] * sigmoid_prime(zs[k]) for k in range(l + 1, len(ws))]
        deltas.append(float(2 * (activations[-1] - y) * np.prod(tail) * sigmoid_prime(zs[l])))
    return [[delta * a for delta, a in zip(deltas, activations, strict=False)], deltas]


def chain_slip(code: str) -> Slip:
    """A classic mistake, made on a network with one neuron a layer."""

    def answer(ws: list[float], bs: list[float], x: float, y: float) -> list[Any]:
        net = Network([([[w]], [[b]]) for w, b in zip(ws, bs, strict=True)])
        dC = MISTAKES[code].variant(net, np.array([[x]]), np.array([[y]])).gradient()
        return [[float(W[0, 0]) for W, _ in dC], [float(b[0, 0]) for _, b in dC]]

    return named(code, answer)


CHAIN_MISTAKES = (
    "sign",
    "two-missing",
    "error-squared",
    "target-forgotten",
    "slope-missing",
    "slope-missing-at-output",
    "slope-missing-in-hidden",
    "slope-at-a",
    "slope-at-a-at-output",
    "slope-at-a-in-hidden",
    "slope-from-z",
    "slope-is-sigma",
    "slope-of-layer-above",
    "wrong-weights",
    "weights-left-out",
    "sent-without-slope",
    "delta-of-output-everywhere",
    "input-in-every-layer",
    "activation-of-own-layer",
    "z-for-a",
    "first-layer-forgotten",
    "bias-forgotten",
    "bias-without-slope",
    "bias-not-added",
    "output-not-squashed",
    "order-reversed",
)


def delta_questions() -> list[dict[str, Any]]:
    """Output layers of several widths, one example each."""
    rng = np.random.default_rng(63)
    questions = []
    for n in (4, 3, 1):
        z = rng.normal(size=(n, 1))
        questions.append({"z": z, "a": sigmoid(z), "y": rng.random((n, 1))})
    return questions


def delta(z: Any, a: Any, y: Any) -> Any:
    """δ of an output layer."""
    return 2 * (a - y) * sigmoid_prime(z)


def collect_questions() -> list[dict[str, Any]]:
    """Layers wide and narrow, and a square one."""
    rng = np.random.default_rng(64)
    return [
        {"delta": rng.normal(size=(n, 1)), "a_below": rng.random((k, 1))}
        for n, k in ((4, 3), (2, 5), (3, 3))
    ]


TASKS: dict[str, Any] = {
    "06-factors": Task(
        "three_factors(a_below, w, b, y)",
        factor_questions,
        factors,
        forbidden=BORROWED,
        slips=[
            named("two-missing", lambda **question: factors(**question, two=1)),
            named("sign", lambda **question: factors(**question, two=-2)),
            named("slope-at-a", lambda **question: factors(**question, at_a=True)),
            Slip(
                "weight-for-activation",
                "The first factor is how z reacts to w, so it is the activation behind, not w.",
                lambda a_below, w, b, y: [w, *factors(a_below, w, b, y)[1:]],
                FACTORS,
            ),
            Slip(
                "order-turned",
                "The factors are right and in the wrong order: dz/dw, da/dz, dC/da.",
                lambda **question: factors(**question)[::-1],
                FACTORS,
            ),
            Slip(
                "sigma-for-slope",
                "The second factor is the slope σ′(z), not σ(z).",
                lambda a_below, w, b, y: [
                    a_below,
                    sigmoid(w * a_below + b),
                    factors(a_below, w, b, y)[2],
                ],
                FACTORS,
            ),
        ],
    ),
    "06-chain": Task(
        "chain_gradient(ws, bs, x, y)",
        chain_questions,
        chain,
        forbidden=BORROWED,
        slips=[
            *(chain_slip(code) for code in CHAIN_MISTAKES),
            Slip(
                "lists-swapped",
                "You return the biases' derivatives first; asked for are those of the weights.",
                lambda **question: chain(**question)[::-1],
                CHAIN,
            ),
        ],
    ),
    "06-delta": Task(
        "output_delta(z, a, y)",
        delta_questions,
        delta,
        forbidden=BORROWED,
        slips=[
            named("two-missing", lambda z, a, y: delta(z, a, y) / 2),
            named("sign", lambda z, a, y: -delta(z, a, y)),
            named("slope-missing-at-output", lambda z, a, y: 2 * (a - y)),
            named("slope-at-a", lambda z, a, y: delta(a, a, y)),
            named("slope-from-z", lambda z, a, y: 2 * (a - y) * z * (1 - z)),
            named("slope-is-sigma", lambda z, a, y: 2 * (a - y) * a),
            named("outputs-averaged", lambda z, a, y: delta(z, a, y) / len(y)),
            named("error-squared", lambda z, a, y: (a - y) ** 2 * sigmoid_prime(z)),
            named("target-forgotten", lambda z, a, y: 2 * a * sigmoid_prime(z)),
        ],
    ),
    "06-collect": Task(
        "collect(delta, a_below)",
        collect_questions,
        lambda delta, a_below: [delta @ a_below.T, delta],
        forbidden=BORROWED,
        slips=[
            named("outer-transposed", lambda delta, a_below: [a_below @ delta.T, delta]),
            named(
                "bias-forgotten",
                lambda delta, a_below: [delta @ a_below.T, np.zeros_like(delta)],
            ),
            Slip(
                "bias-flat",
                "∂C/∂b has lost its shape: b is a column, (n, 1).",
                lambda delta, a_below: [delta @ a_below.T, delta.ravel()],
                OUTER,
            ),
            Slip(
                "order-swapped",
                "You return ∂C/∂b first; asked for is first ∂C/∂W, then ∂C/∂b.",
                lambda delta, a_below: [delta, delta @ a_below.T],
                OUTER,
            ),
        ],
    ),
}
