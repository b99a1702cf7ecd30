"""The recorded step again, played by a small machine that Numba compiles: the extra ``fast``.

Each call on the tape becomes a row of whole numbers: what to do, and where in one stretch of memory
its arrays lie.  `machine.play` reads these rows.  There is no mathematics of networks in here: the
tape has it.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from .checks import Array
from .machine import (
    ADD,
    DIVIDE,
    GREATER,
    LESS_MATMUL,
    MATMUL,
    MAXIMUM,
    MULTIPLY,
    SUBTRACT,
    SUM,
    TANH,
    is_large,
    play,
)
from .network import Layer, Network
from .playback import AsPrinted, Step
from .recording import Call, Place, Recorded, Tape, rounded, stretch

__all__ = ["Compiled"]

PATIENCE = 10**9  # products, after which Python may see that Ctrl-C was pressed

ENTRYWISE = {
    np.add: ADD,
    np.subtract: SUBTRACT,
    np.multiply: MULTIPLY,
    np.divide: DIVIDE,
    np.maximum: MAXIMUM,
    np.greater: GREATER,
}
# Calls with one input that are calls with two, the second a number.
WITH_A_NUMBER = {np.positive: (ADD, 0.0), np.negative: (MULTIPLY, -1.0)}


class Compiled(AsPrinted):
    """Trains with the compiled machine; parameters as for `playback.Playback`.

    Raises
    ------
    TypeError
        If a tape holds a call that the machine does not know.
    """

    def __init__(self, net: Network, step: Step, tapes: dict[int, Tape]) -> None:
        programs = {m: _Program(tape) for m, tape in tapes.items()}
        self._memory = stretch(max(each.size for each in programs.values()), net.dtype)
        tape, start = next(iter(tapes.values())), 0
        arrays: list[Array] = []
        own = [array for layer in net.layers for array in layer]
        for place, array in zip(tape.parameters, own, strict=True):
            some = self._memory[start : start + array.size].reshape(place.shape)
            arrays.append(some.T if tape.turned and not arrays else some)
            arrays[-1][:] = array
            start += rounded(array.size)
        layers = [Layer(W, b) for W, b in zip(arrays[::2], arrays[1::2], strict=True)]
        self.net, self._programs = Network._assembled(layers, net.activations), programs

    def learn(self, x: Array, y: Array, batches: Array) -> None:
        """Take one step for each row of `batches`, which names columns of x and y."""
        m = batches.shape[1]
        program = self._programs[m]
        self._memory[program.size - len(program.constants) : program.size] = program.constants
        rows = max(1, PATIENCE // (6 * m * self.net.n_parameters))
        for start in range(0, len(batches), rows):
            some = batches[start : start + rows]
            play(self._memory, program.rows, x.T, y.T, some, program.x, program.y)

    def network(self) -> Network:
        """Give up what has been learned, as a network that never changes again."""
        layers = [Layer(W.copy(), b.copy()) for W, b in self.net.layers]
        self.net = Network._assembled(layers, self.net.activations)
        return super().network()


class _Program:
    """A tape as rows of numbers, for memory that begins with the parameters."""

    def __init__(self, tape: Tape) -> None:
        self._starts: dict[Place, int] = {}
        end = 0
        for place in tape.parameters:
            self._starts[place], end = end, end + rounded(place.size)
        starts, length = tape.layout()
        self._starts |= {place: end + start for place, start in starts.items()}
        self._end = end + length
        self.constants: list[float] = []
        self.rows = np.array(self._rows([call.upright for call in tape.calls]))
        self.x, self.y = self._starts[tape.x.place], self._starts[tape.y.place]

    @property
    def size(self) -> int:
        return self._end + len(self.constants)

    def _rows(self, calls: list[Call]) -> list[list[int]]:
        """Turn calls into rows, a product and its subtraction into one of them where that may be.

        Then what is subtracted is never put into memory by itself.
        """
        rows: list[list[int]] = []
        readers = Counter(each.place for call in calls for each in call.arrays)
        for before, call in zip([None, *calls], calls, strict=False):
            row = self._row(call)
            if before and _subtracts(call, before) and readers[before.out.place] == 1:
                _, n, inner, columns, *_, right_on = rows[-1]
                if not is_large.py_func(n, inner, columns) and right_on == 1 < columns:
                    row = [LESS_MATMUL, n, inner, columns, *row[4:7], *rows.pop()[7:]]
            rows.append(row)
        return rows

    def _row(self, call: Call) -> list[int]:
        operation, inputs = self._operation(call)
        rows, columns = call.out.shape
        out = self._operand(call.out, call.out.shape)
        if call.function is np.matmul:
            inner = inputs[0].shape[1]
            operands = [
                self._operand(inputs[0], (rows, inner)),
                self._operand(inputs[1], (inner, columns)),
            ]
        elif operation == SUM:
            inner = inputs[0].shape[1]
            operands = [self._operand(inputs[0], (rows, inner)), (0, 0, 0)]
        else:
            inner = 1
            operands = [self._operand(each, call.out.shape) for each in inputs]
            operands += [(0, 0, 0)] * (2 - len(operands))
            if out[2] != 1 or any(
                isinstance(each, Recorded) and each.place is call.out.place and each.transposed
                for each in inputs
            ):
                raise TypeError("the machine writes row by row.")
            # Where all arrays lie alike, their rows are one long row.
            whole = (columns, 1)
            if all(each[1:] in (whole, (0, 0)) for each in (out, *operands)):
                rows, columns = 1, rows * columns
        return [operation, rows, inner, columns, *out, *operands[0], *operands[1]]

    def _operation(self, call: Call) -> tuple[int, tuple[Any, ...]]:
        if call.function is np.matmul:
            return MATMUL, call.inputs
        if call.function == np.add.reduce:
            return SUM, call.inputs
        if call.function is np.tanh:
            return TANH, call.inputs
        if call.function in WITH_A_NUMBER:
            operation, number = WITH_A_NUMBER[call.function]
            return operation, (*call.inputs, number)
        if call.function in ENTRYWISE:
            return ENTRYWISE[call.function], call.inputs
        raise TypeError(f"{call.function} is none of the calls that are compiled.")

    def _operand(self, each: Recorded | float, shape: tuple[int, int]) -> tuple[int, int, int]:
        """Where an array begins, and how far it is to the next row and to the next column."""
        if not isinstance(each, Recorded):
            self.constants.append(float(each))
            return self._end + len(self.constants) - 1, 0, 0
        along, across = each.place.shape[1], 1
        if each.transposed:
            along, across = across, along
        # What is there once is used for every row, or every column.
        return (
            self._starts[each.place],
            along if each.shape[0] == shape[0] else 0,
            across if each.shape[1] == shape[1] else 0,
        )


def _subtracts(call: Call, product: Call) -> bool:
    """Whether a call takes a product, entry for entry, away from an array that is not in it."""
    if product.function is not np.matmul or call.function is not np.subtract:
        return False
    target, result = call.out, product.out
    alike = [(each.place, each.transposed) for each in call.arrays] == [
        (each.place, each.transposed) for each in (target, result)
    ]
    return alike and target.place not in {each.place for each in product.arrays}
