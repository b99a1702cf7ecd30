"""The cost as the book writes it, its derivative, accuracy, and bad targets."""

import re

import numpy as np
import pytest

from backprop import Layer, Network, accuracy, cost, quadratic, quadratic_prime

A = np.array([[0.5, 1.0], [0.25, 0.0]])
Y = np.array([[1.0, 0.0], [0.0, 0.0]])
PASS_ON = Network([Layer(np.eye(2), np.zeros((2, 1)))], "identity")


def test_summed_over_outputs_averaged_over_examples_no_half():
    assert quadratic(A[:, :1], Y[:, :1]) == 0.25 + 0.0625
    assert quadratic(A, Y) == (0.3125 + 1.0) / 2
    assert cost(PASS_ON, A, Y) == quadratic(A, Y)
    assert isinstance(cost(PASS_ON, A, Y), float)


def test_derivative_is_the_slope_of_every_entry():
    h, slopes = 1e-6, np.empty_like(A)
    for place in np.ndindex(A.shape):
        nudge = np.zeros_like(A)
        nudge[place] = h
        slopes[place] = (quadratic(A + nudge, Y) - quadratic(A - nudge, Y)) / (2 * h)
    np.testing.assert_allclose(quadratic_prime(A, Y), slopes, atol=1e-9)


def test_accuracy_is_the_share_of_right_answers():
    a = np.array([[0.9, 0.2, 0.4], [0.1, 0.7, 0.6]])
    y = np.array([[1, 0, 1], [0, 1, 0]])
    assert accuracy(PASS_ON, a, y) == pytest.approx(2 / 3)


def test_accuracy_of_a_single_output_splits_at_one_half():
    net = Network([Layer([[1.0]], [[0.0]])], "identity")
    assert accuracy(net, [[0.5, 0.49, 0.9, 0.1]], [[1, 0, 0, 1]]) == 0.5


@pytest.mark.parametrize("y", [[[1, 1], [1, 0]], [[0.5, 1], [0.5, 0]], [[0, 1], [0, 0]]])
def test_accuracy_needs_classes(y):
    with pytest.raises(ValueError, match="y must be one-hot to measure accuracy"):
        accuracy(PASS_ON, A, y)


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (
            np.zeros((2, 3)),
            "x and y must hold the same number of examples; got 2 columns in x and 3 in y.",
        ),
        (
            [0, 1, 1],
            "y must have shape (2, m), one example a column; got (3,). For class labels, did "
            "you mean data.one_hot(labels, classes)?",
        ),
        (
            np.zeros((5, 2)),
            "y must have shape (2, m), one example a column; got (5, 2). Did you mean y.T?",
        ),
    ],
)
def test_bad_targets_are_named(y, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        cost(PASS_ON, A, y)


def test_float32_is_not_widened():
    a = A.astype(np.float32)
    assert quadratic_prime(a, Y.astype(np.float32)).dtype == np.float32
