"""Move what the pages fold away, solutions and answers, to a chapter at the end of the book.

Links lead both ways, with page numbers for those who read on paper.
"""

import re
from collections.abc import Iterator
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx_exercise.nodes import (
    exercise_enumerable_node,
    exercise_node,
    exercise_subtitle,
    solution_node,
)

from bookkit.latex.choices import reasons_after
from bookkit.latex.nodes import answer, answered, elsewhere, exercise, heading, solution

__all__ = ["CHAPTER", "SolutionsChapter", "number_of", "setup"]

CHAPTER = "solutions"
"""The id of the chapter."""

TITLE = "Solutions"
QUESTION = re.compile(r"(\d+)\.\s")


def number_of(env: BuildEnvironment, page: str, kind: str, name: str) -> str:
    """Look up the number that a figure, an equation or an exercise has on the pages.

    Parameters
    ----------
    env : BuildEnvironment
    page : str
        The name of the page, without ending.
    kind : str
        Such as ``"figure"``, ``"displaymath"``, ``"exercise"``.
    name : str
        Its id on the page.

    Returns
    -------
    str
        ``"1.3"``; empty if it has none.
    """
    numbers = env.toc_fignumbers.get(page, {}).get(kind, {})
    return ".".join(map(str, numbers.get(name, ())))


class SolutionsChapter(SphinxPostTransform):
    """Replace exercises by boxes, and move every solution and answer to the chapter."""

    # Before sphinx-exercise writes titles of its own, at 20, and before references are resolved.
    default_priority = 3
    formats = ("latex",)

    def run(self, **_: Any) -> None:
        """Collect the chapter page by page, at the end; `bookkit.latex.binding` moves it."""
        self.titles: dict[str, tuple[str, nodes.Element]] = {}
        chapter = nodes.section(ids=[CHAPTER], names=[CHAPTER])
        chapter += nodes.title("", TITLE)
        for file in list(self.document.findall(addnodes.start_of_file)):
            self._replace_exercises(file)
            moved = [*self._choices(file), *self._answers(file), *self._solutions(file)]
            if moved:
                chapter += self._section(file, moved)
        if len(chapter) > 1:
            self.document += chapter

    def _replace_exercises(self, file: addnodes.start_of_file) -> None:
        for kind in (exercise_node, exercise_enumerable_node):
            for node in list(file.findall(kind)):
                title, *body = node.children
                subtitle = next(iter(title.findall(exercise_subtitle)), nodes.inline())
                number = number_of(self.env, node["docname"], "exercise", node["label"])
                box = exercise(number=number, label=node["label"], ids=node["ids"])
                box += heading("", *(child.deepcopy() for child in subtitle.children))
                box += body
                self.titles[node["label"]] = number, box
                node.replace_self(box)

    def _solutions(self, file: addnodes.start_of_file) -> Iterator[nodes.Element]:
        for node in list(file.findall(solution_node)):
            number, box = self.titles[node["target_label"]]
            box["solved"] = True
            entry = solution(number=number, label=node["target_label"], ids=node["ids"])
            entry += box[0].deepcopy()
            entry += node.children[1:]
            node.parent.remove(node)
            yield entry

    def _choices(self, file: addnodes.start_of_file) -> Iterator[nodes.Element]:
        for question in list(file.findall(nodes.paragraph)):
            reasons = reasons_after(question) if QUESTION.match(question.astext()) else []
            if reasons:
                for reason in reasons:
                    reason.parent.remove(reason)
                yield self._answer(file, question, reasons)

    def _answers(self, file: addnodes.start_of_file) -> Iterator[nodes.Element]:
        for node in list(file.findall(nodes.admonition)):
            question = _question(node) if "dropdown" in node["classes"] else None
            if question is None:
                continue
            node.parent.remove(node)
            yield self._answer(file, question, node.children[1:])

    def _answer(
        self, file: addnodes.start_of_file, question: nodes.paragraph, body: list[nodes.Node]
    ) -> answer:
        """Make an entry of the chapter, and let the question say where it is."""
        number = QUESTION.match(question.astext())
        assert number
        label = f"{file['docname']}-{number[1]}"
        question += answered(label=label)
        entry: answer = answer(number=number[1], label=label)
        entry += body
        return entry

    def _section(self, file: addnodes.start_of_file, moved: list[nodes.Element]) -> elsewhere:
        """Make a section of the chapter: one page's answers and solutions."""
        name = file["docname"]
        title = next(file.findall(nodes.title))
        number = self.env.toc_secnumbers.get(name, {}).get("", ())
        before = f"Chapter {number[0]}: " if number else ""
        section = nodes.section(ids=[f"solutions-{name}"])
        section += nodes.title("", "", nodes.Text(before), *(c.deepcopy() for c in title.children))
        section += moved
        return elsewhere("", section, docname=name)


def _question(node: nodes.Element) -> nodes.paragraph | None:
    """Find the numbered question that an answer follows, ``**1.** What …``."""
    index = node.parent.index(node)
    before = node.parent[index - 1] if index else None
    if isinstance(before, nodes.paragraph) and QUESTION.match(before.astext()):
        return before
    return None


def setup(app: Sphinx) -> None:
    """Register the transform with Sphinx; `bookkit.latex.writer` knows how to write its nodes."""
    app.add_post_transform(SolutionsChapter)
