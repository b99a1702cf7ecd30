"""Mistakes that make the deltas wrong: the start, the slopes, the step back."""

from __future__ import annotations

import numpy as np

from ..activations import sigmoid_prime
from ..checks import Array
from .catalogue import mistake
from .passes import Pass

__all__: list[str] = []

# ------------------------------------------------------------------------------ the start


@mistake(
    "start",
    "sign",
    "The sign is turned round: the error is a − y and not y − a, and what you return is the "
    "gradient itself, not the step against it.",
    "eq-c4-dC-da",
    "Two numbers name a weight",
)
class Sign(Pass):
    def error(self) -> Array:
        return -super().error()


@mistake(
    "start",
    "two-missing",
    "The 2 is missing: the derivative of (a − y)² is 2(a − y), and this book's cost has no ½ to "
    "cancel it.",
    "eq-c4-dC-da",
    "Two numbers name a weight",
)
class TwoMissing(Pass):
    def start(self) -> Array:
        return super().start() / 2


@mistake(
    "start",
    "outputs-averaged",
    "You divide by the number of outputs: the cost of an example is a sum over its outputs, and "
    "only the examples are averaged.",
    "eq-c4-dC-da",
    "A batch: columns side by side",
)
class OutputsAveraged(Pass):
    def start(self) -> Array:
        return super().start() / len(self.y)


@mistake(
    "start",
    "error-squared",
    "You start the way back with the cost, (a − y)², and not with its derivative, 2(a − y).",
    "eq-c4-dC-da",
    "Two numbers name a weight",
)
class ErrorSquared(Pass):
    def start(self) -> Array:
        result: Array = super().error() ** 2 / self.examples()
        return result


@mistake(
    "start",
    "target-forgotten",
    "The target does not come in: you start the way back with 2a where 2(a − y) belongs.",
    "eq-c4-dC-da",
    "Two numbers name a weight",
)
class TargetForgotten(Pass):
    def error(self) -> Array:
        return self.a[self.L]


# ------------------------------------------------------------------------------ the slopes


@mistake(
    "slope",
    "slope-missing",
    "σ′ is missing in every layer: each delta is ∂C/∂a times the slope σ′(z) of its own neuron.",
    "eq-c4-delta-output",
    "Any layer, in indices",
)
class SlopeMissing(Pass):
    def slope(self, l: int) -> Array:
        return np.ones_like(self.z[l])


@mistake(
    "slope",
    "slope-missing-at-output",
    "σ′ is missing at the output layer: its delta is 2(a − y) times σ′(z). (Without it you have "
    "the delta of another cost, the cross-entropy.)",
    "eq-c4-delta-output",
    "Any layer, in indices",
)
class SlopeMissingAtOutput(Pass):
    def slope(self, l: int) -> Array:
        return np.ones_like(self.z[l]) if l == self.L else super().slope(l)


@mistake(
    "slope",
    "slope-missing-in-hidden",
    "σ′ is missing in the hidden layers: after the step back, multiply by σ′(z) of the layer that "
    "you have arrived at.",
    "eq-c4-delta-back",
    "Why ⊙?",
)
class SlopeMissingInHidden(Pass):
    def slope(self, l: int) -> Array:
        return super().slope(l) if l == self.L else np.ones_like(self.z[l])


@mistake(
    "slope",
    "slope-at-a",
    "You use σ′ at a; it belongs at z, to which σ was applied.",
    "eq-c4-delta-back",
    "Why σ′ at z, and not at a?",
)
class SlopeAtA(Pass):
    def slope(self, l: int) -> Array:
        return self.slope_at(l, self.a[l])


@mistake(
    "slope",
    "slope-at-a-at-output",
    "At the output layer you use σ′ at a; it belongs at z, as you have it in the hidden layers.",
    "eq-c4-delta-output",
    "Why σ′ at z, and not at a?",
)
class SlopeAtAAtOutput(Pass):
    def slope(self, l: int) -> Array:
        return self.slope_at(l, self.a[l]) if l == self.L else super().slope(l)


@mistake(
    "slope",
    "slope-at-a-in-hidden",
    "In the hidden layers you use σ′ at a; it belongs at z, as you have it at the output.",
    "eq-c4-delta-back",
    "Why σ′ at z, and not at a?",
)
class SlopeAtAInHidden(Pass):
    def slope(self, l: int) -> Array:
        return super().slope(l) if l == self.L else self.slope_at(l, self.a[l])


