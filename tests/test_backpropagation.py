"""The listing: against differences, loops and automatic differentiation; and broken on purpose."""

import inspect
import itertools

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backprop import (
    ACTIVATIONS,
    Layer,
    Network,
    backpropagation,
    check_gradient,
    cost,
    costs,
    flatten,
    forward,
    gradient,
    gradient_by_index,
)

AUTOGRAD_ACTIVATIONS = {
    "sigmoid": lambda z: 1 / (1 + anp.exp(-z)),
    "tanh": anp.tanh,
    "relu": lambda z: anp.maximum(z, 0),
    "identity": lambda z: z,
}
WIDTHS = {1: [4, 3], 2: [5, 4, 3], 3: [3, 5, 4, 2], 4: [4, 3, 5, 4, 2], 5: [3, 4, 3, 5, 4, 2]}


def automatic_gradient(net, x, y):
    """The gradient by HIPS autograd, from a cost that is written out anew here."""

    def cost_of(pairs):
        a = x
        for (W, b), sigma in zip(pairs, net.activations, strict=True):
            a = AUTOGRAD_ACTIVATIONS[sigma.name](anp.dot(W, a) + b)
        return anp.sum((a - y) ** 2) / x.shape[1]

    pairs = [(np.array(W), np.array(b)) for W, b in net.layers]
    return [Layer(*pair) for pair in autograd.grad(cost_of)(pairs)]


def example(depth, activation, m, seed=0):
    """A network with biases that are not 0, inputs, and targets that are not classes."""
    rng = np.random.default_rng([seed, depth, m])
    net = Network.initialise(WIDTHS[depth], activation, rng=rng)
    net = net.with_parameters(net.parameters + 0.3 * rng.normal(size=net.n_parameters))
    return net, rng.normal(size=(net.widths[0], m)), rng.random((net.widths[-1], m))


def assert_same(left, right, rtol):
    """Each W and b agrees to rtol of its own largest entry."""
    for mine, other in zip(left, right, strict=True):
        for a, b in zip(mine, other, strict=True):
            assert a.shape == b.shape
            np.testing.assert_allclose(a, b, rtol=0, atol=rtol * max(np.abs(b).max(), 1e-12))


@pytest.mark.parametrize("m", [1, 2, 7])
@pytest.mark.parametrize("depth", WIDTHS)
@pytest.mark.parametrize("activation", [*ACTIVATIONS, "mixed"])
def test_gradient(activation, depth, m):
    if activation == "mixed":
        activation = list(itertools.islice(itertools.cycle(ACTIVATIONS), depth))
    net, x, y = example(depth, activation, m)
    report = check_gradient(net, x, y)
    assert report.max_relative_error < 1e-7, str(report)
    assert_same(gradient(net, x, y), gradient_by_index(net, x, y), rtol=1e-12)
    assert_same(gradient(net, x, y), automatic_gradient(net, x, y), rtol=1e-12)


@settings(max_examples=60)
@given(
    widths=st.lists(st.integers(1, 6), min_size=2, max_size=5),
    names=st.data(),
    m=st.integers(1, 6),
    seed=st.integers(0, 2**32 - 1),
)
def test_any_network_agrees_with_automatic_differentiation(widths, names, m, seed):
    activations = [names.draw(st.sampled_from(list(ACTIVATIONS))) for _ in widths[1:]]
    rng = np.random.default_rng(seed)
    net = Network.initialise(widths, activations, rng=rng)
    net = net.with_parameters(rng.normal(size=net.n_parameters))
    x, y = rng.normal(size=(widths[0], m)), rng.normal(size=(widths[-1], m))
    assert_same(gradient(net, x, y), automatic_gradient(net, x, y), rtol=1e-10)


@pytest.mark.parametrize("depth", WIDTHS)
def test_batch_gradient_is_the_mean_of_the_single_ones(depth):
    net, x, y = example(depth, "sigmoid", m=6)
    single = [flatten(gradient(net, x[:, [i]], y[:, [i]])) for i in range(6)]
    np.testing.assert_allclose(flatten(gradient(net, x, y)), np.mean(single, axis=0), rtol=1e-11)


def test_two_neurons_by_hand():
    net = Network([Layer([[0.5]], [[0.1]]), Layer([[-1.0]], [[0.2]])], "identity")
    # z1 = a1 = 0.5·2 + 0.1 = 1.1, a2 = -1.1 + 0.2 = -0.9, C = (-0.9 - 1)² = 3.61, ∂C/∂a2 = -3.8
    below, above = gradient(net, [[2.0]], [[1.0]])
    np.testing.assert_allclose([above.W, above.b], [[[-3.8 * 1.1]], [[-3.8]]])
    np.testing.assert_allclose([below.W, below.b], [[[3.8 * 2]], [[3.8]]])


def test_gradient_is_a_record_with_the_shapes_of_the_layers():
    net, x, y = example(3, "tanh", m=4)
    before = net.parameters
    dC = gradient(net, x, y)
    assert [(dW.shape, db.shape) for dW, db in dC] == [(W.shape, b.shape) for W, b in net.layers]
    assert all(isinstance(layer, Layer) for layer in dC)
    np.testing.assert_array_equal(net.parameters, before)


def test_float32_stays_float32():
    net = Network.initialise([5, 4, 3], ["relu", "sigmoid"], dtype=np.float32)
    x, y = np.ones((5, 2)), np.zeros((3, 2))
    assert {array.dtype for layer in gradient(net, x, y) for array in layer} == {np.dtype("f4")}


