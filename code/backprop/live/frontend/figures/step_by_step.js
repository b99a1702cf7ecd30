// The 2-2-2 example: one operation a click, its numbers where they are computed, and its line of code.

import {
  ACTIVATIONS,
  deltas,
  forward,
  gradient,
  largestDifference,
  quadratic,
  quadraticPrime,
  step as stepAgainst,
} from "../core.js";
import {
  address,
  button,
  card,
  change,
  choice,
  colour,
  follow,
  format,
  goal,
  h,
  label,
  number,
  oneOf,
  picture,
  s,
  set,
  setFill,
  setText,
  signRole,
  slider,
  stepper,
  symbol,
  tint,
  toggle,
  weightStroke,
  whole,
  yesNo,
} from "../ui.js";

const PAIR = [0, 1];
const LAYERS = [1, 2];
const WANTED = 5; // numbers that the goal asks for
const NEAR = 0.0006; // how near a typed number has to be: the fourth decimal is free

// ---- the numbers ----

/** Wᵀδ by columns: what each neuron of the layer below hears. */
const through = (W, delta) => PAIR.map((k) => W[0][k] * delta[0] + W[1][k] * delta[1]);

/** One layer less rate times its derivatives. */
const moved = ({ W, b }, dC, rate) => ({
  W: W.map((row, j) => row.map((w, k) => w - rate * dC.W[j][k])),
  b: b.map((bj, j) => bj - rate * dC.b[j]),
});

/** Every number of one step, in time; with early, also what is wrong if layers[1] changes first. */
function compute({ layers, x, y, rate, early }) {
  const net = { layers, activations: ["sigmoid", "sigmoid"] };
  const { z, a } = forward(net, x);
  const error = quadraticPrime(a[2], y);
  const slopes = z.map((each, l) =>
    each.map((zj, j) => ACTIVATIONS.sigmoid.prime(zj, a[l + 1][j])),
  );
  const delta = deltas(net, { z, a }, error);
  const right = {
    back: through(layers[1].W, delta[1]),
    delta,
    gradient: gradient(net, [x], [y]),
  };
  const dC = early ? tooEarly(right.gradient) : right.gradient;
  const back = early ? through(moved(layers[1], dC[1], rate).W, delta[1]) : right.back;
  const after = { ...net, layers: stepAgainst(net, dC, rate).layers };
  const onTime = stepAgainst(net, right.gradient, rate);
  const costOf = (of) => quadratic(forward(of, x).a[2], y);
  return {
    z,
    a,
    error,
    slopes,
    back,
    delta: [dC[0].b, delta[1]],
    gradient: dC,
    after: after.layers,
    cost: quadratic(a[2], y),
    costAfter: costOf(after),
    right: { ...right, after: onTime.layers, costAfter: costOf(onTime) },
  };

  function tooEarly(dC) {
    const heard = through(moved(layers[1], dC[1], rate).W, delta[1]);
    const hidden = heard.map((each, j) => each * slopes[0][j]);
    return [{ W: hidden.map((d) => x.map((xk) => d * xk)), b: hidden }, dC[1]];
  }
}

/** Largest difference to Python's own numbers; its gradient is always the right one. */
const check = (truth) =>
  Math.max(
    ...truth.map(({ given, found }) => {
      const { z, a, cost, error, slopes, right, after, costAfter } = compute(given);
      const ours = { z, a, cost, error, slopes, gradient: right.gradient, after, costAfter };
      return largestDifference(ours, found);
    }),
  );

// ---- the operations ----
//
// An operation is a line of the code at work on a whole layer.  It makes entries, one a number:
//   place   where the number goes in the picture, such as "z1.0"
//   words   the number's name for a screen reader;  name()   the same as nodes
//   parts() how it is worked out: [text, role] pairs and plain strings
//   value   the number;  right  what it should have been, if it is wrong

const ROLE = { z: null, a: "activation", "∂C/∂a": "gradient", "σ′": null, δ: "gradient" };
const SUB = "₀₁";

const four = (x) => format(x, 4);
const short = (x) => String(Number(x.toFixed(4))).replace("-", "−");

