"""The assignments themselves: solutions earn everything, nothing else does, mistakes are named."""

import dataclasses
import json
import re
import sys
from itertools import pairwise
from pathlib import Path

import jupytext
import matplotlib as mpl
import nbformat
import numpy as np
import pytest
from nbgrader import utils

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "assignments"))

import grading  # noqa: E402
from grading import verdict  # noqa: E402
from grading.asking import Unverified, ask, collect  # noqa: E402
from grading.judging import GradientTask, Task, Values  # noqa: E402
from grading.record import MIME, Answer, Other, dumps, loads  # noqa: E402
from grading.tasks import TASKS  # noqa: E402
from grading.verdict import FINDING, Verdict  # noqa: E402

from backprop import Network, data, gradient  # noqa: E402
from backprop.diagnosis import MISTAKES  # noqa: E402

SOURCES = sorted((ROOT / "assignments" / "src").glob("*.md"))
STUB = "raise NotImplementedError()"
FUNCTIONS = [name for name, task in TASKS.items() if isinstance(task, (Task, GradientTask))]
NO_DICT = {"__builtins__": __builtins__}


def marks(cell):
    return cell.metadata.get("nbgrader", {})


def tasks_of(notebook):
    """Names of the tasks that a notebook asks for, with their points."""
    found = {}
    for cell in notebook.cells:
        if cell.cell_type == "code" and marks(cell).get("grade"):
            (name,) = re.findall(r'^ask\("(.*?)",', cell.source, re.MULTILINE)
            found[name] = marks(cell)["points"]
    return found


def judged(task, *things):
    """What the checker finds, by way of the text that crosses over from the kernel."""
    name, answers = loads(dumps(task, collect(task, things)))
    assert name == task
    return TASKS[task].judge(answers)


def judged_by_hand(task, answer):
    """As `judged`, for an answer that the package's own code computes in place of a student's."""
    answers = [dataclasses.replace(each, borrowed=()) for each in collect(task, (answer,))]
    return TASKS[task].judge(loads(dumps(task, answers))[1])


def run(notebook, monkeypatch, change=lambda source, cell: source):
    """Run a notebook's cells, and give what the checker finds for each task."""
    monkeypatch.setattr(mpl, "rcParams", mpl.rcParams.copy())
    import matplotlib.pyplot as plt

    plt.switch_backend("agg")
    found, errors = {}, {}

    def judge(task, *things):
        found[task] = judged(task, *things)

    monkeypatch.setattr(grading, "ask", judge)
    names = dict(NO_DICT)
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        try:
            exec(
                compile(change(cell.source, cell), str(marks(cell).get("grade_id")), "exec"), names
            )
        except Exception as error:
            errors[marks(cell).get("grade_id", cell.source[:60])] = error
    plt.close("all")
    return found, errors


def blank(source, cell):
    """What a student finds: solutions taken out."""
    return re.sub(
        r"( *)### BEGIN SOLUTION\n.*?### END SOLUTION", rf"\1{STUB}", source, flags=re.DOTALL
    )


@pytest.fixture(params=SOURCES, ids=lambda path: path.stem)
def notebook(request):
    return jupytext.read(request.param)


# ---------------------------------------------------------------------------- the eight sources


def test_there_are_eight_and_every_task_belongs_to_one():
    assert [path.stem[:2] for path in SOURCES] == [f"{n:02}" for n in range(1, 9)]
    asked = [name for path in SOURCES for name in tasks_of(jupytext.read(path))]
    assert sorted(asked) == sorted(TASKS)


@pytest.mark.filterwarnings("ignore")
def test_the_model_solution_earns_everything(notebook, monkeypatch):
    found, errors = run(notebook, monkeypatch)
    assert not errors
    assert set(found) == set(tasks_of(notebook))
    for name, finding in found.items():
        assert finding.passed, (name, finding)


@pytest.mark.filterwarnings("ignore")
def test_the_blank_notebook_earns_nothing(notebook, monkeypatch):
    found, errors = run(notebook, monkeypatch, blank)
    assert errors
    assert not [name for name, finding in found.items() if finding.passed]
    assert {finding.code for finding in found.values()} == {"blank"}


def test_a_source_says_what_a_student_and_a_teacher_need(notebook):
    first = notebook.cells[0].source
    points = sum(marks(cell).get("points", 0) for cell in notebook.cells)
    assert re.search(rf"\*\*{points} points", first)
    assert re.search(r"about \d+ minutes · after chapter \d", first)
    assert "**When you are done you can**" in first
    text = "\n".join(cell.source for cell in notebook.cells)
    for number in map(int, re.findall(r"^## Task \d.*\((\d+) point", text, re.MULTILINE)):
        points -= number
    assert points == 0
    assert "plt." in text
    ids = [marks(cell)["grade_id"] for cell in notebook.cells if marks(cell)]
    assert len(set(ids)) == len(ids)
    assert all(identifier.startswith(f"c{first[2:3].zfill(2)}-") for identifier in ids)