def test_a_small_step_against_the_gradient_lowers_the_cost():
    net, x, y = example(3, "sigmoid", m=5)
    step = net.with_parameters(net.parameters - 1e-3 * flatten(gradient(net, x, y)))
    slope = (flatten(gradient(net, x, y)) ** 2).sum()
    assert cost(net, x, y) - cost(step, x, y) == pytest.approx(1e-3 * slope, rel=1e-2)


def test_the_listing_is_short():
    for function in (forward, backpropagation.backward):
        source = inspect.getsource(inspect.unwrap(function))
        code = source.split('"""')[2].strip().splitlines()
        assert len(code) <= 15


# The classic mistakes, each made in the source of the listing itself: what is replaced by what.
MISTAKES = {
    "σ′ dropped at the output": ("dC_da * slopes[-1]", "dC_da"),
    "σ′ dropped in the hidden layers": (
        "(layer_above.W.T @ deltas[-1]) * slope",
        "(layer_above.W.T @ deltas[-1])",
    ),
    "σ′ taken at a, not z": ("sigma.prime(z, a)", "sigma.prime(a, sigma(a))"),
    "σ′ of the layer above": ("reversed(slopes[:-1])", "reversed(slopes[1:])"),
    "W not transposed": ("layer_above.W.T", "layer_above.W"),
    "W of the layer itself": ("reversed(net.layers[1:])", "reversed(net.layers[:-1])"),
    "delta of the output sent to every layer": ("@ deltas[-1]", "@ deltas[0]"),
    "outer product transposed": ("delta @ a_below.T", "a_below @ delta.T"),
    "activations of the layer itself": ("trace.a[:-1]", "trace.a[1:]"),
    "input used in every layer": ("delta @ a_below.T", "delta @ trace.a[0].T"),
    "layers returned in the wrong order": ("zip(reversed(deltas)", "zip(iter(deltas)"),
    "wrong sign": ("delta @ a_below.T", "-delta @ a_below.T"),
    "bias forgotten": ("b=delta.sum(axis=1, keepdims=True)", "b=0 * delta[:, :1]"),
    "bias averaged once more": ("delta.sum(axis=1", "delta.mean(axis=1"),
    "bias of the first example only": ("delta.sum(axis=1, keepdims=True)", "delta[:, :1]"),
    "2 of the square forgotten": ("(2 / a.shape[1])", "(1 / a.shape[1])"),
    "1/m forgotten": ("(2 / a.shape[1])", "2"),
    "averaged over the outputs as well": ("(2 / a.shape[1])", "(2 / a.size)"),
    "a and y swapped": ("(a - y)\n    return", "(y - a)\n    return"),
}


def broken_gradient(replaced, by):
    """The package's own `gradient`, with one mistake put into its source."""
    scope = {}
    for module in (costs, backpropagation):
        source = inspect.getsource(module).replace("from .", "from backprop.")
        mistaken = source.replace(replaced, by)
        exec(compile(mistaken, module.__name__, "exec"), scope)
        scope["found"] = scope.get("found", 0) + source.count(replaced)
        if module is costs:
            quadratic_prime = scope["quadratic_prime"]
    assert scope["found"] == 1, f"the listing no longer holds {replaced!r} exactly once"
    backward = scope["backward"]

    def gradient(net, x, y):
        trace = forward(net, x)
        return backward(net, trace, quadratic_prime(trace.a[-1], y))

    return gradient


def updated_too_early(net, x, y):
    """Step the upper layers first, then take the gradient of those below from the new weights."""
    dC = gradient(net, x, y)
    for l in range(len(net.layers) - 1, 0, -1):
        (W, b), (dW, db) = net.layers[l], dC[l]
        layers = [*net.layers[:l], Layer(W - dW, b - db), *net.layers[l + 1 :]]
        stepped = Network(layers, [sigma.name for sigma in net.activations])
        dC[l - 1] = gradient(stepped, x, y)[l - 1]
    return dC


BROKEN = {name: broken_gradient(*change) for name, change in MISTAKES.items()}
BROKEN["upper layer updated before the lower gradient is taken"] = updated_too_early


def square_example():
    """All widths alike, so that a wrong transpose or layer is a wrong number, not an error."""
    rng = np.random.default_rng(4)
    net = Network.initialise([4, 4, 4, 4], ["tanh", "sigmoid", "sigmoid"], rng=rng)
    net = net.with_parameters(net.parameters + 0.3 * rng.normal(size=net.n_parameters))
    return net, rng.normal(size=(4, 5)), rng.random((4, 5))


@pytest.mark.parametrize("mistake", BROKEN)
def test_a_mistake_in_the_listing_is_caught(mistake):
    net, x, y = square_example()
    report = check_gradient(net, x, y, gradient=BROKEN[mistake])
    assert not report.passed
    assert report.max_relative_error > 1e-3
    with pytest.raises(AssertionError):
        assert_same(BROKEN[mistake](net, x, y), gradient_by_index(net, x, y), rtol=1e-6)
    with pytest.raises(AssertionError):
        assert_same(BROKEN[mistake](net, x, y), automatic_gradient(net, x, y), rtol=1e-6)


def test_the_listing_without_a_mistake_passes_the_same_test():
    net, x, y = square_example()
    unbroken = broken_gradient("def backward(", "def backward(")
    assert check_gradient(net, x, y, gradient=unbroken).passed
