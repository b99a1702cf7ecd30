"""What the printed book has and the pages have not, as nodes for `bookkit.latex.writer`."""

from docutils import nodes

__all__ = ["NODES", "answer", "answered", "elsewhere", "exercise", "heading", "solution"]


class exercise(nodes.General, nodes.Element):  # type: ignore[misc]  # noqa: N801
    """An exercise: its heading and its text, with the attributes number, label and solved."""


class solution(nodes.General, nodes.Element):  # type: ignore[misc]  # noqa: N801
    """A solution: the exercise's heading and the text, with the exercise's number and label."""


class heading(nodes.Part, nodes.Element):  # type: ignore[misc]  # noqa: N801
    """The title of an exercise, as the exercise and its solution show it."""


class answered(nodes.Inline, nodes.Element):  # type: ignore[misc]  # noqa: N801
    """Where the answer to a question is: its label."""


class answer(nodes.General, nodes.Element):  # type: ignore[misc]  # noqa: N801
    """An answer: number and label of its question."""


class elsewhere(nodes.Structural, nodes.Element):  # type: ignore[misc]  # noqa: N801
    """What was moved from another page: the labels inside belong to its docname."""


NODES = (exercise, solution, heading, answered, answer, elsewhere)
