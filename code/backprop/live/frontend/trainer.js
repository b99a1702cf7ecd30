// Mini-batch gradient descent on flat typed arrays: what core.js does, fast enough for every frame.
//
// It draws its first weights and its orders from core's seeded source, in the order in which the
// package draws them, so that a seed gives the same run on the page and in Python.

import { normal, permutation, random } from "./core.js";

const KINDS = {
  sigmoid: {
    f: (z) => 0.5 * (1 + Math.tanh(0.5 * z)),
    prime: (a) => a * (1 - a),
  },
  tanh: { f: Math.tanh, prime: (a) => 1 - a * a },
  relu: { f: (z) => Math.max(z, 0), prime: (a) => (a > 0 ? 1 : 0) },
};

/** Examples as one flat array each: x and y are lists of lists, one example each. */
export const flatExamples = (x, y) => ({
  m: x.length,
  x: Float64Array.from(x.flat()),
  y: Float64Array.from(y.flat()),
});

/** A network in training.  Hidden layers have the one activation, the outputs are sigmoid. */
export function trainer({ widths, activation, examples, batchSize, learningRate, seed }) {
  const next = random(seed);
  const L = widths.length - 1;
  const [inputs, outputs] = [widths[0], widths[L]];
  const layers = Array.from({ length: L }, (_, i) => makeLayer(widths[i], widths[i + 1], i));
  const stepsPerEpoch = Math.ceil(examples.m / batchSize);
  let order = null;
  let steps = 0;

  function makeLayer(below, width, i) {
    const name = i === L - 1 ? "sigmoid" : activation;
    const spread = Math.sqrt((name === "relu" ? 2 : 1) / below);
    const W = new Float64Array(width * below);
    for (let n = 0; n < W.length; n++) W[n] = spread * normal(next);
    const empty = (length) => new Float64Array(length);
    return {
      ...KINDS[name],
      below,
      width,
      W,
      b: empty(width),
      a: empty(width),
      delta: empty(width),
      dW: empty(width * below),
      db: empty(width),
    };
  }

  /** Fill every layer's a for the example that begins at `from` in x. */
  function forward(x, from) {
    let [a, start] = [x, from];
    for (const layer of layers) {
      const { W, b, below, width, f } = layer;
      for (let j = 0, n = 0; j < width; j++) {
        let z = b[j];
        for (let k = 0; k < below; k++, n++) z += W[n] * a[start + k];
        layer.a[j] = f(z);
      }
      [a, start] = [layer.a, 0];
    }
    return a;
  }

  /** Add one example's share of the gradient to every layer's dW and db. */
  function backward(x, from, y, target, scale) {
    const last = layers[L - 1];
    for (let j = 0; j < outputs; j++) {
      last.delta[j] = scale * (last.a[j] - y[target + j]) * last.prime(last.a[j]);
    }
    for (let l = L - 1; l >= 0; l--) {
      const { W, dW, db, delta, below, width } = layers[l];
      const [a, start] = l ? [layers[l - 1].a, 0] : [x, from];
      for (let j = 0, n = 0; j < width; j++) {
        const d = delta[j];
        db[j] += d;
        for (let k = 0; k < below; k++, n++) dW[n] += d * a[start + k];
      }
      if (l) passBack(W, delta, layers[l - 1]);
    }
  }

  /** δ of the layer below: (Wᵀδ) times its slope. */
  function passBack(W, delta, under) {
    const { width, a, prime } = under;
    for (let k = 0; k < width; k++) {
      let sum = 0;
      for (let j = 0, n = k; j < delta.length; j++, n += width) sum += W[n] * delta[j];
      under.delta[k] = sum * prime(a[k]);
    }
  }

  function clearGradient() {
    for (const { dW, db } of layers) {
      dW.fill(0);
      db.fill(0);
    }
  }

  /** One step of descent on the next mini-batch. */
  function step() {
    const place = steps % stepsPerEpoch;
    if (place === 0) order = permutation(examples.m, next);
    const [from, to] = [place * batchSize, Math.min(examples.m, (place + 1) * batchSize)];
    clearGradient();
    for (let i = from; i < to; i++) {
      forward(examples.x, order[i] * inputs);
      backward(examples.x, order[i] * inputs, examples.y, order[i] * outputs, 2 / (to - from));
    }
    for (const { W, b, dW, db } of layers) {
      for (let n = 0; n < W.length; n++) W[n] -= learningRate * dW[n];
      for (let j = 0; j < b.length; j++) b[j] -= learningRate * db[j];
    }
    steps++;
  }

  /** Mean cost and share of right answers over a set of examples. */
  function measure(set = examples) {
    let [cost, right] = [0, 0];
    for (let i = 0; i < set.m; i++) {
      const a = forward(set.x, i * inputs);
      let [best, wanted] = [0, 0];
      for (let j = 0; j < outputs; j++) {
        const y = set.y[i * outputs + j];
        cost += (a[j] - y) ** 2;
        if (a[j] > a[best]) best = j;
        if (y > set.y[i * outputs + wanted]) wanted = j;
      }
      right += outputs === 1 ? a[0] >= 0.5 === (set.y[i] === 1) : best === wanted;
    }
    return { cost: cost / set.m, accuracy: right / set.m };
  }

  /** Length of ∂C/∂W of each layer, over all examples. */
  function norms() {
    clearGradient();
    for (let i = 0; i < examples.m; i++) {
      forward(examples.x, i * inputs);
      backward(examples.x, i * inputs, examples.y, i * outputs, 2 / examples.m);
    }
    return layers.map(({ dW }) => {
      let sum = 0;
      for (let n = 0; n < dW.length; n++) sum += dW[n] * dW[n];
      return Math.sqrt(sum);
    });
  }

  return {
    layers,
    stepsPerEpoch,
    get steps() {
      return steps;
    },
    get epoch() {
      return Math.floor(steps / stepsPerEpoch);
    },
    forward,
    step,
    measure,
    norms,
  };
}
