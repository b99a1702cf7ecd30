"""Every page of the book as its readers get it: whole, legible, and usable without a mouse.

That a page asks nothing of another host and reports no error is watched wherever `open_page` opens
one; here it is every page, served and from the reader's own disk.
"""

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from axe_playwright_python.base import AXE_SCRIPT
from conftest import page_with, pages_of
from driving import quiet_frame, wait_until
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Browser, Page, expect

OpenPage = Callable[..., Page]
# What a reader's window and eyes may ask for; every page is opened in the first and turned into the
# others. That every figure wakes in each of them is for the figures' own tests.
LOOKS = [(390, "light"), (1280, "light"), (1280, "dark"), (390, "dark")]

AXE = """() => {
    // Axe takes three times as long over what is hidden from those whom it speaks for, and over the
    // coloured words of code.
    for (const each of document.querySelectorAll("mjx-math")) each.remove();
    for (const each of document.querySelectorAll("pre span")) each.replaceWith(...each.childNodes);
    const rules = { "color-contrast": { enabled: false } };
    return axe.run({ resultTypes: ["violations"], preload: false, rules });
}"""
# Contrast is looked at once for each kind of text on the page: a chapter has thousands of coloured
# words of code. A formula's colours are those of the palette, and its MathML is left in.
CONTRAST = """() => {
    const kinds = new Set();
    for (const element of document.body.querySelectorAll("*:not(mjx-container, mjx-container *)")) {
        const says = ({ nodeType, data }) => nodeType === 3 && data.trim();
        if (![...element.childNodes].some(says) || !element.checkVisibility()) continue;
        const names = [];
        for (let at = element; at && names.length < 5; at = at.parentElement)
            names.push(`${at.tagName}.${at.getAttribute("class")}`);
        const kind = names.join(" ");
        if (!kinds.has(kind)) element.dataset.sample = "";
        kinds.add(kind);
    }
    return axe.run(
        { include: ["[data-sample]"] },
        { resultTypes: ["violations"], preload: false, runOnly: ["color-contrast"] },
    );
}"""

# TeX that has come to the page as it was written.
RAW = r"""() => {
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const raw = [];
    while (texts.nextNode()) {
        const { data, parentElement } = texts.currentNode;
        const code = parentElement.closest("pre, code, script, textarea");
        if (!code && /\\[([]|\\begin\{|\$\$/.test(data)) raw.push(data.trim().slice(0, 200));
    }
    return raw;
}"""

# What sticks out of the card of a live figure, by more than a focus ring or a shadow.
OUTSIDE = """() => [...document.querySelectorAll(".nt-figure")].flatMap((figure) => {
    const { left, right } = figure.getBoundingClientRect();
    return [...figure.querySelectorAll(":not(svg *, .nt-said, .nt-said *)")].filter((each) => {
        const box = each.getBoundingClientRect();
        return box.width && (box.left < left - 1 || box.right > right + 1);
    }).map((each) => each.outerHTML.slice(0, 120));
})"""
# What is drawn or shown as a picture and says nothing to those who cannot see it.
SILENT = """() => [...document.querySelectorAll("img, [role=img]")].filter((picture) => {
    if (picture.closest("[aria-hidden=true]")) return false;
    const label = document.getElementById(picture.getAttribute("aria-labelledby"))?.textContent;
    const name = picture.alt ?? picture.getAttribute("aria-label") ?? label ?? "";
    return name.trim().length < 3 || /^[.\\w/-]+\\.(png|svg|jpg)$/.test(name);
}).map((picture) => picture.outerHTML.slice(0, 200))"""

TWICE = """() => [...document.querySelectorAll("[id]")].map(({ id }) => id)
    .filter((id, i, all) => all.indexOf(id) < i)"""

# One element of each kind that the Tab key stops at.
STOPS = """() => {
    const kinds = {};
    const all = "a[href], button, input, select, textarea, summary, [tabindex]";
    for (const element of document.querySelectorAll(all)) {
        if (element.tabIndex < 0 || element.disabled) continue;
        if (!element.checkVisibility({ visibilityProperty: true })) continue;
        const of = element.parentElement.closest("[class]")?.getAttribute("class");
        const kind = [element.localName, element.type, element.getAttribute("class"), of].join(" ");
        kinds[kind] ??= element;
    }
    window.stops = kinds;
    return Object.keys(kinds);
}"""
FOCUS = """async (kind) => {
    const element = window.stops[kind];
    element.focus();
    // What is laid out only now, above it or below, may move it.
    let before = null;
    for (let still = 0; still < 3; ) {
        element.scrollIntoView({ block: "center", inline: "nearest" });
        await new Promise(requestAnimationFrame);
        const { top } = element.getBoundingClientRect();
        still = top === before ? still + 1 : 0;
        before = top;
    }
    const boxes = [element, ...(element.labels ?? [])].map((each) => each.getBoundingClientRect());
    const left = Math.max(0, Math.min(...boxes.map((box) => box.left)) - 8);
    const top = Math.max(0, Math.min(...boxes.map((box) => box.top)) - 8);
    const right = Math.min(innerWidth, Math.max(...boxes.map((box) => box.right)) + 8);
    const bottom = Math.min(innerHeight, Math.max(...boxes.map((box) => box.bottom)) + 8);
    return { x: left, y: top, width: right - left, height: bottom - top };
}"""
RING = """() => {
    const { width, height } = document.activeElement.getBoundingClientRect();
    return Math.max(40, width + height);
}"""


