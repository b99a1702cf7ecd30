"""Each activation against its definition, and each derivative against central differences."""

import numpy as np
import pytest

from backprop import ACTIVATIONS, activations

Z = np.linspace(-6, 6, 48)  # an even number of points, so that none lies on relu's kink at 0

DEFINITIONS = {
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "tanh": lambda z: (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z)),
    "relu": lambda z: np.where(z > 0, z, 0),
    "identity": lambda z: z,
}


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_function_is_its_definition(name):
    np.testing.assert_allclose(ACTIVATIONS[name](Z), DEFINITIONS[name](Z), rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_prime_is_the_slope(name):
    f, h = DEFINITIONS[name], 1e-6
    slope = (f(Z + h) - f(Z - h)) / (2 * h)
    np.testing.assert_allclose(ACTIVATIONS[name].prime(Z, f(Z)), slope, rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose(
        getattr(activations, f"{name}_prime")(Z), slope, rtol=1e-7, atol=1e-9
    )


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_dtype_is_kept(name, dtype):
    z = Z.astype(dtype)
    a = ACTIVATIONS[name](z)
    assert a.dtype == ACTIVATIONS[name].prime(z, a).dtype == dtype


def test_sigmoid_neither_overflows_nor_leaves_its_range():
    with np.errstate(all="raise"):
        a = activations.sigmoid(np.array([-1e4, -30.0, 0.0, 30.0, 1e4]))
    assert a[0] == 0 and a[2] == 0.5 and a[4] == 1
    assert (np.diff(a) > 0).all()


def test_relu_has_slope_zero_at_its_kink():
    assert activations.relu_prime(np.array([0.0])) == 0


def test_repr_names_it():
    assert repr(ACTIVATIONS["tanh"]) == "Activation('tanh')"
