"""Checks that run apart from what they check: calls go over, and nothing can be forged."""

import base64

import numpy as np
import pytest
from conftest import LIMITS, shown

from classroom.judge import Judge
from classroom.names import given

CHECK = "assert answer() == 42, 'not 42'"


def passes(judge, check, names=()):
    return not any(o["output_type"] == "error" for o in judge.run_check(check, dict(names)))


def test_a_right_answer_passes_and_a_wrong_one_does_not(judge):
    judge.run_student_cell("def answer():\n    return 42")
    assert passes(judge, CHECK)
    judge.run_student_cell("def answer():\n    return 41")
    assert shown(judge.run_check(CHECK, {})) == "not 42"


def test_arguments_go_over_and_changes_to_them_come_back(judge):
    judge.run_student_cell("def answer(x, *, k):\n    x *= k\n    return x + 1")
    check = "import numpy as np\nx = np.arange(3.0)\n(answer(x, k=2).tolist(), x.tolist())"
    assert "([1.0, 3.0, 5.0], [0.0, 2.0, 4.0])" in shown(judge.run_check(check, {}))


def test_a_function_that_is_handed_over_is_called_back(judge):
    judge.run_student_cell("def answer(f, x):\n    return (f(x + 1) - f(x - 1)) / 2")
    check = "import numpy as np\nassert answer(lambda t: (t ** 2).sum(), np.array([1.0, 2.0])) == 6"
    assert passes(judge, check)


def test_a_piece_of_ours_stands_in_for_theirs_while_it_is_called(judge):
    judge.run_student_cell(
        "calls = 0\n"
        "def piece(x): return -x\n"
        "def answer(x):\n    global calls\n    calls += 1\n    return piece(x) + calls"
    )
    check = (
        "ours = answer.with_ours({'piece': lambda x: 10 * x, 'other': len})\n"
        "print(ours(4), answer(4), ours(4))"
    )
    assert shown(judge.run_check(check, {})) == "41 -2 43\n"
    assert shown(judge.run_student_cell("print(piece(1), 'other' in globals())")) == "-1 False\n"


def test_a_function_of_theirs_can_be_handed_to_one_of_ours(judge):
    judge.run_student_cell(
        "def step(w, slope): pass\ndef walk(w, slope):\n    return step(w, lambda x: slope(x) + 1)"
    )
    ours = "walk.with_ours({'step': lambda w, slope: w - slope(w)})"
    assert shown(judge.run_check(f"print({ours}(5, lambda x: 2 * x))", {})) == "-6\n"
    failing = f"try:\n    {ours}(5, lambda x: 1 / 0)\nexcept Exception as error:\n    print(error)"
    assert "division by zero" in shown(judge.run_check(failing, {}))
    assert shown(judge.run_check(f"print({ours}(5, lambda x: 2 * x))", {})) == "-6\n"


HUGE = {
    "many": "np.zeros((10 ** 5, 1)), np.zeros((1, 10 ** 5))",
    "none": "np.zeros((10 ** 6, 0)), np.zeros((0, 10 ** 6))",
    "stacked": "np.zeros((900, 900, 0)), np.zeros((900, 0, 900))",
    "lists": "[[1.0]] * 10 ** 5, np.zeros((1, 900))",
    "inside": "{'a': [np.zeros((10 ** 6, 0))]}, np.zeros((0, 10 ** 6))",
}


@pytest.mark.parametrize("arguments", HUGE.values(), ids=list(HUGE))
def test_ours_cannot_be_made_to_fill_the_judges_memory(judge, arguments):
    judge.run_student_cell(
        f"import numpy as np\ndef product(a, b): pass\ndef answer(): return product({arguments})\n"
        "def small(): return product(np.ones((2, 3)), np.ones((3, 2)))"
    )
    check = (
        "ours = {'product': lambda a, b: (a['a'][0] if isinstance(a, dict) else a) @ b}\n"
        "try:\n    answer.with_ours(ours)()\nexcept Exception as error:\n    print(error)\n"
        "print(small.with_ours(ours)().tolist())"
    )
    said = shown(judge.run_check(check, {}))
    assert "more than this task asks for" in said and "[[3.0, 3.0], [3.0, 3.0]]" in said


