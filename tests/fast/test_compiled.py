"""The compiled step against the listing: any network, any batch, and what it does not know."""

import signal
import subprocess
import sys
import warnings
from unittest.mock import patch

import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backprop import ACTIVATIONS, Network, compiled, data, gradient_descent, machine, sgd
from backprop.backpropagation import backward
from backprop.playback import AsPrinted
from backprop.recording import record

DIGITS = data.digits()


def example(widths, activation, m, dtype=np.float64):
    rng = np.random.default_rng([*widths, m])
    net = Network.initialise(widths, activation, rng=rng, dtype=dtype)
    net = net.with_parameters(net.parameters + 0.3 * rng.normal(size=net.n_parameters))
    return net, rng.normal(size=(widths[0], m)), rng.random((widths[-1], m))


def trained(engine, net, x, y, batch_size, **changes):
    wanted = {"epochs": 2, "learning_rate": 0.05, "rng": 1, **changes}
    return sgd(net, x, y, batch_size=batch_size, engine=engine, **wanted)


def assert_same(net, x, y, batch_size, tolerance=1e-12):
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("error")
        with patch("backprop.gradient_descent._warn_if_it_rose"):
            fast = trained("numba", net, x, y, batch_size)
            slow = trained("listing", net, x, y, batch_size)
    scale = np.abs(slow.network.parameters).max()
    np.testing.assert_allclose(
        fast.network.parameters, slow.network.parameters, rtol=0, atol=tolerance * scale
    )
    np.testing.assert_allclose(fast.history.cost, slow.history.cost, rtol=100 * tolerance)


@settings(max_examples=100, deadline=None)
@given(
    widths=st.lists(st.integers(1, 20), min_size=2, max_size=6),
    names=st.data(),
    m=st.integers(1, 40),
    batch_size=st.integers(1, 40),
)
def test_any_network_learns_as_the_listing_does(widths, names, m, batch_size):
    activations = [names.draw(st.sampled_from(list(ACTIVATIONS))) for _ in widths[1:]]
    assert_same(*example(widths, activations, m), batch_size)


@pytest.mark.parametrize("activation", [*ACTIVATIONS])
@pytest.mark.parametrize(
    ("widths", "batch_size"),
    [([16, 8, 4], 1), ([784, 30, 10], 1), ([64, 30, 10], 10), ([200, 100, 50, 10], 64)],
)
def test_small_products_and_large_ones(widths, batch_size, activation):
    """The large ones go to BLAS; every way in which a matrix may lie is among them."""
    assert_same(*example(widths, activation, 130), batch_size, tolerance=1e-11)


def test_float32_stays_float32():
    net = Network.initialise([16, 8, 4], dtype=np.float32)
    runs = [
        trained(engine, net, DIGITS.x_train, DIGITS.y_train, 10, learning_rate=3.0)
        for engine in ("numba", "listing")
    ]
    assert runs[0].network.dtype == np.float32
    np.testing.assert_allclose(*(run.history.cost for run in runs), rtol=1e-4)


@pytest.mark.parametrize("batch_size", [1, 20])
def test_first_weights_that_lie_otherwise_are_given_back_as_printed(batch_size):
    net, x, y = example([300, 120, 10], "sigmoid", 45, np.float32)
    assert record(descends, net, batch_size).turned
    assert_same(net, x, y, batch_size, tolerance=1e-6)


def test_the_hyperbolic_tangent_is_that_of_numpy():
    z = np.concatenate([np.linspace(-25, 25, 200_001), 10.0 ** -np.arange(0, 300, 7), [0.0, 700.0]])
    tanh = np.array([machine.tanh(each) for each in z])
    np.testing.assert_allclose(tanh, np.tanh(z), rtol=5e-16, atol=0)
    assert np.isnan(machine.tanh(np.nan))
    assert [machine.tanh(each) for each in (np.inf, -np.inf)] == [1, -1]


def test_divergence_is_reported_as_by_the_listing():
    net = Network.initialise([2, 3, 1], "identity", rng=0)
    rng = np.random.default_rng(3)
    x, y = rng.normal(size=(2, 50)), rng.normal(size=(1, 50))
    wanted = {"epochs": 50, "batch_size": 5, "learning_rate": 0.5, "rng": 7}
    runs = []
    for engine in ("numba", "listing"):
        with pytest.warns(gradient_descent.DivergenceWarning, match="training diverged"):
            runs.append(sgd(net, x, y, engine=engine, **wanted))
    assert runs[0].diverged_at == runs[1].diverged_at
    parameters = [run.network.parameters for run in runs]
    np.testing.assert_allclose(*parameters, rtol=1e-9)


def test_the_start_is_not_changed_and_the_result_never_is():
    net, x, y = example([4, 3, 2], "sigmoid", 7)
    before = net.parameters
    network = trained("numba", net, x, y, 3).network
    np.testing.assert_array_equal(net.parameters, before)
    with pytest.raises(ValueError, match="read-only"):
        network.layers[0].W[0, 0] = 1


