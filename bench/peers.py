"""What `training.py` compares: one class a peer, each run in a process of its own.

    python peers.py NAME

A peer sleeps on its standard input.  A line of JSON wakes it, and it answers with one: "begin" with
a network and data, "check" takes a few steps from the start and tells the weights' cost, "time"
takes steps for a while and tells what one of them took.
"""

import json
import os
import sys
import time
from functools import partial

import numpy as np

from backprop import Layer, Network, cost

RATE = 0.5
ROWS = 2**21  # numbers in the inputs, at most


class Peer:
    """Starts from the same network as all others and takes the same steps.

    Examples are rows here, as most peers want them.
    """

    whole = False  # whether its steps are compiled for a number of them
    turn = None  # the steps that are timed at a time

    def begin(self, widths, batch_size, dtype):
        rng = np.random.default_rng([*widths, batch_size])
        count = batch_size * max(4, min(1000 // batch_size, ROWS // (widths[0] * batch_size)))
        self.X = rng.random((count, widths[0])).astype(dtype)
        self.Y = np.eye(widths[-1], dtype=dtype)[rng.integers(0, widths[-1], count)]
        self.net = Network.initialise(widths, rng=0, dtype=dtype)
        self.batches = rng.permutation(count).reshape(-1, batch_size)
        self.start()

    def start(self):
        """Take over the network; here and below `W` has the shape (to, from)."""
        self.layers = [[W.copy(), b.copy()] for W, b in self.net.layers]

    def steps(self, batches):
        """Take a step for each of the batches."""
        for batch in batches:
            self.step(self.X[batch], self.Y[batch])

    def learned(self):
        """Return pairs (W, b) of the shapes (to, from) and (to, 1)."""
        return self.layers

    def check(self, count):
        """Cost after the first steps."""
        self.start()
        self.steps(self.batches[:count])
        net = Network([Layer(np.array(W), np.array(b)) for W, b in self.learned()])
        # Only now is everything compiled that had to be, and a step takes what it takes.
        begin = time.perf_counter()
        self.steps(self.batches[:count])
        took = (time.perf_counter() - begin) / len(self.batches[:count])
        self.turn = self.batches if self.whole else self.batches[: max(1, int(0.02 / took))]
        return cost(net, self.X.T, self.Y.T)

    def time(self, seconds):
        """Processor and wall time of one step, from as many as fit into some seconds."""
        done, cpu, wall = 0, time.process_time(), time.perf_counter()
        while done == 0 or time.perf_counter() - wall < seconds:
            self.steps(self.turn)
            done += len(self.turn)
        return (time.process_time() - cpu) / done, (time.perf_counter() - wall) / done


# ---- NumPy ----


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


class Textbook(Peer):
    """The vectorised NumPy that anyone would write."""

    def start(self):
        self.W = [W.T.copy() for W, _ in self.net.layers]
        self.b = [b[:, 0].copy() for _, b in self.net.layers]

    def step(self, x, y):
        a = [x]
        for W, b in zip(self.W, self.b, strict=True):
            a.append(sigmoid(a[-1] @ W + b))
        delta = 2 * (a[-1] - y) * a[-1] * (1 - a[-1])
        dW, db = [None] * len(self.W), [None] * len(self.W)
        for l in reversed(range(len(self.W))):
            dW[l] = a[l].T @ delta / len(x)
            db[l] = delta.mean(axis=0)
            if l > 0:
                delta = delta @ self.W[l].T * a[l] * (1 - a[l])
        for l in range(len(self.W)):
            self.W[l] = self.W[l] - RATE * dW[l]
            self.b[l] = self.b[l] - RATE * db[l]

    def learned(self):
        return [(W.T, b[:, None]) for W, b in zip(self.W, self.b, strict=True)]


class OneByOne(Peer):
    """A loop over the examples of a mini-batch, each a column, as in the classic book."""

    def step(self, x, y):
        sums = [[np.zeros_like(W), np.zeros_like(b)] for W, b in self.layers]
        for each, target in zip(x, y, strict=True):
            a, z = [each[:, None]], []
            for W, b in self.layers:
                z.append(np.dot(W, a[-1]) + b)
                a.append(sigmoid(z[-1]))
            delta = 2 * (a[-1] - target[:, None]) * sigmoid(z[-1]) * (1 - sigmoid(z[-1]))
            for l in reversed(range(len(self.layers))):
                sums[l][0] = sums[l][0] + np.dot(delta, a[l].T)
                sums[l][1] = sums[l][1] + delta
                if l > 0:
                    slope = sigmoid(z[l - 1]) * (1 - sigmoid(z[l - 1]))
                    delta = np.dot(self.layers[l][0].T, delta) * slope
        for layer, (dW, db) in zip(self.layers, sums, strict=True):
            layer[0] = layer[0] - RATE / len(x) * dW
            layer[1] = layer[1] - RATE / len(x) * db


class Products(Peer):
    """The matrix products of a step and nothing else: what no NumPy program can go below."""

    def start(self):
        from backprop.recording import turns

        super().start()
        rng, widths, m = np.random.default_rng(0), self.net.widths, self.batches.shape[1]
        dtype = self.net.dtype
        a = [rng.random((m, n)).astype(dtype) for n in widths]  # as BLAS likes them best
        self.calls = []
        for l, (W, _) in enumerate(self.layers):
            z, dW, into = np.empty_like(a[l + 1]), (a[l + 1].T, a[l]), np.empty_like(W)
            if l == 0 and turns(self.net):
                W, dW, into = W.T.copy().T, (a[l].T, a[l + 1]), into.reshape(into.shape[::-1])
            self.calls.append(partial(np.dot, a[l], W.T, z))
            self.calls.append(partial(np.dot, *dW, into))
            if l > 0:
                self.calls.append(partial(np.dot, a[l + 1], W, np.empty_like(a[l])))

    def steps(self, batches):
        for _ in batches:
            for call in self.calls:
                call()

    def check(self, count):
        super().check(count)


class Package(Peer):
    """`sgd` of this package, from its inside: without what it measures after each epoch."""

    engine = "numpy"

    def start(self):
        from backprop.gradient_descent import _step
        from backprop.playback import learner

        sizes = {self.batches.shape[1]}
        self.learner = learner(self.engine, self.net, partial(_step, learning_rate=RATE), sizes)

    def steps(self, batches):
        self.learner.learn(self.X.T, self.Y.T, batches)

    def learned(self):
        return self.learner.net.layers


class PackageAsPrinted(Package):
    engine = "listing"


class PackageCompiled(Package):
    engine = "numba"


# ---- Compiled by hand ----


class NumbaLoops(Peer):
    """Loops written out for Numba: the whole epoch in one compiled function."""

    def start(self):
        from numba import njit

        super().start()
        self.layers = [(W.copy(), b[:, 0].copy()) for W, b in self.net.layers]
        if not hasattr(self, "epoch"):
            large = self.net.n_parameters * self.batches.shape[1] > 10**6
            self.epoch = njit(fastmath=True)(_epoch_of_products if large else _epoch_of_loops)
        m, dtype = self.batches.shape[1], self.net.dtype
        self.a = tuple(np.zeros((m, n), dtype) for n in self.net.widths)
        self.delta = tuple(np.zeros((m, n), dtype) for n in self.net.widths)

    def steps(self, batches):
        W, b = (tuple(arrays) for arrays in zip(*self.layers, strict=True))
        rate = self.X.dtype.type(RATE)
        self.epoch(W, b, self.a, self.delta, self.X, self.Y, batches, rate)

    def learned(self):
        return [(W, b[:, None]) for W, b in self.layers]


def _epoch_of_loops(Ws, bs, activations, deltas, X, Y, batches, rate):
    L = len(Ws)
    for batch in batches:
        m = len(batch)
        for i in range(m):
            for k in range(X.shape[1]):
                activations[0][i, k] = X[batch[i], k]
        for l in range(L):
            W, b, below, a = Ws[l], bs[l], activations[l], activations[l + 1]
            for i in range(m):
                for j in range(W.shape[0]):
                    z = b[j]
                    for k in range(W.shape[1]):
                        z += W[j, k] * below[i, k]
                    a[i, j] = 1 / (1 + np.exp(-z))
        a, delta = activations[L], deltas[L]
        for i in range(m):
            for j in range(a.shape[1]):
                s = a[i, j]
                delta[i, j] = 2 * rate / m * (s - Y[batch[i], j]) * s * (1 - s)
        for l in range(L - 1, 0, -1):
            W, above, delta, a = Ws[l], deltas[l + 1], deltas[l], activations[l]
            for i in range(m):
                delta[i, :] = 0
                for j in range(W.shape[0]):
                    factor = above[i, j]
                    for k in range(W.shape[1]):
                        delta[i, k] += factor * W[j, k]
                for k in range(W.shape[1]):
                    delta[i, k] *= a[i, k] * (1 - a[i, k])
        for l in range(L):
            W, b, below, delta = Ws[l], bs[l], activations[l], deltas[l + 1]
            for j in range(W.shape[0]):
                for i in range(m):
                    factor = delta[i, j]
                    b[j] -= factor
                    for k in range(W.shape[1]):
                        W[j, k] -= factor * below[i, k]


def _epoch_of_products(Ws, bs, activations, deltas, X, Y, batches, rate):
    L = len(Ws)
    for batch in batches:
        m = len(batch)
        for i in range(m):
            activations[0][i] = X[batch[i]]
        for l in range(L):
            W, b, a = Ws[l], bs[l], activations[l + 1]
            np.dot(activations[l], W.T, a)
            for i in range(m):
                for j in range(W.shape[0]):
                    a[i, j] = 1 / (1 + np.exp(-(a[i, j] + b[j])))
        a, delta = activations[L], deltas[L]
        for i in range(m):
            for j in range(a.shape[1]):
                s = a[i, j]
                delta[i, j] = 2 * rate / m * (s - Y[batch[i], j]) * s * (1 - s)
        for l in range(L - 1, 0, -1):
            np.dot(deltas[l + 1], Ws[l], deltas[l])
            a, delta = activations[l], deltas[l]
            for i in range(m):
                for k in range(a.shape[1]):
                    delta[i, k] *= a[i, k] * (1 - a[i, k])
        for l in range(L):
            W, b = Ws[l], bs[l]
            W -= np.dot(deltas[l + 1].T, activations[l])
            for i in range(m):
                for j in range(W.shape[0]):
                    b[j] -= deltas[l + 1][i, j]


# ---- Libraries ----


class ScikitLearn(Peer):
    """`MLPClassifier.fit`, a call for all the steps.  Its cost is the cross-entropy.

    It offers no squared error behind a sigmoid, and so saves the slope of the outputs; that it does
    the same work otherwise is shown against NumPy with that cost.
    """

    def start(self):
        import warnings

        from sklearn.neural_network import MLPClassifier

        warnings.simplefilter("ignore")  # that one epoch is not enough, each time
        m, widths = self.batches.shape[1], self.net.widths
        self.model = MLPClassifier(
            widths[1:-1],
            activation="logistic",
            solver="sgd",
            alpha=0,
            batch_size=m,
            learning_rate_init=RATE,
            momentum=0,
            nesterovs_momentum=False,
            shuffle=False,
            warm_start=True,
            max_iter=1,
        )
        # An example of two classes at once says that each output has a sigmoid of its own.
        labels = np.eye(widths[-1], dtype=int)[np.arange(m + 1) % widths[-1]]
        labels[0, 1] = 1
        self.model.fit(np.zeros((m + 1, widths[0]), self.X.dtype), labels)
        for l, (W, b) in enumerate(self.net.layers):
            self.model.coefs_[l][:] = W.T
            self.model.intercepts_[l][:] = b[:, 0]
        self.targets = self.Y.astype(int)

    def steps(self, batches):
        rows = batches.ravel()
        self.model.fit(self.X[rows], self.targets[rows])

    def learned(self):
        pairs = zip(self.model.coefs_, self.model.intercepts_, strict=True)
        return [(W.T, b[:, None]) for W, b in pairs]


class CrossEntropy(Textbook):
    """The reference for `ScikitLearn`: never timed."""

    def step(self, x, y):
        a = [x]
        for W, b in zip(self.W, self.b, strict=True):
            a.append(sigmoid(a[-1] @ W + b))
        delta = (a[-1] - y) / len(x)
        for l in reversed(range(len(self.W))):
            dW, db = a[l].T @ delta, delta.sum(axis=0)
            delta = delta @ self.W[l].T * a[l] * (1 - a[l])
            self.W[l], self.b[l] = self.W[l] - RATE * dW, self.b[l] - RATE * db


class PyTorch(Peer):
    """Linear and Sigmoid modules, and torch.optim.SGD."""

    def start(self):
        import torch

        torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
        modules = []
        for W, b in self.net.layers:
            linear = torch.nn.Linear(W.shape[1], W.shape[0], dtype=torch.tensor(W).dtype)
            state = {"weight": torch.tensor(W), "bias": torch.tensor(b[:, 0])}
            linear.load_state_dict(state)
            modules += [linear, torch.nn.Sigmoid()]
        self.linears = modules[::2]
        self.model = self.prepared(torch.nn.Sequential(*modules))
        self.optimiser = torch.optim.SGD(self.model.parameters(), lr=RATE)
        self.tensors = torch.tensor(self.X), torch.tensor(self.Y)
        self.indices = torch.tensor(self.batches)

    def prepared(self, model):
        return model

    def steps(self, batches):
        X, Y = self.tensors
        for batch in self.indices[: len(batches)]:
            loss = ((self.model(X[batch]) - Y[batch]) ** 2).sum() / len(batch)
            self.optimiser.zero_grad()
            loss.backward()
            self.optimiser.step()

    def learned(self):
        return [
            (each.weight.detach().numpy(), each.bias.detach().numpy()[:, None])
            for each in self.linears
        ]


class PyTorchCompiled(PyTorch):
    """The same, its model compiled by torch.compile."""

    def prepared(self, model):
        import torch

        torch._dynamo.reset()  # else the eighth network is one too many for it
        return torch.compile(model)


class JaxStep(Peer):
    """One jitted step, called once for each mini-batch."""

    def start(self):
        import jax
        import jax.numpy as jnp

        jax.config.update("jax_enable_x64", True)
        self.jax, self.jnp = jax, jnp
        self.parameters = [(jnp.array(W.T), jnp.array(b[:, 0])) for W, b in self.net.layers]
        self.data = jnp.array(self.X), jnp.array(self.Y)
        self.prepare()

    def one(self, parameters, x, y):
        def cost_of(parameters):
            a = x
            for W, b in parameters:
                a = self.jax.nn.sigmoid(a @ W + b)
            return ((a - y) ** 2).sum() / len(x)

        gradient = self.jax.grad(cost_of)(parameters)
        return self.jax.tree.map(lambda w, dw: w - RATE * dw, parameters, gradient)

    def prepare(self):
        self.jitted = self.jax.jit(self.one, donate_argnums=0)
        self.indices = self.batches

    def steps(self, batches):
        for batch in batches:
            self.parameters = self.jitted(self.parameters, self.X[batch], self.Y[batch])
        self.jax.block_until_ready(self.parameters)

    def learned(self):
        return [(np.asarray(W).T, np.asarray(b)[:, None]) for W, b in self.parameters]


class JaxScan(JaxStep):
    """All the steps in one compiled loop."""

    whole = True

    def prepare(self):
        def epoch(parameters, X, Y, batches):
            def body(parameters, batch):
                return self.one(parameters, X[batch], Y[batch]), None

            return self.jax.lax.scan(body, parameters, batches)[0]

        self.jitted = self.jax.jit(epoch, donate_argnums=0)

    def steps(self, batches):
        self.parameters = self.jitted(self.parameters, *self.data, batches)
        self.jax.block_until_ready(self.parameters)


class Autograd(Peer):
    """HIPS autograd: the cost is written out, the gradient is found."""

    def start(self):
        import autograd
        import autograd.numpy as anp

        self.parameters = [(W.T.copy(), b[:, 0].copy()) for W, b in self.net.layers]

        def cost_of(parameters, x, y):
            a = x
            for W, b in parameters:
                a = 1 / (1 + anp.exp(-(anp.dot(a, W) + b)))
            return anp.sum((a - y) ** 2) / len(x)

        self.gradient = autograd.grad(cost_of)

    def step(self, x, y):
        found = self.gradient(self.parameters, x, y)
        self.parameters = [
            (W - RATE * dW, b - RATE * db)
            for (W, b), (dW, db) in zip(self.parameters, found, strict=True)
        ]

    def learned(self):
        return [(W.T, b[:, None]) for W, b in self.parameters]


class Micrograd(Peer):
    """A graph of single numbers.  It has no sigmoid, so it is given one in its own manner."""

    def start(self):
        from micrograd.engine import Value

        self.Value = Value
        self.graph = [
            (
                [[Value(float(w)) for w in row] for row in W],
                [Value(float(each)) for each in b[:, 0]],
            )
            for W, b in self.net.layers
        ]

    def sigmoid(self, z):
        a = 1 / (1 + np.exp(-z.data))
        out = self.Value(a, (z,), "sigmoid")

        def backward():
            z.grad += a * (1 - a) * out.grad

        out._backward = backward
        return out

    def step(self, x, y):
        total = self.Value(0.0)
        for each, target in zip(x.tolist(), y.tolist(), strict=True):
            a = each
            for W, b in self.graph:
                a = [
                    self.sigmoid(sum((w * v for w, v in zip(row, a, strict=True)), bias))
                    for row, bias in zip(W, b, strict=True)
                ]
            total = sum(((v - t) ** 2 for v, t in zip(a, target, strict=True)), total)
        parameters = [v for W, b in self.graph for row in [*W, b] for v in row]
        for each in parameters:
            each.grad = 0.0
        (total * (1 / len(x))).backward()
        for each in parameters:
            each.data -= RATE * each.grad

    def learned(self):
        return [
            (np.array([[w.data for w in row] for row in W]), np.array([[v.data] for v in b]))
            for W, b in self.graph
        ]


PEERS = {
    "textbook": Textbook,
    "one by one": OneByOne,
    "the listing": PackageAsPrinted,
    "sgd": Package,
    "sgd, numba": PackageCompiled,
    "scikit-learn": ScikitLearn,
    "PyTorch": PyTorch,
    "PyTorch, compiled": PyTorchCompiled,
    "JAX, a step": JaxStep,
    "JAX, scan": JaxScan,
    "autograd": Autograd,
    "micrograd": Micrograd,
    "Numba loops": NumbaLoops,
    "products": Products,
    "cross-entropy": CrossEntropy,
}


def main():
    """Answer requests until there are no more."""
    peer, answers = PEERS[sys.argv[1]](), os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a library prints is no answer
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = getattr(peer, request["do"])(*request["with"])
            print(json.dumps({"answer": answer}), file=answers, flush=True)
        except Exception as error:  # the one who asks decides
            said = f"{type(error).__name__}: {error}".splitlines()[0]
            print(json.dumps({"error": said[:300]}), file=answers, flush=True)


if __name__ == "__main__":
    main()
