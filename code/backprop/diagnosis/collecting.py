"""Mistakes on the way forward, and in what is collected and returned."""

from __future__ import annotations

import numpy as np

from ..checks import Array
from ..network import Layer
from .catalogue import mistake
from .passes import Pass

__all__: list[str] = []

# ------------------------------------------------------------------------------ the way forward


@mistake(
    "forward",
    "bias-not-added",
    "Your forward pass leaves the biases out; it is z = W a + b.",
    "eq-c1-layer",
    "All eight neurons at once",
)
class BiasNotAdded(Pass):
    def b(self, l: int) -> Array:
        return np.zeros_like(super().b(l))


@mistake(
    "forward",
    "bias-as-row",
    "Your biases are added along the wrong direction: b is a column of shape (n, 1), so that each "
    "neuron gets its own bias in every example; as a row, each example gets one.",
    "eq-c1-batch",
    "One image or many: columns side by side",
)
class BiasAsRow(Pass):
    def b(self, l: int) -> Array:
        result: Array = super().b(l).T
        return result


@mistake(
    "forward",
    "output-not-squashed",
    "Your forward pass does not squash the last layer; its activation is σ(z) as everywhere.",
    "eq-c1-network",
    "The whole way through",
)
class OutputNotSquashed(Pass):
    def activation(self, l: int) -> Array:
        return self.z[l] if l == self.L else super().activation(l)


# ------------------------------------------------------------------------------ the mean


@mistake(
    "mean",
    "mean-missing",
    "The 1/m is missing: you add the gradients of the examples up, and the cost is their mean.",
    "eq-c4-mean",
    "A batch: columns side by side",
)
class MeanMissing(Pass):
    def examples(self) -> float:
        return 1


@mistake(
    "mean",
    "mean-twice",
    "You divide by m twice; it belongs in one place, the derivative of the cost at the outputs.",
    "eq-c4-mean",
    "A batch: columns side by side",
)
class MeanTwice(Pass):
    def start(self) -> Array:
        result: Array = super().start() / self.m
        return result


@mistake(
    "mean",
    "mean-missing-in-biases",
    "The 1/m is missing for the biases: weights and biases are averaged over the examples alike.",
    "eq-c4-mean",
    "A batch: columns side by side",
)
class MeanMissingInBiases(Pass):
    def dC_db(self, l: int) -> Array:
        result: Array = super().dC_db(l) * self.m
        return result


@mistake(
    "mean",
    "mean-missing-in-weights",
    "The 1/m is missing for the weights: weights and biases are averaged over the examples alike.",
    "eq-c4-mean",
    "A batch: columns side by side",
)
class MeanMissingInWeights(Pass):
    def dC_dW(self, l: int) -> Array:
        result: Array = super().dC_dW(l) * self.m
        return result


@mistake(
    "mean",
    "last-example-only",
    "Only the last example counts: your loop over the examples overwrites where it should add up.",
    "eq-c4-mean",
    "Many examples: the mean",
)
class LastExampleOnly(Pass):
    kept = slice(-1, None)

    def start(self) -> Array:
        result, start = np.zeros_like(self.a[self.L]), super().start()
        result[:, self.kept] = start[:, self.kept]
        return result


@mistake(
    "mean",
    "first-example-only",
    "Only the first example counts; the gradient is the mean over all of them.",
    "eq-c4-mean",
    "Many examples: the mean",
)
class FirstExampleOnly(LastExampleOnly):
    kept = slice(0, 1)


# ------------------------------------------------------------------------------ the weights


@mistake(
    "weights",
    "outer-transposed",
    "The outer product is turned round: it is δ aᵀ, with a row for each neuron that receives.",
    "eq-c4-dW-matrix",
    "Why an outer product?",
)
class OuterTransposed(Pass):
    def dC_dW(self, l: int) -> Array:
        result: Array = super().dC_dW(l).T
        return result


@mistake(
    "weights",
    "input-in-every-layer",
    "You multiply by the network's input in every layer; it is the activation of the layer below.",
    "eq-c4-dW-index",
    "Any layer, in indices",
)
class InputInEveryLayer(Pass):
    def below(self, l: int) -> Array:
        return self.a[0]