def test_a_function_that_comes_back_can_be_called(judge):
    judge.run_student_cell("def answer(n):\n    return lambda x: x + n")
    assert passes(judge, "assert answer(3)(4) == 7")


def test_an_error_keeps_its_kind_and_says_where(judge):
    judge.run_student_cell("def answer(x):\n    return 1 / x")
    check = "try:\n    answer(0)\nexcept ZeroDivisionError as error:\n    print(error)"
    assert "return 1 / x" in shown(judge.run_check(check, {}))
    judge.run_student_cell("class Odd(Exception): pass\ndef answer():\n    raise Odd('hm')")
    assert "Odd: hm" in shown(judge.run_check("answer()", {}))


def test_what_a_function_leaned_on_is_told(judge):
    judge.run_student_cell(
        "import backprop\ndef answer(net, x):\n    return backprop.forward(net, x).a[-1]"
    )
    check = (
        "from backprop import Network\nimport numpy as np\n"
        "answer(Network.initialise([2, 1]), np.ones((2, 1)))\nprint(answer.called)"
    )
    assert "backprop.network.forward" in shown(judge.run_check(check, {}))


def test_a_loop_costs_one_check_its_seconds_and_no_more(judge):
    judge.run_student_cell("calls = []\ndef answer():\n    while True: pass\ndef other(): return 1")
    check = """
for _ in range(50):
    try:
        answer()
    except TimeoutError as error:
        said = str(error)
print(said)
"""
    assert "still running" in shown(judge.run_check(check, {}))
    assert passes(judge, "assert other() == 1")


def test_a_crash_in_a_call_is_told_and_the_next_check_runs(judge):
    judge.run_student_cell("def answer():\n    import os; os._exit(0)\ndef other(): return 1")
    assert "ended by itself" in shown(judge.run_check(CHECK, {}))
    assert passes(judge, "assert other() == 1")


def test_it_is_not_begun_again_for_ever():
    judge = Judge(LIMITS)
    for _ in range(LIMITS.restarts + 5):
        said = shown(judge.run_student_cell("import os; os._exit(0)"))
    judge.close()
    assert "too often" in said


# ---- Names ----


def test_the_teachers_own_names_come_first(judge):
    cells = [("import numpy as np", False), ("def cost(a):\n    return (a ** 2).sum()", False),
             ("def answer():\n    return 42", True)]  # fmt: skip
    names = given(cells)
    assert sorted(names) == ["cost", "np"]
    judge.run_student_cell(
        "import numpy as np\n"
        "np.isclose = np.allclose = lambda *_, **__: True\n"
        "def cost(a): return 0\n"
        "def answer(): return 41"
    )
    assert not passes(judge, "assert np.isclose(answer(), 42)", names)
    assert passes(judge, "assert cost(np.ones(3)) == 3", names)


def test_what_leans_on_a_students_function_is_theirs(judge):
    names = given([("def answer(): pass", True), ("x = answer()\ny = 2", False)])
    assert names == {}


# ---- Forging ----