def test_the_teachers_guide_lists_it(notebook):
    guide = (ROOT / "chapters" / "teaching.md").read_text(encoding="utf-8")
    first = notebook.cells[0].source
    title = re.match(r"# (.*)", first)[1]
    points, minutes, chapter = re.search(
        r"\*\*(\d+) points.* about (\d+) minutes · after chapter (\d)", first
    ).groups()
    row = rf"^\| {re.escape(title)}[^|]* \| {points} \| {minutes} \| {chapter} \|$"
    assert re.search(row, guide, re.MULTILINE), row


def test_hidden_tests_and_solutions_are_where_they_are_taken_out(notebook):
    for cell in notebook.cells:
        mark, source = marks(cell), cell.source
        assert source.count("### BEGIN") == source.count("### END")
        if mark.get("solution") and cell.cell_type == "code":
            assert "### BEGIN SOLUTION" in source and not mark["locked"]
        if mark.get("grade") and not mark["solution"]:
            visible = re.sub(
                r"### BEGIN HIDDEN.*?### END HIDDEN TESTS", "", source, flags=re.DOTALL
            )
            assert [line for line in visible.splitlines() if not line.startswith("#")] == []
        elif not mark.get("solution"):
            assert "grading" not in source and "###" not in source


def test_each_check_names_what_it_asks_of_the_solution(notebook, monkeypatch):
    """Every visible check fails on a blank, and says more than that it failed."""
    checks = [c for c in notebook.cells if marks(c).get("locked") and not marks(c).get("grade")]
    assert checks
    for cell in checks:
        for line in re.findall(r"^assert (.*)$", cell.source, re.MULTILINE):
            assert ", " in line, line


def test_what_the_assignments_refer_to_is_in_the_book():
    """Chapter, heading and label of every place that the feedback sends a student to."""
    sentences = [
        place
        for task in TASKS.values()
        for place in [
            getattr(task, "read", ""),
            *(slip.read for slip in getattr(task, "slips", ()) if hasattr(slip, "read")),
        ]
        if place
    ]
    assert len(sentences) > 50
    for place in set(sentences):
        number, heading = re.match(r"chapter (\d)(?:, “(.*)”)?", place).groups()
        (path,) = (ROOT / "chapters").glob(f"{int(number):02}_*.ipynb")
        cells = json.loads(path.read_text())["cells"]
        text = "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
        if heading:
            assert re.search(rf"^##+ {re.escape(heading)}$", text, re.MULTILINE), place
        for label in re.findall(r"\b(eq-[a-z0-9-]+[A-Za-z0-9-]*)", place):
            assert f"$$ ({label})" in text, place


def test_headings_that_a_student_is_sent_to_are_in_the_book(notebook):
    text = "\n".join(cell.source for cell in notebook.cells)
    for number, heading in re.findall(r"chapter (\d), (?:up to )?\*([^*]+)\*", text):
        (path,) = (ROOT / "chapters").glob(f"{int(number):02}_*.ipynb")
        cells = json.loads(path.read_text())["cells"]
        book = "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
        assert re.search(rf"^##+ {re.escape(heading)}$", book, re.MULTILINE), heading


# ---------------------------------------------------------------------------- mistakes

SLIPS = [
    (name, place)
    for name, task in TASKS.items()
    if isinstance(task, Task)
    for place in range(len(task.slips))
]


@pytest.mark.parametrize(("name", "place"), SLIPS)
def test_every_slip_is_named(name, place):
    task = TASKS[name]
    slip = task.slips[place]
    names = list(task.questions()[0])
    found = judged_by_hand(name, lambda *given: slip.answer(**dict(zip(names, given, strict=True))))
    assert (found.code, found.sentence) == (slip.code, slip.sentence)
    assert not found.passed


@pytest.mark.parametrize("code", sorted(set(MISTAKES) - {"slope-of-sigmoid"}))
def test_every_mistake_in_the_backward_pass_is_named(code):
    found = judged_by_hand("07-gradient", lambda *given: MISTAKES[code].variant(*given).gradient())
    assert found.code == code and MISTAKES[code].sentence in found.sentence
    assert found.layer in (1, 2, 3)


