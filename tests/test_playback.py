"""What is played back is what the listing does, whatever the network, and nothing is forgotten."""

import sys
import tracemalloc
import types
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backprop import ACTIVATIONS, Network, data, gradient_descent, playback, sgd
from backprop.backpropagation import backward
from backprop.recording import ALIGNED, record

DIGITS = data.digits()


def example(widths, activation, m, dtype=np.float64):
    rng = np.random.default_rng([*widths, m])
    net = Network.initialise(widths, activation, rng=rng, dtype=dtype)
    net = net.with_parameters(net.parameters + 0.3 * rng.normal(size=net.n_parameters))
    return net, rng.normal(size=(widths[0], m)), rng.random((widths[-1], m))


def trained(engine, net, x, y, batch_size, **changes):
    wanted = {"epochs": 2, "learning_rate": 0.05, "rng": 1, **changes}
    return sgd(net, x, y, batch_size=batch_size, engine=engine, **wanted)


def step(net, x, y):
    gradient_descent._step(net, x, y, 0.1)


@settings(max_examples=80)
@given(
    widths=st.lists(st.integers(1, 7), min_size=2, max_size=6),
    names=st.data(),
    m=st.integers(1, 9),
    batch_size=st.integers(1, 10),
    dtype=st.sampled_from([np.float64, np.float32]),
)
def test_any_network_learns_as_the_listing_does(widths, names, m, batch_size, dtype):
    activations = [names.draw(st.sampled_from(list(ACTIVATIONS))) for _ in widths[1:]]
    net, x, y = example(widths, activations, m, dtype)
    with np.errstate(all="ignore"), patch("backprop.gradient_descent._warn_if_it_rose"):
        played = trained("numpy", net, x, y, batch_size).network
        listed = trained("listing", net, x, y, batch_size).network
    assert played.dtype == listed.dtype == dtype
    tolerance = 1e-12 if dtype == np.float64 else 1e-4
    scale = np.abs(listed.parameters).max()
    np.testing.assert_allclose(played.parameters, listed.parameters, rtol=0, atol=tolerance * scale)


def test_the_digits_are_learned_with_the_same_numbers():
    net = Network.initialise([16, 8, 4])
    runs = [
        trained(engine, net, DIGITS.x_train, DIGITS.y_train, 10, learning_rate=3.0)
        for engine in ("numpy", "listing")
    ]
    for of_run in (lambda run: run.network.parameters, lambda run: run.history.cost):
        # Of a parameter that is nearly 0, rounding is a larger part.
        np.testing.assert_allclose(*map(of_run, runs), rtol=1e-12, atol=1e-15)


def test_the_listing_is_run_once_for_each_size_of_batch_and_then_played_back():
    net = Network.initialise([16, 8, 4])
    for engine, calls in (("numpy", 2), ("listing", 2 * 54)):
        with patch("backprop.gradient_descent.backward", wraps=backward) as watched:
            trained(engine, net, DIGITS.x_train, DIGITS.y_train, 10)
        assert watched.call_count == calls


def decides(net, trace, dC_da):
    return backward(net, trace, dC_da if dC_da.sum() > 0 else 0.5 * dC_da)


def clips(net, trace, dC_da):
    return [
        layer._replace(W=np.clip(layer.W, -0.01, 0.01)) for layer in backward(net, trace, dC_da)
    ]


def drops(net, trace, dC_da):
    return backward(net, trace, dC_da * np.ones(dC_da.shape))


def shows(net, trace, dC_da):
    return backward(net, trace, dC_da / np.abs(dC_da).max())


@pytest.mark.parametrize("unusual", [decides, clips, drops, shows])
def test_what_cannot_be_recorded_is_run_as_it_stands(unusual):
    net, x, y = example([4, 3, 2], "sigmoid", 7)
    with patch("backprop.gradient_descent.backward", unusual):
        with pytest.raises((TypeError, AttributeError)):
            record(step, net, 3)
        runs = [trained(engine, net, x, y, 3).network for engine in ("numpy", "listing")]
    np.testing.assert_array_equal(runs[0].parameters, runs[1].parameters)


