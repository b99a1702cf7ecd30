"""A small machine that Numba compiles: it reads rows of whole numbers, and does what they say.

A row names an operation, how many rows, terms of a sum and columns there are, and of the result
and of two inputs each where in one stretch of memory it begins, how far it is to the next row and
how far to the next column.  It is compiled once, not once for every network, and Numba keeps what
it compiled on disk.
"""

from __future__ import annotations

import math
from typing import Any

import numba
import numpy as np

from .checks import Array

__all__ = [
    "ADD",
    "DIVIDE",
    "GREATER",
    "LESS_MATMUL",
    "MATMUL",
    "MAXIMUM",
    "MULTIPLY",
    "SUBTRACT",
    "SUM",
    "TANH",
    "is_large",
    "play",
    "tanh",
]

TABLE = np.array([2.0**-n for n in range(64)])
LARGE = 20_000  # products, above which a matrix product is left to BLAS,
FEW = 4  # if each entry of the result is a sum of more than a few

MATMUL, LESS_MATMUL, SUM, TANH = 0, 1, 2, 3
ADD, SUBTRACT, MULTIPLY, DIVIDE, MAXIMUM, GREATER = 4, 5, 6, 7, 8, 9

# Sums may be added up in another order, and products fused with sums; NaN stays NaN.
jit = numba.njit(fastmath={"reassoc", "contract", "nsz"}, error_model="numpy", inline="never")


@jit
def is_large(rows: int, inner: int, columns: int) -> bool:
    """Whether BLAS is faster at a matrix product."""
    return rows * inner * columns > LARGE and inner > FEW


@jit
def tanh(z: Any) -> Any:
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
    return tanh(left)


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
def play(
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
                if is_large(rows, inner, columns):
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
