"""The check itself: it finds the wrong entry, says which, and refuses what it cannot check."""

import re

import numpy as np
import pytest

from backprop import Layer, Network, check_gradient, gradient, numerical_gradient

NET = Network.initialise([3, 4, 2], rng=5)
X = np.array([[0.2, 0.9], [0.4, -0.3], [-0.7, 0.5]])
Y = np.array([[1.0, 0.0], [0.0, 1.0]])


def off_by_one_entry(layer, field, place, by=1e-3):
    def wrong(net, x, y):
        dC = [Layer(W.copy(), b.copy()) for W, b in gradient(net, x, y)]
        getattr(dC[layer], field)[place] += by
        return dC

    return wrong


@pytest.mark.parametrize(
    ("layer", "field", "place", "name"),
    [
        (0, "W", (3, 1), "W(1)[3, 1]"),
        (0, "b", (2, 0), "b(1)[2]"),
        (1, "W", (1, 3), "W(2)[1, 3]"),
        (1, "b", (0, 0), "b(2)[0]"),
    ],
)
def test_one_wrong_entry_is_found_and_named(layer, field, place, name):
    report = check_gradient(NET, X, Y, gradient=off_by_one_entry(layer, field, place))
    assert not report.passed
    assert report.worst == name
    assert f"FAILED at {name}" in str(report)


def test_a_right_gradient_passes_with_a_table():
    report = check_gradient(NET, X, Y)
    assert report.passed and report.max_relative_error < 1e-8
    lines = str(report).splitlines()
    assert lines[0].split() == ["worst", "entry", "analytic", "numeric", "relative", "error"]
    assert [line[:4] for line in lines[1:5]] == ["W(1)", "b(1)", "W(2)", "b(2)"]
    assert lines[-1].startswith("passed: largest relative error")


def test_a_wrong_layer_cannot_hide_behind_a_large_one():
    """The first of many saturating layers has a tiny gradient; doubled, it still fails."""
    net = Network.initialise([2, 3, 3, 3, 3, 2], rng=0)
    x, y = np.ones((2, 1)), np.ones((2, 1))

    def doubled(net, x, y):
        first, *others = gradient(net, x, y)
        return [Layer(2 * first.W, 2 * first.b), *others]

    assert check_gradient(net, x, y).passed
    assert np.abs(gradient(net, x, y)[0].W).max() < 1e-2 * np.abs(gradient(net, x, y)[-1].W).max()
    assert not check_gradient(net, x, y, gradient=doubled).passed


def test_nan_fails_rather_than_passes():
    report = check_gradient(NET, X, Y, gradient=off_by_one_entry(0, "W", (0, 0), np.nan))
    assert not report.passed and report.worst == "W(1)[0, 0]"


def test_a_network_whose_gradient_is_zero_passes():
    dead = Network([Layer(np.zeros((2, 3)), -np.ones((2, 1)))], "relu")
    assert check_gradient(dead, X, Y).passed


def test_numerical_gradient_of_a_parabola_is_exact():
    net = Network([Layer([[3.0]], [[0.0]])], "identity")  # C = (3·1 - 1)² = 4, slope 2·2 = 4
    (slopes,) = numerical_gradient(net, [[1.0]], [[1.0]])
    np.testing.assert_allclose([slopes.W, slopes.b], 4, rtol=1e-9)


def test_float32_is_refused():
    with pytest.raises(ValueError, match="central differences need a float64 network; got float32"):
        check_gradient(Network.initialise([3, 2], dtype=np.float32), X, Y)


def test_wrong_shapes_are_named():
    with pytest.raises(ValueError, match=re.escape("the gradient must have the shapes")):
        check_gradient(NET, X, Y, gradient=lambda net, x, y: gradient(net, x, y)[:1])


@pytest.mark.parametrize("h", [0, -1e-5, np.nan, np.inf])
def test_h_must_be_positive(h):
    with pytest.raises(ValueError, match="h must be positive"):
        numerical_gradient(NET, X, Y, h)