def test_ctrl_c_returns_what_has_been_learned():
    def press(*_):
        raise KeyboardInterrupt

    net = Network.initialise([16, 8, 4], rng=1)
    trained("numba", net, DIGITS.x_train, DIGITS.y_train, 10)  # compiles
    before = signal.signal(signal.SIGALRM, press)
    signal.setitimer(signal.ITIMER_REAL, 0.4)
    try:
        run = trained("numba", net, DIGITS.x_train, DIGITS.y_train, 10, epochs=10**6)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert run.interrupted and 1 < len(run.history.cost) < 10**6
    assert run.history.cost[-1] < run.history.cost[0]


def test_long_epochs_are_cut_into_pieces_and_stay_the_same(monkeypatch):
    monkeypatch.setattr(compiled, "PATIENCE", 1)
    assert_same(*example([4, 3, 2], "sigmoid", 20), 3)


def learned(step, net, x, y, size):
    """Parameters after two steps as printed, and compiled; and the operations of the latter."""
    batches = np.arange(2 * size).reshape(2, size)
    tape = record(step, net, size)
    printed, fast = AsPrinted(net, step), compiled.Compiled(net, step, {size: tape})
    for each in (printed, fast):
        each.learn(x, y, batches)
    operations = compiled._Program(tape).rows[:, 0].tolist()
    return printed.network().parameters, fast.network().parameters, operations


def descends(net, x, y):
    gradient_descent._step(net, x, y, 0.1)


def test_a_gradient_that_is_only_subtracted_is_subtracted_as_it_is_made():
    net, x, y = example([16, 8, 4], "sigmoid", 20)
    printed, fast, operations = learned(descends, net, x, y, 10)
    assert operations.count(machine.LESS_MATMUL) == 2
    assert operations.count(machine.MATMUL) == 3
    np.testing.assert_allclose(fast, printed, rtol=1e-12, atol=1e-15)


def reads_it_again(net, x, y):
    ((W, b),) = net.layers
    dW = (W @ x + b - y) @ x.T
    W -= dW
    b -= 0.1 * dW.sum(axis=1, keepdims=True)


def is_part_of_it(net, x, y):
    ((W, _),) = net.layers
    W -= (0.1 * (W @ x) @ y.T) @ W


def takes_away_from_it(net, x, y):
    ((W, _),) = net.layers
    product = 0.1 * y @ x.T
    np.subtract(product, W, out=W)


@pytest.mark.parametrize("unlike", [reads_it_again, is_part_of_it, takes_away_from_it])
def test_no_other_product_is_subtracted_as_it_is_made(unlike):
    net, x, y = example([5, 3], "sigmoid", 14)
    printed, fast, operations = learned(unlike, net, x, y, 7)
    assert machine.LESS_MATMUL not in operations
    assert np.abs(printed - net.parameters).max() > 0.01
    np.testing.assert_allclose(fast, printed, rtol=1e-12, atol=1e-15)


def test_products_of_float32_are_computed_in_float32():
    """A number of another precision would slow every loop down that it gets into."""
    memory, number, where = numba.float32[::1], numba.int64, numba.types.UniTuple(numba.int64, 3)
    signature = (memory, number, number, number, where, where, where, numba.boolean)
    machine._product.compile(signature)
    assert "double" not in machine._product.inspect_llvm(signature)


def softens(net, trace, dC_da):
    return backward(net, trace, np.arctan(dC_da))


def decides(net, trace, dC_da):
    return backward(net, trace, dC_da if dC_da.sum() > 0 else 0.5 * dC_da)


@pytest.mark.parametrize(("unusual", "said"), [(softens, "arctan"), (decides, "recorded")])
def test_what_it_cannot_compile_is_computed_otherwise_and_said(unusual, said):
    net, x, y = example([4, 3, 2], "sigmoid", 7)
    with patch("backprop.gradient_descent.backward", unusual):
        with pytest.warns(UserWarning, match=f'engine="numba" gives way.*{said}'):
            fast = trained("numba", net, x, y, 3)
        slow = trained("listing", net, x, y, 3)
    np.testing.assert_array_equal(fast.network.parameters, slow.network.parameters)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [("MULTIPLY", machine.ADD), ("SUBTRACT", machine.ADD), ("ADD", machine.SUBTRACT)],
)
def test_a_wrong_call_would_show(name, wrong, monkeypatch):
    function = getattr(np, name.lower())
    monkeypatch.setitem(compiled.ENTRYWISE, function, wrong)
    with pytest.raises(AssertionError):
        assert_same(*example([4, 3, 2], "sigmoid", 7), 3)


def test_what_is_compiled_is_kept_for_the_next_time(tmp_path):
    program = """
import sys
from backprop import Network, data, machine, sgd
digits = data.digits()
net = Network.initialise([16, 8, 4])
settings = dict(epochs=1, batch_size=10, learning_rate=3.0, engine="numba")
sgd(net, digits.x_train, digits.y_train, **settings)
hits, misses = machine.play.stats.cache_hits, machine.play.stats.cache_misses
print(sum(hits.values()), sum(misses.values()))
"""
    printed = [
        subprocess.run(
            [sys.executable, "-c", program],
            env={"NUMBA_CACHE_DIR": str(tmp_path), "PATH": ""},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()
        for _ in range(2)
    ]
    assert printed == [["0", "1"], ["1", "0"]]
