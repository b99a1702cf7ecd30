"""Write the bound book as LaTeX: boxes, and the numbers that the pages show.

A figure, an equation or an exercise keeps the number that it has on the pages, because it is
written out and not counted anew; LaTeX's own references then repeat it.
"""

import os
import re
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.math import wrap_displaymath
from sphinx.writers.latex import CR, LaTeXTranslator

from bookkit.latex.alive import is_alive
from bookkit.latex.nodes import NODES
from bookkit.latex.solutions import number_of
from bookkit.repository import address

__all__ = ["BookTranslator", "setup"]

HANGUL = re.compile(r"[\uac00-\ud7a3]+(?:[ ,]+[\uac00-\ud7a3]+)*")
SYMBOLS = re.compile("[★⊙∇′]+")
# Cells whose code the pages fold away; their output stays.
FOLDED = ("tag_hide-input", "tag_hide-cell")
# Code of up to so many lines is not broken; of what is longer, so many lines stay with the text.
KEPT_LINES, FIRST_LINES = 14, 5


class BookTranslator(LaTeXTranslator):
    """Sphinx's LaTeX with the book's own boxes and numbers."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        # The binding begins with a preface; the book's title is on the title page.
        self.this_is_the_title = 0
        # How many boxes are open.
        self.boxes = 0

    # ---- Characters ----

    def encode(self, text: str) -> str:
        """Set Korean words, and symbols between words, in a typeface that has them."""
        encoded: str = super().encode(text)
        encoded = SYMBOLS.sub(r"\\ntsymbol{\g<0>}", encoded)
        return HANGUL.sub(r"\\ntkorean{\g<0>}", encoded)

    def visit_index(self, node: nodes.Element) -> None:
        """Write a hyphen as such: makeindex sorts what it is given, letter by letter."""
        start = len(self.body)
        try:
            super().visit_index(node)
        finally:
            entries = [text.replace(r"\sphinxhyphen{}", "-") for text in self.body[start:]]
            self.body[start:] = entries

    # ---- Numbers ----

    def visit_caption(self, node: nodes.Element) -> None:
        """Give a figure its number before its caption asks for it."""
        self._set_number("figure", node.parent)
        super().visit_caption(node)
        if self.body[-1] == r"\caption{":
            # There is no list of figures for it to go to.
            self.body[-1] = r"\caption[]{"

    def depart_caption(self, node: nodes.Element) -> None:
        if is_alive(node):
            self.body.append(rf"\ntalive{{{self._address_of(node.parent)}}}")
        super().depart_caption(node)

    def _address_of(self, figure: nodes.Element) -> str:
        """Where the figure moves: its place on the published pages, if there are any."""
        where = address(os.environ)
        if where is None or not figure["ids"]:
            return ""
        return rf"{where.pages}{self.curfilestack[-1]}.html\#{figure['ids'][0]}"

    def _set_number(self, kind: str, node: nodes.Element) -> None:
        for name in node["ids"]:
            if number := number_of(self.builder.env, self.curfilestack[-1], kind, name):
                self.body.append(rf"\renewcommand{{\the{kind}}}{{{number}}}" + CR)

    def visit_math_block(self, node: nodes.Element) -> None:
        """Write an equation with its number as a tag."""
        source = node.astext()
        label = node.get("label")
        if node.get("nowrap") or not label:
            self.body.append(
                source if node.get("nowrap") else wrap_displaymath(source, None, False)
            )
            raise nodes.SkipNode
        page = node["docname"]
        number = number_of(
            self.builder.env, page, "displaymath", nodes.make_id(f"equation-{label}")
        )
        target = f"equation:{page}:{label}"
        body = wrap_displaymath(source, target, False)
        self.body.append(
            body.replace(rf"\label{{{target}}}", rf"\label{{{target}}}\tag{{{number}}}")
        )
        raise nodes.SkipNode

    # ---- Cells ----

    def visit_container(self, node: nodes.Element) -> None:
        """Leave out the code that the pages fold away, and keep what is short on one page."""
        if _is_folded(node):
            raise nodes.SkipNode
        if "cell" in node["classes"]:
            halves = [half for half in node if not _is_folded(half)]
            self._keep_together([b for half in halves for b in half.findall(nodes.literal_block)])
        elif "cell_output" in node["classes"]:
            self._keep_together(list(node.findall(nodes.literal_block)))
        super().visit_container(node)

    def visit_literal_block(self, node: nodes.Element) -> None:
        """Keep a short block of code on one page."""
        if not isinstance(node.parent, nodes.container):
            self._keep_together([node])
        super().visit_literal_block(node)

    def _keep_together(self, blocks: list[nodes.Element]) -> None:
        lines = sum(block.astext().count("\n") + 1 for block in blocks)
        # A box finds its own breaks.
        if lines and not self.boxes:
            lines = lines if lines <= KEPT_LINES else FIRST_LINES
            self.body.append(CR + rf"\ntkeep{{{lines}}}{{{len(blocks)}}}" + CR)

    # ---- Boxes ----

    def visit_admonition(self, node: nodes.Element) -> None:
        """Open a box, told apart by its class: a warning is a common slip."""
        kind = next((c for c in node["classes"] if c in ("warning", "tip", "important")), "note")
        self.body.append(CR + rf"\begin{{ntbox}}{{{kind}}}")
        self.no_latex_floats += 1
        self.boxes += 1

    def depart_admonition(self, node: nodes.Element) -> None:
        self.body.append(CR + r"\end{ntbox}" + CR)
        self.no_latex_floats -= 1
        self.boxes -= 1

    def visit_exercise(self, node: nodes.Element) -> None:
        self.boxes += 1
        self._open("ntexercise", node, "solution" if node.get("solved") else "")

    def depart_exercise(self, node: nodes.Element) -> None:
        self._close("ntexercise")
        self.boxes -= 1

    def visit_solution(self, node: nodes.Element) -> None:
        self._open("ntsolution", node, "exercise")

    def depart_solution(self, node: nodes.Element) -> None:
        self._close("ntsolution")

    def _open(self, environment: str, node: nodes.Element, partner: str) -> None:
        """Begin an exercise or a solution, up to its heading; `depart_heading` goes on."""
        labels = self.hypertarget_to(node)
        number, label = node["number"], node["label"]
        self.body.append(CR + rf"\begin{{{environment}}}{{{labels}}}{{{number}}}{{")
        self.context.append(rf"}}{{{label}}}{{{partner}}}" + CR)
        self.no_latex_floats += 1

    def visit_heading(self, node: nodes.Element) -> None:
        self.in_title = 1

    def depart_heading(self, node: nodes.Element) -> None:
        self.in_title = 0
        self.body.append(self.context.pop())

    def _close(self, environment: str) -> None:
        self.body.append(CR + rf"\end{{{environment}}}" + CR)
        self.no_latex_floats -= 1

    def visit_elsewhere(self, node: nodes.Element) -> None:
        self.curfilestack.append(node["docname"])

    def depart_elsewhere(self, node: nodes.Element) -> None:
        self.curfilestack.pop()

    def visit_answered(self, node: nodes.Element) -> None:
        self.body.append(rf"\ntanswered{{{node['label']}}}")

    def depart_answered(self, node: nodes.Element) -> None:
        pass

    def visit_answer(self, node: nodes.Element) -> None:
        self.body.append(CR + rf"\begin{{ntanswer}}{{{node['number']}}}{{{node['label']}}}" + CR)
        self.no_latex_floats += 1

    def depart_answer(self, node: nodes.Element) -> None:
        self._close("ntanswer")


def _is_folded(node: nodes.Element) -> bool:
    """Tell whether this is the code of a cell whose code the pages fold away."""
    is_input = "cell_input" in node["classes"]
    return is_input and not set(FOLDED).isdisjoint(node.parent["classes"])


def _translate(app: Sphinx) -> None:
    # Only here: while any translator is set, the theme leaves out its own for the pages, and with
    # it what the headings of the navigation tell a screen reader.
    if app.builder.format == "latex":
        app.set_translator("latex", BookTranslator)


def setup(app: Sphinx) -> None:
    """Make it the translator of the LaTeX builder."""
    app.connect("builder-inited", _translate)
    for node in NODES:
        name = node.__name__
        visit, depart = (getattr(BookTranslator, f"{step}_{name}") for step in ("visit", "depart"))
        app.add_node(node, latex=(visit, depart))
