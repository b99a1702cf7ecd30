"""Values that go over and come back, and what a hostile process could send instead."""

import json

import numpy as np
import pytest

from backprop import Network
from backprop.network import Layer, Trace
from classroom.plain import Other, copy_changes, decode, encode


def over(value):
    """Send a value over and back; functions are kept in a list."""
    lent = []

    def lend(function):
        lent.append(function)
        return len(lent) - 1

    return decode(json.loads(json.dumps(encode(value, lend))), lambda number, _: lent[number])


@pytest.mark.parametrize(
    "value",
    [None, True, 3, -0.5, "σ′", [1, [2.0, "x"]], (1, (2,)), {"a": 1, 2: [3]}, {1, 2}, 1j, []],
    ids=repr,
)
def test_plain_values_come_back_as_they_were(value):
    back = over(value)
    assert back == value
    assert type(back) is type(value)


@pytest.mark.parametrize("dtype", ["float64", "float32", "int64", "uint8", "bool", "complex128"])
@pytest.mark.parametrize("shape", [(), (3,), (2, 3), (0, 4), (2, 1, 3)])
def test_arrays_keep_dtype_and_shape(dtype, shape):
    value = np.full(shape, 3, dtype)
    back = over(value)
    assert isinstance(back, np.ndarray)
    assert (back.dtype, back.shape) == (value.dtype, value.shape)
    assert (back == value).all()


def test_odd_arrays_and_numbers_come_back():
    square = np.arange(12.0).reshape(3, 4)
    assert (over(square.T) == square.T).all()
    assert (over(square[::2, ::-1]) == square[::2, ::-1]).all()
    assert np.isnan(over(np.float64("nan"))) and np.isnan(over(float("nan")))
    assert isinstance(over(np.float32(0.5)), np.float32)
    assert over(np.array([[1], [2, 3]], dtype=object)) == [[1], [2, 3]]


def test_records_of_the_package_come_back():
    net = Network.initialise([3, 2, 1], activation=["tanh", "sigmoid"], rng=1)
    back = over(net)
    assert repr(back) == repr(net)
    assert all((a.W == b.W).all() for a, b in zip(back.layers, net.layers, strict=True))
    layer = over(net.layers[0])
    assert isinstance(layer, Layer)
    assert isinstance(over(Trace([np.ones(2)], [np.zeros(2)])), Trace)


def test_a_generator_goes_on_where_it_was():
    rng = np.random.default_rng(3)
    rng.random(5)
    assert over(rng).random() == np.random.default_rng(3).random(6)[5]


def test_functions_stay_and_objects_lose_their_powers():
    assert over(len) is len
    assert over([max])[0] is max

    class Sly(float):
        def __eq__(self, _):
            return True

        __hash__ = float.__hash__

    assert over(Sly(3)) == Other("Sly")
    assert over(iter([])) == Other("list_iterator")


def test_what_holds_itself_does_not_hang():
    loop = []
    loop.append(loop)
    assert "nested too deeply" in str(over(loop))


@pytest.mark.parametrize(
    "sent",
    [
        {"array": ["O", [1], ""], "scalar": False},
        {"array": ["<f8", [10**9], "AAAA"], "scalar": False},
        {"array": ["<f8", [-1], "AAA="], "scalar": False},
        {"pickle": "gASVBQAAAAAAAABLKi4="},
        {"list": 3},
        [1],
    ],
)  # fmt: skip
def test_what_is_no_value_is_refused(sent):
    with pytest.raises(ValueError, match=r"expected|reshape|dtype|kind|buffer|size"):
        decode(sent, lambda *_: None)


@pytest.mark.parametrize("kind", ["os:system", "builtins:eval", "backprop.data:digits",
                                  "backprop..os:system", "backprop.network:Network"])  # fmt: skip
def test_no_record_but_the_packages_own_is_made(kind):
    assert isinstance(decode({"record": kind, "fields": ["true"]}, lambda *_: None), Other)


def test_changes_come_back():
    old = [np.ones(3), {"k": [1]}, [np.zeros(2), 5]]
    array, inner = old[0], old[2][0]
    copy_changes(old, [np.arange(3.0), {"k": [1, 2]}, [np.ones(2), 6, 7]])
    assert old[0] is array and array.tolist() == [0, 1, 2]
    assert old[1] == {"k": [1, 2]}
    assert old[2][0] is inner and inner.tolist() == [1, 1]
    assert old[2][1:] == [6, 7]