/** A number as a factor: negative ones in brackets unless they come first. */
const factor = (x, role, first = false) => [x < 0 && !first ? `(${short(x)})` : short(x), role];
const weight = (w, first) => factor(w, signRole(w), first);

const named = (name, layer, sub = null) =>
  symbol(name, { role: ROLE[name], sup: `(${layer})`, sub: sub === null ? null : String(sub) });
const derivative = (of, layer, sub = null) =>
  h(
    "span",
    { class: "nt-derivative", "data-role": "gradient" },
    "∂",
    h("var", {}, "C"),
    "/∂",
    symbol(of, { sup: `(${layer})`, sub }),
  );

const perNeuron = (kind, layer, say, make) =>
  PAIR.map((j) => ({
    place: `${kind}${layer}.${j}`,
    words: `${say} ${j} of layer ${layer}`,
    ...make(j),
  }));

/** The operations of one step in the order in which the code does them. */
function operations({ layers, y, rate, early }, found) {
  const { z, a, error, slopes, back, delta, gradient: dC, after, right } = found;

  const weighted = (l) => ({
    mark: "z",
    title: () => [
      named("z", l),
      " = ",
      named("W", l),
      " ",
      named("a", l - 1),
      " + ",
      named("b", l),
    ],
    says: `Weighted inputs of layer ${l}: each neuron takes its own row of W.`,
    entries: perNeuron("z", l, "weighted input z", (j) => ({
      name: () => [named("z", l, j)],
      parts: () => [
        weight(layers[l - 1].W[j][0], true),
        " · ",
        factor(a[l - 1][0], "activation"),
        " + ",
        weight(layers[l - 1].W[j][1]),
        " · ",
        factor(a[l - 1][1], "activation"),
        " + ",
        factor(layers[l - 1].b[j]),
      ],
      value: z[l - 1][j],
      edges: PAIR.map((k) => `${l}.${j}.${k}`),
    })),
  });
  const activated = (l) => ({
    mark: "a",
    title: () => [named("a", l), " = σ(", named("z", l), ")"],
    says: `Activations of layer ${l}.${l === 2 ? " These are the outputs." : ""}`,
    entries: perNeuron("a", l, "activation a", (j) => ({
      name: () => [named("a", l, j)],
      parts: () => [["σ("], [four(z[l - 1][j])], [")"]],
      value: a[l][j],
      edges: [],
    })),
  });
  const cost = {
    mark: "cost",
    title: () => [
      symbol("C"),
      " = Σ (",
      named("a", 2),
      " − ",
      symbol("y", { role: "target" }),
      ")²",
    ],
    says: "The cost: one number that says how wrong the outputs are.",
    entries: [
      {
        place: "cost",
        words: "cost C",
        name: () => [symbol("C")],
        parts: () =>
          PAIR.flatMap((j) => [
            j ? " + (" : "(",
            [four(a[2][j]), "activation"],
            " − ",
            [short(y[j]), "target"],
            ")²",
          ]),
        value: found.cost,
        edges: [],
      },
    ],
  };
  const errors = {
    mark: "error",
    title: () => [
      derivative("a", 2),
      " = 2 (",
      named("a", 2),
      " − ",
      symbol("y", { role: "target" }),
      ")",
    ],
    says: "Now backward. How hard does the cost react to each output?",
    entries: perNeuron("back", 2, "derivative of C by a", (j) => ({
      name: () => [derivative("a", 2, String(j))],
      parts: () => ["2 · (", [four(a[2][j]), "activation"], " − ", [short(y[j]), "target"], ")"],
      value: error[j],
      edges: [],
    })),
  };
  const sloped = (chosen) => ({
    mark: early ? "early-slope" : "slopes",
    title: () => [
      "σ′(",
      symbol("z"),
      ") = ",
      symbol("a", { role: "activation" }),
      " (1 − ",
      symbol("a", { role: "activation" }),
      ")",
    ],
    says: "The slope of σ at every neuron, from the activations that the forward pass has kept.",
    entries: chosen.flatMap((l) =>
      perNeuron("slope", l, "slope", (j) => ({
        name: () => ["σ′(", named("z", l, j), ")"],
        parts: () => [
          [four(a[l][j]), "activation"],
          " · (1 − ",
          [four(a[l][j]), "activation"],
          ")",
        ],
        value: slopes[l - 1][j],
        edges: [],
      })),
    ),
  });
  const arrived = (l) => (l === 2 ? error : back);
  const wanted = (l) => (l === 2 ? error : right.back);
  const deltaOf = (l) => ({
    mark: early ? "early-delta" : `delta${l}`,
    title: () => [named("δ", l), " = ", derivative("a", l), " ⊙ σ′(", named("z", l), ")"],
    says: `δ of layer ${l}: what arrives at each neuron, times its slope.`,
    entries: perNeuron("delta", l, "delta", (j) => ({
      name: () => [named("δ", l, j)],
      parts: () => [[four(arrived(l)[j]), "gradient"], " · ", [four(slopes[l - 1][j])]],
      value: delta[l - 1][j],
      right: wanted(l)[j] * slopes[l - 1][j],
      edges: [],
    })),
  });
  const W2 = early ? after[1].W : layers[1].W;
  const passed = {
    mark: early ? "early-back" : "back",
    title: () => [derivative("a", 1), " = ", named("W", 2), h("sup", {}, "T"), " ", named("δ", 2)],
    says: early
      ? "One step back, with the weights that have already changed. This is the mistake."
      : "One step back: each hidden neuron takes its own column of W, the weights that leave it.",
    entries: perNeuron("back", 1, "derivative of C by a", (k) => ({
      name: () => [derivative("a", 1, String(k))],
      parts: () => [
        weight(W2[0][k], true),
        " · ",
        factor(delta[1][0], "gradient"),
        " + ",
        weight(W2[1][k]),
        " · ",
        factor(delta[1][1], "gradient"),
      ],
      value: back[k],
      right: right.back[k],
      edges: PAIR.map((j) => `2.${j}.${k}`),
    })),
  };
  const collected = (l) => ({
    mark: early ? "early-collect" : "collect",
    title: () => [
      derivative("W", l),
      " = ",
      named("δ", l),
      " ",
      named("a", l - 1),
      h("sup", {}, "T"),
      ",  ",
      derivative("b", l),
      " = ",
      named("δ", l),
    ],
    says: "Each weight's derivative: δ where it ends times the activation where it begins.",
    entries: [
      ...PAIR.flatMap((j) =>
        PAIR.map((k) => ({
          place: `dw${l}.${j}.${k}`,
          words: `derivative for the weight to ${j} from ${k} of layer ${l}`,
          name: () => [derivative("w", l, `${j}${k}`)],
          parts: () => [
            [four(delta[l - 1][j]), "gradient"],
            " · ",
            factor(a[l - 1][k], "activation"),
          ],
          value: dC[l - 1].W[j][k],
          right: right.gradient[l - 1].W[j][k],
          edges: [`${l}.${j}.${k}`],
        })),
      ),
      ...perNeuron("db", l, "derivative for bias", (j) => ({
        name: () => [derivative("b", l, String(j))],
        parts: () => [named("δ", l, j)],
        value: dC[l - 1].b[j],
        right: right.gradient[l - 1].b[j],
        edges: [],
      })),
    ],
  });
  const updated = (l) => ({
    mark: early ? "early-update" : "update",
    title: () => [
      named("W", l),
      " ← ",
      named("W", l),
      " − ",
      symbol("η"),
      " ",
      derivative("W", l),
      ",  the same for ",
      named("b", l),
    ],
    says:
      early && l === 2
        ? "Too early: layer 1 has no delta yet, and needs these weights as they were."
        : "The update: against the derivative, η times as far.",
    entries: [
      ...PAIR.flatMap((j) =>
        PAIR.map((k) => ({
          place: `w${l}.${j}.${k}`,
          words: `new weight to ${j} from ${k} of layer ${l}`,
          name: () => [symbol("w", { sup: `(${l})`, sub: `${j}${k}` })],
          parts: () => [
            weight(layers[l - 1].W[j][k], true),
            ` − ${short(rate)} · `,
            factor(Number(dC[l - 1].W[j][k].toFixed(4)), "gradient"),
          ],
          value: after[l - 1].W[j][k],
          right: right.after[l - 1].W[j][k],
          edges: [`${l}.${j}.${k}`],
        })),
      ),
      ...perNeuron("b", l, "new bias", (j) => ({
        name: () => [named("b", l, j)],
        parts: () => [
          factor(layers[l - 1].b[j], null, true),
          ` − ${short(rate)} · `,
          factor(Number(dC[l - 1].b[j].toFixed(4)), "gradient"),
        ],
        value: after[l - 1].b[j],
        right: right.after[l - 1].b[j],
        edges: [],
      })),
    ],
  });
  const end = {
    mark: "cost",
    title: () => [symbol("C"), " once more, with the new weights"],
    says: early ? theMoral(found) : "One step of training is done, and the cost has changed.",
    entries: [
      {
        place: "after",
        words: "cost afterwards",
        name: () => [symbol("C"), " afterwards"],
        parts: () => [[`  (before: ${format(found.cost, 5)})`, "target"]],
        digits: 5,
        value: found.costAfter,
        right: right.costAfter,
        edges: [],
      },
    ],
  };
  const ahead = [...LAYERS.flatMap((l) => [weighted(l), activated(l)]), cost, errors];
  return early
    ? [
        ...ahead,
        sloped([2]),
        deltaOf(2),
        collected(2),
        updated(2),
        passed,
        sloped([1]),
        deltaOf(1),
        collected(1),
        updated(1),
        end,
      ]
    : [
        ...ahead,
        sloped(LAYERS),
        deltaOf(2),
        passed,
        deltaOf(1),
        collected(1),
        collected(2),
        updated(1),
        updated(2),
        end,
      ];
}