def look(page: Page, width: int, scheme: str) -> None:
    """Look at an open page in a window of this width, by day or by night."""
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    expect(page.locator("html")).to_have_attribute("data-theme", scheme, timeout=60_000)
    quiet_frame(page)


def lay_all_out(page: Page) -> None:
    """Lay out what waits until its reader comes near, so that all of a page can be looked at."""
    page.add_style_tag(content=".nt-waits { content-visibility: visible !important }")
    quiet_frame(page)


@pytest.mark.parametrize("from_file", [False, True], ids=["served", "file"])
def test_whole(open_page: OpenPage, any_page: str, from_file: bool) -> None:
    page = open_page(any_page, width=390, from_file=from_file)
    lay_all_out(page)
    for width, scheme in LOOKS:
        look(page, width, scheme)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, (width, scheme)
        assert page.evaluate(OUTSIDE) == [], (width, scheme)
    assert page.evaluate(SILENT) == []
    assert page.evaluate(RAW) == [], "TeX that nothing has set"
    assert page.evaluate(TWICE) == [], "an id names one thing"
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    assert page.evaluate("document.fonts.ready.then((fonts) => fonts.status)") == "loaded"


def violations(page: Page, rules: str) -> list[str]:
    """Let axe look at a page as it stands."""
    return [
        f"{rule['id']}: {node['target']} {node['failureSummary']}"
        for rule in page.evaluate(rules)["violations"]
        for node in rule["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_faint_text(open_page: OpenPage, any_page: str, scheme: str) -> None:
    page = open_page(any_page, scheme=scheme, reduced_motion=True)
    lay_all_out(page)
    page.evaluate(AXE_SCRIPT)
    assert violations(page, CONTRAST) == []


def test_axe_finds_nothing(open_page: OpenPage, any_page: str) -> None:
    page = open_page(any_page, width=390, reduced_motion=True)
    lay_all_out(page)
    page.evaluate(AXE_SCRIPT)
    for width, scheme in (LOOKS[1], LOOKS[0]):
        look(page, width, scheme)
        assert violations(page, AXE) == [], width


# Where a link can lead within a page.
PLACES = """() => [...document.querySelectorAll("article section[id], article .math[id]")]
    .filter((each) => each.checkVisibility()).map((each) => each.id)"""
# At the top of the window, or in it where the page ends.
ARRIVED = """(({ top }) => top >= 0 && top < (scrollY + innerHeight + 1 <
    document.documentElement.scrollHeight ? 200 : innerHeight))(element.getBoundingClientRect())"""


@pytest.mark.parametrize("width", [390, 1280])
def test_a_link_into_a_chapter_arrives(open_page: OpenPage, width: int) -> None:
    chapter = "chapters/03_backpropagation.html"
    places = open_page(chapter).evaluate(PLACES)
    for place in [*places[5 :: len(places) // 5], places[-1]]:
        page = open_page(f"{chapter}#{place}", width=width)
        wait_until(page.locator(f'[id="{place}"]'), ARRIVED)


NOT_YET_THERE = "[...document.images].filter((each) => !each.complete || !each.naturalWidth).length"


def test_paper_has_every_picture(open_page: OpenPage) -> None:
    page = open_page("chapters/03_backpropagation.html")
    assert page.evaluate(NOT_YET_THERE), "those further down wait"
    page.pdf()
    assert not page.evaluate(NOT_YET_THERE)


# The theme that the page has when there is something of it to paint.
FIRST_THEME = """new MutationObserver(() => {
    if (document.body) window.first ??= document.documentElement.dataset.theme;
}).observe(document, { childList: true, subtree: true })"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_opens_in_the_other_theme(browser: Browser, served: str, scheme: str) -> None:
    context = browser.new_context(color_scheme=scheme)
    context.add_init_script(FIRST_THEME)
    page = context.new_page()
    page.goto(f"{served}/chapters/glossary.html")
    assert page.evaluate("[window.first, document.documentElement.dataset.theme]") == [scheme] * 2
    context.close()


def test_less_motion_means_none(open_page: OpenPage) -> None:
    page = open_page("chapters/01_network_assumptions.html", reduced_motion=True)
    # Not even a short one: what inherits a colour would pass it on late, and scripts, axe among
    # them, be told the colour of before.
    page.evaluate("addEventListener('transitionrun', () => { window.moved = true })")
    for scheme in ("dark", "light"):
        look(page, 1280, scheme)
        assert not page.evaluate("window.moved"), scheme


def luminance(screenshot: bytes) -> NDArray[np.float64]:
    """Relative luminance as WCAG defines it, pixel by pixel."""
    rgb = np.asarray(Image.open(io.BytesIO(screenshot)).convert("RGB")) / 255
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return np.asarray(linear @ [0.2126, 0.7152, 0.0722])


def seen_change(focused: bytes, without: bytes) -> int:
    """How many pixels differ by a contrast of 3 to 1 or more."""
    one, other = luminance(focused), luminance(without)
    ratio = (np.maximum(one, other) + 0.05) / (np.minimum(one, other) + 0.05)
    return int((ratio >= 3).sum())


def focus_faults(page: Page, known: set[str]) -> list[str]:
    """Focus one element of each kind that is not known yet, and say where no ring is seen."""
    page.keyboard.press("Tab")  # from now on the browser shows where the keyboard is
    faults = []
    for kind in page.evaluate(STOPS):
        if kind in known:
            continue
        known.add(kind)
        area = page.evaluate(FOCUS, kind)
        if min(area["width"], area["height"]) <= 0:
            faults.append(f"{kind}: out of view")
            continue
        # A line one pixel wide around half of the element, at the very least.
        wanted = page.evaluate(RING)
        focused = page.screenshot(clip=area)
        page.evaluate("document.activeElement.blur()")
        quiet_frame(page)
        pixels = seen_change(focused, page.screenshot(clip=area))
        if pixels < wanted:
            faults.append(f"{kind}: {pixels} pixels change, of {wanted:.0f} at least")
    return faults


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_focus_is_seen(open_page: OpenPage, book: Path, scheme: str) -> None:
    known: set[str] = set()
    for path in pages_of(book):
        page = open_page(path, scheme=scheme, reduced_motion=True)
        assert focus_faults(page, known) == [], path
        page.context.close()
    assert len(known) > 60


@pytest.mark.parametrize("from_file", [False, True], ids=["served", "file"])
def test_search_answers(open_page: OpenPage, from_file: bool) -> None:
    page = open_page("search.html", from_file=from_file)
    page.locator("main input[name=q], #search-documentation input[name=q]").first.fill("sigmoid")
    page.keyboard.press("Enter")
    expect(page.locator(".search-summary")).to_contain_text("found")
    results = page.locator("ul.search li a")
    assert results.count() >= 3
    if not from_file:
        summary = page.locator("ul.search li p.context", has_text="sigmoid").first
        expect(summary).to_be_visible()
        words = summary.inner_text()
        assert ".ipynb" not in words and "Contents" not in words and "import" not in words
    results.first.click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert "sigmoid" in page.locator("main").inner_text().lower()


def test_search_from_any_page_by_keys(open_page: OpenPage) -> None:
    page = open_page("chapters/glossary.html")
    page.keyboard.press("Control+k")
    page.keyboard.type("gradient descent")
    page.keyboard.press("Enter")
    expect(page.locator("ul.search li").first).to_be_visible()


@pytest.mark.parametrize("from_file", [False, True], ids=["served", "file"])
def test_the_root_leads_to_the_title_page(open_page: OpenPage, from_file: bool) -> None:
    page = open_page("index.html", from_file=from_file)
    page.wait_for_url("**/chapters/index.html")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Back-propagation")


def test_a_figure_whose_script_is_missing_stays_a_picture_and_the_others_wake(
    browser: Browser, book: Path, served: str
) -> None:
    page = browser.new_page()
    page.route("**/live-chain.js*", lambda route: route.abort())
    page.goto(f"{served}/{page_with(book, 'chain')}")
    page.wait_for_selector("html[data-live-figures=ready]", state="attached")
    asleep = page.locator(".live-figure:not(.is-live)")
    expect(asleep).to_have_count(1)
    expect(asleep).to_have_attribute("data-figure", "chain")
    expect(asleep.get_by_role("img")).to_be_visible()
    page.close()


def test_a_menu_opens_and_closes_and_ctrl_k_searches(open_page: OpenPage) -> None:
    """What `bookkit/lean.py` mends in the theme's scripts still does what it is there for."""
    page = open_page("chapters/notation.html")
    button = page.locator("[data-bs-toggle=dropdown]:visible").first
    menu = page.locator(".dropdown-menu.show")
    for close in (lambda: page.get_by_role("heading", level=1).click(), button.click):
        button.click()
        expect(menu).to_be_visible()
        close()
        expect(menu).to_have_count(0)
    page.keyboard.press("Control+k")
    field = page.locator("#pst-search-dialog input")
    expect(field).to_be_focused()
    page.keyboard.press("Escape")
    expect(field).to_be_hidden()
