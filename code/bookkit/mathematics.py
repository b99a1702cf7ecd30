r"""Set the mathematics while the book is built, so that no page has to.

MathJax in the browser weighs more than the rest of a page, holds up everything else while it works,
and shows raw TeX where scripts are off.  Here the same MathJax runs once, in QuickJS: a page holds
the finished formula as HTML, the same as MathML for those who listen, and the style sheet and fonts
hold what the book's formulas use.  A formula that TeX cannot read is a warning of the build.

``mathematics.js`` is the front end of MathJax, ``vendor/mathjax/typeset.js`` what is built from it.
"""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import quickjs
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number, wrap_displaymath

from bookkit.fonts import font_with
from bookkit.notation import html
from bookkit.tex import colour

__all__ = ["Formula", "needed_characters", "needed_rules", "setup", "typeset"]

MATHJAX = Path(__file__).parent / "vendor" / "mathjax"
RENDERER = "set-while-building"
SHEET = "mathematics.css"
STACK = 2**22  # bytes; QuickJS's own 2**18 are too few for a matrix within a matrix
# A rule of the style sheet, the character that its selector names, and the one that it prints.
RULE = re.compile(r"(?P<selector>[^{}]+)\{(?P<body>[^}]*)\}")
NAMED = re.compile(r"\.(mjx-c[0-9A-F]+)\b")
PRINTED = re.compile(r'content: "(\\?[^"]+)"')
FACE = re.compile(r'font-family: ([\w-]+);\s*src: url\("mathjax/([^"]+)"\)')
# Brackets that grow take their pieces from these fonts, and no class says which.
PLAIN = ("MJXTEX", "MJXTEX-S1", "MJXTEX-S4", "MJXTEX-A")

logger = logging.getLogger(__name__)


class Formula(NamedTuple):
    """A formula that has been set: `seen` as HTML, `mathml` for a screen reader."""

    seen: str
    mathml: str


@cache
def _mathjax() -> quickjs.Context:
    context = quickjs.Context()
    context.set_max_stack_size(STACK)
    context.eval((MATHJAX / "typeset.js").read_text(encoding="utf-8"))
    return context


@cache
def typeset(tex: str, display: bool = False) -> Formula:
    """Set a formula.

    Parameters
    ----------
    tex : str
        LaTeX, without the marks around it.
    display : bool
        On a line of its own, or within the text.

    Returns
    -------
    Formula

    Raises
    ------
    ValueError
        If TeX cannot read it; the message is MathJax's.
    """
    try:
        call = f"JSON.stringify(mathematics.typeset({json.dumps(tex)}, {json.dumps(display)}))"
        return Formula(**json.loads(_mathjax().eval(call)))
    except quickjs.JSException as error:
        reason = str(error).split("\n")[0].removeprefix("Error: ")
        raise ValueError(f"{reason}; the formula is: {tex}") from None


def _as_html(formula: Formula, display: bool) -> str:
    kind = "block" if display else "inline"
    listened = f'<mjx-assistive-mml display="{kind}">{formula.mathml}</mjx-assistive-mml>'
    return formula.seen.replace("</mjx-container>", f"{listened}</mjx-container>")


def _set(translator: Any, node: nodes.Element, tex: str, display: bool) -> str:
    try:
        formula = typeset(colour(tex, html), display)
    except ValueError as error:
        logger.warning("%s", error, location=node, type="bookkit", subtype="mathematics")
        return f"<code>{translator.encode(tex)}</code>"
    if translator.builder.name.startswith("epub"):
        return formula.mathml  # which readers of e-books set themselves
    return _as_html(formula, display)


def _visit_inline(translator: Any, node: nodes.math) -> None:
    translator.body.append(translator.starttag(node, "span", "", CLASS="math notranslate"))
    translator.body.append(f"{_set(translator, node, node.astext(), False)}</span>")
    raise nodes.SkipNode


def _visit_block(translator: Any, node: nodes.math_block) -> None:
    translator.body.append(translator.starttag(node, "div", CLASS="math notranslate"))
    if node["number"]:
        number = get_node_equation_number(translator, node)
        translator.body.append(f'<span class="eqno">({number})')
        translator.add_permalink_ref(node, "Link to this equation")
        translator.body.append("</span>")
    tex = node.astext()
    tex = tex if node["nowrap"] else wrap_displaymath(tex, None, numbering=False)
    translator.body.append(f"{_set(translator, node, tex, True)}</div>\n")
    raise nodes.SkipNode


# ---- The style sheet and the fonts: what the book's formulas use, and no more ----


def needed_rules(sheet: str, used: set[str]) -> str:
    """Keep the rules for the characters that are used, and those that are for every character.

    Parameters
    ----------
    sheet : str
        MathJax's style sheet.
    used : set of str
        Their classes, such as ``mjx-c1D44E``.

    Returns
    -------
    str
    """
    kept = []
    for rule in RULE.finditer(sheet):
        named = NAMED.search(rule["selector"])
        if named is None or named[1] in used:
            kept.append(re.sub(r"\s+", " ", rule[0]).strip())
    return "\n".join(kept) + "\n"


def needed_characters(sheet: str) -> dict[str, set[str]]:
    """Find out which characters a style sheet prints in which font.

    Parameters
    ----------
    sheet : str

    Returns
    -------
    dict
        The characters of each of the sheet's font families.
    """
    families = [face[1] for face in FACE.finditer(sheet)]
    needed: dict[str, set[str]] = {family: set() for family in families}
    for rule in RULE.finditer(sheet):
        printed = PRINTED.search(rule["body"])
        if printed is None:
            continue
        text = re.sub(r"\\([0-9A-F]+) ?", lambda code: chr(int(code[1], 16)), printed[1])
        variant = re.search(r"\.TEX-(\w+)", rule["selector"])
        for family in [f"MJXTEX-{variant[1]}"] if variant else PLAIN:
            needed[family] |= set(text)
    return needed


def _write_sheet(app: Sphinx, error: Exception | None) -> None:
    if error or app.builder.format != "html":
        return
    static = Path(app.outdir) / "_static"
    pages = [page.read_text(encoding="utf-8") for page in Path(app.outdir).rglob("*.html")]
    used = {name for page in pages for name in re.findall(r"\bmjx-c[0-9A-F]+\b", page)}
    if not used:
        return
    sheet = needed_rules(_mathjax().eval("mathematics.sheet()"), used)
    files = {face[1]: face[2] for face in FACE.finditer(sheet)}
    (static / "mathjax").mkdir(exist_ok=True)
    for family, characters in needed_characters(sheet).items():
        font = font_with(MATHJAX / "fonts" / files[family], characters)
        if font is None:
            sheet = re.sub(rf"@font-face[^{{]*{{ font-family: {family};[^}}]*}}\n", "", sheet)
        else:
            (static / "mathjax" / files[family]).write_bytes(font)
    (static / SHEET).write_text(sheet, encoding="utf-8")


def _bring_sheet(
    app: Sphinx, page: str, template: str, context: dict[str, Any], document: Any
) -> None:
    if "<mjx-container" in context.get("body", ""):
        app.add_css_file(SHEET, priority=400)


def _choose_renderer(app: Sphinx, config: Config) -> None:
    config.html_math_renderer = RENDERER


def setup(app: Sphinx) -> None:
    """Register the renderer and the hooks with Sphinx."""
    app.add_html_math_renderer(RENDERER, (_visit_inline, None), (_visit_block, None))
    app.connect("config-inited", _choose_renderer)
    app.connect("html-page-context", _bring_sheet)
    app.connect("build-finished", _write_sheet)
