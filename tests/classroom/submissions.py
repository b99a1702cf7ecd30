"""What students hand in: solved, left blank, with the classic mistakes, and with bad intentions."""

import copy
import json
import re
from itertools import combinations, cycle, islice

import nbformat

from classroom.assemble import grade_id, is_answer

MARK = re.compile(r"^ *### (?:BEGIN|END) SOLUTION *\n?", re.MULTILINE)
FULL_PASS = "07_backward"
# In the full backward pass: what a student writes, in place of what.
SLIPS = {
    "mean-missing": ("2 / y.shape[1] * (a - y)", "2 * (a - y)"),
    "mean-twice": ("2 / y.shape[1]", "2 / y.shape[1] ** 2"),
    "two-missing": ("2 / y.shape[1]", "1 / y.shape[1]"),
    "sign": ("(a - y)", "(y - a)"),
    "outputs-averaged": ("2 / y.shape[1]", "2 / len(y)"),
    "slope-at-a": ("sigmoid_prime(z)", "sigmoid_prime(1 / (1 + np.exp(-z)))"),
    "borrowed": ("    return dC", "    import backprop\n    return backprop.gradient(net, x, y)"),
    "slope-missing-at-output": ("(a - y) * sigmoid_prime(z)", "(a - y)"),
    "slope-at-a-at-output": ("(a - y) * sigmoid_prime(z)", "(a - y) * sigmoid_prime(a)"),
    "slope-from-z": ("* sigmoid_prime(z)", "* z * (1 - z)"),
    "slope-is-sigma": ("(a - y) * sigmoid_prime(z)", "(a - y) * a"),
    "slope-missing-in-hidden": ("(W_above.T @ delta_above) * sigmoid_prime(z)",
                                "W_above.T @ delta_above"),
    "slope-at-a-in-hidden": ("delta, trace.z[l - 1])", "delta, trace.a[l])"),
    "transpose-missing": ("W_above.T @", "W_above @"),
    "wishes-averaged": ("@ delta_above) *", "@ delta_above / len(W_above)) *"),
    "wrong-weights": ("net.layers[l].W", "net.layers[l - 1].W"),
    "outer-transposed": ("delta @ a_below.T,", "a_below @ delta.T,"),
    "bias-not-summed": ("delta.sum(axis=1, keepdims=True)", "delta"),
    "bias-mean-twice": ("delta.sum(axis=1, keepdims=True)", "delta.mean(axis=1, keepdims=True)"),
    "bias-summed-over-neurons": ("sum(axis=1,", "sum(axis=0,"),
    "bias-forgotten": ("delta.sum(axis=1, keepdims=True)", "0 * delta[:, :1]"),
    "input-in-every-layer": ("trace.a[l])", "x)"),
    "activation-of-own-layer": ("trace.a[l])", "trace.a[l + 1])"),
    "order-reversed": ("dC.insert(0, collect(delta, trace.a[l]))",
                       "dC.append(collect(delta, trace.a[l]))"),
}  # fmt: skip
# What a student adds to the first answer, which is wrong in each of these.
HOSTILE = {
    "loop": "while True: pass",
    "sleep": "import time\ntime.sleep(10 ** 6)",
    "memory": "held = [bytearray(10 ** 8) for _ in range(10 ** 3)]",
    "processes": "import os\nwhile True: os.fork()",
    "crash": "import os\nos._exit(0)",
    "segfault": "import ctypes\nctypes.string_at(0)",
    "exit": "raise SystemExit(0)",
    "socket": "import socket\nsocket.create_connection(('192.0.2.1', 80), 1)",
    "listen": "import socket\nsocket.create_server(('127.0.0.1', 0)).accept()",
    "reads": "import pathlib\nprint([p.read_text() for p in pathlib.Path('/').rglob('*.md')])",
    "writes": "open('/usr/left-behind', 'w').write('x')",
    "disk": "open('full', 'wb').write(bytes(10 ** 10))",
    "flood": "for _ in range(10 ** 6): print('x' * 100)",
    "numpy": "np.allclose = np.isclose = np.array_equal = lambda *a, **k: True",
    "shell": "get_ipython().run_cell = lambda *a, **k: None",
    "claims": "from IPython.display import HTML, display\n"
              "display(HTML('<script>alert(1)</script>16 of 16'))",
    "syntax": "def output_delta(z, a, y:\n    return",
}  # fmt: skip
ENDLESS = """
class Endless(list):
    def __iter__(self):
        while True: yield 1
def output_delta(z, a, y): return Endless()
"""
# In a function, so that only whoever calls it meets it.
HOSTILE_CALLS = {
    "loop-called": "def output_delta(z, a, y):\n    while True: pass",
    "crash-called": "def output_delta(z, a, y):\n    import os; os._exit(0)",
    "answer-without-end": ENDLESS,
}


