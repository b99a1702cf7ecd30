"""One step of training, written down call by call instead of computed.

A step of `sgd` makes the same NumPy calls again and again, on arrays of the same shapes; only the
numbers differ.  So the step is run once with arrays that hold no numbers and note what is asked of
them.  What they noted can be played back without the Python around it: see `playback`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from .checks import Array
from .network import Layer, Network

__all__ = ["Call", "Place", "Recorded", "Tape", "record", "rounded", "stretch", "turns"]

ALIGNED = 16  # numbers; every place begins at a cache line, of 64 bytes
NUMBERS = (int, float, np.floating)
MANY = 2**15  # weights of a layer


@dataclass(frozen=True, eq=False)
class Place:
    """Room for an array, row by row; two places are equal only if they are the same."""

    shape: tuple[int, int]

    @property
    def size(self) -> int:
        """How many numbers fit in."""
        return self.shape[0] * self.shape[1]


class Recorded(NDArrayOperatorsMixin):
    """Stands in for an array of two dimensions: it has a shape, a place, and no numbers.

    Parameters
    ----------
    tape : Tape
        Where it notes what is computed with it.
    place : Place
    transposed : bool
        Whether it shows its place with rows and columns exchanged.
    """

    def __init__(self, tape: Tape, place: Place, transposed: bool = False) -> None:
        self.tape, self.place, self.transposed = tape, place, transposed

    @property
    def shape(self) -> tuple[int, int]:
        """As of an array."""
        rows, columns = self.place.shape
        return (columns, rows) if self.transposed else (rows, columns)

    @property
    def dtype(self) -> np.dtype[np.floating]:
        """As of an array."""
        return self.tape.dtype

    @property
    def T(self) -> Recorded:
        """The same place, rows and columns exchanged."""
        return Recorded(self.tape, self.place, not self.transposed)

    def astype(self, dtype: Any) -> Recorded:
        """Give itself back: in a recording all is of the network's dtype, zeros and ones too."""
        if dtype != self.dtype:
            raise TypeError(f"a recording holds {self.dtype} alone; got {dtype}.")
        return self

    def sum(self, axis: int, keepdims: bool) -> Recorded:
        """Note a sum along the rows."""
        return np.add.reduce(self, axis=axis, keepdims=keepdims)  # type: ignore[call-overload, no-any-return]

    def __bool__(self) -> bool:
        raise TypeError("a recorded array has no numbers to decide on.")

    def __array__(self, *_: Any, **__: Any) -> Array:
        raise TypeError("a recorded array has no numbers to show.")

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        """Let `numpy.ones_like` through; NumPy raises a TypeError for everything else."""
        if function is np.ones_like and args == (self,) and not kwargs:
            return self.tape.note(np.positive, (1.0,), self.shape)
        return NotImplemented

    def __array_ufunc__(
        self, ufunc: np.ufunc, method: str, *inputs: Any, out: Any = None, **keywords: Any
    ) -> Any:
        """Note a call; NumPy raises a TypeError for one that cannot be noted."""
        shapes = [each.shape for each in inputs if isinstance(each, Recorded)]
        if not all(isinstance(each, (Recorded, *NUMBERS)) for each in inputs):
            return NotImplemented
        target = out[0] if out else None
        if method == "reduce" and ufunc is np.add and keywords == {"axis": 1, "keepdims": True}:
            return self.tape.note(ufunc.reduce, inputs, (self.shape[0], 1), target)
        if method != "__call__" or keywords or ufunc.nout != 1:
            return NotImplemented
        if ufunc is np.matmul:
            (rows, inner), (inner_too, columns) = shapes
            if inner != inner_too:
                raise ValueError(f"shapes {shapes[0]} and {shapes[1]} do not fit in a product.")
            # A product lies in memory as its right factor does.  So all that has one example a
            # column lies as the inputs do, with one example a row; BLAS is fastest that way.
            first = self.tape.turned and inputs[1].place is self.tape.x.place
            return self.tape.note(
                ufunc, inputs, (rows, columns), target, first or inputs[1].transposed
            )
        shape = np.broadcast_shapes(*shapes)
        full = [each for each in inputs if isinstance(each, Recorded) and each.shape == shape]
        return self.tape.note(ufunc, inputs, shape, target, bool(full) and full[0].transposed)


