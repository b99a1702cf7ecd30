"""Play a recorded step back: the same calls on the same numbers, and nothing in between."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from .checks import Array
from .network import Layer, Network
from .recording import Call, Place, Recorded, Tape, record, stretch

__all__ = ["ENGINES", "AsPrinted", "Playback", "learner"]

LITTLE = 2**15  # numbers

ENGINES = ("numpy", "numba", "listing")

Step = Callable[[Network, Any, Any], None]


class AsPrinted:
    """Trains by running the step as it stands.

    Parameters
    ----------
    net : Network
        Where to start; it is not changed.
    step : callable
        ``step(net, x, y)`` changes the parameters of net in place.
    """

    def __init__(self, net: Network, step: Step) -> None:
        layers = [Layer(layer.W.copy(), layer.b.copy()) for layer in net.layers]
        self.net, self._step = Network._assembled(layers, net.activations), step

    def learn(self, x: Array, y: Array, batches: Array) -> None:
        """Take one step for each row of `batches`, which names columns of x and y."""
        # Examples lie side by side in memory if x is the transpose of a row-major array, as the
        # data of this package are; `take` on those rows is the fastest way to gather a few.
        x_rows, y_rows = x.T, y.T
        for batch in batches:
            self._step(self.net, x_rows.take(batch, axis=0).T, y_rows.take(batch, axis=0).T)

    def rest(self) -> None:
        """Be ready to wait while the network is measured."""

    def network(self) -> Network:
        """Give up what has been learned, as a network that never changes again."""
        for array in (array for layer in self.net.layers for array in layer):
            array.setflags(write=False)
        return self.net


class Playback(AsPrinted):
    """Trains by making the calls that the step made when it was recorded.

    Parameters
    ----------
    net, step
        As for `AsPrinted`.
    tapes : dict from int to Tape
        A recording for each size of batch that there will be.
    """

    def __init__(self, net: Network, step: Step, tapes: dict[int, Tape]) -> None:
        super().__init__(net, step)
        if any(tape.turned for tape in tapes.values()):
            first, *others = self.net.layers
            first = first._replace(W=first.W.T.copy().T)
            self.net = Network._assembled([first, *others], net.activations)
        self._layouts = {m: (tape, *tape.layout()) for m, tape in tapes.items()}
        self._playable: dict[int, tuple[Array, Array, list[Callable[[], Any]]]] = {}

    def learn(self, x: Array, y: Array, batches: Array) -> None:
        """Take one step for each row of `batches`, which names columns of x and y."""
        x_rows, y_rows = x.T, y.T
        if not self._playable:
            self._get_ready()
        x_batch, y_batch, calls = self._playable[batches.shape[1]]
        for batch in batches:
            # The columns are known to be there; "clip" spares take a copy that "raise" makes.
            x_rows.take(batch, 0, x_batch, "clip")
            y_rows.take(batch, 0, y_batch, "clip")
            for call in calls:
                call()

    def rest(self) -> None:
        """Give back memory, if it is more than can be had again in no time."""
        if max(size for _, _, size in self._layouts.values()) > LITTLE:
            self._playable = {}

    def network(self) -> Network:
        """Give up what has been learned, its weights row by row as everywhere."""
        layers = [Layer(np.ascontiguousarray(W), b) for W, b in self.net.layers]
        self.net = Network._assembled(layers, self.net.activations)
        return super().network()

    def _get_ready(self) -> None:
        memory = stretch(max(size for _, _, size in self._layouts.values()), self.net.dtype)
        for m, (tape, starts, _) in self._layouts.items():
            self._playable[m] = self._tie(tape, starts, memory)

    def _tie(
        self, tape: Tape, starts: dict[Place, int], memory: Array
    ) -> tuple[Array, Array, list[Callable[[], Any]]]:
        """Give every place its memory, and every call its arguments."""
        own = [array for layer in self.net.layers for array in layer]
        own[0] = own[0].T if tape.turned else own[0]
        arrays = dict(zip(tape.parameters, own, strict=True))
        for place, start in starts.items():
            arrays[place] = memory[start : start + place.size].reshape(place.shape)
        calls = [_tied(call.upright, arrays) for call in tape.calls]
        return arrays[tape.x.place], arrays[tape.y.place], calls


def _tied(call: Call, arrays: dict[Place, Array]) -> Callable[[], Any]:
    """Return the call with its arrays in it, ready to be made."""

    def view(each: Recorded) -> Array:
        array = arrays[each.place]
        return array.T if each.transposed else array

    out = view(call.out)
    # NumPy is quicker with an array of no dimension than with a number of Python's.
    inputs = [
        view(each) if isinstance(each, Recorded) else np.array(each, out.dtype)
        for each in call.inputs
    ]
    if not isinstance(call.function, np.ufunc):
        # A sum along the rows is a product with ones, and that is what BLAS is quickest at.
        inputs.append(np.ones((inputs[0].shape[1], 1), out.dtype))
    if not isinstance(call.function, np.ufunc) or call.function is np.matmul:
        # As np.matmul of two matrices, and three times as quick where one of them is a column.
        return partial(inputs[0].dot, inputs[1], out)
    if call.function in (np.maximum, np.minimum):  # which want their out named
        return partial(call.function, *inputs, out=out)
    return partial(call.function, *inputs, out)


def learner(engine: str, net: Network, step: Step, sizes: set[int]) -> AsPrinted:
    """Make what `sgd` trains with.

    Parameters
    ----------
    engine : str
        "listing", "numpy" or "numba", as for `sgd`.
    net, step
        As for `AsPrinted`.
    sizes : set of int
        The sizes of batches that there will be.

    Raises
    ------
    ValueError
        If there is no engine of that name.
    """
    if engine not in ENGINES:
        raise ValueError(f"engine must be one of {list(ENGINES)}; got {engine!r}.")
    if engine == "listing":
        return AsPrinted(net, step)
    try:
        tapes = {m: record(step, net, m) for m in sizes}
    except (TypeError, AttributeError) as error:  # the step does what no tape can hold
        if engine == "numba":
            _gives_way("listing", f"the step cannot be recorded, {error}")
        return AsPrinted(net, step)
    if engine == "numba":
        try:
            from .compiled import Compiled

            return Compiled(net, step, tapes)
        except ImportError as error:
            _gives_way("numpy", f"{error}; install the extra `fast`, as README.md says")
        except (TypeError, RuntimeError) as error:  # the latter where Numba has nowhere to write
            _gives_way("numpy", str(error))
    return Playback(net, step, tapes)


def _gives_way(to: str, why: str) -> None:
    warnings.warn(f'engine="numba" gives way to "{to}": {why}', stacklevel=4)
