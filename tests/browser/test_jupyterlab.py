"""A live figure in JupyterLab, with a kernel: what the hand drags, the next cell computes with."""

from collections.abc import Iterator
from contextlib import suppress

import nbformat
import pytest
from driving import drag, number_in
from lab import PATIENCE, jupyter_lab, wait_for_kernel
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import Browser, Locator, Page, expect

CELLS = [
    "from backprop import live\nfigure = live.Neuron()\nfigure",
    'print("weight", figure.w, "activation", round(figure.a, 4))',
    'figure.w = -3.0\nfigure.activation = "tanh"\nprint("moved")',
    'print("bias", figure.b)',
]


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a JupyterLab of our own, with one notebook."""
    folder = tmp_path_factory.mktemp("lab")
    made = new_notebook(cells=[new_code_cell(cell) for cell in CELLS])
    made.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(made, folder / "try.ipynb")
    with jupyter_lab(folder) as address:
        yield address.format("try.ipynb")


@pytest.fixture
def notebook(lab: str, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(lab)
    expect(page.locator(".jp-CodeCell")).to_have_count(len(CELLS), timeout=PATIENCE)
    wait_for_kernel(page)
    yield page
    context.close()


def run_cell(page: Page, number: int) -> Locator:
    """Run one cell as a reader does, and give what it shows."""
    cell = page.locator(".jp-CodeCell").nth(number)
    prompt = cell.locator(".jp-InputPrompt")
    for _ in range(6):  # a notebook that is still being opened has not heard it
        cell.locator(".cm-content").click()
        page.keyboard.press("Shift+Enter")
        with suppress(AssertionError):
            expect(prompt).not_to_have_text("[ ]:", timeout=10_000)
            break
    expect(prompt).to_have_text(f"[{number + 1}]:", timeout=PATIENCE)
    return cell.locator(".jp-OutputArea-output")


def test_traits_sync_both_ways(notebook: Page) -> None:
    page = notebook
    run_cell(page, 0)
    figure = page.locator(".nt-figure")
    expect(figure).to_be_visible(timeout=PATIENCE)
    assert float(figure.get_attribute("data-maxdiff") or "nan") < 1e-10

    # From the page to Python: by keys, by typing, by dragging.
    field = figure.get_by_role("textbox", name="weight w")
    for _ in range(10):  # what is typed early is sometimes lost
        field.fill("3.25")
        field.press("Enter")
        page.wait_for_timeout(1000)
        if field.input_value() == "3.25":
            break
    figure.get_by_role("slider", name="weight w", exact=True).first.press("ArrowRight")
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
    figure.scroll_into_view_if_needed()
    drag(page, figure.get_by_role("slider", name="bias b: shifts"), -60, 0)
    after = number_in(figure.get_by_role("textbox", name="bias b"))
    assert after != before
    words = run_cell(page, 3).inner_text().split()
    assert float(words[-1]) == pytest.approx(after, abs=0.005)
