"""The data of the book: what they are, how they lie in memory, and what bad requests are told."""

import io
import zipfile

import numpy as np
import pytest

from backprop import Network, cost, data
from backprop.data import digits, one_hot, penguins, spiral, two_moons, xor
from bookkit import build_datasets

CLASSES = (1, 3, 7, 8)


# --- the digits ---------------------------------------------------------------------------------


def test_digits_are_those_of_scikit_learn():
    """Compared image by image where scikit-learn is installed; it is no requirement."""
    datasets = pytest.importorskip("sklearn.datasets")
    bunch = datasets.load_digits()
    raw = data._load("digits")
    assert np.array_equal(raw["images"], bunch.images)
    assert np.array_equal(raw["labels"], bunch.target)


def test_the_stored_digits_have_known_totals():
    raw = data._load("digits")
    assert raw["images"].shape == (1797, 8, 8)
    assert raw["images"].dtype == np.uint8
    assert (raw["images"].min(), raw["images"].max()) == (0, 16)
    assert np.bincount(raw["labels"]).tolist() == [
        178, 182, 177, 183, 181, 182, 181, 179, 174, 180
    ]  # fmt: skip
    assert int(raw["images"].sum()) == 561_718


def test_pixels_are_row_by_row_from_the_top_left():
    raw, d = data._load("digits"), digits(8, range(10))
    for x, chosen in ((d.x_train, ~raw["is_test"]), (d.x_test, raw["is_test"])):
        assert np.array_equal(16 * x.T.reshape(-1, 8, 8), raw["images"][chosen])


def test_pixels_of_4x4_are_sums_of_2x2_blocks():
    small, large = digits(4), digits(8)
    for few, many in ((small.x_train, large.x_train), (small.x_test, large.x_test)):
        for column in (0, 17, -1):
            image = many[:, column].reshape(8, 8) * 16
            sums = [
                [image[2 * i : 2 * i + 2, 2 * j : 2 * j + 2].sum() for j in range(4)]
                for i in range(4)
            ]
            assert np.allclose(few[:, column].reshape(4, 4), np.array(sums) / 64, atol=1e-15)


@pytest.mark.parametrize("size", [4, 8])
def test_pixels_run_from_0_to_1(size):
    x = digits(size, range(10)).x_train
    assert x.min() == 0
    assert x.max() == 1


@pytest.mark.parametrize("size", [4, 8])
@pytest.mark.parametrize("classes", [CLASSES, (4,), (9, 0), tuple(range(10))])
def test_shapes_and_one_hot(size, classes):
    d = digits(size, classes)
    assert len(d.x_train) == len(d.x_test) == size**2
    assert len(d.y_train) == len(d.y_test) == len(classes)
    assert d.x_train.shape[1] == d.y_train.shape[1]
    assert d.x_test.shape[1] == d.y_test.shape[1]
    for y in (d.y_train, d.y_test):
        assert set(np.unique(y)) <= {0.0, 1.0}
        assert (y.sum(axis=0) == 1).all()
    assert (d.classes, d.size) == (classes, size)


def test_row_j_of_the_target_stands_for_class_j():
    raw = data._load("digits")
    d = digits(8, (8, 1, 7, 3))
    wanted = raw["labels"][np.isin(raw["labels"], CLASSES) & ~raw["is_test"]]
    assert np.array_equal(d.labels_train, wanted)
    assert np.array_equal(np.array(d.classes)[d.y_train.argmax(axis=0)], wanted)
    held_out = raw["labels"][np.isin(raw["labels"], CLASSES) & raw["is_test"]]
    assert np.array_equal(d.labels_test, held_out)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_examples_lie_side_by_side_in_memory(dtype):
    """Columns are examples, yet a column is contiguous: it is a row of an array that was turned."""
    d = digits(dtype=dtype)
    for array in (d.x_train, d.y_train, d.x_test, d.y_test):
        assert array.dtype == dtype
        assert array.T.flags.c_contiguous
        assert array.base is not None
        assert array[:, 3].flags.c_contiguous


def test_float32_is_the_same_numbers():
    assert np.array_equal(digits(dtype=np.float32).x_test, digits().x_test.astype(np.float32))


# --- the split ----------------------------------------------------------------------------------


def test_a_quarter_of_every_class_is_for_testing():
    raw = data._load("digits")
    for label in range(10):
        share = raw["is_test"][raw["labels"] == label].mean()
        assert share == pytest.approx(0.25, abs=0.004)


def test_the_split_is_fixed():
    """The first test images, written out: any change of the split would change the book."""
    raw = data._load("digits")
    assert np.array_equal(raw["is_test"], build_datasets.split(raw["labels"]))
    assert np.flatnonzero(raw["is_test"])[:8].tolist() == [8, 9, 39, 41, 46, 47, 49, 50]
    assert int(np.flatnonzero(raw["is_test"]).sum()) == 398_621


