"""Every page of the book as its readers get it: whole, legible, and usable without a mouse.

That a page asks nothing of another host and reports no error is watched wherever `open_page` opens
one; here it is every page, served and from the reader's own disk.
"""

import io
from collections.abc import Callable

import numpy as np
import pytest
from axe_playwright_python.base import AXE_SCRIPT
from driving import quiet_frame
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Page, expect

OpenPage = Callable[..., Page]

# Contrast is looked at once for each kind of text on the page: a chapter has thousands of coloured
# words of code. A formula's colours are those of the palette, and its MathML is left in.
AXE = """async (contrast) => {
    const options = { resultTypes: ["violations"], preload: false };
    const found = await axe.run(
        { exclude: ["mjx-math"] },
        { ...options, rules: { "color-contrast": { enabled: false } } },
    );
    if (!contrast) return found.violations;
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
    const faint = await axe.run(
        { include: ["[data-sample]"] },
        { ...options, runOnly: ["color-contrast"] },
    );
    return [...found.violations, ...faint.violations];
}"""

# What is drawn or shown as a picture and says nothing to those who cannot see it.
SILENT = """() => [...document.querySelectorAll("img, [role=img]")].filter((picture) => {
    if (picture.closest("[aria-hidden=true]")) return false;
    const label = document.getElementById(picture.getAttribute("aria-labelledby"))?.textContent;
    const name = picture.alt ?? picture.getAttribute("aria-label") ?? label ?? "";
    return name.trim().length < 3 || /^[.\\w/-]+\\.(png|svg|jpg)$/.test(name);
}).map((picture) => picture.outerHTML.slice(0, 200))"""

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
    element.scrollIntoView({ block: "center", inline: "nearest" });
    element.focus();
    for (let i = 0; i < 2; i++) await new Promise(requestAnimationFrame);
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


@pytest.mark.parametrize("from_file", [False, True], ids=["served", "file"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_whole(
    open_page: OpenPage, any_page: str, width: int, scheme: str, from_file: bool
) -> None:
    page = open_page(any_page, width=width, scheme=scheme, from_file=from_file)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("document.documentElement.dataset.theme") == scheme
    assert page.evaluate(SILENT) == []
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    assert page.evaluate("document.fonts.ready.then((fonts) => fonts.status)") == "loaded"


@pytest.mark.parametrize(
    ("width", "scheme"), [(1280, "light"), (1280, "dark"), (390, "light")], ids=str
)
def test_axe_finds_nothing(open_page: OpenPage, any_page: str, width: int, scheme: str) -> None:
    page = open_page(any_page, width=width, scheme=scheme, reduced_motion=True)
    page.evaluate(AXE_SCRIPT)
    found = page.evaluate(AXE, width > 600)
    assert [
        f"{rule['id']}: {node['target']} {node['failureSummary']}"
        for rule in found
        for node in rule["nodes"]
    ] == []


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


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_focus_is_seen(open_page: OpenPage, any_page: str, scheme: str) -> None:
    page = open_page(any_page, scheme=scheme, reduced_motion=True)
    page.keyboard.press("Tab")  # from now on the browser shows where the keyboard is
    weak = []
    for kind in page.evaluate(STOPS):
        area = page.evaluate(FOCUS, kind)
        if min(area["width"], area["height"]) <= 0:
            weak.append(f"{kind}: out of view")
            continue
        # A line one pixel wide around half of the element, at the very least.
        wanted = page.evaluate(RING)
        focused = page.screenshot(clip=area)
        page.evaluate("document.activeElement.blur()")
        quiet_frame(page)
        pixels = seen_change(focused, page.screenshot(clip=area))
        if pixels < wanted:
            weak.append(f"{kind}: {pixels} pixels change, of {wanted:.0f} at least")
    assert weak == []


@pytest.mark.parametrize("from_file", [False, True], ids=["served", "file"])
def test_search_answers(open_page: OpenPage, from_file: bool) -> None:
    page = open_page("search.html", from_file=from_file)
    page.locator("main input[name=q], #search-documentation input[name=q]").first.fill("sigmoid")
    page.keyboard.press("Enter")
    expect(page.locator(".search-summary")).to_contain_text("found")
    results = page.locator("ul.search li a")
    assert results.count() >= 3
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
