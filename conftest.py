"""What every test run sets up, and how long each chapter took.

It lies beside the chapters and not in tests/, whose hooks would not reach them.
"""

import os
import sys
from collections import defaultdict
from importlib.util import find_spec
from pathlib import Path

import pytest

from bookkit.stable import ENVIRONMENT

ROOT = Path(__file__).parent
# The seconds that a chapter should take from its first cell to its last, on a machine left alone.
# It is shown and not enforced: a busy machine is no fault of the book.
CHAPTER_SECONDS = 30
# A PDF shows what the SVG beside it shows, and the SVG is compared; the bytes of a PDF also depend
# on the zlib of the machine.
NOT_COMPARED = "application/pdf"

# Before any kernel starts: the chapters are tested as they were stored.
os.environ.update(ENVIRONMENT)

# These need the extra `fast`, and are tested where that is installed: in tests/fast.
FAST = ["code/backprop/compiled.py", "code/backprop/machine.py"]
collect_ignore = [] if find_spec("numba") else FAST

seconds: dict[str, float] = defaultdict(float)


def pytest_configure(config):
    sanitize = getattr(config.option, "nbval_sanitize_with", None)
    if sanitize:
        config.option.nbval_sanitize_with = str(ROOT / sanitize)
    if find_spec("hypothesis"):
        from hypothesis import settings

        # The same examples in every run, on any machine; HYPOTHESIS=explore looks further.
        settings.register_profile("book", deadline=None, derandomize=True)
        settings.register_profile("explore", deadline=None, max_examples=1000)
        settings.load_profile(os.environ.get("HYPOTHESIS", "book"))
    # Coverage is what the tests reach, not what a chapter happens to run; it has started by now.
    config.option.cov_source = []


def pytest_itemcollected(item):
    notebook = item.parent
    if hasattr(notebook, "skip_compare") and NOT_COMPARED not in notebook.skip_compare:
        notebook.skip_compare = (*notebook.skip_compare, NOT_COMPARED)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    """Measure no coverage where a test says so; with pytest-cov's own mark, xdist's workers do."""
    if not item.get_closest_marker("unmeasured"):
        return (yield)
    trace = sys.gettrace()
    sys.settrace(None)
    try:
        return (yield)
    finally:
        sys.settrace(trace)


def pytest_runtest_logreport(report):
    notebook = report.nodeid.split("::")[0]
    if notebook.endswith(".ipynb"):
        seconds[notebook] += report.duration


def pytest_terminal_summary(terminalreporter):
    if not seconds:
        return
    terminalreporter.section("seconds a chapter")
    for notebook, spent in sorted(seconds.items()):
        slow = "  TOO SLOW" if spent > CHAPTER_SECONDS else ""
        terminalreporter.line(f"{spent:6.1f}  {notebook}{slow}")