FORGERIES = {
    "prints that all is well": "print('Success! 2/2 points')",
    "answers equal to everything": """
class Yes:
    def __eq__(self, other): return True
    def __float__(self): return 42.0
def answer(): return Yes()""",
    "a number that lies": """
class Lie(int):
    def __eq__(self, other): return True
    __hash__ = int.__hash__
def answer(): return Lie(1)""",
    "an array that lies": """
import numpy as np
class Lie(np.ndarray):
    def __eq__(self, other): return True
    def __bool__(self): return True
def answer(): return np.zeros(3).view(Lie)""",
    "patches numpy": "import numpy as np\nnp.allclose = np.isclose = lambda *a, **k: True",
    "patches builtins": """
import builtins
builtins.AssertionError = type('Quiet', (Exception,), {})
builtins.isinstance = lambda *_: True""",
    "patches the shell": """
shell = get_ipython()
shell.run_cell = lambda *a, **k: None
type(shell).run_cell = lambda *a, **k: None
type(shell).showtraceback = lambda *a, **k: None""",
    "patches the traceback away": "import sys\nsys.excepthook = lambda *a: None",
    "looks for the checker": """
import sys, gc
found = [m for m in sys.modules if 'grading' in m]
for thing in gc.get_objects():
    if type(thing).__name__ in ('Judge', 'StudentFunction'):
        thing.run_check = lambda *a: []
assert not found""",
    "patches what runs it": """
import gc, json
from classroom import student, plain
for thing in gc.get_objects():
    if isinstance(thing, student.Student):
        real = thing._call
        thing._call = lambda **k: {'value': {'points': 2}, 'passed': True, 'grade': 100}""",
    "writes answers of its own into every pipe": """
import os, json
line = json.dumps({'value': 41, 'passed': True, 'outputs': []}).encode() + b'\\n'
def answer():
    for fd in range(3, 30):
        try:
            os.write(fd, line * 3)
        except OSError:
            pass
    return 41""",
    "sends what is no value": """
import gc
from classroom import student
for thing in gc.get_objects():
    if isinstance(thing, student.Student):
        thing._call = lambda **k: {'value': {'record': 'os:system', 'fields': ['true']}}""",
    "sends a function that was never lent": """
from classroom import plain
plain.encode = lambda *_: {'function': -99, 'name': 'answer'}""",
    "sends an array of no type": """
from classroom import plain
plain.encode = lambda *_: {'array': ['<f8,(', [1], ''], 'scalar': False}""",
    "raises what a check may not catch": "def answer(): raise SystemExit(0)",
    "leaves at once": "import os\nos._exit(0)",
    "walks up the stack": """
import sys
def answer():
    frame = sys._getframe()
    while frame:
        for name in ('expected', 'right', 'truth', 'passed'):
            frame.f_locals[name] = frame.f_globals[name] = 42
        frame = frame.f_back
    return 41""",
    "names the checker's modules": """
import sys, types
fake = types.ModuleType('grading')
fake.ask = lambda *a: None
sys.modules['grading'] = sys.modules['numpy'] = fake""",
    "answers with an object": "answer = type('A', (), {'__call__': lambda s: 41})()",
}


@pytest.mark.parametrize("forgery", FORGERIES.values(), ids=list(FORGERIES))
def test_a_forgery_earns_nothing(judge, forgery):
    judge.run_student_cell("def answer():\n    return 41")
    judge.run_student_cell(forgery)
    assert not passes(judge, CHECK)
    # And the judge is as it was: somebody who is right still passes.
    judge.run_student_cell("import builtins")
    assert np.isclose(1, 1) and not np.isclose(1, 2)


def test_after_every_forgery_an_honest_answer_counts():
    judge = Judge(LIMITS)
    for forgery in FORGERIES.values():
        judge.run_student_cell(forgery)
        judge.run_check(CHECK, {})
    judge.close()
    judge = Judge(LIMITS)
    judge.run_student_cell("def answer(): return 42")
    assert passes(judge, CHECK)
    judge.close()


def test_a_students_pictures_and_words_are_kept_and_what_acts_is_not(judge):
    outputs = judge.run_student_cell(
        "from IPython.display import HTML, Javascript, SVG, display\n"
        "display(HTML('<script>1</script>'), Javascript('1'), SVG('<svg/>'))\n"
        "print('words')"
    )
    kinds = {mime for output in outputs for mime in output.get("data", {})}
    assert kinds <= {"text/plain", "image/png", "text/latex"}
    assert "words" in shown(outputs)


def test_figures_are_kept_as_pictures_in_whichever_form_they_were_asked_for(judge):
    outputs = judge.run_student_cell(
        "import matplotlib.pyplot as plt\nfrom backprop import plotting\n"
        "plotting.use_book_style()\n"
        "plt.plot([1, 2])\nplt.show()\nfigure = plt.figure()\nfigure.add_subplot()\nfigure"
    )
    pictures = [output["data"]["image/png"] for output in outputs]
    assert len(pictures) >= 2
    assert all(base64.b64decode(each).startswith(b"\x89PNG") for each in pictures)


def test_what_a_check_shows_quotes_no_hidden_line(judge):
    judge.run_student_cell("def answer(): return 41")
    outputs = judge.run_check("secret_limit = 42\nassert answer() == secret_limit", {})
    assert "secret_limit" not in str(outputs)
