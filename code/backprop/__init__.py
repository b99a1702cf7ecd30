"""Back-propagation in NumPy: the code that the book prints, tests and runs.

One example is one column.  The names are the symbols of the book: ``W``, ``b``, ``z``, ``a``,
``delta``, ``y``; a gradient such as ``dC_dW`` has the shape of what it is a gradient of.

>>> from backprop import Network, cost, data, gradient, sgd
>>> digits = data.digits()
>>> net = Network.initialise([16, 8, 4], rng=0)
>>> net.n_parameters
172
>>> run = sgd(net, digits.x_train, digits.y_train, epochs=1, batch_size=10, learning_rate=3.0)
>>> cost(run.network, digits.x_train, digits.y_train) < cost(net, digits.x_train, digits.y_train)
True
"""

from typing import TYPE_CHECKING, Any

from .activations import ACTIVATIONS, Activation
from .backpropagation import backward, gradient
from .costs import accuracy, cost, quadratic, quadratic_prime
from .gradient_check import check_gradient, numerical_gradient
from .gradient_descent import Bowl, descend, normal_equation, sgd
from .network import Layer, Network, Trace, flatten, forward
from .the_mathematics import gradient_by_index

if TYPE_CHECKING:
    from .diagnosis import Diagnosis, diagnose

__all__ = [
    "ACTIVATIONS",
    "Activation",
    "Bowl",
    "Diagnosis",
    "Layer",
    "Network",
    "Trace",
    "accuracy",
    "backward",
    "check_gradient",
    "cost",
    "descend",
    "diagnose",
    "flatten",
    "forward",
    "gradient",
    "gradient_by_index",
    "normal_equation",
    "numerical_gradient",
    "quadratic",
    "quadratic_prime",
    "sgd",
]


def __getattr__(name: str) -> Any:
    """Import what names a mistake when it is first asked for: most programs never do."""
    if name in ("Diagnosis", "diagnose"):
        from . import diagnosis

        globals().update(Diagnosis=diagnosis.Diagnosis, diagnose=diagnosis.diagnose)
        return globals()[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