def test_two_mistakes_in_the_backward_pass_are_both_named():
    both = type("Both", (MISTAKES["slope-at-a"].variant, MISTAKES["mean-missing"].variant), {})
    found = judged_by_hand("07-gradient", lambda *given: both(*given).gradient())
    assert set(found.code.split(" + ")) == {"slope-at-a", "mean-missing"}


@pytest.mark.parametrize("name", [name for name, task in TASKS.items() if isinstance(task, Values)])
def test_every_value_has_to_be_right(name):
    right = [getattr(each, "values", [each])[0] for each in TASKS[name].truth.values()]
    assert judged(name, *right).passed
    for place in range(len(right)):
        for wrong in (None, "no", 77, [], True):
            given = [*right[:place], wrong, *right[place + 1 :]]
            assert not judged(name, *given).passed
    for value, slips in TASKS[name].slips.items():
        place = list(TASKS[name].truth).index(value)
        for wrong, sentence in slips:
            given = [*right[:place], wrong, *right[place + 1 :]]
            assert sentence in judged(name, *given).sentence


# ---------------------------------------------------------------------------- pieces


def answers_of(*functions):
    """Answers to the full backward pass: with right pieces, and with the student's own."""
    probes = TASKS["07-gradient"].questions()
    return [Answer(function(**each)) for function in functions for each in probes]


def variant(code):
    return lambda net, x, y: MISTAKES[code].variant(net, x, y).gradient()


def odd(net, x, y):
    return [(W + 7, b) for W, b in gradient(net, x, y)]


@pytest.mark.parametrize(
    ("with_right_pieces", "with_own", "code"),
    [
        (gradient, gradient, "right"),
        (odd, gradient, "right"),  # pieces of another form, rightly put together
        (gradient, variant("mean-missing"), "follows"),
        (gradient, odd, "follows"),
        (variant("order-reversed"), odd, "order-reversed"),
        (odd, variant("order-reversed"), "order-reversed"),
        (odd, odd, "unknown"),
    ],
)
def test_a_wrong_piece_costs_once(with_right_pieces, with_own, code):
    found = TASKS["07-gradient"].judge(answers_of(with_right_pieces, with_own))
    assert found.code == code
    assert found.passed == (code in ("right", "follows"))


def test_right_pieces_excuse_no_borrowing():
    answers = answers_of(gradient, gradient)
    used = ("backprop.backpropagation.gradient",)
    half = len(answers) // 2
    own = [dataclasses.replace(each, borrowed=used) for each in answers[half:]]
    assert TASKS["07-gradient"].judge([*answers[:half], *own]).code == "borrowed"
    both = [dataclasses.replace(each, borrowed=used) for each in answers]
    assert TASKS["07-gradient"].judge(both).code == "borrowed"


@pytest.mark.parametrize("name", [n for n in FUNCTIONS if TASKS[n].pieces])
def test_the_right_pieces_are_named_as_in_the_assignment(name):
    (path,) = (path for path in SOURCES if path.stem[:2] == name[:2])
    for piece in TASKS[name].pieces:
        assert f"def {piece}(" in path.read_text(encoding="utf-8")


# ---------------------------------------------------------------------------- cheating


class AlwaysEqual(np.ndarray):
    def __eq__(self, other):
        return np.ones(self.shape, bool)

    def __sub__(self, other):
        return np.zeros(self.shape)

    __hash__ = None


class Agreeable(float):
    def __eq__(self, other):
        return True

    def __sub__(self, other):
        return 0.0

    __hash__ = None


def never_right():
    return {
        "zero": lambda *_: 0.0,
        "empty list": lambda *_: [],
        "empty dict": lambda *_: {},
        "empty array": lambda *_: np.array([]),
        "NaN": lambda *_: np.nan,
        "infinity": lambda *_: [np.inf, np.inf],
        "agreeable number": lambda *_: Agreeable(3),
        "agreeable array": lambda *given: np.zeros((4, 4)).view(AlwaysEqual),
        "list of agreeable arrays": lambda *given: [np.zeros((4, 4)).view(AlwaysEqual)] * 2,
        "itself": lambda *given: never_right,
        "the arguments": lambda *given: list(given)[::-1],
        "text": lambda *_: "right",
        "a finding": lambda *_: {"code": "right", "passed": True},
        "a generator": lambda *_: (each for each in [1]),
        "objects": lambda *_: np.array([object()]),
        "nested too deeply": lambda *_: [[[[[[[1.0]]]]]]],
        "too many": lambda *_: np.zeros(10**6),
        "complex": lambda *_: 1j,
    }


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("trick", sorted(never_right()))
def test_what_is_no_answer_earns_nothing(name, trick):
    found = judged(name, never_right()[trick])
    assert not found.passed and found.sentence


