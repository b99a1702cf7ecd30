r"""Find the symbols of the book in a piece of TeX mathematics and wrap them.

>>> colour(r"a_1 = \sigma(W a + b)", lambda quantity, symbol: f"<{symbol}>")
'<a>_1 = \\sigma(<W> <a> + b)'

Words, labels and names stay as they are, and so does whatever has a class or a colour already.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

__all__ = ["SYMBOLS", "Paint", "colour"]

# A symbol, and the quantity that it stands for.
SYMBOLS = {
    "a": "activation",
    "w": "weight",
    "W": "weight",
    r"\delta": "gradient",
    r"\nabla": "gradient",
    "y": "target",
}

Paint = Callable[[str, str], str]


def _each(number: int, words: str) -> dict[str, int]:
    return dict.fromkeys((f"\\{word}" for word in words.split()), number)


# What follows these is words, names or lengths, or has its looks already: how many groups to leave.
LEFT_ALONE = (
    _each(1, "begin end label tag ref eqref hspace vspace mspace unicode require color")
    | _each(1, "text textrm textbf textit texttt textsf textnormal mbox hbox operatorname")
    | _each(1, "mathrm mathsf mathtt mathcal mathscr mathfrak mathbb")
    | _each(2, "class cssId style href textcolor colorbox mathcolor")
)
# These take what comes next as an argument, with or without braces: how many arguments.
TAKES_ARGUMENTS = (
    {"^": 1, "_": 1}
    | _each(2, "frac dfrac tfrac cfrac binom overset underset stackrel")
    | _each(1, "sqrt hat widehat bar overline underline vec tilde widetilde dot ddot check breve")
    | _each(1, "acute grave mathbf mathit boldsymbol bm overbrace underbrace cancel boxed")
)
HATS = (r"\hat", r"\widehat")
# These environments are given their columns in a second group.
WITH_COLUMNS = re.compile(r"\s*\{(array|subarray|alignat\*?|alignedat|tabular)\}")
TOKEN = re.compile(r"\\[A-Za-z]+|\\.|%[^\n]*|\s+|.", re.DOTALL)


@dataclass(frozen=True)
class _State:
    """Where in the TeX we are: how many bare arguments are due, and what is around them."""

    due: int = 0
    hat_next: bool = False
    in_hat: bool = False
    left_alone: bool = False

    def after_argument(self) -> "_State":
        return replace(self, due=max(0, self.due - 1), hat_next=False)

    def inside(self) -> "_State":
        return _State(in_hat=self.in_hat or self.hat_next, left_alone=self.left_alone)


def colour(tex: str, paint: Paint) -> str:
    """Wrap every symbol of `SYMBOLS` in a piece of TeX mathematics.

    Parameters
    ----------
    tex : str
        TeX as it stands between the dollars.
    paint : callable
        ``paint(quantity, symbol)`` gives the wrapped symbol.

    Returns
    -------
    str
        The same mathematics with its symbols wrapped.

    Notes
    -----
    A symbol that is the bare argument of something, as in ``x^a``, gets braces as well, since the
    wrapped symbol is more than one token.  The y below a hat is what the network says, not what
    it should say: it is an activation.
    """
    tokens = TOKEN.findall(tex)
    done: list[str] = []
    outer: list[_State] = []
    state = _State()
    while len(done) < len(tokens):
        position = len(done)
        token = tokens[position]
        end = position + 1
        if token == "{":
            outer.append(state.after_argument())
            state = state.inside()
        elif token == "}":
            state = outer.pop() if outer else state
        elif token in LEFT_ALONE:
            end = _end_of_groups(tokens, end, token)
            # \color holds for the rest of its group.
            state = replace(
                state.after_argument(), left_alone=state.left_alone or token == r"\color"
            )
        elif token in TAKES_ARGUMENTS:
            end = _end_of_degree(tokens, end) if token == r"\sqrt" else end
            state = replace(state, due=TAKES_ARGUMENTS[token], hat_next=token in HATS)
        elif not (token.isspace() or token.startswith("%")):
            done.append(_painted(token, state, paint))
            state = state.after_argument()
        done += tokens[len(done) : end]
    return "".join(done)


def _painted(token: str, state: _State, paint: Paint) -> str:
    """Wrap a token if it is one of the symbols and free to be coloured."""
    if token not in SYMBOLS or state.left_alone:
        return token
    hatted = token == "y" and (state.in_hat or state.hat_next)
    wrapped = paint("activation" if hatted else SYMBOLS[token], token)
    return f"{{{wrapped}}}" if state.due else wrapped


def _end_of_groups(tokens: list[str], position: int, token: str) -> int:
    """Find where the arguments end of a word whose arguments are left alone."""
    groups = LEFT_ALONE[token]
    if token == r"\begin" and WITH_COLUMNS.match("".join(tokens[position:])):
        groups += 1
    if tokens[position : position + 1] == ["*"]:
        position += 1
    for _ in range(groups):
        while position < len(tokens) and tokens[position].isspace():
            position += 1
        position = _end_of_group(tokens, position)
    return position


def _end_of_group(tokens: list[str], position: int) -> int:
    """Find the end of a group in braces, or of the single token that stands for one."""
    depth = 0
    for index in range(position, len(tokens)):
        depth += (tokens[index] == "{") - (tokens[index] == "}")
        if depth <= 0:
            return index + 1
    return len(tokens)


def _end_of_degree(tokens: list[str], position: int) -> int:
    """Find the end of the degree in square brackets that a root may have."""
    if tokens[position : position + 1] != ["["] or "]" not in tokens[position:]:
        return position
    return tokens.index("]", position) + 1
