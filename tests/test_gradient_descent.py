"""Descent on a bowl with a known bottom, and the training loop."""

import re
import signal
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop import Bowl, Network, accuracy, cost, data, descend, flatten, gradient, sgd
from backprop.gradient_descent import DivergenceWarning, normal_equation

RNG = np.random.default_rng(0)
X = RNG.normal(size=(50, 2)) * [1.0, 3.0]
TARGETS = X @ [0.5, -1.5] + 0.1 * RNG.normal(size=50)
BOWL = Bowl(X, TARGETS)


@given(m=st.integers(5, 40), n=st.integers(1, 5), seed=st.integers(0, 999))
def test_normal_equation_is_least_squares(m, n, seed):
    rng = np.random.default_rng(seed)
    X, y = rng.normal(size=(m, n)), rng.normal(size=m)
    expected = np.linalg.lstsq(X, y, rcond=None)[0]
    np.testing.assert_allclose(normal_equation(X, y), expected, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize(
    ("X", "y", "message"),
    [
        (np.ones((4, 2)), np.ones(4), "the 2 columns of X depend on each other (rank 1)"),
        (
            np.ones((4, 2)),
            np.ones(3),
            "y must have shape (4,), one number for each row of X; got (3,)",
        ),
        (np.ones(4), np.ones(4), "X must have shape (m, n), one example a row; got (4,)."),
        (np.full((4, 1), np.nan), np.ones(4), "X must be finite"),
    ],
)
def test_bad_regressions_are_named(X, y, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        normal_equation(X, y)


def test_bowl_gradient_and_hessian_are_those_of_its_cost():
    w, h = np.array([0.3, -0.2]), 1e-5
    unit = np.eye(2)
    slopes = [(BOWL.cost(w + h * e) - BOWL.cost(w - h * e)) / (2 * h) for e in unit]
    np.testing.assert_allclose(BOWL.gradient(w), slopes, rtol=1e-8)
    bends = [(BOWL.gradient(w + e) - BOWL.gradient(w - e)) / 2 for e in unit]
    np.testing.assert_allclose(BOWL.hessian, bends, rtol=1e-10)
    np.testing.assert_allclose(BOWL.gradient(BOWL.minimum), 0, atol=1e-12)
    assert BOWL.cost(np.zeros((3, 4, 2))).shape == (3, 4)


def test_mini_batch_gradients_average_to_the_full_one():
    w = np.array([1.0, 1.0])
    parts = [BOWL.gradient(w, rows) for rows in np.arange(50).reshape(10, 5)]
    np.testing.assert_allclose(np.mean(parts, axis=0), BOWL.gradient(w), rtol=1e-12)


def test_the_limit_of_the_learning_rate_is_exact():
    start = BOWL.minimum + [1.0, 1.0]
    limit = BOWL.largest_stable_rate
    assert limit == pytest.approx(2 / np.linalg.eigvalsh(BOWL.hessian).max())
    below = descend(BOWL.gradient, start, 0.999 * limit, 4000)
    above = descend(BOWL.gradient, start, 1.001 * limit, 4000)
    assert np.linalg.norm(below[-1] - BOWL.minimum) < 0.1
    assert np.linalg.norm(above[-1] - BOWL.minimum) > 10


def test_descent_that_leaves_all_numbers_is_reported_and_keeps_its_path():
    with pytest.warns(DivergenceWarning, match="descent diverged after .* steps"):
        path = descend(BOWL.gradient, [1.0, 1.0], 1e3, 1000)
    assert np.isfinite(path).all() and 1 < len(path) < 1001


@pytest.mark.parametrize(
    ("rate", "steps", "error", "message"),
    [
        (0, 5, ValueError, "learning_rate must be positive; got 0."),
        ("fast", 5, TypeError, "learning_rate must be a number; got 'fast'."),
        (0.1, 0, ValueError, "steps must be positive; got 0."),
        (0.1, 2.5, TypeError, "steps must be a whole number; got 2.5."),
    ],
)
def test_bad_descents_are_named(rate, steps, error, message):
    with pytest.raises(error, match=re.escape(message)):
        descend(BOWL.gradient, [1.0, 1.0], rate, steps)


DIGITS = data.digits()
NET = Network.initialise(DIGITS.x_train.shape[:1] + (8, 4), rng=1)
SETTINGS = {"epochs": 2, "batch_size": 10, "learning_rate": 3.0}


def train(**changes):
    return sgd(NET, DIGITS.x_train, DIGITS.y_train, **{**SETTINGS, **changes})


def test_full_batch_is_gradient_descent():
    theta = NET.parameters
    for _ in range(3):
        net = NET.with_parameters(theta)
        theta = theta - 0.5 * flatten(gradient(net, DIGITS.x_train, DIGITS.y_train))
    run = train(epochs=3, batch_size=10**6, learning_rate=0.5)
    np.testing.assert_allclose(run.network.parameters, theta, rtol=1e-9)


def test_one_epoch_is_one_step_a_mini_batch_each_example_once():
    x, y = DIGITS.x_train[:, :7], DIGITS.y_train[:, :7]
    theta = NET.parameters
    order = np.random.default_rng(3).permutation(7)
    for batch in (order[:3], order[3:6], order[6:]):
        net = NET.with_parameters(theta)
        theta = theta - 0.5 * flatten(gradient(net, x[:, batch], y[:, batch]))
    run = sgd(NET, x, y, epochs=1, batch_size=3, learning_rate=0.5, rng=3)
    np.testing.assert_allclose(run.network.parameters, theta, rtol=1e-9)


def test_the_network_of_the_book_learns_the_digits():
    run = train(epochs=30, test=(DIGITS.x_test, DIGITS.y_test))
    assert run.history.test_accuracy[0] < 0.5 < 0.85 < run.history.test_accuracy[-1]
    assert run.history.cost[-1] < 0.35 * run.history.cost[0]


def test_history_is_what_the_networks_measure():
    run = train(test=(DIGITS.x_test, DIGITS.y_test))
    history = run.history
    assert [len(each) for each in (history.cost, history.test_accuracy)] == [3, 3]
    assert history.cost[0] == pytest.approx(cost(NET, DIGITS.x_train, DIGITS.y_train))
    assert history.cost[-1] == pytest.approx(cost(run.network, DIGITS.x_train, DIGITS.y_train))
    assert history.test_cost[-1] == pytest.approx(cost(run.network, DIGITS.x_test, DIGITS.y_test))
    assert history.accuracy[-1] == accuracy(run.network, DIGITS.x_train, DIGITS.y_train)
    assert history.test_accuracy[-1] == accuracy(run.network, DIGITS.x_test, DIGITS.y_test)


def test_training_leaves_its_start_unchanged_and_repeats_itself():
    before = NET.parameters
    first, second = train(rng=5), train(rng=5)
    np.testing.assert_array_equal(NET.parameters, before)
    np.testing.assert_array_equal(first.network.parameters, second.network.parameters)
    assert (train(rng=6).network.parameters != first.network.parameters).any()


def test_no_accuracy_and_no_test_where_there_is_none():
    net = Network.initialise([2, 3, 1], ["tanh", "identity"])
    history = sgd(
        net, X.T, TARGETS.reshape(1, -1), epochs=1, batch_size=5, learning_rate=0.01
    ).history
    assert history.accuracy is None and history.test_cost is None and history.test_accuracy is None


def test_float32_stays_float32():
    net = Network.initialise([16, 8, 4], dtype=np.float32)
    assert sgd(net, DIGITS.x_train, DIGITS.y_train, **SETTINGS).network.dtype == np.float32


@pytest.mark.filterwarnings("ignore:.*encountered in:RuntimeWarning")
def test_divergence_is_reported_and_the_last_finite_network_kept():
    net = Network.initialise([2, 3, 1], "identity", rng=0)
    with pytest.warns(
        DivergenceWarning, match=r"training diverged in epoch \d+.*Try a learning_rate"
    ):
        run = sgd(net, X.T, TARGETS.reshape(1, -1), epochs=50, batch_size=5, learning_rate=0.5)
    assert run.diverged_at == len(run.history.cost)
    assert np.isfinite(run.history.cost).all() and np.isfinite(run.network.parameters).all()


def test_a_cost_that_rose_is_reported():
    net = Network.initialise([2, 1], "identity", rng=0)
    rate = 1.05 * BOWL.largest_stable_rate
    with pytest.warns(DivergenceWarning, match="the cost rose from .* to .* in 60 epochs"):
        run = sgd(net, X.T, TARGETS.reshape(1, -1), epochs=60, batch_size=50, learning_rate=rate)
    assert run.diverged_at is None


def test_training_that_works_does_not_warn():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        train()


def test_ctrl_c_returns_what_has_been_learned():
    def press(*_):
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, press)
    signal.setitimer(signal.ITIMER_REAL, 0.4)
    try:
        run = train(epochs=10**6)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert run.interrupted
    assert 1 < len(run.history.cost) < 10**6
    assert cost(run.network, DIGITS.x_train, DIGITS.y_train) < run.history.cost[0]


def test_progress_shows_epochs_and_cost(capsys):
    train(progress=True)
    shown = capsys.readouterr().err
    assert "2/2" in shown and "cost" in shown
    train()
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"epochs": 0}, ValueError, "epochs must be positive; got 0."),
        ({"epochs": 1.5}, TypeError, "epochs must be a whole number; got 1.5."),
        ({"batch_size": 0}, ValueError, "batch_size must be positive; got 0."),
        ({"batch_size": True}, TypeError, "batch_size must be a whole number; got True."),
        ({"learning_rate": -1}, ValueError, "learning_rate must be positive; got -1."),
        ({"learning_rate": np.nan}, ValueError, "learning_rate must be positive; got nan."),
        ({"test": (DIGITS.x_test.T, DIGITS.y_test)}, ValueError, "Did you mean x.T?"),
    ],
)
def test_bad_settings_are_named(changes, error, message):
    with pytest.raises(error, match=re.escape(message)):
        train(**changes)