function theMoral({ cost, costAfter, right }) {
  if (costAfter >= cost) return "The cost went up, from a step that was not against the gradient.";
  return costAfter < right.costAfter
    ? "It even falls further here, by luck: the step was not against the gradient."
    : "The cost falls all the same, so nothing warns you. Raise η to see the error grow.";
}

/** The operations at given settings; kept, because most clicks change only how far they have come. */
const prepare = (() => {
  const kept = new Map();
  return (state) => {
    const { early, rate, layers, x, y } = state;
    const key = JSON.stringify([early, rate, layers, x, y]);
    if (!kept.has(key)) {
      if (kept.size > 3) kept.clear();
      const all = operations(state, compute(state));
      const entries = all.flatMap((operation) =>
        operation.entries.map((entry) => ({ digits: 4, ...entry, operation })),
      );
      const ends = [0];
      for (const { entries: made } of all) ends.push(ends[ends.length - 1] + made.length);
      kept.set(key, { all, entries, ends });
    }
    return kept.get(key);
  };
})();

/** Everything that follows from the settings: the operations, and how far they have come. */
function situation(state) {
  const prepared = prepare(state);
  const { entries } = prepared;
  const operation = state.step ? entries[state.step - 1].operation : null;
  return { ...prepared, operation, done: entries.slice(0, state.step) };
}

