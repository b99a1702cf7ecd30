"""Networks as pictures: neurons in the colour of their activation, weights by sign and size."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike, NDArray

from ..network import Network, Trace
from .layout import Edge, Node, lay_out
from .picture import Picture
from .style import drawing_board, minus

__all__ = ["network_diagram", "onward"]

Array = NDArray[np.floating]


def onward(widths: Sequence[int] | Network, edge: Edge) -> list[Edge]:
    """List every weight on the way from one weight to the outputs, that one included.

    Parameters
    ----------
    widths : sequence of int, or Network
        (n_0, …, n_L).
    edge : tuple (l, j, k)
        The weight w_jk^(l): to neuron j of layer l from neuron k of layer l - 1, counted from 0.

    Returns
    -------
    list of tuple (l, j, k)
        For the `highlight` of `network_diagram`.

    Examples
    --------
    >>> onward([3, 2, 2], (1, 0, 2))
    [(1, 0, 2), (2, 0, 0), (2, 1, 0)]
    """
    widths = widths_of(widths)
    check_place(edge, widths)
    found, reached = [edge], [edge[1]]
    for layer in range(edge[0] + 1, len(widths)):
        found += [(layer, j, k) for j in range(widths[layer]) for k in reached]
        reached = list(range(widths[layer]))
    return found


def network_diagram(
    net: Network | Sequence[int],
    trace: Trace | None = None,
    *,
    example: int = 0,
    values: bool = False,
    names: bool = False,
    first: int = 0,
    superscripts: Sequence[str] | None = None,
    weights: Literal["names", "values"] | Mapping[Edge, str] | None = None,
    deltas: Sequence[ArrayLike] | None = None,
    targets: ArrayLike | None = None,
    highlight: Iterable[Edge | Node] | None = None,
    outputs: Sequence[str] | None = None,
    titles: Sequence[str] | None = None,
    image: tuple[int, int] | None = None,
    key: bool | None = None,
    most: int = 16,
    ax: Axes | None = None,
) -> Axes:
    """Draw a network: neurons as discs, weights as lines.

    A positive weight is a full blue line, a negative one a dashed vermillion line, and the larger
    the weight the wider the line.  A disc is the greener the higher the activation.

    Parameters
    ----------
    net : Network, or sequence of int
        What to draw; for bare widths all lines are alike.
    trace : Trace, optional
        What `forward` kept, to colour the neurons.
    example : int
        Which column of the trace, of the deltas and of the targets.
    values : bool
        Write the activations in the discs, or beside them where they are too small.
    names : bool
        Write :math:`a^{(l)}_j` at the neurons.
    first : {0, 1}
        The subscript of the first neuron of a layer.
    superscripts : sequence of str, optional
        What to call the layers in names, such as ``["L-1", "L"]``; without it 0, 1, 2, …
    weights : {"names", "values"} or mapping of (l, j, k) to str, optional
        What to write on the lines.
    deltas : sequence of array, optional
        ``deltas[l - 1]`` is δ^(l), shape (n_l, m) or (n_l,): written in the colour of gradients.
    targets : array, shape (n_L, m) or (n_L,), optional
        y, written beside the outputs.
    highlight : iterable of (l, j, k) and (l, j), optional
        Weights and neurons to bring out; all others fade.
    outputs : sequence of str, optional
        What each output neuron stands for, written beside it.
    titles : sequence of str, optional
        What to write above each layer.
    image : tuple (rows, columns), optional
        Show the inputs of the trace as an image of this shape, too.
    key : bool, optional
        Explain lines and discs below; without it, if there are weights to explain.
    most : int
        Layers with more neurons than this show only the first and the last of them.
    ax : matplotlib Axes, optional

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    ValueError
        If what is given does not fit the network.
    """
    widths = widths_of(net)
    layout = lay_out(widths, most, (values and names) + (deltas is not None))
    left = 0.9 if image else 0.0
    board, scale = drawing_board(layout.width + left, layout.height + 0.3 * bool(titles), ax)
    picture = Picture(board, scale, layout.shifted(left), _highlighted(highlight, widths))
    matrices = [layer.W for layer in net.layers] if isinstance(net, Network) else None
    picture.draw_weights(matrices)
    activations = None if trace is None else _columns(trace.a, example, widths, "trace")
    picture.draw_neurons(activations)
    if weights is not None:
        picture.write_weights(_weight_texts(weights, matrices, widths, first, superscripts))
    inside = _number_texts(activations) if values and activations is not None else None
    named = _names(widths, first, superscripts) if names else None
    picture.write_neurons(inside, named)
    if deltas is not None:
        picture.write_deltas(_columns(deltas, example, widths[1:], "deltas"))
    if targets is not None or outputs is not None:
        picture.write_outputs(outputs, _targets(targets, example, widths[-1]))
    if titles is not None:
        picture.write_titles(titles)
    if image is not None:
        picture.draw_image(activations, image)
    if key or (key is None and matrices is not None):
        picture.write_key(matrices is not None, activations, deltas is not None)
    return board


def widths_of(net: Network | Sequence[int]) -> tuple[int, ...]:
    widths = net.widths if isinstance(net, Network) else tuple(int(width) for width in net)
    if len(widths) < 2 or min(widths) < 1:
        raise ValueError(f"a network needs at least two layers of neurons; got {list(widths)}.")
    return widths


def check_place(place: Edge | Node, widths: tuple[int, ...]) -> None:
    """Raise unless a weight (l, j, k) or a neuron (l, j) is one of the network."""
    layer, *neurons = place
    limits = [widths[layer], widths[layer - 1]] if 0 <= layer < len(widths) else []
    known = len(place) == 2 or (len(place) == 3 and layer > 0)
    if (
        not limits
        or not known
        or any(not 0 <= n < limit for n, limit in zip(neurons, limits, strict=False))
    ):
        raise ValueError(
            f"a weight is (l, j, k) and a neuron (l, j), counted from 0, in a network of widths "
            f"{list(widths)}; got {place}."
        )


def _highlighted(
    things: Iterable[Edge | Node] | None, widths: tuple[int, ...]
) -> frozenset[Edge | Node] | None:
    """Return the things to bring out, with the neurons at both ends of every weight."""
    if things is None:
        return None
    chosen: set[Edge | Node] = set()
    for thing in things:
        check_place(thing, widths)
        chosen.add(thing)
        if len(thing) == 3:
            chosen |= {(thing[0], thing[1]), (thing[0] - 1, thing[2])}
    return frozenset(chosen)


def _columns(
    arrays: Sequence[ArrayLike], example: int, widths: tuple[int, ...], what: str
) -> list[Array]:
    """Return one column of each array, and check that there is a number for each neuron."""
    columns = []
    for each in arrays:
        array = np.asarray(each, float)
        columns.append(array if array.ndim == 1 else array[:, example])
    if tuple(map(len, columns)) != widths:
        raise ValueError(
            f"{what} must hold a number for each neuron of layers of widths {list(widths)}; "
            f"got {[len(column) for column in columns]}."
        )
    return columns


def _targets(targets: ArrayLike | None, example: int, width: int) -> Array | None:
    if targets is None:
        return None
    return _columns([targets], example, (width,), "targets")[0]


def _number_texts(columns: list[Array]) -> list[list[str]]:
    return [[minus(f"{value:.2f}") for value in column] for column in columns]


def _superscripts(superscripts: Sequence[str] | None, layers: int) -> list[str]:
    names = [str(layer) for layer in range(layers)] if superscripts is None else superscripts
    if len(names) != layers:
        raise ValueError(
            f"superscripts must be one for each of the {layers} layers, inputs included; "
            f"got {list(names)}."
        )
    return list(names)


def _names(
    widths: tuple[int, ...], first: int, superscripts: Sequence[str] | None
) -> list[list[str]]:
    tops = _superscripts(superscripts, len(widths))
    return [
        [
            f"$a^{{({top})}}$" if max(widths) == 1 else f"$a^{{({top})}}_{{{first + neuron}}}$"
            for neuron in range(width)
        ]
        for top, width in zip(tops, widths, strict=True)
    ]


def _weight_texts(
    weights: str | Mapping[Edge, str],
    matrices: list[Array] | None,
    widths: tuple[int, ...],
    first: int,
    superscripts: Sequence[str] | None,
) -> Mapping[Edge, str]:
    """Return what to write on which line."""
    if isinstance(weights, Mapping):
        for edge in weights:
            check_place(edge, widths)
        return weights
    edges = [
        (l, j, k)
        for l in range(1, len(widths))
        for j in range(widths[l])
        for k in range(widths[l - 1])
    ]
    if weights == "values" and matrices is not None:
        return {(l, j, k): minus(f"{matrices[l - 1][j, k]:+.2f}") for l, j, k in edges}
    if weights == "names":
        tops = _superscripts(superscripts, len(widths))
        if max(widths) == 1:
            return {edge: f"$w^{{({tops[edge[0]]})}}$" for edge in edges}
        return {(l, j, k): f"$w^{{({tops[l]})}}_{{{first + j}{first + k}}}$" for l, j, k in edges}
    raise ValueError(
        'weights must be "names", "values" (for a Network) or a mapping of (l, j, k) to text; '
        f"got {weights!r}."
    )
