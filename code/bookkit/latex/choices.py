"""Find the reasons that the pages fold away behind the answers to choose from."""

from docutils import nodes

__all__ = ["reasons_after"]

OPEN, FOLD = '<details class="choice">', "</summary>"


def reasons_after(question: nodes.Element) -> list[nodes.Element]:
    """Collect what is folded behind the answers that follow a question.

    Parameters
    ----------
    question : nodes.Element
        The paragraph that asks.

    Returns
    -------
    list of nodes.Element
        Still where they were; the first of each answer begins with the answer's letter.  Empty if
        no answers to choose from follow.
    """
    found: list[nodes.Element] = []
    tag = letter = ""
    siblings = question.parent.children
    for node in siblings[siblings.index(question) + 1 :]:
        if isinstance(node, nodes.raw):
            tag = node.astext().strip()
        elif tag.startswith(OPEN):
            letter = node.astext().split()[0]
        elif tag == FOLD:
            if letter:
                node[0:0] = [nodes.strong("", letter), nodes.Text(" ")]
            letter = ""
            found.append(node)
        else:
            break
    return found