const isWrong = ({ value, right, digits = 4 }) =>
  right !== undefined && value.toFixed(digits) !== right.toFixed(digits);

const read = (model) => {
  const { layers, x, y } = model.get("example");
  const {
    early,
    learning_rate: rate,
    step,
    grain,
  } = Object.fromEntries(
    ["early", "learning_rate", "step", "grain"].map((name) => [name, model.get(name)]),
  );
  return { layers, x, y, early, rate, step, grain };
};

function render({ model, el }) {
  const total = situation({ ...read(model), step: 0 }).entries.length;
  const settings = address(model, el, {
    step: whole(0, total),
    grain: oneOf(["line", "number"]),
    early: yesNo,
    learning_rate: number(0.1, 10),
  });
  const frame = card(el, {
    figure: "step_by_step",
    name: "Back-propagation of a 2-2-2 network, step by step",
    maxdiff: check(model.get("_truth")),
    settings,
  });
  const sheet = workedOut();
  const diagram = network(read(model));
  const code = listings(model.get("listings"), model.get("marks"));
  const panel = controls(model);
  const turn = yourTurn(model, frame.say);
  frame.equation.append(sheet.element);
  frame.equation.after(panel.walker);
  frame.stage.append(diagram.svg, code.element);
  frame.controls.append(...panel.elements);
  frame.foot.prepend(turn.element);
  const stop = follow(model, () => {
    const state = read(model);
    const now = situation(state);
    sheet.update(state, now);
    diagram.update(state, now);
    code.update(state, now);
    panel.update(state, now);
    turn.update(state, now);
    frame.say(spoken(state, now));
  });
  return () => {
    stop();
    panel.destroy();
    settings.destroy();
  };
}