def test_the_split_is_the_same_for_every_choice_of_classes():
    everything, some = digits(4, range(10)), digits(4, CLASSES)
    chosen = np.isin(everything.labels_test, CLASSES)
    assert np.array_equal(everything.x_test[:, chosen], some.x_test)


def test_no_example_is_in_both_sets():
    d = digits(8, range(10))
    train = {column.tobytes() for column in d.x_train.T}
    test = {column.tobytes() for column in d.x_test.T}
    assert len(train) + len(test) == 1797  # all images differ from each other …
    assert not train & test  # … so one in both sets would be seen


def test_the_split_takes_no_run_of_images():
    """A hash scatters: hardly ever more than a few neighbours fall on the same side."""
    is_test = data._load("digits")["is_test"]
    halves = is_test[:900].mean(), is_test[900:].mean()
    assert max(halves) - min(halves) < 0.03


def test_calls_do_not_share_arrays():
    first = digits()
    first.x_train[:] = 7
    assert digits().x_train.max() == 1


# --- the record and its errors ------------------------------------------------------------------


def test_dataset_is_frozen_and_prints_short():
    d = digits()
    assert repr(d) == "Dataset(4×4 digits 1, 3, 7, 8: 537 to train, 181 to test)"
    with pytest.raises(AttributeError):
        d.size = 3
    assert d.x_train is d[0]


@pytest.mark.parametrize(
    ("arguments", "error", "said"),
    [
        ({"size": 5}, ValueError, r"size must be 4 or 8 .*; got 5\."),
        ({"classes": ()}, ValueError, "at least one of the digits 0 to 9; got none"),
        ({"classes": (1, 10)}, ValueError, "among the digits 0 to 9; got 10"),
        ({"classes": (1, -1)}, ValueError, "among the digits 0 to 9; got -1"),
        ({"classes": ("1", "3")}, ValueError, "among the digits 0 to 9; got '1'"),
        ({"classes": (1, 3, 1)}, ValueError, r"name each digit once; got \[1, 3, 1\]"),
        ({"classes": 7}, TypeError, "sequence of digits; got 7"),
        ({"dtype": int}, ValueError, "float64 or float32; got int64"),
    ],
)
def test_bad_requests(arguments, error, said):
    with pytest.raises(error, match=said):
        digits(**arguments)


def test_classes_may_come_from_numpy():
    assert digits(classes=np.array([3, 8])).classes == (3, 8)


# --- one-hot ------------------------------------------------------------------------------------


def test_one_hot_by_hand():
    assert one_hot([8, 1, 8], (1, 3, 8)).tolist() == [[0, 1, 0], [0, 0, 0], [1, 0, 1]]
    assert one_hot(["b", "a"], "ab").tolist() == [[0, 1], [1, 0]]


@pytest.mark.parametrize(
    ("labels", "classes", "said"),
    [
        ([1, 2, 5, 2], (1, 3), r"among classes \[1, 3\]; got \[2, 5\] as well"),
        ([1], (), "named, each of them once"),
        ([1], (1, 1), "named, each of them once"),
        ([[1, 3]], (1, 3), r"shape \(m,\), one label an example; got \(1, 2\)"),
    ],
)
def test_one_hot_says_what_is_wrong(labels, classes, said):
    with pytest.raises(ValueError, match=said):
        one_hot(labels, classes)


# --- the penguins -------------------------------------------------------------------------------


def test_penguins():
    p = penguins()
    assert p.X.shape == (342, 2)
    assert p.y.shape == (342,)
    assert np.isfinite(p.X).all()
    assert (p.X.min(axis=0).tolist(), p.X.max(axis=0).tolist()) == ([2700, 32.1], [6300, 59.6])
    assert (p.y.min(), p.y.max()) == (172, 231)
    assert repr(p) == (
        "Regression(flipper length (mm) from body mass (g) and bill length (mm), 342 rows)"
    )
    assert penguins(np.float32).X.dtype == np.float32


def test_penguins_are_predictable_and_their_features_are_of_different_scale():
    p = penguins()
    X = np.column_stack([np.ones(342), p.X])
    theta = np.linalg.lstsq(X, p.y, rcond=None)[0]
    share = 1 - (p.y - X @ theta).var() / p.y.var()
    assert share == pytest.approx(0.788, abs=0.001)
    spread = p.X.std(axis=0)
    assert spread[0] / spread[1] > 100


# --- the puzzles --------------------------------------------------------------------------------


