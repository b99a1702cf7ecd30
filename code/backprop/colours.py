"""One colour for each quantity, everywhere in the book.

The static figures, the live figures, the equations and the page all take their colours from here,
so that an activation in an equation has the colour of the same activation in a picture.  The hues
come from the palette of Okabe and Ito, which readers with a colour-vision deficiency can tell
apart; they are darkened for the light page and lightened for the dark one until text in them
reaches a contrast of 4.5 to 1.  Colour never stands alone: a weight's sign is also printed or
dashed, and its size is a line's width.

>>> LIGHT.activation
'#00765A'
>>> round(contrast(LIGHT.activation, LIGHT.paper), 2)
5.62
>>> css_variables(DARK)["--nt-gradient"]
'#E699C6'
"""

from typing import Literal, NamedTuple

__all__ = ["DARK", "LIGHT", "Palette", "Role", "contrast", "css_variables"]

Role = Literal["activation", "positive", "negative", "gradient", "target", "ink", "muted", "paper"]


class Palette(NamedTuple):
    """The colours of one kind of page, each as ``#RRGGBB``.

    Attributes
    ----------
    activation : str
        An activation, a or x.
    positive, negative : str
        A weight, by its sign.
    gradient : str
        Anything that is a derivative of the cost: δ, ∂C/∂W, ∇C.
    target : str
        What the network should say, y, and the error, a - y.
    ink, muted, paper : str
        Text and lines; what stays in the background; the background itself.
    """

    activation: str
    positive: str
    negative: str
    gradient: str
    target: str
    ink: str
    muted: str
    paper: str


LIGHT = Palette(
    activation="#00765A",
    positive="#0072B2",
    negative="#B84A00",
    gradient="#A23B7C",
    target="#8A6100",
    ink="#1F2933",
    muted="#5F6B76",
    paper="#FFFFFF",
)

DARK = Palette(
    activation="#2BC498",
    positive="#56B4E9",
    negative="#F28E4B",
    gradient="#E699C6",
    target="#E8B43A",
    ink="#E6E9EC",
    muted="#A3ADB8",
    paper="#14181E",
)


def css_variables(palette: Palette) -> dict[str, str]:
    """Name each colour as the page's style sheets know it.

    Parameters
    ----------
    palette : Palette
        `LIGHT` or `DARK`.

    Returns
    -------
    dict of str to str
        ``{"--nt-activation": "#00765A", ...}``, one entry a role.
    """
    return {f"--nt-{role}": colour for role, colour in palette._asdict().items()}


def contrast(one: str, other: str) -> float:
    """Measure how well one colour can be read on another.

    Parameters
    ----------
    one, other : str
        Two colours as ``#RRGGBB``; the order does not matter.

    Returns
    -------
    float
        The contrast ratio of WCAG 2, from 1 (the same) to 21 (black on white).
    """
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    """Relative luminance of an sRGB colour, from 0 (black) to 1 (white)."""
    channels = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(share * c for share, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