/** Which of the operation's entries are new since the last click. */
function fresh({ step, grain }, { operation, done }) {
  if (!step) return [];
  if (grain === "number") return done.slice(-1);
  return done.filter((entry) => entry.operation === operation);
}

function spoken(state, now) {
  const { step } = state;
  if (!step) return "Nothing is computed yet.";
  const numbers = fresh(state, now).map(
    (each) => `${each.words}: ${format(each.value, each.digits)}`,
  );
  return `${now.operation.says} ${numbers.join(", ")}.`;
}

// ---- the arithmetic, written out ----

const OPENING =
  "A pencil helps. Press Next and check each number, or work it out first and type it in below.";

function workedOut() {
  const element = h("div", { class: "nt-worked" });
  let [made, blocks, shown] = [null, [], null];
  const build = ({ all, entries }) => {
    blocks = [
      block(["One step of training, by hand"], OPENING, []),
      ...all.map((operation) =>
        block(
          operation.title(),
          operation.says,
          entries.filter((entry) => entry.operation === operation),
        ),
      ),
    ];
    element.replaceChildren(...blocks.map((each) => each.element));
    shown = null;
  };
  return {
    element,
    update(state, now) {
      if (made !== now.all) build(now);
      made = now.all;
      const next = blocks[now.operation ? now.all.indexOf(now.operation) + 1 : 0];
      if (shown !== next) {
        shown?.element.classList.remove("is-shown");
        next.element.classList.add("is-shown");
        shown = next;
      }
      const places = (list) => new Set(list.map(({ place }) => place));
      next.update(places(now.done), places(fresh(state, now)));
    },
  };
}

/** One operation: its equation, what it does, and its numbers, which appear one by one.
 *
 * All blocks lie upon each other: to show another one is no layout, and nothing below moves. */
function block(title, says, entries) {
  const lines = entries.map((entry) => ({ place: entry.place, element: arithmetic(entry) }));
  const element = h(
    "div",
    { class: "nt-block" },
    h("div", { class: "nt-line nt-title" }, ...title),
    h("p", { class: "nt-says" }, says),
    h(
      "div",
      { class: "nt-arithmetic" },
      lines.map((line) => line.element),
    ),
  );
  return {
    element,
    update(done, newest) {
      for (const line of lines) {
        line.element.classList.toggle("is-away", !done.has(line.place));
        line.element.classList.toggle("is-old", !newest.has(line.place));
      }
    },
  };
}

const text = (part) => {
  if (typeof part === "string" || part instanceof Node) return part;
  const [words, role] = part;
  return h("span", role ? { "data-role": role } : {}, words);
};

/** name = how = number, and what it should have been where it is wrong. */
function arithmetic(entry) {
  const value = h("strong", { "data-entry": entry.place }, format(entry.value, entry.digits));
  const wrong = isWrong(entry) ? h("span", { class: "nt-wrong" }, ` ✗${rightOne(entry)}`) : [];
  const isCost = entry.digits === 5; // afterwards: there is nothing new to work out
  return h(
    "div",
    { class: "nt-line" },
    ...entry.name(),
    " = ",
    ...(isCost
      ? [value, wrong, ...entry.parts().map(text)]
      : [...entry.parts().map(text), " = ", value, wrong]),
  );
}

/** What should have been there, where the mistake is made; what follows from it has a cross only. */
function rightOne({ place, value, right, digits }) {
  if (!/^(back|delta|after)/.test(place)) return "";
  const share = Math.abs(value / right - 1);
  const off = digits === 5 || !Number.isFinite(share) ? "" : `, ${format(100 * share, 0)} % off`;
  return ` not ${format(right, digits)}${off}`;
}

// ---- the network ----

const COLUMNS = [36, 168, 294];
const ROWS = [104, 316];
const RADIUS = 23;

