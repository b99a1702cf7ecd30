"""What a chapter shows as source is the source."""

import ast
import inspect
import textwrap

import pytest

from backprop import Network, backward, cost, forward, gradient
from backprop import listings as listings_module
from backprop.activations import SIGMOID, relu
from backprop.listings import Listing, listing


def documented(x):
    """One line.

    More lines, with a "quote" and a # that is no comment.
    """

    # a comment that stays
    y = x + 1  # and another
    """A string in the middle is no docstring."""
    return y


def only_documented():
    """There is nothing else in here."""


class Outer:
    """A class."""

    value = 1

    def method(self):
        """A method."""
        return self.value

    @property
    def double(self):
        """A property."""
        return 2 * self.value


def nested():
    """Outside."""

    def inner():
        """Inside."""
        return 1

    return inner


# fmt: off
def on_one_line(): """Shares its line."""; return 3  # noqa: E702
# fmt: on


def test_the_docstring_goes_and_all_else_stays():
    source, whole = listing(documented).source, inspect.getsource(documented)
    assert source == textwrap.dedent(
        '''
        def documented(x):
            # a comment that stays
            y = x + 1  # and another
            """A string in the middle is no docstring."""
            return y
        '''
    ).strip("\n")
    assert all(line in whole.splitlines() for line in source.splitlines())


def test_the_docstring_stays_if_asked_for():
    assert listing(documented, docstring=True).source == inspect.getsource(documented).strip()


@pytest.mark.parametrize("docstring", [False, True])
@pytest.mark.parametrize("thing", [only_documented, Outer, nested, on_one_line, listings_module])
def test_what_is_shown_is_python(thing, docstring):
    ast.parse(listing(thing, docstring=docstring).source)


def test_a_body_that_is_only_a_docstring_stays():
    assert '"""There is nothing else in here."""' in listing(only_documented).source


def test_docstrings_within_go_too():
    assert '"""' not in listing(Outer, nested).source
    assert "return self.value" in listing(Outer).source
    assert "A class" not in listing(Outer).source


def test_a_docstring_that_shares_a_line_with_code_stays():
    shown = listing(on_one_line).source
    assert "return 3" in shown
    assert "Shares its line" in shown


def test_methods_and_properties_move_to_the_margin():
    assert listing(Outer.method).source == "def method(self):\n    return self.value"
    assert listing(Outer.double).source.startswith("@property\ndef double(self):")
    assert listing(Network.initialise).source.splitlines()[1].startswith("def initialise(")


def test_several_objects_are_two_blank_lines_apart():
    assert listing(relu, documented).source == f"{listing(relu)!r}\n\n\n{listing(documented)!r}"


def test_the_real_source_behind_a_checked_function():
    """`forward` and `gradient` check their arguments in a wrapper, which is not what is shown."""
    assert "def forward(net: Network, x: Array) -> Trace:" in listing(forward).source
    assert "def gradient(net: Network, x: Array, y: Array)" in listing(gradient).source
    assert "def checked" not in listing(forward, gradient, cost).source


def test_the_listing_of_the_book_is_under_40_lines():
    """Forward and backward pass and the gradient: the whole of back-propagation."""
    assert len(listing(forward, backward, gradient).source.splitlines()) < 40


def test_notebook_and_terminal_show_the_same():
    shown = listing(relu)
    assert shown._repr_markdown_() == f"```python\n{shown.source}\n```"
    assert repr(shown) == shown.source


def test_a_fence_is_longer_than_any_fence_within():
    text = Listing('"""\n````text\n````\n"""')._repr_markdown_()
    assert text.startswith("`````python\n")
    assert text.endswith("\n`````")


@pytest.mark.parametrize("thing", [len, 3, "relu", SIGMOID, Network.initialise([2, 1])])
def test_what_has_no_source_is_refused(thing):
    with pytest.raises(TypeError, match="whose source cannot be found"):
        listing(thing)


def test_nothing_is_refused():
    with pytest.raises(TypeError, match="at least one function"):
        listing()
