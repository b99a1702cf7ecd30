"""Every task of every assignment, by its name."""

from typing import Any

from . import (
    a01_parameters,
    a02_forward,
    a03_descent,
    a04_numerical,
    a05_nudges,
    a06_chain,
    a07_backward,
    a08_training,
)

__all__ = ["TASKS"]

TASKS: dict[str, Any] = {
    **a01_parameters.TASKS,
    **a02_forward.TASKS,
    **a03_descent.TASKS,
    **a04_numerical.TASKS,
    **a05_nudges.TASKS,
    **a06_chain.TASKS,
    **a07_backward.TASKS,
    **a08_training.TASKS,
}
