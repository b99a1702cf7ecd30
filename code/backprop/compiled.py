"""The recorded step again, played by a small machine that Numba compiles: the extra ``fast``.

Each call on the tape becomes a row of whole numbers: what to do, and where in one stretch of memory
its arrays lie.  `_play` reads these rows.  It is compiled once, not once for every network, and
Numba keeps what it compiled on disk.  There is no mathematics of networks in here: the tape has it.
"""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

import numba
import numpy as np

from .checks import Array
from .network import Layer, Network
from .playback import AsPrinted, Step
from .recording import Call, Place, Recorded, Tape, rounded, stretch

__all__ = ["Compiled"]

TABLE = np.array([2.0**-n for n in range(64)])
LARGE = 20_000  # products, above which a matrix product is left to BLAS,
FEW = 4  # if each entry of the result is a sum of more than a few
PATIENCE = 10**9  # products, after which Python may see that Ctrl-C was pressed

MATMUL, LESS_MATMUL, SUM, TANH = 0, 1, 2, 3
ADD, SUBTRACT, MULTIPLY, DIVIDE, MAXIMUM, GREATER = 4, 5, 6, 7, 8, 9
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

# Sums may be added up in another order, and products fused with sums; NaN stays NaN.
jit = numba.njit(fastmath={"reassoc", "contract", "nsz"}, error_model="numpy", inline="never")