def solved(course, name, change=lambda cell, text: text):
    """The notebook of somebody who has solved it; `change` may spoil a cell."""
    solutions = {grade_id(c): c.source for c in course.source(name).cells if is_answer(c)}
    notebook = copy.deepcopy(course.release(name))
    for cell in notebook.cells:
        if grade_id(cell) in solutions:
            cell.source = change(grade_id(cell), MARK.sub("", solutions[grade_id(cell)]))
    return notebook


def slipped(course, *codes):
    """The full backward pass with some of the classic mistakes; None if they exclude each other."""

    def change(_, text):
        for right, wrong in (SLIPS[code] for code in codes):
            text = text.replace(right, wrong)
        return text

    notebook = solved(course, FULL_PASS, change)
    less = [slipped(course, *rest) for rest in combinations(codes, len(codes) - 1) if rest]
    return (
        None if any(notebook == each for each in [solved(course, FULL_PASS), *less]) else notebook
    )


def hostile(course, code):
    """The full backward pass, its first function wrong, with something added to make up for it."""
    wrong = "def output_delta(z, a, y):\n    return y - a\n"
    text = wrong + {**HOSTILE, **HOSTILE_CALLS}[code]
    return solved(course, FULL_PASS, lambda cell, said: text if cell == "c07-start" else said)


def as_bytes(notebook):
    """What lies in the file."""
    return nbformat.writes(notebook).encode()


def unreadable(course):
    """Files that cannot be graded, with the reason that a teacher reads."""
    whole = as_bytes(solved(course, FULL_PASS))
    return {
        "half.ipynb": (whole[: len(whole) // 2], "no notebook that can be read"),
        "empty.ipynb": (b"", "no notebook that can be read"),
        "list.ipynb": (b"[1, 2]", "no notebook that can be read"),
        "cells.ipynb": (json.dumps({"cells": 3, "nbformat": 4, "nbformat_minor": 5}).encode(),
                        "no notebook that can be read"),
        "new.ipynb": (as_bytes(nbformat.v4.new_notebook()), "no cell of an assignment"),
        "other.ipynb": (as_bytes(course.release("02_forward")), "it holds assignment 02_forward"),
        "photo.jpg": (b"\xff\xd8\xff", "it is no notebook"),
        "work.zip": (b"PK broken", "this zip holds no notebook"),
    }  # fmt: skip


def class_of(course, size):
    """A class that hands in the full backward pass: what each did, with the file and its name.

    As many of each kind as the size asks for, the same ones each time.
    """
    made = {f"bad {name}": (name, data) for name, (data, _) in unreadable(course).items()}
    file = f"{FULL_PASS}.ipynb"
    for code in [*HOSTILE, *HOSTILE_CALLS]:
        made[f"hostile {code}"] = file, as_bytes(hostile(course, code))
    for code in SLIPS:
        made[f"slip {code}"] = file, as_bytes(slipped(course, code))
    for first, second in combinations(SLIPS, 2):
        if len(made) >= 0.6 * size:
            break
        if notebook := slipped(course, first, second):
            made[f"pair {first} {second}"] = file, as_bytes(notebook)
    blank, right = as_bytes(course.release(FULL_PASS)), as_bytes(solved(course, FULL_PASS))
    rest = cycle([("right", right), ("right", right), ("right", right), ("blank", blank)])
    for number, (kind, data) in enumerate(islice(rest, size - len(made))):
        made[f"{kind} {number}"] = f"{kind} ({number}).ipynb", data
    return made
