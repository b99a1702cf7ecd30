"""Many nudges at a time find what one nudge at a time finds, in as much memory as it is given."""

import tracemalloc

import numpy as np
import pytest

from backprop import ACTIVATIONS, Network, central_differences, flatten, numerical_gradient
from backprop.central_differences import central_differences as differences

EACH = list(ACTIVATIONS)


def example(widths, activation="sigmoid", m=5, seed=0):
    rng = np.random.default_rng([seed, *widths])
    net = Network.initialise(widths, activation, rng=rng)
    net = net.with_parameters(net.parameters + 0.3 * rng.normal(size=net.n_parameters))
    return net, rng.normal(size=(widths[0], m)), rng.random((widths[-1], m))


@pytest.mark.parametrize("at_once", [1, 7, 2**14])
@pytest.mark.parametrize("m", [1, 5])
@pytest.mark.parametrize("widths", [[4, 3], [3, 4, 2], [2, 5, 1, 3], [4, 3, 5, 4, 2]])
@pytest.mark.parametrize("turn", range(4))
def test_they_are_those_of_one_nudge_at_a_time(widths, turn, m, at_once, monkeypatch):
    monkeypatch.setattr(central_differences, "AT_ONCE", at_once)
    activations = [EACH[(turn + l) % 4] for l in range(len(widths) - 1)]
    net, x, y = example(widths, activations, m)
    one_by_one = numerical_gradient(net, x, y)
    together = differences(net, x, y, 1e-5)
    assert [(W.shape, b.shape) for W, b in together] == [(W.shape, b.shape) for W, b in net.layers]
    # Both are rounded to about 1e-11 of the cost; the mathematics is the same.
    scale = max(1.0, np.abs(flatten(one_by_one)).max())
    np.testing.assert_allclose(flatten(together), flatten(one_by_one), rtol=0, atol=2e-9 * scale)


def test_they_are_differences_and_no_derivative():
    """With a large nudge the curvature shows, in the same way in both."""
    net, x, y = example([3, 4, 2])
    wide = flatten(differences(net, x, y, 0.5))
    np.testing.assert_allclose(wide, flatten(numerical_gradient(net, x, y, 0.5)), rtol=1e-11)
    assert np.abs(wide - flatten(differences(net, x, y, 1e-5))).max() > 1e-4


def test_many_parameters_need_little_memory():
    net, x, y = example([400, 20, 10], m=20)
    tracemalloc.start()
    differences(net, x, y, 1e-5)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    parameters_and_chunk = 8 * (2 * net.n_parameters + 8 * central_differences.AT_ONCE)
    assert peak < parameters_and_chunk + 8 * 3 * x.size
