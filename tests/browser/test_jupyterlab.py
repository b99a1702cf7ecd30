"""A live figure in JupyterLab, with a kernel: what the hand drags, the next cell computes with."""

from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from driving import come_to, drag, number_in, quiet_frame
from lab import PATIENCE, end_kernels, jupyter_lab, wait_for_kernel
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import Browser, Locator, Page, expect

CELLS = [
    "from backprop import live\nfigure = live.Neuron()\nfigure",
    'print("weight", figure.w, "activation", round(figure.a, 4))',
    'figure.w = -3.0\nfigure.activation = "tanh"\nprint("moved")',
    'print("bias", figure.b)',
]


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """A JupyterLab of our own: its folder, and its address, which takes a notebook's name."""
    folder = tmp_path_factory.mktemp("lab")
    with jupyter_lab(folder) as address:
        yield folder, address


@pytest.fixture
def notebook(lab: tuple[Path, str], browser: Browser) -> Iterator[Page]:
    """A notebook that nobody has run yet."""
    folder, address = lab
    made = new_notebook(cells=[new_code_cell(cell) for cell in CELLS])
    made.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(made, folder / "try.ipynb")
    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(address.format("try.ipynb"))
    expect(page.locator(".jp-CodeCell")).to_have_count(len(CELLS), timeout=PATIENCE)
    wait_for_kernel(page)
    yield page
    end_kernels(page, address)
    context.close()


def run_cell(page: Page, number: int) -> Locator:
    """Run one cell as a reader does, and give what it shows."""
    cell = page.locator(".jp-CodeCell").nth(number)
    cell.locator(".cm-content").click()
    page.keyboard.press("Shift+Enter")
    prompt = cell.locator(".jp-InputPrompt")
    expect(prompt).to_have_text(f"[{number + 1}]:", timeout=PATIENCE)
    return cell.locator(".jp-OutputArea-output")


def woken(page: Page) -> Locator:
    """The figure, once its cell has run."""
    run_cell(page, 0)
    figure = page.locator(".nt-figure")
    expect(figure).to_be_visible(timeout=PATIENCE)
    return figure


# What JupyterLab's keys change: the cells, which of them is selected, and what it asks.
CELLS_NOW = """() => [
    ...[...document.querySelectorAll(".jp-Notebook .jp-Cell")].map((cell) => [
        cell.matches(".jp-MarkdownCell"), cell.matches(".jp-mod-selected"),
    ]),
    document.querySelectorAll(".jp-Dialog").length,
]"""
# In JupyterLab's command mode: a heading, a cell above, below, cut, deleted, the kernel anew, the
# selection moved, extended.
COMMANDS = [
    "3",
    "a",
    "b",
    "x",
    "d",
    "d",
    "0",
    "0",
    "ArrowDown",
    "ArrowUp",
    "Shift+ArrowDown",
    "End",
]


def test_traits_sync_both_ways(notebook: Page) -> None:
    page = notebook
    figure = woken(page)
    assert float(figure.get_attribute("data-maxdiff") or "nan") < 1e-10

    # From the page to Python: by keys, by typing, by dragging.
    field = figure.get_by_role("textbox", name="weight w")
    field.fill("3.25")
    field.press("Enter")
    scrub = figure.get_by_role("slider", name="weight w", exact=True).first
    expect(scrub).to_have_attribute("aria-valuenow", "3.25")  # and not only once the field is left
    scrub.press("ArrowRight")
    expect(field).to_have_value("3.30")
    shown = number_in(figure.locator(".nt-number[data-result]").nth(1))
    expect(run_cell(page, 1)).to_contain_text("weight 3.3 activation ")
    printed = page.locator(".jp-CodeCell").nth(1).locator(".jp-OutputArea-output").inner_text()
    assert float(printed.split()[-1]) == pytest.approx(shown, abs=6e-4)

    # From Python to the page.
    run_cell(page, 2)
    expect(field).to_have_value("−3.00")
    expect(figure.get_by_role("radio", name="tanh")).to_be_checked()

    before = number_in(figure.get_by_role("textbox", name="bias b"))
    come_to(figure)
    drag(page, figure.get_by_role("slider", name="bias b: shifts"), -60, 0)
    after = number_in(figure.get_by_role("textbox", name="bias b"))
    assert after != before
    words = run_cell(page, 3).inner_text().split()
    assert float(words[-1]) == pytest.approx(after, abs=0.005)


def test_what_is_typed_in_a_figure_stays_there(notebook: Page) -> None:
    page = notebook
    figure = woken(page)
    field = figure.get_by_role("textbox", name="weight w")
    field.click()  # selects the figure's cell, too
    before = page.evaluate(CELLS_NOW)
    for control in (
        field,
        figure.locator("input[type=range]").first,
        figure.get_by_role("slider", name="bias b: shifts"),
        figure.get_by_role("slider", name="weight w", exact=True).first,
        figure.get_by_role("radio", name="sigmoid"),
        figure.get_by_role("button", name="Reset"),
    ):
        control.focus()
        for key in COMMANDS:
            page.keyboard.press(key)
        quiet_frame(page)
        assert page.evaluate(CELLS_NOW) == before, control
    # The keys have done in the figure what they do there.
    figure.get_by_role("button", name="Reset").press("Enter")
    figure.get_by_role("radio", name="sigmoid").press("ArrowRight")
    expect(figure.get_by_role("radio", name="tanh")).to_be_checked()
    figure.get_by_role("slider", name="bias b: shifts").press("ArrowUp")
    expect(figure.get_by_role("textbox", name="bias b")).to_have_value("−0.95")
    # What a figure has no use for goes on to JupyterLab.
    field.press("Shift+Enter")
    expect(page.locator(".jp-CodeCell .jp-InputPrompt").first).to_have_text("[2]:")
