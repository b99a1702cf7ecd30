"""The class's mistakes: which, how often, and whose, as a table and as a picture."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nbformat import NotebookNode

from classroom.assemble import grade_id, is_check
from classroom.lms import sheet

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["FINDING", "Mistake", "found_in", "picture", "table"]

FINDING = "application/vnd.backprop.finding+json"
# A long tail of mistakes that one student made would hide what the class needs.
MOST_BARS = 15


@dataclass(frozen=True)
class Mistake:
    """What the checker found wrong in one task.

    Attributes
    ----------
    task : str
        The cell that was checked.
    code : str
        Short name of the mistake.
    sentence : str
        What the student reads.
    read : str
        The place in the book.
    """

    task: str
    code: str
    sentence: str
    read: str = ""


def found_in(notebook: NotebookNode) -> list[Mistake]:
    """Read the mistakes off a graded notebook, in the order of its tasks."""
    found = []
    for cell in notebook.cells:
        if is_check(cell) and (mistake := _mistake(grade_id(cell), cell.outputs)):
            found.append(mistake)
    return found


def _mistake(task: str, outputs: Iterable[Any]) -> Mistake | None:
    for output in outputs:
        finding = output.get("data", {}).get(FINDING)
        if isinstance(finding, dict):
            if finding.get("passed"):
                return None
            words = (str(finding.get(key) or "") for key in ("code", "sentence", "read"))
            return Mistake(str(finding.get("task") or task), *words)
        if output.output_type == "error":
            return Mistake(task, output.ename, output.evalue)
    return None


def table(found: Sequence[tuple[str, Mistake]]) -> str:
    """Write one line a mistake, the most frequent first.

    Parameters
    ----------
    found : sequence of (str, Mistake)
        Student and mistake.
    """
    groups = _groups(found)
    rows: list[list[object]] = [["task", "mistake", "students", "read", "example", "who"]]
    for (task, code), members in groups:
        first = members[0][1]
        who = " ".join(sorted({student for student, _ in members}))
        example = " ".join(first.sentence.split())[:200]
        rows.append([task, code, len(members), first.read, example, who])
    return sheet(rows, opened=True)


def _groups(
    found: Sequence[tuple[str, Mistake]],
) -> list[tuple[tuple[str, str], list[tuple[str, Mistake]]]]:
    groups: dict[tuple[str, str], list[tuple[str, Mistake]]] = defaultdict(list)
    for student, mistake in found:
        groups[mistake.task, mistake.code].append((student, mistake))
    return sorted(groups.items(), key=lambda group: (-len(group[1]), group[0]))


def picture(found: Sequence[tuple[str, Mistake]], students: int, ax: Axes) -> Axes:
    """Draw how many students made each mistake.

    Parameters
    ----------
    found : sequence of (str, Mistake)
        Student and mistake.
    students : int
        How many were graded.
    ax : matplotlib Axes
        Drawn into.

    Returns
    -------
    matplotlib Axes
        The same.
    """
    from matplotlib.ticker import MaxNLocator

    from backprop.colours import LIGHT

    every = _groups(found)
    groups = every[:MOST_BARS][::-1]
    names = [f"{task}: {code}" for (task, code), _ in groups]
    counts = [len(members) for _, members in groups]
    bars = ax.barh(names, counts, color=LIGHT.target)
    ax.bar_label(bars, padding=3)
    ax.set_xlim(0, max(students, 1))
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.set_xlabel(f"students, of {students}")
    most = f", the {MOST_BARS} most frequent" if len(every) > MOST_BARS else ""
    ax.set_title(f"What went wrong, and for how many{most}")
    ax.spines[["top", "right"]].set_visible(False)
    if not groups:
        ax.text(0.5, 0.5, "no mistake at all", ha="center", transform=ax.transAxes)
        ax.set_yticks([])
    return ax