@dataclass(frozen=True)
class Call:
    """``function(*inputs)``, with the result put into `out`."""

    function: Callable[..., Any]
    inputs: tuple[Recorded | float, ...]
    out: Recorded

    @property
    def arrays(self) -> list[Recorded]:
        """The inputs that are no plain numbers."""
        return [each for each in self.inputs if isinstance(each, Recorded)]

    @property
    def upright(self) -> Call:
        """The same call, rows and columns exchanged if that is how its result lies in memory."""
        if not self.out.transposed or not isinstance(self.function, np.ufunc):
            return self
        inputs = tuple(each.T if isinstance(each, Recorded) else each for each in self.inputs)
        if self.function is np.matmul:  # (AB)ᵀ = BᵀAᵀ
            inputs = inputs[::-1]
        return Call(self.function, inputs, self.out.T)

    @property
    def overwritable(self) -> set[Place]:
        """The places of inputs that the result may overwrite, entry by entry, as it is computed."""
        if self.function is np.matmul or not isinstance(self.function, np.ufunc):
            return set()
        unlike = {each.place for each in self.arrays if each.transposed != self.out.transposed}
        same = {each.place for each in self.arrays if each.place.shape == self.out.place.shape}
        return same - unlike


@dataclass
class Tape:
    """The calls of one step, in order, and the arrays that outlive it.

    Attributes
    ----------
    dtype : numpy.dtype
        Of everything.
    layers : list of Layer
        The parameters, `Recorded`; a step reads and changes them.
    x, y : Recorded
        A mini-batch, one example a column; its place has one example a row.
    calls : list of Call
    turned : bool
        Whether the first weights, and their gradient, lie with one input a row; the other weights
        lie as they are printed, with one input a column.
    """

    dtype: np.dtype[Any]
    layers: list[Layer] = field(default_factory=list)
    x: Recorded = field(init=False)
    y: Recorded = field(init=False)
    calls: list[Call] = field(default_factory=list)
    turned: bool = False

    def array(self, shape: tuple[int, int], transposed: bool = False) -> Recorded:
        """Stand in for one more array."""
        if transposed:
            return self.array(shape[::-1]).T
        return Recorded(self, Place(shape))

    def note(
        self,
        function: Any,
        inputs: tuple[Any, ...],
        shape: Any,
        out: Recorded | None = None,
        transposed: bool = False,
    ) -> Recorded:
        """Write down a call and stand in for its result, which goes into a new array, or `out`."""
        out = self.array(shape, transposed) if out is None else out
        self.calls.append(Call(function, inputs, out))
        return out

    @property
    def parameters(self) -> list[Place]:
        """The places of all W and b, in the order of `flatten`."""
        return [array.place for layer in self.layers for array in layer]  # type: ignore[attr-defined]

    def layout(self) -> tuple[dict[Place, int], int]:
        """Find room in one stretch of memory for all but the parameters; say how long it is.

        Room that is no longer needed is used again, so the stretch holds the mini-batch, one
        gradient, and of the activations what the way back still needs.
        """
        room = _Room()
        starts = {place: room.take(place.size) for place in (self.x.place, self.y.place)}
        kept = {*starts, *self.parameters}
        last = {each.place: i for i, call in enumerate(self.calls) for each in call.arrays}
        for i, call in enumerate(self.calls):
            used = dict.fromkeys(each.place for each in call.arrays)  # a set that keeps its order
            ends = [each for each in used if last[each] == i and each not in kept]
            place = call.out.place
            if place not in starts and place not in kept:
                over = [each for each in ends if each in call.overwritable]
                if over:
                    ends.remove(over[0])
                    starts[place] = starts[over[0]]
                else:
                    starts[place] = room.take(place.size)
            for each in ends:
                room.give_back(starts[each], each.size)
        return starts, room.end