@mistake(
    "weights",
    "activation-of-own-layer",
    "The layer index is off by one: ∂C/∂W of layer l is δ of layer l times a of layer l−1, and "
    "you take a of layer l.",
    "eq-c4-dW-matrix",
    "Why an outer product?",
)
class ActivationOfOwnLayer(Pass):
    def below(self, l: int) -> Array:
        return self.a[l]


@mistake(
    "weights",
    "z-for-a",
    "You multiply δ by z of the layer below; a weight carries its activation a.",
    "eq-c4-dW-index",
    "Any layer, in indices",
)
class ZForA(Pass):
    def below(self, l: int) -> Array:
        return self.z[l - 1] if l > 1 else super().below(l)


@mistake(
    "weights",
    "first-layer-forgotten",
    "The first layer has no gradient: the way back does not end before layer 1.",
    "eq-c4-delta-back",
    "The four equations",
)
class FirstLayerForgotten(Pass):
    def gradient(self) -> list[Layer]:
        (W, b), *others = super().gradient()
        return [Layer(np.zeros_like(W), np.zeros_like(b)), *others]


# ------------------------------------------------------------------------------ the biases


@mistake(
    "biases",
    "bias-forgotten",
    "The gradient of the biases is zero: ∂C/∂b is δ, summed over the examples.",
    "eq-c4-db-matrix",
    "Why is ∂C/∂b = δ?",
)
class BiasForgotten(Pass):
    def dC_db(self, l: int) -> Array:
        return np.zeros_like(super().b(l))


@mistake(
    "biases",
    "bias-summed-over-neurons",
    "You sum δ over the neurons; sum over the examples, so that each neuron's bias has its own.",
    "eq-c4-db-matrix",
    "Why is ∂C/∂b = δ?",
)
class BiasSummedOverNeurons(Pass):
    def dC_db(self, l: int) -> Array:
        result: Array = self.delta[l].sum(axis=0, keepdims=True).T
        return result


@mistake(
    "biases",
    "bias-summed-over-everything",
    "You sum δ over everything; each neuron's bias has a derivative of its own.",
    "eq-c4-db-matrix",
    "Why is ∂C/∂b = δ?",
)
class BiasSummedOverEverything(Pass):
    def dC_db(self, l: int) -> Array:
        return np.full_like(super().dC_db(l), self.delta[l].sum())


@mistake(
    "biases",
    "bias-not-summed",
    "∂C/∂b has a column for each example; sum them up into one, of the shape of b.",
    "eq-c4-db-matrix",
    "A batch: columns side by side",
)
class BiasNotSummed(Pass):
    def dC_db(self, l: int) -> Array:
        return self.delta[l]


@mistake(
    "biases",
    "bias-mean-twice",
    "For the biases you take the mean of δ over the examples, but the 1/m is in δ already: sum.",
    "eq-c4-db-matrix",
    "A batch: columns side by side",
)
class BiasMeanTwice(Pass):
    def dC_db(self, l: int) -> Array:
        result: Array = super().dC_db(l) / self.m
        return result


@mistake(
    "biases",
    "bias-without-slope",
    "For the biases you use ∂C/∂a; a bias moves z, so it is δ, with the slope σ′(z) in it.",
    "eq-c4-db-matrix",
    "Why is ∂C/∂b = δ?",
)
class BiasWithoutSlope(Pass):
    def dC_db(self, l: int) -> Array:
        result: Array = self.dC_da[l].sum(axis=1, keepdims=True)
        return result


# ------------------------------------------------------------------------------ what is returned


@mistake(
    "form",
    "order-reversed",
    "The layers come in the wrong order: you collect from the last to the first, so turn the "
    "list round before you return it.",
    "eq-c4-gradient-vector",
    "Many examples: the mean",
)
class OrderReversed(Pass):
    def gradient(self) -> list[Layer]:
        return super().gradient()[::-1]


@mistake(
    "form",
    "parameters-returned",
    "You return the updated weights and biases; asked for is the gradient alone.",
    "eq-c4-gradient-vector",
    "Many examples: the mean",
)
class ParametersReturned(Pass):
    eta = 1.0

    def gradient(self) -> list[Layer]:
        eta = self.eta or 0
        pairs = zip(self.net.layers, super().gradient(), strict=True)
        return [Layer(W - eta * dW, b - eta * db) for (W, b), (dW, db) in pairs]
