"""The colouring of the equations: the right symbols, nothing else, and the same mathematics."""

import re

import pytest

from bookkit.notation import ROLES, html, latex, latex_preamble
from bookkit.tex import SYMBOLS, colour

A, W, D, Y = "activation", "weight", "gradient", "target"


def uncoloured(tex):
    """Take the classes out again."""
    return re.sub(r"\\class\{nt-\w+\}\{(\\?\w+)\}", r"\1", tex)


def without_braces(tex):
    """Take away the braces around a single symbol, which mean nothing."""
    return re.sub(r"\{(a|w|W|y|\\delta|\\nabla)\}", r"\1", tex)


def found(tex):
    """The quantities and symbols that are coloured in a piece of TeX, in order."""
    seen = []

    def note(quantity, symbol):
        seen.append((quantity, symbol))
        return symbol

    colour(tex, note)
    return seen


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        ("a", [(A, "a")]),
        ("W", [(W, "W")]),
        (r"w_{jk}", [(W, "w")]),
        (r"\delta^{(l)}_j", [(D, r"\delta")]),
        (r"\nabla C", [(D, r"\nabla")]),
        ("y_j", [(Y, "y")]),
        (r"a^{(l)} = \sigma(W^{(l)} a^{(l-1)} + b^{(l)})", [(A, "a"), (W, "W"), (A, "a")]),
        (r"\frac{\partial C}{\partial w}", [(W, "w")]),
        (r"(a - y)^2", [(A, "a"), (Y, "y")]),
        (r"\sum_{a} x", [(A, "a")]),
        ("da", [(A, "a")]),
    ],
)
def test_symbols_get_their_quantity(tex, expected):
    assert found(tex) == expected


@pytest.mark.parametrize(
    "tex",
    [
        r"\alpha \gamma \omega \Delta \forall \wedge \bar \arg \max \ \, \&",
        r"\text{a way to say why}",
        r"\text{nested {a} braces}",
        r"\mathrm{a} \mathbb{W} \mathcal{W} \mathtt{W @ a}",
        r"\operatorname{argway}",
        r"\operatorname*{argway} x",
        r"\begin{array}{lwa} x & z \end{array}",
        r"\begin{alignat*}{2} x \end{alignat*}",
        r"\label{eq-way} \tag{a}",
        r"\class{mine}{a} \textcolor{red}{y}",
        r"\color{red} a + W",
        "z % a comment by a writer",
    ],
)
def test_names_words_and_colours_are_left_alone(tex):
    assert colour(tex, html) == tex
    assert colour(tex, latex) == tex


def test_a_colour_holds_for_the_rest_of_its_group_only():
    assert found(r"{\color{red} a} W") == [(W, "W")]


def test_a_comment_ends_with_its_line():
    assert found("% a\ny") == [(Y, "y")]


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        ("x^a", r"x^{\class{nt-activation}{a}}"),
        (r"\frac aw", r"\frac {\class{nt-activation}{a}}{\class{nt-weight}{w}}"),
        (r"\sqrt y", r"\sqrt {\class{nt-target}{y}}"),
        (r"\sqrt[3]y", r"\sqrt[3]{\class{nt-target}{y}}"),
        (r"\boldsymbol\delta", r"\boldsymbol{\class{nt-gradient}{\delta}}"),
        (r"\frac{1}{2} a", r"\frac{1}{2} \class{nt-activation}{a}"),
        (r"\frac12 a", r"\frac12 \class{nt-activation}{a}"),
        ("x^{2} a", r"x^{2} \class{nt-activation}{a}"),
        ("x_1 a", r"x_1 \class{nt-activation}{a}"),
    ],
)
def test_a_bare_argument_gets_braces(tex, expected):
    assert colour(tex, html) == expected


@pytest.mark.parametrize("tex", [r"\hat y", r"\hat{y}", r"\widehat{y_j}"])
def test_what_the_network_says_is_an_activation(tex):
    assert found(tex) == [(A, "y")]
    assert found(tex + " - y")[-1] == (Y, "y")


EXAMPLES = [
    r"\frac{\partial C}{\partial w_{jk}^{(l)}} = a_k^{(l-1)} \sigma'(z_j) \delta_j",
    r"\begin{aligned} a &= \sigma(z) \\[4pt] \delta &= 2(a - y) \odot \sigma'(z) \end{aligned}",
    r"\hat{y} = W \mathbf{a} + \text{why not} \, x^a \quad \sqrt[a]{w}",
    r"\nabla C = \left(\frac{\partial C}{\partial w_1}, \ldots\right)^{\!\top}",
    r"unbalanced } braces { a",
    "",
]


@pytest.mark.parametrize("paint", [html, latex])
@pytest.mark.parametrize("tex", EXAMPLES)
def test_a_second_time_changes_nothing(tex, paint):
    once = colour(tex, paint)
    assert colour(once, paint) == once


@pytest.mark.parametrize("tex", EXAMPLES)
def test_without_its_classes_the_mathematics_is_as_it_was(tex):
    assert without_braces(uncoloured(colour(tex, html))) == without_braces(tex)


def test_every_quantity_has_a_colour_on_paper():
    assert set(SYMBOLS.values()) == set(ROLES)
    for quantity in ROLES:
        assert rf"\definecolor{{nt{quantity}}}{{HTML}}" in latex_preamble()