def rounded(size: int) -> int:
    """Round up to whole cache lines."""
    return -(-size // ALIGNED) * ALIGNED


def stretch(size: int, dtype: Any) -> Array:
    """Make memory for `size` numbers that begins at a cache line."""
    memory = np.zeros(size + ALIGNED, dtype)
    skipped = -memory.ctypes.data // memory.itemsize % ALIGNED
    return memory[skipped : skipped + size]


class _Room:
    """A stretch of memory: where the gaps are, and how long it has become."""

    def __init__(self) -> None:
        self.end = 0
        self.gaps: list[tuple[int, int]] = []  # start and end, in order, none touching another

    def take(self, size: int) -> int:
        """Find room for `size` numbers in the first gap that is wide enough, or at the end."""
        size = rounded(size)
        for place, (start, end) in enumerate(self.gaps):
            if end - start >= size:
                self.gaps[place : place + 1] = [(start + size, end)] if end - start > size else []
                return start
        start = self.gaps.pop()[0] if self.gaps and self.gaps[-1][1] == self.end else self.end
        self.end = start + size
        return start

    def give_back(self, start: int, size: int) -> None:
        """Make a gap, in one with those that it touches."""
        end = start + rounded(size)
        gaps = []
        for gap in self.gaps:
            if gap[1] < start or end < gap[0]:
                gaps.append(gap)
            else:
                start, end = min(start, gap[0]), max(end, gap[1])
        self.gaps = sorted([*gaps, (start, end)])


def turns(net: Network) -> bool:
    """Whether the first weights lie better with one input a row than as they are printed.

    No error is carried back through them, so they may lie as is best for the way forward.  In
    float32, where they are many and get no wider, BLAS takes a fifth less time for it then.
    """
    W = net.layers[0].W
    return net.dtype == np.float32 and W.size > MANY and W.shape[0] <= W.shape[1]


def record(step: Callable[[Network, Any, Any], None], net: Network, m: int) -> Tape:
    """Run `step` on arrays without numbers and write down what it asks of them.

    Parameters
    ----------
    step : callable
        ``step(net, x, y)`` changes the parameters of net in place.
    net : Network
        Gives the shapes, the activations and the dtype.
    m : int
        Examples in the mini-batch.

    Returns
    -------
    Tape

    Raises
    ------
    TypeError, AttributeError
        If the step does what cannot be written down, such as deciding on a number.
    """
    tape = Tape(net.dtype, turned=turns(net))
    for l, (W, b) in enumerate(net.layers):
        W_l = tape.array(W.shape, transposed=tape.turned and l == 0)
        tape.layers.append(Layer(W_l, tape.array(b.shape)))  # type: ignore[arg-type]
    tape.x, tape.y = tape.array((m, net.widths[0])).T, tape.array((m, net.widths[-1])).T
    step(Network._assembled(tape.layers, net.activations), tape.x, tape.y)
    tape.calls = _just_in_time(tape)
    return tape


def _just_in_time(tape: Tape) -> list[Call]:
    """Put every call right before the first one that needs its result.

    Then little has to be kept at any time, and what is computed is used while the processor still
    has it at hand.  What changes an array waits for all that still read it as it was.
    """
    kept = {tape.x.place, tape.y.place, *tape.parameters}
    waiting: dict[int, Call] = {}
    maker: dict[Place, int] = {}
    done: list[Call] = []

    def make(wanted: int) -> None:
        path = [wanted]
        while path:
            call = waiting.get(path[-1])
            makers = (
                [maker[each.place] for each in call.arrays if each.place in maker] if call else []
            )
            needed = [number for number in makers if number in waiting and number != path[-1]]
            if call and needed:
                path.append(needed[0])
                continue
            number = path.pop()
            if call:
                done.append(waiting.pop(number))

    for number, call in enumerate(tape.calls):
        place = call.out.place
        changes = place in kept or place in maker
        if changes:
            for other, reader in list(waiting.items()):
                if any(each.place is place for each in reader.arrays):
                    make(other)
        waiting[number] = call
        if changes:
            make(number)
        if place not in kept:
            maker[place] = number
    return done