def test_shapes_that_do_not_fit_are_not_recorded():
    net = Network.initialise([4, 3, 2])
    with (
        patch(
            "backprop.gradient_descent.forward.__wrapped__", lambda net, x: net.layers[0].W @ x.T
        ),
        pytest.raises(ValueError, match="do not fit in a product"),
    ):
        record(step, net, 3)


def test_memory_is_used_again():
    """Besides the batch the stretch holds every a, every δ, a layer's gradient, and little else."""
    net = Network.initialise([30, 20, 20, 10])
    m = 50
    tape = record(step, net, m)
    a_and_delta, padding = 2 * m * sum(net.widths[1:]), ALIGNED * len(tape.calls)
    assert tape.layout()[1] < m * (30 + 10) + a_and_delta + m * 20 + padding


def test_what_changes_a_parameter_waits_for_all_that_read_it():
    """Both updates are in the order of the listing; the products move, and mean what they meant."""
    net, x, y = example([4, 3, 2], "tanh", 6)

    def entangled(net, x, y):
        (W1, b1), (W2, b2) = net.layers
        a1 = np.tanh(W1 @ x + b1)
        with_old = W2 @ a1 + b2
        W2 -= 0.1 * (with_old - y) @ a1.T
        with_new = W2 @ a1 + b2
        W1 -= 0.1 * W2.T @ (with_old - with_new) @ x.T
        b2 -= (with_new - y).sum(axis=1, keepdims=True)
        unused = W1 @ x
        b1 -= unused.sum(axis=1, keepdims=True) * 0.01

    batches = np.array([[0, 3, 5], [1, 2, 4]])
    printed, played = (
        made(net, entangled, *more)
        for made, more in (
            (playback.AsPrinted, ()),
            (playback.Playback, ({3: record(entangled, net, 3)},)),
        )
    )
    for each in (printed, played):
        each.learn(x, y, batches)
    parameters = [each.network().parameters for each in (printed, played)]
    assert np.abs(parameters[0] - net.parameters).min() > 0
    np.testing.assert_allclose(*parameters, rtol=1e-13)


def test_all_that_has_an_example_a_column_lies_with_an_example_a_row():
    """As BLAS likes it best; parameters and their gradients lie as they are printed."""
    tape = record(step, Network.initialise([5, 4, 3, 2]), 7)
    of_examples = [call for call in tape.calls if call.out.shape[1] == 7]
    assert len(of_examples) > 20 and all(call.out.place.shape[0] == 7 for call in of_examples)
    others = [call.out for call in tape.calls if call.out.shape[1] != 7]
    assert others and not any(out.transposed for out in others)


TURNED = [300, 120, 10]  # enough first weights to be laid otherwise in float32


def test_many_first_weights_of_float32_lie_with_one_input_a_row_and_are_given_back_as_printed():
    net, x, y = example(TURNED, "sigmoid", 45, np.float32)
    tape = record(step, net, 20)
    (W, b), *others = tape.layers
    changes = [call.out for call in tape.calls if call.out.shape == W.shape]
    assert len(changes) == 2 and all(each.transposed for each in (W, *changes))
    assert not b.transposed
    assert not any(array.transposed for layer in others for array in layer)
    played, listed = (trained(engine, net, x, y, 20).network for engine in ("numpy", "listing"))
    np.testing.assert_allclose(played.parameters, listed.parameters, rtol=0, atol=1e-6)
    assert np.abs(played.parameters - net.parameters).max() > 1e-3
    assert all(layer.W.flags.c_contiguous for layer in played.layers)