def test_xor_is_exclusive_or():
    x, y = xor()
    assert [(int(p) ^ int(q)) for p, q in x.T] == y[0].tolist()
    assert {tuple(column) for column in x.T} == {(0, 0), (0, 1), (1, 0), (1, 1)}
    assert xor(np.float32)[1].dtype == np.float32


@pytest.mark.parametrize("make", [two_moons, spiral])
@pytest.mark.parametrize("m", [2, 3, 7, 200])
def test_puzzles_have_columns_and_balanced_classes(make, m):
    x, y = make(m)
    assert (x.shape, y.shape) == ((2, m), (1, m))
    assert x.T.flags.c_contiguous
    assert np.isfinite(x).all()
    assert y.sum() == m // 2
    assert cost(Network.initialise([2, 3, 1]), x, y) > 0  # goes straight into a network


@pytest.mark.parametrize("make", [two_moons, spiral])
def test_puzzles_depend_on_the_seed_alone(make):
    assert np.array_equal(make(50, rng=3)[0], make(50, rng=np.random.default_rng(3))[0])
    assert not np.array_equal(make(50, rng=3)[0], make(50, rng=4)[0])
    assert make(50, dtype=np.float32)[0].dtype == np.float32


def test_moons_without_noise_are_two_half_circles():
    x, y = two_moons(40, noise=0)
    upper, lower = x[:, y[0] == 0], x[:, y[0] == 1]
    assert np.allclose(np.hypot(*(upper - [[-0.5], [-0.25]])), 1)
    assert np.allclose(np.hypot(*(lower - [[0.5], [0.25]])), 1)
    assert (upper[1] >= -0.25 - 1e-12).all()
    assert (lower[1] <= 0.25 + 1e-12).all()


@pytest.mark.parametrize("turns", [0.5, 1, 2])
def test_arms_of_the_spiral_are_half_a_turn_apart(turns):
    x, y = spiral(200, turns=turns, noise=0)
    one, other = x[:, y[0] == 0], x[:, y[0] == 1]
    assert np.allclose(one, -other)
    radius = np.hypot(*one)
    assert (np.diff(radius) > 0).all()
    assert radius[-1] == pytest.approx(1)
    angle = np.unwrap(np.arctan2(one[1], one[0]))
    assert angle[-1] - angle[0] == pytest.approx(2 * np.pi * turns)


@pytest.mark.parametrize("make", [two_moons, spiral])
def test_noise_has_the_size_it_says(make):
    clean, noisy = make(4000, noise=0)[0], make(4000, noise=0.2)[0]
    assert (noisy - clean).std() == pytest.approx(0.2, rel=0.03)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: two_moons(1), "m must be at least 2"),
        (lambda: two_moons(0), "m must be positive; got 0"),
        (lambda: spiral(10, noise=-0.1), "noise must be positive; got -0.1"),
        (lambda: spiral(10, turns=0), "turns must be positive; got 0"),
    ],
)
def test_puzzles_say_what_is_wrong(call, said):
    with pytest.raises(ValueError, match=said):
        call()


# --- the build script ---------------------------------------------------------------------------


def test_what_is_written_can_be_read_and_does_not_depend_on_the_clock(tmp_path):
    arrays = {"a": np.arange(6, dtype=np.uint8).reshape(2, 3).T, "b": np.array([True, False])}
    for name in ("one.npz", "two.npz"):
        build_datasets.write_npz(tmp_path / name, arrays)
    one, two = ((tmp_path / name).read_bytes() for name in ("one.npz", "two.npz"))
    assert one == two
    with np.load(tmp_path / "one.npz") as stored:
        assert set(stored) == {"a", "b"}
        assert np.array_equal(stored["a"], arrays["a"])
        assert stored["b"].dtype == bool
    dates = {entry.date_time for entry in zipfile.ZipFile(io.BytesIO(one)).infolist()}
    assert dates == {(1980, 1, 1, 0, 0, 0)}


def test_the_build_script_makes_the_digits_that_are_shipped():
    pytest.importorskip("sklearn.datasets")
    shipped = data._load("digits")
    for name, array in build_datasets.build_digits().items():
        assert array.dtype == shipped[name].dtype
        assert np.array_equal(array, shipped[name])


def test_the_data_are_small_and_say_where_they_come_from():
    sizes = {path.name: path.stat().st_size for path in build_datasets.FOLDER.glob("*.npz")}
    assert set(sizes) == {"digits.npz", "penguins.npz"}
    assert sum(sizes.values()) < 60_000
    readme = (build_datasets.FOLDER / "README.md").read_text(encoding="utf-8")
    for wanted in (*sizes, "CC BY 4.0", "CC0 1.0", "10.24432/C50P49", "10.5281/zenodo.3960218"):
        assert wanted in readme
