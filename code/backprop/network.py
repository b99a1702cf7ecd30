"""Chapter 1: a network is a list of layers, and the forward pass walks through them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from .activations import ACTIVATIONS, RELU, Activation
from .checks import Array, as_floats, check_positive, takes_inputs

__all__ = ["Layer", "Network", "Trace", "flatten", "forward"]


class Layer(NamedTuple):
    """The parameters of one layer, or a gradient with respect to them.

    Attributes
    ----------
    W : array, shape (n_l, n_{l-1})
        Weights: row j holds the weights *to* neuron j, column k those *from* neuron k.
    b : array, shape (n_l, 1)
        Biases, one for each neuron of the layer.
    """

    W: Array
    b: Array


class Trace(NamedTuple):
    """Everything that the forward pass computed, kept for the way back.

    Attributes
    ----------
    z : list of arrays, shapes (n_l, m)
        Weighted inputs; ``z[l - 1]`` is z^(l), ``z[-1]`` that of the last layer.
    a : list of arrays, shapes (n_l, m)
        Activations; ``a[0]`` is the input, ``a[l]`` is a^(l), ``a[-1]`` the output.
    """

    z: list[Array]
    a: list[Array]


class Network:
    """A fully connected feed-forward network; it never changes after it is made.

    Parameters
    ----------
    layers : sequence of Layer
        ``layers[l - 1]`` holds W^(l), of shape (n_l, n_{l-1}), and b^(l), of shape (n_l, 1).
    activation : str, or sequence of str
        One name for all layers or one for each: "sigmoid", "tanh", "relu" or "identity".

    Attributes
    ----------
    layers : tuple of Layer
        Read-only copies of what was given.
    activations : tuple of Activation
        One for each layer.
    widths : tuple of int
        (n_0, …, n_L); the input counts as a layer without parameters.
    n_parameters : int
        Number of weights and biases together.
    dtype : numpy.dtype
        float32 only if every array given was; then all that is computed stays float32.

    Raises
    ------
    ValueError
        If shapes do not fit together, a parameter is not finite, or an activation is unknown.

    Examples
    --------
    >>> net = Network([Layer(W=[[1.0, 1.0]], b=[[-1.5]])], activation="sigmoid")
    >>> net
    Network(2-1, sigmoid, 3 parameters)
    >>> net([[0, 1], [1, 1]]).round(3)      # two examples, one a column
    array([[0.378, 0.622]])
    """

    layers: tuple[Layer, ...]
    activations: tuple[Activation, ...]
    __slots__ = ("activations", "layers")

    def __init__(
        self,
        layers: Iterable[Layer | tuple[ArrayLike, ArrayLike]],
        activation: str | Sequence[str] = "sigmoid",
    ) -> None:
        checked = _checked_layers(layers)
        for array in (array for layer in checked for array in layer):
            array.setflags(write=False)
        object.__setattr__(self, "layers", checked)
        object.__setattr__(self, "activations", _find_activations(activation, len(checked)))

    @classmethod
    def _assembled(cls, layers: Iterable[Layer], activations: tuple[Activation, ...]) -> Network:
        """Put a network together from arrays that are known to be right: no check, no copy."""
        net = object.__new__(cls)
        object.__setattr__(net, "layers", tuple(layers))
        object.__setattr__(net, "activations", activations)
        return net

    @classmethod
    def initialise(
        cls,
        widths: Sequence[int],
        activation: str | Sequence[str] = "sigmoid",
        rng: int | np.random.Generator | None = 0,
        dtype: Any = np.float64,
    ) -> Network:
        """Make a network with random weights and zero biases.

        Parameters
        ----------
        widths : sequence of int
            (n_0, …, n_L), at least two of them.
        activation : str, or sequence of str
            As for `Network`.
        rng : int, numpy Generator or None
            Seed or source of the random numbers; None takes a fresh one each time.
        dtype : numpy dtype
            float64 or float32.

        Returns
        -------
        Network

        Notes
        -----
        The weights of layer l are drawn with mean 0 and standard deviation 1/√n_{l-1}, so that z
        is neither tiny nor huge however many neurons feed it; √2 times that into a relu, which
        throws half of its input away [glorot2010]_ [he2015]_.

        Examples
        --------
        >>> Network.initialise([16, 8, 4])
        Network(16-8-4, sigmoid, 172 parameters)
        """
        if len(widths) < 2:
            raise ValueError(f"widths must name at least input and output; got {list(widths)}.")
        for width in widths:
            check_positive("each of widths", width, int)
        rng = np.random.default_rng(rng)
        layers = []
        for (below, width), sigma in zip(
            pairwise(widths), _find_activations(activation, len(widths) - 1), strict=True
        ):
            spread = np.sqrt((2 if sigma is RELU else 1) / below)
            W = spread * rng.standard_normal((width, below))
            layers.append(Layer(W.astype(dtype), np.zeros((width, 1), dtype)))
        return cls(layers, activation)

    @property
    def widths(self) -> tuple[int, ...]:
        """(n_0, …, n_L)."""
        return (self.layers[0].W.shape[1], *(len(layer.b) for layer in self.layers))

    @property
    def n_parameters(self) -> int:
        """Number of weights and biases together."""
        return sum(layer.W.size + layer.b.size for layer in self.layers)

    @property
    def dtype(self) -> np.dtype[np.floating]:
        """The dtype of all parameters."""
        return self.layers[0].W.dtype

    @property
    def parameters(self) -> Array:
        """All parameters as one vector, shape (n_parameters,); see `flatten`."""
        return flatten(self.layers)

    def with_parameters(self, theta: ArrayLike) -> Network:
        """Return a network of the same shape whose parameters are the vector `theta`.

        Parameters
        ----------
        theta : array, shape (n_parameters,)
            In the order of `flatten`.
        """
        theta = as_floats("theta", theta, self.dtype)
        if theta.shape != (self.n_parameters,):
            raise ValueError(
                f"theta must have shape ({self.n_parameters},), one entry a parameter; "
                f"got {theta.shape}."
            )
        arrays, start = [], 0
        for array in (array for layer in self.layers for array in layer):
            arrays.append(theta[start : start + array.size].reshape(array.shape))
            start += array.size
        layers = zip(arrays[::2], arrays[1::2], strict=True)
        return Network(layers, [sigma.name for sigma in self.activations])

    def __call__(self, x: ArrayLike) -> Array:
        """Return the output a^(L), shape (n_L, m), for inputs x of shape (n_0, m)."""
        return forward(self, x).a[-1]

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(
            f"a Network never changes, so its {name!r} cannot be set; make a new one with "
            "Network(layers, activation) or net.with_parameters(theta)."
        )

    def __reduce__(self) -> tuple[Any, ...]:
        return Network, (self.layers, [sigma.name for sigma in self.activations])

    def __repr__(self) -> str:
        names = [sigma.name for sigma in self.activations]
        name = names[0] if len(set(names)) == 1 else "-".join(names)
        widths = "-".join(map(str, self.widths))
        return f"Network({widths}, {name}, {self.n_parameters} parameters)"


@takes_inputs
def forward(net: Network, x: Array) -> Trace:
    """Send the inputs through the network and keep every z and a on the way.

    Parameters
    ----------
    net : Network
    x : array, shape (n_0, m)
        Inputs, one example a column.

    Returns
    -------
    Trace
        The weighted inputs z and the activations a of every layer.

    Raises
    ------
    ValueError
        If x has another shape, no column, or an entry that is not finite.

    Notes
    -----
    Equation ``eq-c1-layer``, once for each layer.
    """
    zs, activations = [], [x]
    for (W, b), sigma in zip(net.layers, net.activations, strict=True):
        z = W @ activations[-1] + b
        zs.append(z)
        activations.append(sigma(z))
    return Trace(zs, activations)


def flatten(layers: Iterable[Layer]) -> Array:
    """String parameters, or a gradient, into one vector.

    Parameters
    ----------
    layers : iterable of Layer

    Returns
    -------
    array, shape (number of parameters,)
        W^(1) row by row, then b^(1), then W^(2) row by row, and so on.
    """
    return np.concatenate([array.ravel() for layer in layers for array in layer])


def _checked_layers(
    layers: Iterable[Layer | tuple[ArrayLike, ArrayLike]],
) -> tuple[Layer, ...]:
    """Return copies of the layers, of one dtype, whose shapes fit together."""
    pairs = [
        (as_floats(f"W of layer {index}", W), as_floats(f"b of layer {index}", b))
        for index, (W, b) in enumerate(layers, start=1)
    ]
    if not pairs:
        raise ValueError("a network needs at least one layer; got none.")
    for index, (W, b) in enumerate(pairs, start=1):
        if W.ndim != 2 or 0 in W.shape:
            raise ValueError(
                f"W of layer {index} must have shape (to, from), neither of them 0; got {W.shape}."
            )
        if b.shape != (len(W), 1):
            hint = f" Did you mean b.reshape({len(W)}, 1)?" if b.size == len(W) else ""
            raise ValueError(
                f"b of layer {index} must have shape ({len(W)}, 1), one bias for each row of W; "
                f"got {b.shape}.{hint}"
            )
    for index, ((below, _), (W, _)) in enumerate(pairwise(pairs), start=2):
        if W.shape[1] != len(below):
            raise ValueError(
                f"W of layer {index} must have {len(below)} columns, one for each neuron of "
                f"layer {index - 1}; got shape {W.shape}."
            )
    dtype = np.result_type(*(array for pair in pairs for array in pair))
    return tuple(Layer(np.array(W, dtype), np.array(b, dtype)) for W, b in pairs)


def _find_activations(names: str | Sequence[str], n_layers: int) -> tuple[Activation, ...]:
    """Return one Activation for each layer."""
    names = [names] * n_layers if isinstance(names, str) else list(names)
    if len(names) != n_layers:
        raise ValueError(
            f"activation must be one name, or one for each of the {n_layers} layers; "
            f"got {len(names)}: {names}."
        )
    for name in names:
        if name not in ACTIVATIONS:
            raise ValueError(f"activation must be one of {sorted(ACTIVATIONS)}; got {name!r}.")
    return tuple(ACTIVATIONS[name] for name in names)
