// The mathematics of the book in JavaScript: forward, cost, gradient, descent.
//
// The Python package is the truth; this file follows it function by function, and tests/test_live.py
// holds the two together.  A network is { layers: [{ W, b }, …], activations: ["sigmoid", …] } with
// W[j][k] the weight to neuron j from neuron k.  One example is one plain array; where the package
// has a matrix with examples in its columns, here there is a list of examples.

const sigmoid = (z) => 0.5 * (1 + Math.tanh(0.5 * z));

/** Each activation beside its derivative; prime(z, a) may use whichever is cheaper. */
export const ACTIVATIONS = {
  sigmoid: { f: sigmoid, prime: (_z, a) => a * (1 - a) },
  tanh: { f: Math.tanh, prime: (_z, a) => 1 - a * a },
  relu: { f: (z) => Math.max(z, 0), prime: (z) => (z > 0 ? 1 : 0) },
  identity: { f: (z) => z, prime: () => 1 },
};

/** The weighted inputs of one layer: z = W a + b. */
export function weightedInputs({ W, b }, a) {
  const z = new Array(b.length);
  for (let j = 0; j < b.length; j++) {
    const row = W[j];
    let sum = b[j];
    for (let k = 0; k < a.length; k++) sum += row[k] * a[k];
    z[j] = sum;
  }
  return z;
}

/** Send one example through the network: z[l - 1] and a[l] belong to layer l, a[0] is x. */
export function forward(net, x) {
  const zs = [];
  const activations = [x];
  net.layers.forEach((layer, l) => {
    const z = weightedInputs(layer, activations[l]);
    zs.push(z);
    activations.push(z.map(ACTIVATIONS[net.activations[l]].f));
  });
  return { z: zs, a: activations };
}

/** The network's output for one example. */
export const output = (net, x) => forward(net, x).a[net.layers.length];

/** Squared error of one example, summed over the outputs (no ½). */
export function quadratic(a, y) {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += (a[j] - y[j]) ** 2;
  return sum;
}

/** ∂C/∂a for one example out of m; the 1/m of the mean is in here and nowhere else. */
export const quadraticPrime = (a, y, m = 1) => a.map((aj, j) => (2 / m) * (aj - y[j]));

/** Wᵀδ: what the layer below hears. */
function transposeTimes(W, delta) {
  const back = new Array(W[0].length).fill(0);
  for (let j = 0; j < delta.length; j++) {
    const row = W[j];
    for (let k = 0; k < back.length; k++) back[k] += row[k] * delta[j];
  }
  return back;
}

/** δ of every layer for one example, deltas[l - 1] for layer l: back-propagation itself. */
export function deltas(net, trace, dCda) {
  const result = new Array(net.layers.length);
  let back = dCda;
  for (let l = net.layers.length; l >= 1; l--) {
    const { prime } = ACTIVATIONS[net.activations[l - 1]];
    const [z, a] = [trace.z[l - 1], trace.a[l]];
    const delta = back.map((d, j) => d * prime(z[j], a[j]));
    result[l - 1] = delta;
    if (l > 1) back = transposeTimes(net.layers[l - 1].W, delta);
  }
  return result;
}

/** Gradient for one example: for each layer δ aᵀ and δ, in the shape of the layers. */
export function backward(net, trace, dCda) {
  return deltas(net, trace, dCda).map((delta, l) => ({
    W: delta.map((d) => trace.a[l].map((a) => d * a)),
    b: delta,
  }));
}

/** Mean cost of a list of examples. */
export function cost(net, xs, ys) {
  let sum = 0;
  xs.forEach((x, i) => {
    sum += quadratic(output(net, x), ys[i]);
  });
  return sum / xs.length;
}

/** Share of the examples whose largest output is the right one. */
export function accuracy(net, xs, ys) {
  const right = xs.filter((x, i) => argmax(output(net, x)) === argmax(ys[i]));
  return right.length / xs.length;
}

/** Place of the largest entry, the first if there are several. */
export const argmax = (a) => a.indexOf(Math.max(...a));

/** Gradient of the mean cost of a list of examples, in the shape of net.layers. */
export function gradient(net, xs, ys) {
  const sum = net.layers.map(zerosLike);
  addGradient(net, xs, ys, sum);
  return sum;
}

const zerosLike = ({ W, b }) => ({ W: W.map((row) => row.map(() => 0)), b: b.map(() => 0) });

/** Add scale · ∇C of the examples to sum, in place: no matrix is made on the way. */
function addGradient(net, xs, ys, sum, scale = 1) {
  xs.forEach((x, i) => {
    const trace = forward(net, x);
    const all = deltas(net, trace, quadraticPrime(trace.a[net.layers.length], ys[i], xs.length));
    all.forEach((delta, l) => {
      const below = trace.a[l];
      for (let j = 0; j < delta.length; j++) {
        const row = sum[l].W[j];
        const d = scale * delta[j];
        for (let k = 0; k < below.length; k++) row[k] += d * below[k];
        sum[l].b[j] += d;
      }
    });
  });
}

/** A network with the same numbers that may be changed without changing this one. */
export const copy = (net) => ({
  activations: net.activations,
  layers: net.layers.map(({ W, b }) => ({ W: W.map((row) => row.slice()), b: b.slice() })),
});

/** One step against a gradient: a new network. */
export const step = (net, dC, rate) => ({
  activations: net.activations,
  layers: net.layers.map(({ W, b }, l) => ({
    W: W.map((row, j) => row.map((w, k) => w - rate * dC[l].W[j][k])),
    b: b.map((bj, j) => bj - rate * dC[l].b[j]),
  })),
});

/** One epoch of mini-batch descent over the examples in the given order: a new network. */
export function sgdEpoch(net, xs, ys, { order, batchSize, learningRate }) {
  const learner = copy(net);
  for (let start = 0; start < order.length; start += batchSize) {
    const batch = order.slice(start, start + batchSize);
    const dC = learner.layers.map(zerosLike);
    addGradient(
      learner,
      batch.map((i) => xs[i]),
      batch.map((i) => ys[i]),
      dC,
      learningRate,
    );
    learner.layers.forEach(({ W, b }, l) => {
      for (let j = 0; j < b.length; j++) {
        for (let k = 0; k < W[j].length; k++) W[j][k] -= dC[l].W[j][k];
        b[j] -= dC[l].b[j];
      }
    });
  }
  return learner;
}

/** A seeded source of numbers in [0, 1): mulberry32, the same on every machine. */
export function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** A standard normal number from two uniform ones (Box and Muller). */
export const normal = (next) =>
  Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());

/** 0 … m - 1 in a random order (Fisher and Yates). */
export function permutation(m, next) {
  const order = Array.from({ length: m }, (_, i) => i);
  for (let i = m - 1; i > 0; i--) {
    const j = Math.floor(next() * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}

/** Largest difference between two nests of numbers, relative where they are large.
 *
 * Arrays and objects must have the same entries; anything else, NaN included, is Infinity. */
export function largestDifference(ours, theirs) {
  if (typeof ours === "number" && typeof theirs === "number") {
    const difference = Math.abs(ours - theirs) / Math.max(1, Math.abs(theirs));
    return Number.isNaN(difference) ? Infinity : difference;
  }
  if (typeof ours !== "object" || typeof theirs !== "object" || !ours || !theirs) {
    return ours === theirs ? 0 : Infinity;
  }
  const keys = Object.keys(theirs);
  if (keys.length !== Object.keys(ours).length) return Infinity;
  return keys.reduce((max, key) => Math.max(max, largestDifference(ours[key], theirs[key])), 0);
}
