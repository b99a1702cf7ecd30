"""The palette: legible, told apart, and the only source of the page's colours."""

import re
from itertools import combinations
from pathlib import Path

import pytest
import yaml
from pygments.styles import get_style_by_name

import bookkit
from backprop.colours import DARK, LIGHT, contrast, css_variables
from bookkit.page import colours_css

TEXT = 4.5
# What text stands on besides the page itself: the grounds of code, tables and boxes in the theme.
GROUNDS = {LIGHT: ("#F3F4F5",), DARK: ("#222832", "#29313D")}
ROOT = Path(__file__).parents[1]
BOOK_CSS = Path(bookkit.__file__).parent / "static" / "book.css"

both = pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])


@both
def test_every_colour_can_be_read_as_text(palette):
    for role, colour in palette._asdict().items():
        if role != "paper":
            for ground in (palette.paper, *GROUNDS[palette]):
                assert contrast(colour, ground) >= TEXT, (role, ground)


@pytest.mark.parametrize(
    ("option", "palette"), [("pygments_light_style", LIGHT), ("pygments_dark_style", DARK)]
)
def test_highlighted_code_can_be_read(option, palette):
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    style = get_style_by_name(config["sphinx"]["config"]["html_theme_options"][option])
    colours = {token["color"] for _, token in style if token["color"]}
    assert len(colours) > 3
    for colour in colours:
        assert contrast(f"#{colour}", GROUNDS[palette][-1]) >= TEXT, colour


def brettel(colour, lost):
    """How a colour looks to somebody who lacks one kind of cone (Viénot, Brettel, Mollon 1999)."""
    matrix = {
        "red": ((0.11238, 0.88762, 0), (0.11238, 0.88762, 0), (0.00401, -0.00401, 1)),
        "green": ((0.29275, 0.70725, 0), (0.29275, 0.70725, 0), (-0.02234, 0.02234, 1)),
    }[lost]
    rgb = [(int(colour[i : i + 2], 16) / 255) ** 2.2 for i in (1, 3, 5)]
    return [
        max(0.0, sum(share * c for share, c in zip(row, rgb, strict=True))) ** (1 / 2.2)
        for row in matrix
    ]


@both
@pytest.mark.parametrize("lost", ["red", "green"])
def test_the_sign_of_a_weight_is_seen_without_red_or_green(palette, lost):
    positive, negative = brettel(palette.positive, lost), brettel(palette.negative, lost)
    assert max(abs(p - n) for p, n in zip(positive, negative, strict=True)) > 0.3


@both
def test_no_two_roles_share_a_colour(palette):
    assert all(one != other for one, other in combinations(palette, 2))


def test_contrast_is_that_of_the_standard():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#FFFFFF", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.005)


def test_the_page_has_a_property_for_every_role_in_both_themes():
    light, dark, *_ = colours_css().split("}")
    assert light.startswith("html {")
    assert dark.strip().startswith('html[data-theme="dark"] {')
    for palette, rule in ((LIGHT, light), (DARK, dark)):
        for name, value in css_variables(palette).items():
            assert f"{name}: {value};" in rule


def test_style_sheet_takes_its_colours_from_the_palette():
    # White is paper: the card that a still picture lies on.
    css = re.sub(r"/\*.*?\*/", "", BOOK_CSS.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert set(re.findall(r"#[0-9A-Fa-f]{3,8}\b", css)) <= {"#fff"}
