"""The index-by-index form is an oracle of its own: by hand, and against central differences."""

import numpy as np

from backprop import Layer, Network, check_gradient, gradient_by_index, the_mathematics
from backprop.the_mathematics import deltas_by_index


def test_deltas_by_hand():
    net = Network(
        [Layer([[1.0, 2.0]], [[0.0]]), Layer([[1.0], [-3.0]], [[0.0], [0.5]])], "identity"
    )
    a, deltas = deltas_by_index(net, np.array([1.0, 0.5]), np.array([0.0, 0.0]))
    # z1 = 1·1 + 2·0.5 = 2; outputs 2 and -6 + 0.5 = -5.5; their deltas 4 and -11
    assert a == [[1.0, 0.5], [2.0], [2.0, -5.5]]
    assert deltas == [[1 * 4 + -3 * -11], [4.0, -11.0]]


def test_index_form_passes_the_gradient_check():
    rng = np.random.default_rng(2)
    net = Network.initialise([4, 5, 3, 2], ["relu", "tanh", "sigmoid"], rng=rng)
    x, y = rng.normal(size=(4, 3)), rng.random((2, 3))
    assert check_gradient(net, x, y, gradient=gradient_by_index).passed


def test_the_oracle_is_independent_of_the_listing():
    assert "backpropagation" not in vars(the_mathematics)
    assert not {"backward", "gradient", "forward"} & vars(the_mathematics).keys()