@pytest.mark.parametrize(
    ("widths", "dtype"),
    [(TURNED, np.float64), ([300, 50, 10], np.float32), ([120, 300, 10], np.float32)],
)
def test_other_weights_lie_as_they_are_printed(widths, dtype):
    tape = record(step, Network.initialise(widths, dtype=dtype), 20)
    assert not any(array.transposed for layer in tape.layers for array in layer)


def test_a_result_may_lie_in_any_way():
    """Products, sums and what is done entry by entry, into arrays that lie this way or that."""

    def contorted(net, x, y):
        ((W, b),) = net.layers
        z = W @ x + b  # one example a row, as x lies
        flat = (x.T @ W.T).T  # one example a column
        np.matmul(W, x, out=flat)
        np.multiply(flat, z, out=flat)
        mixed = z * flat - flat * z.T.T + flat
        np.add.reduce(mixed, axis=1, keepdims=True, out=b)
        W -= 0.1 * (x @ (mixed - y).T).T

    net, x, y = example([5, 3], "sigmoid", 6)
    batches = np.array([[0, 3, 5], [1, 2, 4]])
    printed = playback.AsPrinted(net, contorted)
    played = playback.Playback(net, contorted, {3: record(contorted, net, 3)})
    for each in (printed, played):
        each.learn(x, y, batches)
    parameters = [each.network().parameters for each in (printed, played)]
    assert np.abs(parameters[0] - net.parameters).min() > 0
    np.testing.assert_allclose(*parameters, rtol=1e-13)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize(("batch_size", "m"), [(100, 1050), (10, 1050)])
def test_an_epoch_needs_weights_one_gradient_and_one_mini_batch(batch_size, m, dtype):
    """Above the data: the memory that all examples at once would take is far more."""
    net = Network.initialise([200, 150, 100, 10], dtype=dtype)
    rng = np.random.default_rng(0)
    x = rng.random((m, 200), dtype=dtype).T
    y = np.eye(10, dtype=dtype)[rng.integers(0, 10, m)].T
    trained("numpy", net, x, y, batch_size, epochs=1)  # imports what it imports
    tracemalloc.start()
    run = trained("numpy", net, x, y, batch_size, epochs=3)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    weights = gradient = net.n_parameters
    batch, z_and_a = batch_size * (200 + 10), 2 * batch_size * sum(net.widths[1:])
    order, objects = 8 * m, 150_000
    assert peak < (weights + gradient + batch + z_and_a) * x.itemsize + order + objects
    assert len(run.history.cost) == 4


def test_every_engine_starts_from_its_own_copy_and_gives_a_network_that_never_changes():
    net, x, y = example([4, 3, 2], "sigmoid", 7)
    for engine in ("numpy", "listing"):
        before = net.parameters
        network = trained(engine, net, x, y, 3).network
        np.testing.assert_array_equal(net.parameters, before)
        with pytest.raises(ValueError, match="read-only"):
            network.layers[0].W[0, 0] = 1


def test_an_unknown_engine_is_named():
    net, x, y = example([4, 3, 2], "sigmoid", 7)
    with pytest.raises(ValueError, match=r"engine must be one of .*; got 'fortran'"):
        trained("fortran", net, x, y, 3)


@pytest.mark.parametrize("engine", ["numpy", "listing"])
def test_a_diverged_run_gives_the_network_of_the_epoch_before(engine):
    net = Network.initialise([2, 3, 1], "identity", rng=0)
    rng = np.random.default_rng(3)
    x, y = rng.normal(size=(2, 50)), rng.normal(size=(1, 50))
    wanted = {"batch_size": 5, "learning_rate": 0.5, "engine": engine}
    with pytest.warns(gradient_descent.DivergenceWarning):
        run = sgd(net, x, y, epochs=50, rng=np.random.default_rng(7), **wanted)
    assert run.diverged_at is not None and run.diverged_at > 1
    with pytest.warns(gradient_descent.DivergenceWarning):
        short = sgd(net, x, y, epochs=run.diverged_at - 1, rng=np.random.default_rng(7), **wanted)
    np.testing.assert_array_equal(run.network.parameters, short.network.parameters)