@jit
def _is_large(rows: int, inner: int, columns: int) -> bool:
    """Whether BLAS is faster at a matrix product."""
    return rows * inner * columns > LARGE and inner > FEW


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
        layers, start = [], 0
        for W, b in net.layers:
            arrays = []
            for array in (W, b):
                arrays.append(self._memory[start : start + array.size].reshape(array.shape))
                arrays[-1][:] = array
                start += rounded(array.size)
            layers.append(Layer(*arrays))
        self.net, self._programs = Network._assembled(layers, net.activations), programs

    def learn(self, x: Array, y: Array, batches: Array) -> None:
        """Take one step for each row of `batches`, which names columns of x and y."""
        m = batches.shape[1]
        program = self._programs[m]
        self._memory[program.size - len(program.constants) : program.size] = program.constants
        rows = max(1, PATIENCE // (6 * m * self.net.n_parameters))
        for start in range(0, len(batches), rows):
            some = batches[start : start + rows]
            _play(self._memory, program.rows, x.T, y.T, some, program.x, program.y)

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
                if not _is_large.py_func(n, inner, columns) and right_on == 1 < columns:
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


@jit
def _tanh(z: Any) -> Any:
    """Hyperbolic tangent, in steps that a processor can take for several numbers at once.

    With E = exp(-2|z|) - 1, tanh |z| = -E / (2 + E).  For E, take out the powers of two:
    -2|z| = r - n ln 2 with |r| ≤ ln(2)/2, and add up the series of exp(r) - 1.
    """
    x = 2.0 * abs(z)
    x = x if x < 40.0 else 40.0  # and so is NaN, whose whole part could be anything
    n = np.int32(x * 1.4426950408889634 + 0.5)
    r = (n * 0.6931471803691238 - x) + n * 1.9082149292705877e-10
    s = 1.0 / 6227020800.0
    s = s * r + 1.0 / 479001600.0
    s = s * r + 1.0 / 39916800.0
    s = s * r + 1.0 / 3628800.0
    s = s * r + 1.0 / 362880.0
    s = s * r + 1.0 / 40320.0
    s = s * r + 1.0 / 5040.0
    s = s * r + 1.0 / 720.0
    s = s * r + 1.0 / 120.0
    s = s * r + 1.0 / 24.0
    s = s * r + 1.0 / 6.0
    s = s * r + 0.5
    s = s * r * r + r
    power = TABLE[n]
    E = power * s + (power - 1.0)
    return math.copysign(E / (2.0 + E), z) if z == z else z


@jit
def _add(left: Any, right: Any) -> Any:
    return left + right


@jit
def _subtract(left: Any, right: Any) -> Any:
    return left - right


@jit
def _multiply(left: Any, right: Any) -> Any:
    return left * right


@jit
def _divide(left: Any, right: Any) -> Any:
    return left / right


@jit
def _maximum(left: Any, right: Any) -> Any:
    return left if left >= right or left != left else right


@jit
def _greater(left: Any, right: Any) -> Any:
    return 1.0 if left > right else 0.0


@jit
def _tanh_of(left: Any, right: Any) -> Any:
    return _tanh(left)


def _entrywise(f: Any) -> Any:
    """Make the loop in which each entry of the result is f of two entries, or of one."""

    @jit
    def loop(
        memory: Array,
        rows: int,
        columns: int,
        out: tuple[int, int, int],
        left: tuple[int, int, int],
        right: tuple[int, int, int],
    ) -> None:
        n = np.uintp(columns)
        for i in range(rows):
            # Unsigned: a negative index would count from the end, and asking costs time.
            o, l = np.uintp(out[0] + i * out[1]), np.uintp(left[0] + i * left[1])
            r = np.uintp(right[0] + i * right[1])
            # Which steps are 1, and what is overwritten, is said outright: only then does the
            # compiler see that it may take several entries at once.
            if left[2] == 1 and right[2] == 1:
                if o == l:
                    for j in range(n):
                        memory[o + j] = f(memory[o + j], memory[r + j])
                elif o == r:
                    for j in range(n):
                        memory[o + j] = f(memory[l + j], memory[o + j])
                else:
                    for j in range(n):
                        memory[o + j] = f(memory[l + j], memory[r + j])
            elif left[2] == 1 and right[2] == 0:
                number = memory[r]
                if o == l:
                    for j in range(n):
                        memory[o + j] = f(memory[o + j], number)
                else:
                    for j in range(n):
                        memory[o + j] = f(memory[l + j], number)
            elif left[2] == 0 and right[2] == 1:
                number = memory[l]
                if o == r:
                    for j in range(n):
                        memory[o + j] = f(number, memory[o + j])
                else:
                    for j in range(n):
                        memory[o + j] = f(number, memory[r + j])
            else:
                across, down = np.uintp(left[2]), np.uintp(right[2])
                for j in range(n):
                    memory[o + j] = f(memory[l + j * across], memory[r + j * down])

    return loop


_each_tanh, _each_sum, _each_difference = map(_entrywise, (_tanh_of, _add, _subtract))
_each_product, _each_quotient = map(_entrywise, (_multiply, _divide))
_each_maximum, _each_comparison = map(_entrywise, (_maximum, _greater))


@jit
def _sum(
    memory: Array, rows: int, inner: int, out: tuple[int, int, int], left: tuple[int, int, int]
) -> None:
    n, m, o, down = np.uintp(rows), np.uintp(inner), np.uintp(out[0]), np.uintp(out[1])
    l, l_down, l_on = np.uintp(left[0]), np.uintp(left[1]), np.uintp(left[2])
    if l_down == 1 and down == 1:  # the rows lie side by side: add up columns
        for i in range(n):
            memory[o + i] = 0
        for k in range(m):
            for i in range(n):
                memory[o + i] += memory[l + k * l_on + i]
    else:
        for i in range(n):
            total = memory.dtype.type(0)
            for k in range(m):
                total += memory[l + i * l_down + k * l_on]
            memory[o + i * down] = total


@jit
def _product(
    memory: Array,
    rows: int,
    inner: int,
    columns: int,
    out: tuple[int, int, int],
    left: tuple[int, int, int],
    right: tuple[int, int, int],
    less: bool,
) -> None:
    """Multiply two matrices, with the innermost loop along the memory.

    If `less`, the product is subtracted from what is there; only where the right factor lies row
    by row.
    """
    n, m, w = np.uintp(rows), np.uintp(inner), np.uintp(columns)
    o, down = np.uintp(out[0]), np.uintp(out[1])
    l, l_down, l_on = np.uintp(left[0]), np.uintp(left[1]), np.uintp(left[2])
    r, r_down, r_on = np.uintp(right[0]), np.uintp(right[1]), np.uintp(right[2])
    one, two, three, four = np.uintp(1), np.uintp(2), np.uintp(3), np.uintp(4)
    whole, zero = m - m % four, memory.dtype.type(0)
    sign = memory.dtype.type(-1 if less else 1)
    if columns == 1 and left[1] == 1:
        # A matrix that lies column by column, times a column: add up its columns.
        for i in range(n):
            memory[o + i] = 0
        for k in range(m):
            factor, column = memory[r + k * r_down], l + k * l_on
            for i in range(n):
                memory[o + i] += factor * memory[column + i]
    elif columns > 1 and right[2] == 1:
        for i in range(n):
            row, first = o + i * down, l + i * l_down
            if not less:
                for j in range(w):
                    memory[row + j] = 0
            for k in range(np.uintp(0), whole, four):
                # Four rows at once: the result is fetched and put back a quarter as often.
                at = first + k * l_on
                f0, f1 = sign * memory[at], sign * memory[at + l_on]
                f2, f3 = sign * memory[at + two * l_on], sign * memory[at + three * l_on]
                r0, r1 = r + k * r_down, r + (k + one) * r_down
                r2, r3 = r + (k + two) * r_down, r + (k + three) * r_down
                for j in range(w):
                    memory[row + j] += (
                        f0 * memory[r0 + j]
                        + f1 * memory[r1 + j]
                        + f2 * memory[r2 + j]
                        + f3 * memory[r3 + j]
                    )
            for k in range(whole, m):
                factor, along = sign * memory[first + k * l_on], r + k * r_down
                for j in range(w):
                    memory[row + j] += factor * memory[along + j]
    elif left[2] == 1 and right[1] == 1:
        some = w - w % four
        for i in range(n):
            row, first = o + i * down, l + i * l_down
            for j in range(np.uintp(0), some, four):
                r0, r1 = r + j * r_on, r + (j + one) * r_on
                r2, r3 = r + (j + two) * r_on, r + (j + three) * r_on
                t0, t1, t2, t3 = zero, zero, zero, zero
                for k in range(m):
                    factor = memory[first + k]
                    t0 += factor * memory[r0 + k]
                    t1 += factor * memory[r1 + k]
                    t2 += factor * memory[r2 + k]
                    t3 += factor * memory[r3 + k]
                memory[row + j], memory[row + j + one] = t0, t1
                memory[row + j + two], memory[row + j + three] = t2, t3
            for j in range(some, w):
                total, along = zero, r + j * r_on
                for k in range(m):
                    total += memory[first + k] * memory[along + k]
                memory[row + j] = total
    else:
        for i in range(n):
            for j in range(w):
                total = zero
                for k in range(m):
                    at = l + i * l_down + k * l_on
                    total += memory[at] * memory[r + k * r_down + j * r_on]
                memory[o + i * down + j] = total


@jit
def _large_product(
    memory: Array,
    rows: int,
    inner: int,
    columns: int,
    out: tuple[int, int, int],
    left: tuple[int, int, int],
    right: tuple[int, int, int],
) -> None:
    """Leave the product to BLAS."""
    lefts = memory[left[0] : left[0] + rows * inner]
    rights = memory[right[0] : right[0] + inner * columns]
    result = memory[out[0] : out[0] + rows * columns].reshape(rows, columns)
    if left[2] == 1 and right[2] == 1:
        np.dot(lefts.reshape(rows, inner), rights.reshape(inner, columns), result)
    elif left[2] == 1:
        np.dot(lefts.reshape(rows, inner), rights.reshape(columns, inner).T, result)
    elif right[2] == 1:
        np.dot(lefts.reshape(inner, rows).T, rights.reshape(inner, columns), result)
    else:
        np.dot(lefts.reshape(inner, rows).T, rights.reshape(columns, inner).T, result)


@jit
def _gather(memory: Array, start: int, rows: Array, batch: Array) -> None:
    n = np.uintp(rows.shape[1])
    for i in range(len(batch)):
        example, to = np.uintp(batch[i]), np.uintp(start) + np.uintp(i) * n
        for j in range(n):
            memory[to + j] = rows[example, j]


@numba.njit(cache=True, error_model="numpy")
def _play(
    memory: Array, program: Array, x_rows: Array, y_rows: Array, batches: Array, x: int, y: int
) -> None:
    """Run the program once for each mini-batch."""
    for b in range(len(batches)):
        _gather(memory, x, x_rows, batches[b])
        _gather(memory, y, y_rows, batches[b])
        for c in range(len(program)):
            row = program[c]
            operation, rows, inner, columns = row[0], row[1], row[2], row[3]
            out, left = (row[4], row[5], row[6]), (row[7], row[8], row[9])
            right = (row[10], row[11], row[12])
            if operation == MATMUL:
                if _is_large(rows, inner, columns):
                    _large_product(memory, rows, inner, columns, out, left, right)
                else:
                    _product(memory, rows, inner, columns, out, left, right, False)
            elif operation == LESS_MATMUL:
                _product(memory, rows, inner, columns, out, left, right, True)
            elif operation == SUM:
                _sum(memory, rows, inner, out, left)
            elif operation == TANH:
                _each_tanh(memory, rows, columns, out, left, right)
            elif operation == ADD:
                _each_sum(memory, rows, columns, out, left, right)
            elif operation == SUBTRACT:
                _each_difference(memory, rows, columns, out, left, right)
            elif operation == MULTIPLY:
                _each_product(memory, rows, columns, out, left, right)
            elif operation == DIVIDE:
                _each_quotient(memory, rows, columns, out, left, right)
            elif operation == MAXIMUM:
                _each_maximum(memory, rows, columns, out, left, right)
            elif operation == GREATER:
                _each_comparison(memory, rows, columns, out, left, right)
