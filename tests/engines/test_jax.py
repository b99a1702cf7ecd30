"""The gradient against JAX, from a cost that is written out anew here."""

import jax
import jax.numpy as jnp
import numpy as np

from backprop import cost, gradient

jax.config.update("jax_enable_x64", True)

FUNCTIONS = {
    "sigmoid": jax.nn.sigmoid,
    "tanh": jnp.tanh,
    "relu": jax.nn.relu,
    "identity": lambda z: z,
}


def test_same_cost_and_gradient(example):
    net, x, y = example

    def cost_of(layers):
        a = x
        for (W, b), sigma in zip(layers, net.activations, strict=True):
            a = FUNCTIONS[sigma.name](W @ a + b)
        return ((a - y) ** 2).sum(axis=0).mean()

    C, dC = jax.value_and_grad(cost_of)([tuple(map(jnp.asarray, layer)) for layer in net.layers])
    np.testing.assert_allclose(C, cost(net, x, y), rtol=1e-13)
    for (W, b), (dC_dW, dC_db) in zip(dC, gradient(net, x, y), strict=True):
        np.testing.assert_allclose(W, dC_dW, rtol=1e-9, atol=1e-14)
        np.testing.assert_allclose(b, dC_db, rtol=1e-9, atol=1e-14)
