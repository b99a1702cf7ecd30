"""Formulas are set while the book is built, and the pages carry what they use of the fonts."""

import io
import re

import pytest
from fontTools.ttLib import TTFont

from bookkit.fonts import font_with
from bookkit.mathematics import MATHJAX, needed_characters, needed_rules, typeset

SHEET = """
mjx-c::before { display: block; }
.TEX-I { font-family: MJXZERO, MJXTEX-I; }
@font-face /* 1 */ {
  font-family: MJXTEX;
  src: url("mathjax/MathJax_Main-Regular.woff") format("woff");
}
@font-face /* 2 */ {
  font-family: MJXTEX-I;
  src: url("mathjax/MathJax_Math-Italic.woff") format("woff");
}
@font-face /* 3 */ {
  font-family: MJXTEX-S1;
  src: url("mathjax/MathJax_Size1-Regular.woff") format("woff");
}
@font-face /* 4 */ {
  font-family: MJXTEX-S4;
  src: url("mathjax/MathJax_Size4-Regular.woff") format("woff");
}
@font-face /* 5 */ {
  font-family: MJXTEX-A;
  src: url("mathjax/MathJax_AMS-Regular.woff") format("woff");
}
mjx-c.mjx-c1D44E.TEX-I::before { padding: 0.441em 0.529em 0.01em 0; content: "a"; }
mjx-c.mjx-c1D44F.TEX-I::before { content: "b"; }
mjx-c.mjx-c28::before { content: "("; }
mjx-stretchy-v.mjx-c28 mjx-beg mjx-c::before { content: "\\239B"; }
"""


def test_a_formula_is_seen_and_heard():
    formula = typeset(r"\sqrt{a^2}", display=True)
    assert formula.seen.startswith('<mjx-container class="MathJax"')
    assert "mjx-c1D44E" in formula.seen
    assert 'aria-hidden="true"' in formula.seen
    assert "undefined" not in formula.seen + formula.mathml
    assert re.search(r"<msqrt><msup><mi>a</mi><mn>2</mn></msup></msqrt>", formula.mathml)
    assert "\n" not in formula.mathml


def test_on_a_line_of_its_own_limits_stand_below():
    assert "<munder" in typeset(r"\sum_i a", display=True).mathml.replace("munderover", "munder")
    assert typeset(r"\sum_i a", True).seen != typeset(r"\sum_i a", False).seen


def test_a_matrix_in_a_matrix_is_not_too_deep():
    inner = r"\begin{pmatrix} a & b \\ c & d \end{pmatrix}"
    for _ in range(3):
        inner = (
            rf"\underbrace{{\left( \begin{{pmatrix}} {inner} \\ {inner} \end{{pmatrix}} \right)}}"
        )
    assert typeset(inner, display=True).mathml.count("<mi>d</mi>") == 8


@pytest.mark.parametrize(
    ("tex", "reason"),
    [
        (r"\frac{a", "Missing close brace"),
        (r"\nosuchmacro{a}", "Undefined control sequence"),
        (r"\begin{pmatrix} a", "Missing"),
    ],
)
def test_what_tex_cannot_read_is_an_error_that_shows_it(tex, reason):
    with pytest.raises(ValueError, match=reason) as caught:
        typeset(tex)
    assert tex in str(caught.value)


def test_rules_of_unused_characters_go():
    kept = needed_rules(SHEET, {"mjx-c1D44E"})
    assert 'content: "a"' in kept
    assert 'content: "b"' not in kept
    assert "239B" not in kept
    assert "mjx-c::before { display: block; }" in kept
    assert "239B" in needed_rules(SHEET, {"mjx-c28"})


def test_every_character_is_looked_for_in_the_font_that_prints_it():
    needed = needed_characters(needed_rules(SHEET, {"mjx-c1D44E", "mjx-c28"}))
    assert needed["MJXTEX-I"] == {"a"}
    assert needed["MJXTEX"] == needed["MJXTEX-S4"] == {"(", "⎛"}


def test_a_font_keeps_what_is_asked_for():
    path = MATHJAX / "fonts" / "MathJax_Math-Italic.woff"
    font = font_with(path, "ab∇")
    assert font is not None
    assert len(font) < path.stat().st_size / 8
    assert set(TTFont(io.BytesIO(font)).getBestCmap()) == {ord("a"), ord("b")}
    assert font == font_with(path, "ab∇"), "the same on every machine"
    assert font_with(path, "中") is None
