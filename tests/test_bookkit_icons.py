"""Of Font Awesome's icons the pages keep those that they show."""

from pathlib import Path

import pydata_sphinx_theme
import pytest

from bookkit.icons import SCRIPT, named_icons, subset

THEME = Path(pydata_sphinx_theme.__file__).parent / "theme" / "pydata_sphinx_theme" / "static"


@pytest.fixture(scope="module")
def script():
    return (THEME / "scripts" / SCRIPT.name).read_text(encoding="utf-8")


def test_names_are_found_where_pages_and_scripts_have_them():
    page = '<i class="fa-solid fa-magnifying-glass"></i>'
    code = 'button.innerHTML = "<span class=\\"fas fa-arrow-up\\">"'
    assert named_icons([page, code]) == {"solid", "magnifying-glass", "arrow-up"}


def test_the_themes_script_shrinks_to_the_icons_that_are_named(script):
    small = subset(script, {"magnifying-glass", "circle-half-stroke"})
    assert len(small) < len(script) / 15
    assert '"magnifying-glass":[512' in small
    assert '"circle-half-stroke":[' in small
    assert "M416 208c0 45.9" in small, "the outline of the magnifying glass"
    assert '"face-smile":[' not in small


def test_an_alias_keeps_its_icon(script):
    # "search" is what the magnifying glass was called.
    assert '"magnifying-glass":[512' in subset(script, {"search"})


def test_everything_but_the_tables_stays(script):
    everything = named_icons([]) | {"magnifying-glass"}
    small = subset(script, everything)
    assert small.startswith(script[:500])
    assert small.endswith(script[-2000:])


def test_a_table_that_ends_with_a_dropped_icon_is_still_javascript():
    table = 'a={"one":[1,2,[],"f0a1","M1"],"two":[1,2,["deux"],"f0a2",["M2","M3"]]};'
    assert subset(table, {"one"}) == 'a={"one":[1,2,[],"f0a1","M1"],};'
    assert subset(table, {"deux"}) == 'a={"two":[1,2,["deux"],"f0a2",["M2","M3"]]};'
    assert subset(table, {"two"}) == subset(table, {"deux"})
