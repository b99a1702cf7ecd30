"""Pages keep the icons that they show and the scripts that they need."""

import pytest

from bookkit.lean import (
    MENDED,
    SHEET,
    STATIC,
    THEME,
    lean_page,
    lean_script,
    lean_sheet,
    named_icons,
    printed_characters,
)

PAGE = """
<script defer src="../_static/scripts/fontawesome.js?digest=1"></script>
<script src="../_static/searchtools.js"></script>
    <script src="../_static/language_data.js"></script>
    <script src="../searchindex.js"></script>
<script src="../_static/scripts/bootstrap.js"></script>
<i class="fa-solid fa-list"></i> <i class="fas fa-file"></i> <i class="family">kept</i>
"""


@pytest.fixture(scope="module")
def sheet():
    return (THEME / SHEET.relative_to(STATIC)).read_text(encoding="utf-8")


def test_names_are_found_where_pages_and_scripts_have_them():
    page = '<i class="fa-solid fa-magnifying-glass"></i>'
    code = 'button.innerHTML = "<span class=\\"fas fa-arrow-up\\">"'
    assert named_icons([page, code]) == {"solid", "magnifying-glass", "arrow-up"}


def test_the_themes_sheet_keeps_the_icons_that_are_named(sheet):
    small = lean_sheet(sheet, {"magnifying-glass", "solid"})
    assert len(small) < len(sheet) - 80_000
    assert ".fa-magnifying-glass:before" in small
    assert ".fa-face-smile:before" not in small
    assert ".fa-spin" in sheet
    assert ".fa-spin" not in small
    assert ".woff2" not in small
    assert ".ttf" not in small
    assert small.count("{") == small.count("}")


def test_an_alias_keeps_its_icon(sheet):
    # "search" is what the magnifying glass was called.
    assert ".fa-magnifying-glass:before" in lean_sheet(sheet, {"search"})


def test_everything_but_the_icons_stays(sheet):
    small = lean_sheet(sheet, set())
    for rule in (".admonition", ".navbar", ".btn:hover", "--pst-icon-download", "@font-face"):
        assert small.count(rule) == sheet.count(rule), rule
    names = named_icons([sheet])
    assert lean_sheet(sheet, names).count("{") == sheet.count("{")


def test_glyphs_are_found_in_rules_and_in_variables():
    sheet = r'.fa-list:before{content:"\f03a"} html{--pst-icon-download:"\f019"} q{quotes:"\201c"}'
    assert printed_characters([sheet]) == {"\uf03a", "\uf019"}


def test_a_page_loses_the_scripts_that_it_does_not_need():
    page = lean_page(PAGE, searches=False)
    assert "fontawesome" not in page
    assert "search" not in page
    assert "language_data" not in page
    assert "bootstrap.js" in page
    assert '<i aria-hidden="true" class="fa-solid fa-list">' in page
    assert '<i aria-hidden="true" class="fas fa-file">' in page
    assert '<i class="family">' in page
    searching = lean_page(PAGE, searches=True)
    assert "searchtools.js" in searching
    assert "searchindex.js" in searching
    assert "fontawesome" not in searching


def test_the_theme_does_not_do_things_to_the_whole_page():
    for path in MENDED:
        script = (THEME / path.relative_to(STATIC)).read_text(encoding="utf-8")
        assert abs(len(script) - len(lean_script(path))) < 100, "and does all the rest"
    theme, bootstrap = map(lean_script, MENDED)
    assert 'window.addEventListener("load"' not in theme
    assert '"keydown",e=>{e.shiftKey||' in theme, "for a key, the field is not looked for"
    assert "/Escape/i.test(e.key)&&document.activeElement===g()&&(" in theme, "except for Escape"
    assert '.find(".show").filter(t=>t.matches(' in bootstrap
    assert "for(const r of[s.target.closest?.(e)])if(r&&r!==this&&this.contains(r))" in bootstrap


def test_another_theme_is_noticed(monkeypatch):
    for path in MENDED:
        monkeypatch.setitem(MENDED, path, [("not in it", "")])
        with pytest.raises(ValueError, match=f"{path.name}.*it 0 times.*Has the theme changed"):
            lean_script(path)
