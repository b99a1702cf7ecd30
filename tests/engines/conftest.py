"""Networks that the big engines are asked to differentiate as well."""

import numpy as np
import pytest

from backprop import ACTIVATIONS, Network

CASES = [
    pytest.param((widths, activation, m), id=f"{'-'.join(map(str, widths))} {activation} m={m}")
    for widths in ([4, 3], [16, 8, 4], [5, 4, 3, 4, 2])
    for activation in (*ACTIVATIONS, "mixed")
    for m in (1, 6)
]


@pytest.fixture(params=CASES)
def example(request):
    """A network with biases that are not 0, inputs and targets."""
    widths, activation, m = request.param
    if activation == "mixed":
        activation = [list(ACTIVATIONS)[i % 4] for i in range(len(widths) - 1)]
    rng = np.random.default_rng([*widths, m])
    net = Network.initialise(widths, activation, rng=rng)
    net = net.with_parameters(net.parameters + 0.3 * rng.normal(size=net.n_parameters))
    return net, rng.normal(size=(widths[0], m)), rng.random((widths[-1], m))
