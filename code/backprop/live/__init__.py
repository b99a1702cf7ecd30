"""Figures that are alive: drag them on the page, or in a notebook with a kernel.

Each works with no argument, and each trait can be set by name::

    from backprop import live

    neuron = live.Neuron(w=3.0)
    neuron          # shows it; drag, and then
    neuron.w        # is what you dragged

Only the figures that a notebook uses are loaded.
"""

from importlib import import_module
from typing import Any

__all__ = [
    "Chain",
    "Descent",
    "DigitNetwork",
    "Indices",
    "Neuron",
    "Nudge",
    "Paths",
    "Playground",
    "StepByStep",
    "Wishes",
]

_MODULES = {
    "Chain": "chain",
    "Descent": "descent",
    "DigitNetwork": "digit_network",
    "Indices": "indices",
    "Neuron": "neuron",
    "Nudge": "nudge",
    "Paths": "paths",
    "Playground": "playground",
    "StepByStep": "step_by_step",
    "Wishes": "wishes",
}


def module(name: str) -> str:
    """Return the name of the module that holds a figure; its script has the same name."""
    return _MODULES[name]


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{module(name)}"), name)


def __dir__() -> list[str]:
    return __all__
