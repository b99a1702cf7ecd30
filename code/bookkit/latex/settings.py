"""What Sphinx's LaTeX builder is told: engine, paper, typefaces, and where our own style lies."""

import os
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config

from backprop.colours import LIGHT
from bookkit.repository import address

__all__ = ["NAME", "palette", "setup"]

NAME = "back-propagation"
"""The book's file, without its ending."""

TEXINPUTS = Path(__file__).parent / "texinputs"

FONTS = r"""
\setmainfont{texgyrepagella}[Extension=.otf, Numbers=Lining,
  UprightFont=*-regular, BoldFont=*-bold, ItalicFont=*-italic, BoldItalicFont=*-bolditalic]
\setsansfont{texgyreheros}[Extension=.otf, Scale=0.92,
  UprightFont=*-regular, BoldFont=*-bold, ItalicFont=*-italic, BoldItalicFont=*-bolditalic]
\setmonofont{DejaVuSansMono}[Extension=.ttf, Scale=0.86,
  UprightFont=*, BoldFont=*-Bold, ItalicFont=*-Oblique, BoldItalicFont=*-BoldOblique]
\usepackage[math-style=ISO, bold-style=ISO]{unicode-math}
\setmathfont{texgyrepagella-math.otf}
"""

ELEMENTS: dict[str, Any] = {
    "papersize": "a4paper",
    "pointsize": "11pt",
    "extraclassoptions": "openany",
    "fontpkg": FONTS,
    "fncychap": "",
    "geometry": r"\usepackage[a4paper,hmargin=30mm,top=27mm,bottom=29mm,headheight=14pt,"
    r"headsep=8mm,footskip=12mm]{geometry}",
    "fvset": r"\fvset{fontsize=\ntcodesize}",
    "figure_align": "htbp",
    "maketitle": r"\nttitlepages",
    "tableofcontents": r"\ntcontents",
    "printindex": r"\ntindex",
    "sphinxsetup": "verbatimwithframe=false,verbatimwrapslines=true,verbatimforcewraps=false,"
    "verbatimhintsturnover=false,"
    "pre_padding-left=6pt,pre_padding-right=3pt,pre_padding-top=4pt,pre_padding-bottom=4pt,"
    "pre_border-width=0pt",
}


def palette() -> str:
    r"""Define every colour of the light page for LaTeX, ``ntrole`` each."""
    lines = [r"\usepackage{xcolor}"]
    for role, colour in LIGHT._asdict().items():
        lines.append(rf"\definecolor{{nt{role}}}{{HTML}}{{{colour.removeprefix('#')}}}")
    return "\n".join([*lines, ""])


def _imprint(config: Config) -> str:
    """Write what the title pages show of this edition."""
    where = address(os.environ)
    title, _, subtitle = config.project.partition(": ")
    facts = {
        "nttitle": title,
        "ntsubtitle": subtitle,
        "ntversion": config.version,
        "ntyear": config.copyright,
        "ntauthor": config.author,
        "ntaddress": rf"\url{{{where.url}}}" if where else "",
        "ntpages": rf"\url{{{where.pages}}}" if where else "",
    }
    return "\n".join(rf"\newcommand{{\{name}}}{{{fact}}}" for name, fact in facts.items()) + "\n"


def _configure(app: Sphinx, config: Config) -> None:
    config.latex_engine = "xelatex"
    config.latex_use_xindy = False
    config.latex_docclass = {"manual": "book"}
    config.latex_toplevel_sectioning = "chapter"
    config.latex_show_urls = "no"
    config.latex_table_style = ["booktabs"]
    config.latex_documents = [
        (config.root_doc, f"{NAME}.tex", config.project, config.author, "manual")
    ]
    config.latex_additional_files = [str(file) for file in sorted(TEXINPUTS.iterdir())]
    preamble = palette() + _imprint(config) + r"\usepackage{nt-book}" + "\n"
    given = dict(config.latex_elements)
    config.latex_elements = {**ELEMENTS, **given, "preamble": given.get("preamble", "") + preamble}


def _choose_highlighting(app: Sphinx) -> None:
    """Colour code as the light pages do; the theme's choice does not reach LaTeX."""
    if app.builder.format == "latex":
        options = app.config.html_theme_options
        app.config.pygments_style = options.get("pygments_light_style", "default")


def setup(app: Sphinx) -> None:
    """Register the hook with Sphinx."""
    # After the table of contents has named the root page, and our colours are in the preamble.
    app.connect("config-inited", _configure, priority=950)
    app.connect("builder-inited", _choose_highlighting)