/** Where the texts of a neuron stand, from its centre down. */
const BESIDE = { target: -62, b: -46, z: -31, back: 38, slope: 53, delta: 68 };

function network({ layers, x, y }) {
  const svg = picture(336, 400, "The 2-2-2 network; every number stands where it is computed");
  const texts = {};
  const at = (place, cx, cy, attributes = {}) => {
    texts[place] = label(cx, cy, "", { class: "nt-halo-text", ...attributes });
    return texts[place];
  };
  const lines = {};
  const weights = LAYERS.flatMap((l) =>
    PAIR.flatMap((j) => PAIR.map((k) => weightPicture(l, j, k, layers[l - 1].W[j][k]))),
  );
  const neurons = COLUMNS.flatMap((cx, l) =>
    ROWS.map((cy, j) => {
      const body = s("circle", { class: "nt-node-body", r: RADIUS, cx, cy });
      if (l) lines[`a${l}.${j}`] = body;
      else setFill(body, tint("activation", 0.35 * x[j]));
      const inside = at(l ? `a${l}.${j}` : `x${j}`, cx, cy + 4, { class: "nt-inside" });
      if (!l) setText(inside, short(x[j]));
      return s("g", {}, body, inside, l ? besides(l, j, cx, cy) : inputName(j, cx, cy));
    }),
  );
  const cost = at("cost", COLUMNS[2], 205, { class: "nt-halo-text nt-cost" });
  const after = at("after", COLUMNS[2], 221, { class: "nt-halo-text nt-cost" });
  svg.append(...weights, ...neurons, cost, after);

  function weightPicture(l, j, k, w) {
    const [x1, y1, x2, y2] = [COLUMNS[l - 1], ROWS[k], COLUMNS[l], ROWS[j]];
    const long = Math.hypot(x2 - x1, y2 - y1);
    const [ux, uy] = [(RADIUS * (x2 - x1)) / long, (RADIUS * (y2 - y1)) / long];
    const line = s("line", {
      class: "nt-edge",
      x1: x1 + ux,
      y1: y1 + uy,
      x2: x2 - ux,
      y2: y2 - uy,
    });
    const share = j === k ? 0.5 : l === 1 ? 0.33 : 0.4;
    const [tx, ty] = [x1 + share * (x2 - x1), y1 + share * (y2 - y1)];
    lines[`${l}.${j}.${k}`] = line;
    const old = at(`old${l}.${j}.${k}`, tx, ty - 6);
    setText(old, short(w));
    set(line, weightStroke(w, 1.2, 5));
    return s(
      "g",
      {},
      line,
      old,
      at(`w${l}.${j}.${k}`, tx, ty - 6),
      at(`dw${l}.${j}.${k}`, tx, ty + 9, { class: "nt-halo-text nt-purple" }),
    );
  }
  function besides(l, j, cx, cy) {
    const kinds = ["b", "z", "back", "slope", "delta"].map((kind) =>
      at(`${kind}${l}.${j}`, l === 1 && BESIDE[kind] > 0 ? cx - 8 : cx, cy + BESIDE[kind], {
        class: `nt-halo-text${kind === "back" || kind === "delta" ? " nt-purple" : ""}`,
      }),
    );
    const target =
      l === 2
        ? label(cx, cy + BESIDE.target, `target ${short(y[j])}`, { class: "nt-halo-text nt-cost" })
        : [];
    return [...kinds, target].flat();
  }
  function inputName(j, cx, cy) {
    return label(cx, cy + BESIDE.z, `*x*${SUB[j]}`, { class: "nt-halo-text" });
  }

  return {
    svg,
    update(state, now) {
      const shown = new Map(now.done.map((entry) => [entry.place, entry]));
      const newest = fresh(state, now);
      const places = new Set(newest.map(({ place }) => place));
      const lit = new Set(newest.flatMap(({ edges }) => edges));
      for (const [place, element] of Object.entries(texts)) {
        const entry = shown.get(place);
        if (/^(x|old)/.test(place)) continue;
        setText(element, written(place, entry, state));
        element.classList.toggle("is-now", places.has(place));
        element.classList.toggle("is-wrong", !!entry && isWrong(entry));
      }
      for (const [place, element] of Object.entries(lines)) {
        if (place[0] === "a") {
          const entry = shown.get(place);
          setFill(element, tint("activation", entry ? 0.35 * entry.value : 0));
          element.classList.toggle("is-now", places.has(place));
          continue;
        }
        const entry = shown.get(`w${place}`);
        const [l, j, k] = place.split(".").map(Number);
        const w = entry ? entry.value : layers[l - 1].W[j][k];
        set(element, weightStroke(w, 1.2, 5));
        element.classList.toggle("is-lit", lit.has(place));
        texts[`old${place}`].style.visibility = entry ? "hidden" : "visible";
        for (const each of ["w", "old"]) setFill(texts[`${each}${place}`], colour(signRole(w)));
      }
    },
  };

  function written(place, entry, state) {
    const [kind, where] = [place.replace(/[\d.]+$/, ""), place.match(/[\d.]*$/)[0]];
    if (kind === "b") {
      const [l, j] = where.split(".").map(Number);
      return `bias ${entry ? `${four(entry.value)}${isWrong(entry) ? " ✗" : ""}` : short(state.layers[l - 1].b[j])}`;
    }
    if (!entry) return "";
    const names = {
      z: "z ",
      back: "∂C/∂a ",
      slope: "σ′ ",
      delta: "δ ",
      cost: "C = ",
      after: "→ ",
    };
    const digits = place === "after" ? 5 : 4;
    return `${names[kind] ?? ""}${format(entry.value, digits)}${isWrong(entry) ? " ✗" : ""}`;
  }
}

