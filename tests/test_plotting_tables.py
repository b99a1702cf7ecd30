"""Tables of signed numbers: that they say what they are given, and show which is largest."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from backprop import plotting
from backprop.colours import contrast

VALUES = np.array([[0.434, -0.03, 0.2], [-0.5, 0.0, 0.111]])
ROWS, COLUMNS = ["neuron for 1", "neuron for 8"], ["$a_0$", "$a_1$", "$a_2$"]


@pytest.fixture(autouse=True)
def close():
    yield
    plt.close("all")


def written(ax):
    """Texts by row, from the top, each from the left; with plain minus signs."""
    rows = {}
    for text in ax.findobj(Text):
        if text.get_text():
            x, y = text.get_position()
            rows.setdefault(round(y, 6), []).append((x, text.get_text().replace("−", "-")))
    return [[said for _, said in sorted(rows[y])] for y in sorted(rows, reverse=True)]


def cells(ax):
    return [patch for patch in ax.patches if isinstance(patch, Rectangle)]


def test_every_number_stands_in_its_row_and_column_with_its_sign():
    ax = plotting.signed_table(VALUES, ROWS, COLUMNS)
    assert written(ax) == [
        COLUMNS,
        ["neuron for 1", "+0.43", "-0.03", "+0.20"],
        ["neuron for 8", "-0.50", "+0.00", "+0.11"],
    ]


def test_the_last_row_holds_the_sums_of_the_columns():
    ax = plotting.signed_table(VALUES, ROWS, COLUMNS, total="sum", digits=3)
    assert written(ax)[-1] == ["sum", "-0.066", "-0.030", "+0.311"]


def test_a_cell_is_the_darker_the_larger_its_number_whatever_the_sign():
    ax = plotting.signed_table(VALUES, ROWS, COLUMNS)
    lightness = [sum(to_rgb(cell.get_facecolor())) for cell in cells(ax)]
    by_size = np.argsort(-np.abs(VALUES).ravel())
    assert np.argsort(lightness).tolist() == by_size.tolist()


def test_every_number_can_be_read_on_its_cell_and_fits_into_it():
    ax = plotting.signed_table(VALUES, ROWS, COLUMNS, total="sum")
    ax.figure.draw_without_rendering()
    numbers = [t for t in ax.findobj(Text) if t.get_text()[:1] in ("+", "−")]
    assert len(numbers) == len(cells(ax)) == 9
    for text in numbers:
        box = text.get_window_extent()
        (cell,) = [c for c in cells(ax) if c.get_window_extent().contains(box.x0, box.y0)]
        assert cell.get_window_extent().contains(box.x1, box.y1)
        assert contrast(_hex(text.get_color()), _hex(cell.get_facecolor())) >= 4.5
        assert text.get_fontsize() >= 9


def _hex(colour):
    return plt.matplotlib.colors.to_hex(colour)


def test_a_table_of_zeros_is_no_trouble():
    assert len(cells(plotting.signed_table(np.zeros((1, 2)), ["x"], ["y", "z"]))) == 2


def test_it_draws_on_the_axes_it_gets():
    _, (left, right) = plt.subplots(1, 2)
    assert plotting.signed_table(VALUES, ROWS, COLUMNS, ax=right) is right
    assert not left.patches


@pytest.mark.parametrize(
    ("values", "rows"), [(VALUES, ["one"]), (VALUES.T, ROWS), (VALUES[0], ["one"])]
)
def test_names_must_fit(values, rows):
    with pytest.raises(ValueError, match="one row and one column for each name"):
        plotting.signed_table(values, rows, COLUMNS)