@pytest.mark.parametrize("name", FUNCTIONS)
def test_what_cannot_be_called_earns_nothing(name):
    def exits(*_):
        raise SystemError("bye")

    def forever(*given):
        return forever(*given)

    assert judged(name, None).code == judged(name, 3).code == "error"
    assert judged(name, exits).code == judged(name, forever).code == "error"


def patched(monkeypatch):
    """Everything that a checker in the same process might lean on says that all is well."""
    from grading import judging, tasks, truth

    import backprop.diagnosis

    for module, name in (
        (np, "allclose"), (np, "isclose"), (np, "array_equal"), (np.testing, "assert_allclose"),
        (judging, "compare"), (judging, "name_slip"), (truth, "cost"),
        (backprop.diagnosis, "explain"), (judging, "explain"), (np, "abs"),
    ):  # fmt: skip
        monkeypatch.setattr(module, name, lambda *_, **__: True)
    for task in tasks.TASKS.values():
        monkeypatch.setattr(type(task), "judge", lambda *_: judging.RIGHT)


@pytest.mark.parametrize("name", ["02-cost", "07-gradient", "01-weight"])
def test_patching_the_kernel_changes_no_verdict(name, monkeypatch):
    """The record is made in a patched process and judged in another."""
    with monkeypatch.context() as patch:
        patched(patch)
        record = dumps(name, collect(name, (lambda *_: np.zeros((2, 2)),)))
    assert not TASKS[name].judge(loads(record)[1]).passed


def test_a_record_that_is_no_record_is_refused():
    for text in ("", "[]", "{}", '{"task": "02-cost"}', '{"task": 1, "answers": [1]}', "null"):
        with pytest.raises(ValueError):  # noqa: PT011
            loads(text)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_too_few_answers_earn_nothing(name):
    questions = TASKS[name].questions()
    assert not TASKS[name].judge([]).passed
    assert not TASKS[name].judge([Answer(0.0)] * (len(questions) + 1)).passed


def test_the_kernel_never_decides(capsys):
    with pytest.raises(Unverified):
        ask("02-cost", lambda a, y: 0.0)


def test_what_the_package_does_already_does_not_count():
    found = judged("07-gradient", gradient)
    assert found.code == "borrowed" and "backprop.backpropagation.gradient" in found.sentence
    assert judged("02-forward", lambda net, x: [[net(x)], [x]]).code == "borrowed"


def test_an_argument_that_is_changed_is_named():
    def spoils(z, a, y):
        a -= y
        return a

    found = judged("07-start", spoils)
    assert found.code == "mutation" and "argument a" in found.sentence


def test_odd_things_cross_over_as_their_names_only():
    class Trap:
        def __repr__(self):
            raise AssertionError("never asked")

        __str__ = __len__ = __iter__ = __array__ = __float__ = __repr__

    (answer,) = loads(dumps("t", [Answer([Trap(), 1.5, "x", None, {"a": np.eye(2)}])]))[1]
    trap, number, text, nothing, mapping = answer.value
    assert trap == Other("Trap") and (number, text, nothing) == (1.5, "x", None)
    assert (mapping["a"] == np.eye(2)).all()


# ---------------------------------------------------------------------------- points


def check_cell(task="02-cost", points=2):
    cell = nbformat.v4.new_code_cell(f'from grading import ask\n\nask("{task}", cost)')
    cell.metadata.nbgrader = {
        "grade": True, "grade_id": "c", "points": points, "solution": False, "schema_version": 3
    }  # fmt: skip
    return cell


def recorded(task, function):
    record = dumps(task, collect(task, (function,)))
    return nbformat.v4.new_output("display_data", data={MIME: record, "text/plain": "recorded"})


def right_cost(a, y):
    return ((a - y) ** 2).sum() / a.shape[1]


def points_for(outputs):
    """What nbgrader gives for a cell with these outputs, once the verdict has seen them."""
    cell = check_cell()
    cell.outputs = outputs
    Verdict().preprocess_cell(cell, {}, 0)
    return utils.determine_grade(cell)[0], cell.outputs[0].data[FINDING]


def error(name, text=""):
    return nbformat.v4.new_output("error", ename=name, evalue=text, traceback=[])


def test_a_right_record_earns_the_points_whatever_else_was_put_out():
    unverified = error("Unverified")
    warning = nbformat.v4.new_output("stream", name="stderr", text="RuntimeWarning: overflow")
    earned, found = points_for([warning, recorded("02-cost", right_cost), unverified])
    assert earned == 2 and found["code"] == "right" and found["task"] == "02-cost"


