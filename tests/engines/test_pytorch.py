"""The gradient against PyTorch, built from PyTorch's own layers, which take rows."""

import numpy as np
import torch

from backprop import cost, gradient

MODULES = {
    "sigmoid": torch.nn.Sigmoid,
    "tanh": torch.nn.Tanh,
    "relu": torch.nn.ReLU,
    "identity": torch.nn.Identity,
}


def test_same_cost_and_gradient(example):
    net, x, y = example
    modules = []
    for (W, b), sigma in zip(net.layers, net.activations, strict=True):
        linear = torch.nn.Linear(W.shape[1], W.shape[0], dtype=torch.float64)
        linear.load_state_dict({"weight": torch.tensor(W), "bias": torch.tensor(b[:, 0])})
        modules += [linear, MODULES[sigma.name]()]
    rows = torch.nn.Sequential(*modules)(torch.tensor(x.T))
    C = torch.nn.functional.mse_loss(rows, torch.tensor(y.T), reduction="sum") / x.shape[1]
    C.backward()
    np.testing.assert_allclose(C.item(), cost(net, x, y), rtol=1e-13)
    for linear, (dC_dW, dC_db) in zip(modules[::2], gradient(net, x, y), strict=True):
        np.testing.assert_allclose(linear.weight.grad, dC_dW, rtol=1e-9, atol=1e-14)
        np.testing.assert_allclose(linear.bias.grad, dC_db[:, 0], rtol=1e-9, atol=1e-14)