// ---- the code ----

/** The listings one upon the other, so that nothing moves when another one is shown.
 *
 * What may be lit is an element of its own from the start: to light it is to change a class. */
function listings(all, marks) {
  const shown = all.map(({ name, source }) => {
    const places = Object.entries(marks).flatMap(([key, mark]) =>
      mark.name === name ? mark.places.map((place) => [key, ...place]) : [],
    );
    const lines = code(source, places);
    const element = h(
      "div",
      { class: "nt-listing", "aria-hidden": "true" },
      lines.map((line) => line.element),
    );
    return { name, element, lines, tab: h("span", {}, name) };
  });
  const element = h(
    "div",
    { class: "nt-code" },
    h(
      "div",
      { class: "nt-tabs" },
      shown.map((each) => each.tab),
    ),
    h(
      "div",
      { class: "nt-listings" },
      shown.map((each) => each.element),
    ),
  );
  let last = null;
  return {
    element,
    update({ early }, { operation }) {
      const key = operation ? operation.mark : early ? "early-start" : "start";
      for (const { name, tab } of shown) set(tab, { hidden: isAway(name, early) });
      if (key === last) return;
      last = key;
      for (const { name, element: box, lines, tab } of shown) {
        const on = name === marks[key].name;
        box.classList.toggle("is-shown", on);
        set(box, { "aria-hidden": on ? null : "true" });
        set(tab, { "aria-current": on ? "true" : null });
        for (const line of lines) line.light(key);
      }
    },
  };
}

const isAway = (name, early) =>
  early ? name === "gradient_step" || name === "backward" : name === "step_too_early";

/** The source line by line; places are [key, from, to] within the source. */
function code(source, places) {
  let start = 0;
  return source.split("\n").map((line) => {
    const [from, end] = [start + line.length - line.trimStart().length, start + line.length];
    const here = places.filter((place) => place[1] < end && place[2] > from);
    const cuts = [from, ...here.flatMap((place) => [place[1], place[2]]), end]
      .filter((cut) => cut >= from && cut <= end)
      .sort((one, other) => one - other);
    const pieces = cuts.slice(1).map((to, i) => ({
      element: h("span", {}, source.slice(cuts[i], to)),
      keys: here.filter((place) => place[1] <= cuts[i] && place[2] >= to).map(([key]) => key),
    }));
    const element = h(
      "code",
      { style: `--nt-indent: ${from - start}` },
      line.trim() ? pieces.map((piece) => piece.element) : " ",
    );
    start = end + 1;
    return {
      element,
      light(key) {
        if (!here.length) return;
        element.classList.toggle(
          "is-at-work",
          here.some((place) => place[0] === key),
        );
        for (const piece of pieces)
          piece.element.classList.toggle("is-lit", piece.keys.includes(key));
      },
    };
  });
}

