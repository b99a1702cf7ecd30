"""Shapes, the forward pass, immutability, and what is said to bad input."""

import pickle
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop import ACTIVATIONS, Layer, Network, flatten, forward

WIDTHS = st.lists(st.integers(1, 7), min_size=2, max_size=6)


def test_the_network_of_the_book_has_172_parameters():
    net = Network.initialise([16, 8, 4])
    assert net.widths == (16, 8, 4)
    assert net.n_parameters == 16 * 8 + 8 + 8 * 4 + 4 == 172
    assert repr(net) == "Network(16-8-4, sigmoid, 172 parameters)"


def test_forward_by_hand():
    net = Network(
        [Layer([[1.0, -2.0]], [[0.5]]), Layer([[3.0], [-1.0]], [[0.0], [1.0]])],
        ["relu", "identity"],
    )
    trace = forward(net, [[2.0, 1.0], [0.25, 4.0]])
    np.testing.assert_array_equal(trace.z[0], [[2.0, -6.5]])
    np.testing.assert_array_equal(trace.a[1], [[2.0, 0.0]])
    np.testing.assert_array_equal(trace.a[2], [[6.0, 0.0], [-1.0, 1.0]])
    np.testing.assert_array_equal(net([[2.0], [0.25]]), [[6.0], [-1.0]])


@given(widths=WIDTHS, m=st.integers(1, 5), seed=st.integers(0, 99))
def test_forward_shapes_and_batch_is_its_columns(widths, m, seed):
    net = Network.initialise(widths, "tanh", rng=seed)
    x = np.random.default_rng(seed).normal(size=(widths[0], m))
    trace = forward(net, x)
    assert [a.shape for a in trace.a] == [(n, m) for n in widths]
    assert [z.shape for z in trace.z] == [(n, m) for n in widths[1:]]
    one_by_one = np.hstack([net(x[:, [i]]) for i in range(m)])
    np.testing.assert_allclose(trace.a[-1], one_by_one, rtol=1e-12, atol=1e-14)


def test_rows_and_columns_agree():
    net = Network.initialise([5, 4, 3], ["relu", "sigmoid"], rng=3)
    rows = np.random.default_rng(0).normal(size=(6, 5))
    a = rows
    for (W, b), sigma in zip(net.layers, net.activations, strict=True):
        a = sigma(a @ W.T + b.T)
    np.testing.assert_allclose(net(rows.T), a.T, rtol=1e-13)


def test_one_activation_a_layer():
    net = Network.initialise([2, 3, 3, 3, 1], ["sigmoid", "tanh", "relu", "identity"])
    assert [sigma.name for sigma in net.activations] == list(ACTIVATIONS)
    assert repr(net) == "Network(2-3-3-3-1, sigmoid-tanh-relu-identity, 37 parameters)"


@given(widths=WIDTHS, seed=st.integers(0, 99))
def test_parameters_there_and_back(widths, seed):
    net = Network.initialise(widths, rng=seed)
    again = net.with_parameters(net.parameters)
    for mine, other in zip(net.layers, again.layers, strict=True):
        np.testing.assert_array_equal(mine.W, other.W)
        np.testing.assert_array_equal(mine.b, other.b)
    doubled = net.with_parameters(2 * net.parameters)
    np.testing.assert_array_equal(flatten(doubled.layers), 2 * flatten(net.layers))


def test_initial_weights_have_the_promised_spread():
    net = Network.initialise([400, 300, 10], ["relu", "sigmoid"], rng=0)
    assert net.layers[0].W.std() == pytest.approx(np.sqrt(2 / 400), rel=0.02)
    assert net.layers[1].W.std() == pytest.approx(np.sqrt(1 / 300), rel=0.05)
    assert not net.layers[0].b.any()


def test_seed_repeats_and_generator_goes_on():
    same = [Network.initialise([3, 2], rng=7).parameters for _ in range(2)]
    np.testing.assert_array_equal(*same)
    rng = np.random.default_rng(7)
    first, second = (Network.initialise([3, 2], rng=rng).parameters for _ in range(2))
    np.testing.assert_array_equal(first, same[0])
    assert (first != second).any()


def test_float32_stays_float32():
    net = Network.initialise([3, 4, 2], dtype=np.float32)
    trace = forward(net, np.ones((3, 2)))
    assert {array.dtype for array in (*trace.z, *trace.a)} == {np.dtype(np.float32)}
    assert net.with_parameters(net.parameters.astype(float)).dtype == np.float32


def test_whole_numbers_become_float64():
    net = Network([Layer([[1, 2]], [[3]])], "identity")
    assert net.dtype == np.float64
    assert net([[1], [1]]) == 6.0