def test_ctrl_c_on_the_way_back_from_divergence_loses_nothing(monkeypatch):
    net = Network.initialise([2, 3, 1], "identity", rng=0)
    rng = np.random.default_rng(3)
    x, y = rng.normal(size=(2, 50)), rng.normal(size=(1, 50))
    made = []

    def learner(*arguments):
        made.append(playback.learner(*arguments))
        if len(made) == 2:  # the one that goes the same way again
            learn, done = made[1].learn, []

            def interrupted_after_three(*batches):
                if len(done) == 3:
                    raise KeyboardInterrupt
                done.append(learn(*batches))

            made[1].learn = interrupted_after_three
        return made[-1]

    wanted = {"batch_size": 5, "learning_rate": 0.5, "rng": 7}
    monkeypatch.setattr(gradient_descent, "make_learner", learner)
    with pytest.warns(gradient_descent.DivergenceWarning, match="of an earlier epoch is returned"):
        run = sgd(net, x, y, epochs=50, **wanted)
    assert run.interrupted and run.diverged_at is not None and run.diverged_at > 4
    assert len(run.history.cost) == run.diverged_at
    with pytest.warns(gradient_descent.DivergenceWarning):
        short = sgd(net, x, y, epochs=3, **wanted)
    np.testing.assert_array_equal(run.network.parameters, short.network.parameters)


def test_a_slip_in_the_playback_would_show(monkeypatch):
    """One call left out, and the numbers are others: the comparison above can fail."""
    tied = playback._tied
    made = []

    def forgetful(call, arrays):
        made.append(tied(call, arrays))
        return made[-1] if len(made) != 7 else lambda: None

    net, x, y = example([4, 3, 2], "sigmoid", 6)
    right = trained("numpy", net, x, y, 3).network.parameters
    monkeypatch.setattr(playback, "_tied", forgetful)
    wrong = trained("numpy", net, x, y, 3).network.parameters
    assert np.abs(wrong - right).max() > 1e-6


def test_without_numba_the_engine_gives_way_with_a_word(monkeypatch):
    monkeypatch.setitem(sys.modules, "numba", None)
    monkeypatch.delitem(sys.modules, "backprop.compiled", raising=False)
    net, x, y = example([4, 3, 2], "sigmoid", 7)
    with pytest.warns(UserWarning, match=r'engine="numba" gives way to "numpy".*the extra `fast`'):
        run = trained("numba", net, x, y, 3)
    np.testing.assert_array_equal(
        run.network.parameters, trained("numpy", net, x, y, 3).network.parameters
    )


def test_where_numba_cannot_keep_what_it_compiled_the_engine_gives_way(monkeypatch):
    def no_locator(*_):
        raise RuntimeError("cannot cache function '_play': no locator available")

    compiled = types.SimpleNamespace(Compiled=no_locator)
    monkeypatch.setitem(sys.modules, "backprop.compiled", compiled)
    net, x, y = example([4, 3, 2], "sigmoid", 7)
    with pytest.warns(UserWarning, match=r'gives way to "numpy": cannot cache'):
        trained("numba", net, x, y, 3)


@pytest.mark.parametrize("engine", ["numpy", "listing"])
def test_weights_beyond_all_numbers_are_divergence_though_the_cost_is_finite(engine):
    net = Network([([[0.0]], [[0.0]])])
    x, y = np.array([[1e200]]), np.array([[1.0]])  # the weight becomes infinite, the output 1
    with pytest.warns(gradient_descent.DivergenceWarning, match="training diverged in epoch 1"):
        run = sgd(net, x, y, epochs=3, batch_size=1, learning_rate=1e200, engine=engine)
    assert run.diverged_at == 1 and list(run.history.cost) == [0.25]
    np.testing.assert_array_equal(run.network.parameters, net.parameters)
