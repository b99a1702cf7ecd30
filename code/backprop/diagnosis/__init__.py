"""Which mistake is it?  A gradient, compared with what each of the classic mistakes would give.

>>> from backprop import diagnose, forward, quadratic_prime
>>> def mine(net, x, y):
...     trace, dC = forward(net, x), []
...     delta = quadratic_prime(trace.a[-1], y)
...     for l in reversed(range(len(net.layers))):
...         delta = delta * trace.a[l + 1] * (1 - trace.a[l + 1])
...         dC.insert(0, (delta @ trace.a[l].T, delta.sum(axis=1)))
...         delta = net.layers[l].W @ delta
...     return dC
>>> found = diagnose(mine)
>>> found.code, found.reference.label
('transpose-missing', 'eq-c4-delta-back')
"""

from . import collecting, deltas  # noqa: F401 (they fill the catalogue)
from .catalogue import MISTAKES, Mistake, Reference
from .diagnose import Answer, Diagnosis, Rows, diagnose, explain, observe
from .forms import FormError, read_gradient
from .probes import SHAPES, Probe, default_probes, make_probes

__all__ = [
    "MISTAKES",
    "SHAPES",
    "Answer",
    "Diagnosis",
    "FormError",
    "Mistake",
    "Probe",
    "Reference",
    "Rows",
    "default_probes",
    "diagnose",
    "explain",
    "make_probes",
    "observe",
    "read_gradient",
]