@mistake(
    "slope",
    "slope-from-z",
    "You write the slope as z(1 − z); it is a(1 − a) with a = σ(z).",
    "eq-c4-delta-back",
    "Why σ′ at z, and not at a?",
)
class SlopeFromZ(Pass):
    def slope_at(self, l: int, place: Array) -> Array:
        return self.net.activations[l - 1].prime(place, place)


@mistake(
    "slope",
    "slope-is-sigma",
    "You multiply by σ(z) itself where its slope σ′(z) belongs.",
    "eq-c4-delta-output",
    "Any layer, in indices",
)
class SlopeIsSigma(Pass):
    def slope_at(self, l: int, place: Array) -> Array:
        return self.net.activations[l - 1](place)


@mistake(
    "slope",
    "slope-of-sigmoid",
    "You use the sigmoid's slope, a(1 − a), in layers that have another activation.",
    "eq-c4-delta-output",
    "Any layer, in indices",
)
class SlopeOfSigmoid(Pass):
    def slope_at(self, l: int, place: Array) -> Array:
        return sigmoid_prime(place)


@mistake(
    "slope",
    "slope-of-layer-above",
    "In the hidden layers you use the slopes of the layer above; after the step back to layer l, "
    "σ′(z) of layer l itself belongs there.",
    "eq-c4-delta-back",
    "Why ⊙?",
)
class SlopeOfLayerAbove(Pass):
    def slope(self, l: int) -> Array:
        return super().slope(min(l + 1, self.L))


@mistake(
    "slope",
    "slope-of-layer-below",
    "You use the slopes of the layer below; with the delta of layer l goes σ′(z) of layer l.",
    "eq-c4-delta-back",
    "Why ⊙?",
)
class SlopeOfLayerBelow(Pass):
    def slope(self, l: int) -> Array:
        return super().slope(l - 1) if l > 1 else self.slope_at(l, self.a[0])


# ------------------------------------------------------------------------------ the step back


@mistake(
    "back",
    "transpose-missing",
    "The transpose is missing: back through a layer goes its W transposed, Wᵀδ.",
    "eq-c4-delta-back",
    "Why the transpose?",
)
class TransposeMissing(Pass):
    def weights_back(self, l: int) -> Array:
        return super().weights_back(l).T


@mistake(
    "back",
    "wrong-weights",
    "You go back through the wrong weights: from layer l+1 to layer l it is the W of layer l+1.",
    "eq-c4-delta-back",
    "Why the transpose?",
)
class WrongWeights(Pass):
    def weights_back(self, l: int) -> Array:
        return self.W(l)


@mistake(
    "back",
    "weights-left-out",
    "The weights are missing in the step back: each delta returns along the wires, times W.",
    "eq-c4-delta-index",
    "Any layer, in indices",
)
class WeightsLeftOut(Pass):
    def back(self, l: int) -> Array:
        return self.sent(l)


@mistake(
    "back",
    "wishes-averaged",
    "In the step back you average over the neurons of the next layer; their wishes are summed.",
    "eq-c3-sum",
    "Four outputs, and what they want together",
)
class WishesAveraged(Pass):
    def back(self, l: int) -> Array:
        return super().back(l) / len(self.W(l + 1))


@mistake(
    "back",
    "sent-without-slope",
    "You send back ∂C/∂a of the layer above where its δ belongs: the slope of that layer is in δ.",
    "eq-c4-delta-index",
    "Any layer, in indices",
)
class SentWithoutSlope(Pass):
    def sent(self, l: int) -> Array:
        return self.dC_da[l + 1]


@mistake(
    "back",
    "delta-of-output-everywhere",
    "Every hidden layer starts from the delta of the output layer; each takes that of the next.",
    "eq-c4-delta-index",
    "Any layer, in indices",
)
class DeltaOfOutputEverywhere(Pass):
    def sent(self, l: int) -> Array:
        return self.delta[self.L]


@mistake(
    "back",
    "early-update",
    "You update the weights on the way back and then go on with the new ones: take the whole "
    "gradient with the old weights first.",
    "eq-c4-delta-back",
    "What if you update on the way?",
)
class EarlyUpdate(Pass):
    eta = 1.0

    def weights_back(self, l: int) -> Array:
        result: Array = super().weights_back(l) - (self.eta or 0) * self.dC_dW(l + 1)
        return result
