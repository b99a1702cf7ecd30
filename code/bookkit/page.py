"""Give every page the book's own colours, style and scripts, and nothing from outside."""

import re
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config

import backprop
from backprop.colours import DARK, LIGHT, Palette, css_variables
from bookkit.notation import ROLES

__all__ = ["colours_css", "setup", "wanted"]

HERE = Path(__file__).parent
# The scripts of the live figures, one a kind, and their style sheet.
BUNDLES = Path(backprop.__file__).parent / "live" / "bundles"
# An extension that Jupyter Book always loads; at a button's press, which the book does not have, it
# would fetch its script from outside.
UNUSED = ("sphinx-thebe", "THEBE_JS_URL", "x-thebe-config", "<script>kernelName")

# What other scripts read while the page is still being read.
NEEDED_AT_ONCE = "documentation_options.js"
# The theme finds out what the reader's system asks for once the page has been read, and a page for
# the night would flash up white; so it is asked before anything is painted.
THEME = """(({ dataset }) => {
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  if (!["light", "dark"].includes(dataset.mode)) dataset.theme = dark ? "dark" : "light";
})(document.documentElement);"""


def colours_css() -> str:
    """Write the palette as custom properties for both themes, and the classes of the equations."""
    rules = [
        _rule("html", LIGHT),
        _rule('html[data-theme="dark"]', DARK),
        *(f".nt-{quantity} {{ color: var(--nt-{role}); }}" for quantity, role in ROLES.items()),
    ]
    # A page on paper is white, whatever the screen was.
    return "\n".join(rules) + "\n@media print {\n" + _rule("html[data-theme]", LIGHT) + "\n}\n"


def _rule(selector: str, palette: Palette) -> str:
    properties = [f"  {name}: {value};" for name, value in css_variables(palette).items()]
    return "\n".join([f"{selector} {{", *properties, "}"])


def _add_static_folders(app: Sphinx, config: Config) -> None:
    """Add the folders here: named in _config.yml, every script in them would load on every page."""
    generated = Path(app.doctreedir) / "bookkit-static"
    generated.mkdir(parents=True, exist_ok=True)
    (generated / "nt-colours.css").write_text(colours_css(), encoding="utf-8")
    folders = [HERE / "static", BUNDLES, generated]
    config.html_static_path += [str(folder) for folder in folders]


def wanted(files: list[Any]) -> list[Any]:
    """Drop the scripts and styles that nothing uses, and second copies of what is written out.

    Parameters
    ----------
    files : list
        Sphinx's own records of scripts or style sheets, or plain file names.

    Returns
    -------
    list
        Those to keep, in order.
    """
    kept, seen = [], set()
    for file in files:
        body = getattr(file, "attributes", {}).get("body") or ""
        name = str(getattr(file, "filename", file) or "")
        if any(unused in body or unused in name for unused in UNUSED):
            continue
        if body and body in seen:
            continue
        seen.add(body)
        kept.append(file)
    return kept


def _clean_head(
    app: Sphinx, page: str, template: str, context: dict[str, Any], document: Any
) -> None:
    for files in ("script_files", "css_files"):
        if files in context:
            context[files][:] = wanted(context[files])
    if page != "search":  # its template runs scripts of its own in between
        context["script_files"][:] = [_deferred(each) for each in context["script_files"]]


def _deferred(script: Any) -> Any:
    """Let the page be drawn before a script runs, but for the one that others read at once."""
    name = str(getattr(script, "filename", None) or "")
    if not name or NEEDED_AT_ONCE in name or {"async", "defer"} & set(script.attributes):
        return script
    attributes = {**script.attributes, "defer": "defer"}
    return type(script)(script.filename, priority=script.priority, **attributes)


def _wake_figures(
    app: Sphinx, page: str, template: str, context: dict[str, Any], document: Any
) -> None:
    """Bring the style and the host of the live figures to the pages that have some."""
    found = re.search(r'class="live-figure" data-figure="(\w+)"', context.get("body", ""))
    if found:
        app.add_css_file("live.css")
        app.add_js_file("anyhost.js", loading_method="async")
        # The first figure's own comes with the page: then it wakes while the rest is being read.
        app.add_js_file(f"live-{found[1]}.js", loading_method="async")


def _clean_body(app: Sphinx, document: nodes.document, page: str) -> None:
    for node in list(document.findall(nodes.raw)):
        if any(unused in node.astext() for unused in UNUSED):
            node.parent.remove(node)


def _always_something(app: Sphinx, env: Any, added: Any, changed: Any, removed: Any) -> list[str]:
    """Name a page to write anew: where there is none, Sphinx copies no changed script or style."""
    return [str(app.config.root_doc)]


def setup(app: Sphinx) -> None:
    """Register files and hooks with Sphinx."""
    app.connect("config-inited", _add_static_folders)
    app.connect("env-get-outdated", _always_something)
    app.connect("html-page-context", _wake_figures)
    # Late: after every extension has added its scripts to the page.
    app.connect("html-page-context", _clean_head, priority=900)
    app.connect("doctree-resolved", _clean_body, priority=900)
    app.add_js_file(None, body=THEME, priority=100)
    app.add_css_file("nt-colours.css")
    app.add_css_file("book.css", priority=900)
