"""What a mistake is: its name, what to say about it, where to read, and the pass that makes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .passes import Pass

__all__ = ["HINTS", "MISTAKES", "Mistake", "Reference", "mistake"]

PAGES = {1: "01_network_assumptions", 3: "03_backpropagation", 4: "04_the_mathematics"}


@dataclass(frozen=True)
class Reference:
    """A place in the book.

    Attributes
    ----------
    section : str
        Heading of the section, as it stands on the page.
    label : str
        Label of the equation, such as ``eq-c4-delta-back``.
    """

    section: str
    label: str

    @property
    def chapter(self) -> int:
        """Number of the chapter that holds the equation."""
        return int(self.label[4])

    @property
    def page(self) -> str:
        """Address of the equation, from any chapter's page."""
        return f"{PAGES[self.chapter]}.html#equation-{self.label}"

    def __str__(self) -> str:
        return f"chapter {self.chapter}, “{self.section}”, equation ({self.label})"


@dataclass(frozen=True)
class Mistake:
    """A mistake with a name.

    Attributes
    ----------
    code : str
        Short name, for tables.
    sentence : str
        What is done, and what belongs there instead.
    reference : Reference
        Where the book says so.
    variant : type
        The pass that makes the mistake.
    """

    code: str
    sentence: str
    reference: Reference
    variant: type[Pass]

    @property
    def hint(self) -> str:
        """Where to look, without saying what for."""
        return HINTS[self.step]

    @property
    def step(self) -> str:
        """The step that goes wrong: forward, start, slope, back, weights, biases, mean or form."""
        return STEPS[self.code]


HINTS = {
    "forward": "Begin with the way forward: compare every z and a with the book's.",
    "start": "Look at the very start of the way back, the derivative of the cost at the outputs.",
    "slope": "Look at the slopes: which function, at which place, of which layer, and is it there?",
    "back": "Look at the step from one layer back to the one before it. Write out one entry.",
    "weights": "Look at how the weights' gradient is collected, and from which two things.",
    "biases": "Look at how the biases' gradient is collected, and over what it is summed.",
    "mean": "Look at the examples: which sums over them are there, and where is the 1/m?",
    "form": "The numbers may be right: look at what you return, and in which order.",
}
MISTAKES: dict[str, Mistake] = {}
STEPS: dict[str, str] = {}


def mistake(
    step: str, code: str, sentence: str, label: str, section: str
) -> Callable[[type[Pass]], type[Pass]]:
    """Enter a variant of the pass into the catalogue."""

    def enter(variant: type[Pass]) -> type[Pass]:
        STEPS[code] = step
        MISTAKES[code] = Mistake(code, sentence, Reference(section, label), variant)
        return variant

    return enter