def test_network_never_changes():
    W = np.ones((1, 2))
    net = Network([Layer(W, np.zeros((1, 1)))])
    W[:] = 5
    assert (net.layers[0].W == 1).all()
    with pytest.raises(ValueError, match="read-only"):
        net.layers[0].W[0, 0] = 2
    with pytest.raises(AttributeError, match="never changes"):
        net.layers = ()


def test_network_survives_pickling():
    net = Network.initialise([3, 4, 2], ["relu", "sigmoid"])
    again = pickle.loads(pickle.dumps(net))
    assert repr(again) == repr(net)
    np.testing.assert_array_equal(again.parameters, net.parameters)


NET = Network.initialise([784, 30, 10])

BAD_INPUTS = {
    "x must have shape (784, m), one example a column; got (32, 784). Did you mean x.T?": np.zeros(
        (32, 784)
    ),
    "x must have shape (784, m), one example a column; got (784,). "
    "For one example, did you mean x.reshape(-1, 1)?": np.zeros(784),
    "x must have shape (784, m), one example a column; got (5, 5).": np.zeros((5, 5)),
    "x holds no example: its shape is (784, 0). Give at least one column.": np.zeros((784, 0)),
    "x must be finite; got 1 NaN or infinite of 784 entries.": np.where(
        np.arange(784) == 3, np.nan, 0.0
    ).reshape(-1, 1),
    "x must be a rectangular array of numbers; its rows differ in length.": [[1, 2], [3]],
}


@pytest.mark.parametrize("message", BAD_INPUTS)
def test_bad_input_is_named(message):
    for call in (NET, lambda x: forward(NET, x)):
        with pytest.raises(ValueError, match=re.escape(message)):
            call(BAD_INPUTS[message])


@pytest.mark.parametrize("x", [[["a"]] * 784, np.zeros((784, 1), complex)])
def test_input_that_is_no_number_is_a_type_error(x):
    with pytest.raises(TypeError, match="x must hold real numbers; got an array of dtype"):
        NET(x)


W2, B2, W1, B1 = np.ones((2, 3)), np.ones((2, 1)), np.ones((1, 2)), np.ones((1, 1))
BAD_NETWORKS = [
    ([], "sigmoid", "a network needs at least one layer; got none."),
    (
        [(W2, B2), (W2, B2)],
        "sigmoid",
        "W of layer 2 must have 2 columns, one for each neuron of layer 1; got shape (2, 3).",
    ),
    (
        [(W2, np.ones(2))],
        "sigmoid",
        "b of layer 1 must have shape (2, 1), one bias for each row of "
        "W; got (2,). Did you mean b.reshape(2, 1)?",
    ),
    (
        [(W2, B1)],
        "sigmoid",
        "b of layer 1 must have shape (2, 1), one bias for each row of W; got (1, 1).",
    ),
    ([(np.ones(3), B1)], "sigmoid", "W of layer 1 must have shape (to, from)"),
    ([(np.ones((1, 0)), B1)], "sigmoid", "W of layer 1 must have shape (to, from)"),
    ([(W2 * np.inf, B2)], "sigmoid", "W of layer 1 must be finite; got 6 NaN or infinite of 6"),
    (
        [(W2, B2)],
        "softplus",
        "activation must be one of ['identity', 'relu', 'sigmoid', 'tanh']; got 'softplus'.",
    ),
    (
        [(W2, B2), (W1, B1)],
        ["relu"],
        "activation must be one name, or one for each of the 2 layers; got 1: ['relu'].",
    ),
]


@pytest.mark.parametrize(("layers", "activation", "message"), BAD_NETWORKS)
def test_bad_network_is_named(layers, activation, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        Network(layers, activation)


@pytest.mark.parametrize(
    ("widths", "error", "message"),
    [
        ([4], ValueError, "widths must name at least input and output; got [4]."),
        ([4, 0], ValueError, "each of widths must be positive; got 0."),
        ([4, 2.5], TypeError, "each of widths must be a whole number; got 2.5."),
    ],
)
def test_bad_widths_are_named(widths, error, message):
    with pytest.raises(error, match=re.escape(message)):
        Network.initialise(widths)


def test_bad_theta_is_named():
    net = Network.initialise([3, 2])
    with pytest.raises(
        ValueError, match=re.escape("theta must have shape (8,), one entry a parameter; got (7,).")
    ):
        net.with_parameters(np.zeros(7))


def test_numbers_whose_sum_is_beyond_all_numbers_are_finite_all_the_same():
    net = Network([Layer([[1e308, 1e308]], [[0.0]])], "identity")
    assert net([[0.5], [0.5]]) == 1e308
    with pytest.raises(ValueError, match="1 NaN or infinite of 2 entries"):
        Network([Layer([[1e308, np.inf]], [[0.0]])])
    with pytest.raises(ValueError, match="2 NaN or infinite of 2 entries"):
        Network([Layer([[-np.inf, np.inf]], [[0.0]])])