// ---- the controls ----

function controls(model) {
  const state = read(model);
  let now = situation(state);
  let grain = state.grain;
  // In steps of a line the walker counts operations, in steps of a number it counts numbers.
  const place = (step) =>
    grain === "number" ? step : now.ends.findLastIndex((end) => end <= step);
  const count = () => (grain === "number" ? now.entries.length + 1 : now.ends.length);
  const walker = stepper({
    count: count(),
    value: place(state.step),
    pause: 1800,
    onStep: (to) => change(model, { step: grain === "number" ? to : now.ends[to] }),
  });
  const grains = choice({
    name: "One click is",
    options: { line: "a line of code", number: "a number" },
    value: state.grain,
    onChange: (to) => change(model, { grain: to }),
  });
  const early = toggle({
    name: "Update too early",
    value: state.early,
    onChange(on) {
      walker.stop();
      change(model, { early: on, step: sameStep(read(model), on) });
    },
  });
  const rate = slider({
    label: ["rate ", symbol("η")],
    name: "learning rate η",
    min: 0.1,
    max: 10,
    step: 0.1,
    digits: 1,
    role: "gradient",
    value: state.rate,
    onInput: (value) => change(model, { learning_rate: value }),
  });
  return {
    walker: walker.element,
    elements: [grains.element, rate.element, early.element],
    update(to, situated) {
      now = situated;
      grain = to.grain;
      walker.update(place(to.step), count());
      grains.update(to.grain);
      early.update(to.early);
      rate.update(to.rate);
    },
    destroy: walker.destroy,
  };
}

/** Where the other order stands at the same operation: behind the number that was computed last. */
function sameStep(state, early) {
  const before = situation(state);
  if (!state.step || state.step === before.entries.length) return state.step;
  const last = before.entries[state.step - 1].place;
  const other = situation({ ...state, early, step: 0 });
  const reached = other.entries.findIndex((entry) => entry.place === last) + 1;
  return other.ends.find((end) => end >= reached);
}

/** The next number, to be worked out before it is shown. */
function yourTurn(model, say) {
  const solved = new Set();
  const aim = goal(`Work out ${WANTED} numbers before they appear.`);
  const asked = h("span", { class: "nt-asked" });
  const field = h("input", { type: "text", inputmode: "decimal", autocomplete: "off" });
  const verdict = h("span", { class: "nt-verdict" });
  const hint = h("span", { class: "nt-hint" });
  let next; // not asked yet: neither an entry nor null, which is the end
  const answer = () => {
    const typed = Number(field.value.trim().replace("−", "-").replace(",", "."));
    if (!next || field.value.trim() === "") return;
    const right = Math.abs(typed - next.value) <= NEAR;
    if (right) {
      solved.add(next.place);
      setText(verdict, `Right: ${format(next.value, next.digits)}.`);
      field.value = "";
      change(model, { step: model.get("step") + 1 });
    } else {
      setText(verdict, Number.isNaN(typed) ? "Please type a number." : "Not yet. It is");
      hint.replaceChildren(...(Number.isNaN(typed) ? [] : next.parts().map(text)));
      say(`Not yet: ${field.value}.`);
    }
  };
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter") answer();
  });
  const form = h("div", { class: "nt-turn" }, asked, field, button("Check", answer), verdict, hint);
  const element = h("div", { class: "nt-goal-box" }, aim.element, form);
  return {
    element,
    update({ step }, { entries }) {
      if (step === 0) solved.clear();
      const entry = entries[step] ?? null;
      if (next === undefined || entry?.place !== next?.place) {
        asked.replaceChildren(...(entry ? ["Your turn: ", ...entry.name(), " ="] : ["All done."]));
        set(field, { "aria-label": entry ? `your number for ${entry.words}` : "your number" });
        hint.replaceChildren();
        if (next && !solved.has(next.place)) setText(verdict, "");
        form.classList.toggle("is-over", !entry);
      }
      next = entry;
      aim.update(solved.size >= WANTED, `${solved.size} of ${WANTED}`);
    },
  };
}

export default { render, check };