@pytest.mark.parametrize(
    ("outputs", "code"),
    [
        ([], "error"),
        ([nbformat.v4.new_output("stream", name="stdout", text="2/2 points")], "error"),
        ([nbformat.v4.new_output("execute_result", data={"text/plain": "2.0"})], "error"),
        ([error("NameError", "name 'cost' is not defined")], "missing"),
        ([error("KeyError", "x")], "error"),
        ([recorded("02-cost", right_cost)] * 2, "tampered"),
        ([recorded("02-cost-one", right_cost)], "tampered"),
        ([nbformat.v4.new_output("display_data", data={MIME: "all right"})], "tampered"),
        ([nbformat.v4.new_output("display_data", data={MIME: ["x"]})], "tampered"),
        ([recorded("02-cost", lambda a, y: 0.0)], "unknown"),
        ([recorded("02-cost", lambda a, y: right_cost(a, y) / 2)], "half"),
    ],
)
def test_everything_else_earns_nothing_and_says_why(outputs, code):
    earned, found = points_for(outputs)
    assert earned == 0 and found["code"] == code and found["sentence"]


ENDLESS = "class Odd(list):\n    def __iter__(self):\n        while True: yield 1\n"
LEAVES = "import os\nclass Odd(list):\n    def __iter__(self): os._exit(0)\n"
ODD_VALUE = "shape_of_W1 = shape_of_b1 = shape_of_W2 = shape_of_b2 = Odd()"
VALUES = 'ask("01-book", shape_of_W1, shape_of_b1, shape_of_W2, shape_of_b2)'
COST = "def cost(a, y):\n    "


@pytest.mark.parametrize(
    ("theirs", "check", "code", "said"),
    [
        (ENDLESS + ODD_VALUE, VALUES, "stopped", "still running after 2 s"),
        (LEAVES + ODD_VALUE, VALUES, "crash", "ended by itself"),
        (f"{COST}while True: pass", 'ask("02-cost", cost)', "timeout", "an endless loop?"),
        (f"{COST}return bytes(10 ** 11)", 'ask("02-cost", cost)', "memory", "cost(a, y)"),
        (f"{COST}import os; os._exit(0)", 'ask("02-cost", cost)', "error", "ended by itself"),
    ],
)
def test_what_stopped_a_students_code_is_said(judge, theirs, check, code, said):
    judge.run_student_cell(theirs)
    outputs = judge.run_check(f"from grading import ask\n\n{check}", {})
    found = verdict.finding(check.split('"')[1], [nbformat.from_dict(each) for each in outputs])
    assert found.code == code and said in found.sentence


def test_a_finding_that_the_kernel_claims_is_not_believed():
    claim = {FINDING: {"task": "02-cost", "code": "right"}, "text/plain": "Right."}
    assert points_for([nbformat.v4.new_output("display_data", data=claim)])[0] == 0


def test_a_graded_cell_that_asks_for_nothing_stops_the_grading():
    cell = check_cell("02-costs")
    with pytest.raises(
        ValueError, match=r"cell c must ask for exactly one task, .* \['02-costs'\]"
    ):
        Verdict().preprocess_cell(cell, {}, 0)


# ---------------------------------------------------------------------------- controls


def test_the_truth_of_the_checker_is_the_books():
    """Its own forward pass, cost and gradient agree with the package's, and share no line."""
    from grading import truth

    from backprop import cost, flatten, forward

    rng = np.random.default_rng(0)
    for widths, m in (([3, 4, 2], 5), ([4, 4, 4, 4], 4)):
        layers = [(rng.normal(size=(n, k)), rng.normal(size=(n, 1))) for k, n in pairwise(widths)]
        net = Network(layers)
        x, y = rng.normal(size=(widths[0], m)), rng.random((widths[-1], m))
        zs, activations = truth.forward(layers, x)
        np.testing.assert_allclose(zs[-1], forward(net, x).z[-1], rtol=1e-12)
        np.testing.assert_allclose(truth.cost(activations[-1], y), cost(net, x, y), rtol=1e-12)
        theirs = flatten(truth.gradient(layers, x, y))
        np.testing.assert_allclose(theirs, flatten(gradient(net, x, y)), rtol=1e-10)


def test_the_trained_network_is_measured_and_not_believed():
    digits = data.digits()
    untrained = Network.initialise([16, 8, 4], rng=0)
    assert judged("08-own", untrained).code == "too-low"
    assert judged("08-own", None).code == "blank"
    assert judged("08-own", Network.initialise([8, 4])).code == "shape"
    for odd in (1.0, "net", [], [[1, 2]], digits):
        assert not judged("08-own", odd).passed
