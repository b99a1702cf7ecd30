"""On paper nothing unfolds: which reasons the printed book moves to its end."""

from docutils import nodes
from docutils.core import publish_doctree
from myst_parser.parsers.docutils_ import Parser

from bookkit.latex.choices import reasons_after

SOURCE = """
**1.** Which?

<details class="choice"><summary>

**A.** This one.

</summary>

**No.**
It is another.

And a second paragraph.

</details>

<details class="choice"><summary>

**B.** That one.

</summary>

**Right.**
Because.

</details>

**2.** And why?

Not an answer.
"""


def questions():
    document = publish_doctree(SOURCE, parser=Parser(), settings_overrides={"raw_enabled": True})
    paragraphs = list(document.findall(nodes.paragraph))
    return [p for p in paragraphs if p.astext()[:2] in ("1.", "2.")]


def test_reasons_come_with_the_letters_of_their_answers():
    first, _ = questions()
    said = [reason.astext().replace("\n", " ") for reason in reasons_after(first)]
    assert said == ["A. No. It is another.", "And a second paragraph.", "B. Right. Because."]


def test_the_answers_stay_where_they_are():
    first, _ = questions()
    parent = first.parent
    for reason in reasons_after(first):
        parent.remove(reason)
    left = [node.astext() for node in parent.children if isinstance(node, nodes.paragraph)]
    assert left[1:3] == ["A. This one.", "B. That one."]


def test_a_question_without_a_choice_has_none():
    assert reasons_after(questions()[1]) == []
