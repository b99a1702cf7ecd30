// Three neurons feed two: an edge, an entry of W and a term of the sum are one and the same weight.

import { backward, deltas, forward, largestDifference, quadraticPrime } from "../core.js";
import {
  address,
  card,
  change,
  clamp,
  edge,
  equation,
  follow,
  format,
  goal,
  h,
  indexed,
  label,
  node,
  numbers,
  picture,
  quantity,
  rove,
  set,
  setRole,
  setText,
  signRole,
  slider,
  symbol,
  weightTint,
  whole,
} from "../ui.js";

const [TO, FROM] = [
  [0, 1],
  [0, 1, 2],
];
const LIMIT = 2;

/** Everything in the layer: forward, and the derivatives back. */
function layer({ W, b, a, y }) {
  const net = { layers: [{ W, b }], activations: ["sigmoid"] };
  const trace = forward(net, a);
  const back = quadraticPrime(trace.a[1], y);
  const [delta] = deltas(net, trace, back);
  return {
    z: trace.z[0],
    a: trace.a[1],
    delta,
    dC_dW: backward(net, trace, back)[0].W,
    dC_da: a.map((_, k) => delta.reduce((sum, d, j) => sum + W[j][k] * d, 0)),
  };
}

/** Largest difference to Python's own numbers. */
const check = (truth) =>
  Math.max(...truth.map(({ given, found }) => largestDifference(layer(given), found)));

const read = (model) =>
  Object.fromEntries(["W", "b", "a", "y", "j", "k"].map((name) => [name, model.get(name)]));

function render({ model, el }) {
  const settings = address(model, el, {
    a: numbers(3, 0, 1),
    y: numbers(2, 0, 1),
    j: whole(0, 1),
    k: whole(0, 2),
  });
  const frame = card(el, {
    figure: "indices",
    name: "The indices of a weight: to j, from k",
    maxdiff: check(model.get("_truth")),
    settings,
  });
  const pick = (j, k) => change(model, { j, k });
  const lines = equations(pick);
  const diagram = network(pick);
  const matrix = weightMatrix(pick);
  const panel = controls(model);
  frame.equation.append(lines.element);
  frame.stage.append(diagram.svg, matrix.element);
  frame.controls.append(...panel.elements);
  frame.foot.prepend(panel.badge);
  const stop = follow(model, () => {
    const state = read(model);
    const found = layer(state);
    for (const part of [lines, diagram, matrix, panel]) part.update(state, found);
    const { j, k } = state;
    frame.say(
      `Weight to ${j + 1} from ${k + 1}: ${format(state.W[j][k])}. Derivative of the cost ${format(found.dC_dW[j][k], 3)}.`,
    );
  });
  return () => {
    stop();
    settings.destroy();
  };
}

const w = (j, k) => symbol("w", { role: "positive", sub: `${j + 1}${k + 1}` });
const aBelow = (k) => symbol("a", { role: "activation", sub: String(k + 1), sup: "(L−1)" });
const deltaOf = (j) => symbol("δ", { role: "gradient", sub: String(j + 1) });

/** A term of the sum that can be picked, by pointer, touch or key. */
function term(j, k, pick) {
  const [weight, activation] = [quantity(), quantity("activation")];
  const element = h(
    "button",
    { type: "button", class: "nt-term", onClick: () => pick(j, k) },
    w(j, k),
    aBelow(k),
    h("span", { class: "nt-under" }, weight.element, " · ", activation.element),
  );
  element.addEventListener("focus", () => pick(j, k));
  element.addEventListener("pointerenter", (event) => {
    if (event.pointerType === "mouse") pick(j, k);
  });
  return {
    element,
    update(state) {
      const value = state.W[j][k];
      weight.update(format(value, 1), signRole(value));
      activation.update(format(state.a[k], 1));
      const on = state.j === j && state.k === k;
      set(element, {
        "aria-pressed": String(on),
        "aria-label": `term w ${j + 1}${k + 1} times a ${k + 1}: ${format(value * state.a[k])}`,
      });
    },
  };
}

/** A product in brackets, which stays in one line. */
const product = ({ w, d }) =>
  h("span", { class: "nt-product" }, "(", w.element, ")(", d.element, ")");

/** z_j as a sum of terms, and both derivatives of the picked weight's ends. */
function equations(pick) {
  const terms = TO.map((j) => FROM.map((k) => term(j, k, pick)));
  const sums = TO.map(() => ({ b: quantity(), z: quantity() }));
  const lines = TO.map((j) =>
    equation(
      symbol("z", { sub: String(j + 1) }),
      " = ",
      ...FROM.flatMap((k) => (k ? [" + ", terms[j][k].element] : [terms[j][k].element])),
      " + ",
      sums[j].b.element,
      " = ",
      sums[j].z.element,
    ),
  );
  const weightResult = quantity("gradient");
  const sumResult = quantity("gradient");
  set(weightResult.element, { "data-result": "dC_dW" });
  set(sumResult.element, { "data-result": "dC_da" });
  const parts = { d: quantity("gradient"), a: quantity("activation") };
  const products = TO.map(() => ({ w: quantity(), d: quantity("gradient") }));
  const weight = indexed("w", { role: "positive" });
  const above = indexed("δ", { role: "gradient" });
  const below = [0, 1].map(() => indexed("a", { role: "activation", sup: "(L−1)" }));
  const out = TO.map(() => indexed("w", { role: "positive" }));
  const derivative = (by) => [
    h("span", { class: "nt-derivative" }, "∂", h("var", {}, "C"), " / ∂"),
    by.element,
    " = ",
  ];
  const weightLine = equation(
    ...[...derivative(weight), above.element, " ", below[0].element],
    ...[" = ", parts.d.element, " · ", parts.a.element, " = ", weightResult.element],
  );
  const activationLine = equation(
    ...derivative(below[1]),
    ...TO.flatMap((i) => [i ? " + " : "", out[i].element, " ", deltaOf(i)]),
    " = ",
    ...TO.flatMap((i) => [i ? " + " : "", product(products[i])]),
    ...[" = ", sumResult.element],
  );
  return {
    element: h("div", { class: "nt-lines" }, ...lines, weightLine, activationLine),
    update(state, found) {
      const { j, k } = state;
      weight.update(`${j + 1}${k + 1}`);
      above.update(j + 1);
      for (const each of below) each.update(k + 1);
      for (const i of TO) out[i].update(`${i + 1}${k + 1}`);
      for (const row of terms) for (const each of row) each.update(state);
      for (const i of TO) {
        sums[i].b.update(format(state.b[i], 1));
        sums[i].z.update(format(found.z[i], 3));
        products[i].w.update(format(state.W[i][k]), signRole(state.W[i][k]));
        products[i].d.update(format(found.delta[i], 3));
      }
      parts.d.update(format(found.delta[j], 3));
      parts.a.update(format(state.a[k]));
      weightResult.update(format(found.dC_dW[j][k], 4));
      sumResult.update(format(found.dC_da[k], 4));
    },
  };
}

/** The network; every edge can be picked. */
function network(pick) {
  const svg = picture(340, 250, "Three neurons on the left feed two on the right");
  const left = FROM.map((k) =>
    node({ x: 50, y: 45 + 80 * k, r: 22, name: `activation ${k + 1} on the left` }),
  );
  const right = TO.map((j) =>
    node({ x: 232, y: 85 + 80 * j, r: 22, name: `activation ${j + 1} on the right` }),
  );
  const edges = TO.map((j) => FROM.map((k) => edge(left[k], right[j])));
  const names = TO.map((j) =>
    FROM.map((k) => {
      const at = 0.3;
      const x = left[k].x + (right[j].x - left[k].x) * at;
      const y = left[k].y + (right[j].y - left[k].y) * at;
      return label(x, y - 4, `w${"₁₂"[j]}${"₁₂₃"[k]}`, { class: "nt-halo-text" });
    }),
  );
  const deltaTexts = right.map(({ x, y }) =>
    label(x + 30, y + 22, "", { class: "nt-halo-text nt-delta", "text-anchor": "start" }),
  );
  const targets = right.map(({ x, y }) =>
    label(x + 30, y + 2, "", { class: "nt-halo-text nt-goal-text", "text-anchor": "start" }),
  );
  TO.forEach((j) => {
    FROM.forEach((k) => {
      const { element } = edges[j][k];
      set(element, { role: "button" });
    });
  });
  rove(
    TO.map((j) => FROM.map((k) => edges[j][k].element)),
    {
      onFocus(element) {
        for (const j of TO) for (const k of FROM) if (edges[j][k].element === element) pick(j, k);
      },
    },
  );
  svg.append(
    ...edges.flat().map((each) => each.element),
    ...[...left, ...right].map((each) => each.element),
    ...names.flat(),
    ...deltaTexts,
    ...targets,
  );
  return {
    svg,
    update(state, found) {
      left.forEach((each, k) => {
        each.update(state.a[k]);
        each.element.classList.toggle("is-end", k === state.k);
      });
      right.forEach((each, j) => {
        each.update(found.a[j]);
        each.element.classList.toggle("is-end", j === state.j);
        setText(deltaTexts[j], `δ = ${format(found.delta[j], 3)}`);
        setText(targets[j], `y = ${format(state.y[j], 0)}`);
      });
      for (const j of TO) {
        for (const k of FROM) {
          const on = j === state.j && k === state.k;
          edges[j][k].update(state.W[j][k], LIMIT);
          edges[j][k].element.classList.toggle("is-picked", on);
          edges[j][k].element.classList.toggle("is-path", k === state.k);
          names[j][k].classList.toggle("is-picked", on);
          set(edges[j][k].element, {
            "aria-pressed": String(on),
            "aria-label": `weight to ${j + 1} from ${k + 1}: ${format(state.W[j][k])}`,
          });
        }
      }
    },
  };
}

/** W as a matrix of buttons: row j is where a weight goes, column k where it comes from. */
function weightMatrix(pick) {
  const cells = TO.map((j) =>
    FROM.map((k) => {
      const element = h("button", { type: "button", class: "nt-cell", onClick: () => pick(j, k) });
      element.addEventListener("focus", () => pick(j, k));
      element.addEventListener("pointerenter", (event) => {
        if (event.pointerType === "mouse") pick(j, k);
      });
      return element;
    }),
  );
  const head = h("tr", {}, h("td"), ...FROM.map((k) => h("th", { scope: "col" }, `from ${k + 1}`)));
  const rows = TO.map((j) =>
    h(
      "tr",
      {},
      h("th", { scope: "row" }, `to ${j + 1}`),
      ...FROM.map((k) => h("td", {}, cells[j][k])),
    ),
  );
  const element = h(
    "div",
    { class: "nt-matrix" },
    h("table", {}, h("caption", {}, symbol("W", { role: "positive" }), ", 2 × 3"), head, ...rows),
  );
  return {
    element,
    update(state) {
      for (const j of TO) {
        for (const k of FROM) {
          const value = state.W[j][k];
          const on = j === state.j && k === state.k;
          const cell = cells[j][k];
          setText(cell, format(value));
          cell.style.background = weightTint(value, 4 * LIMIT);
          set(cell, {
            "aria-pressed": String(on),
            "aria-label": `w ${j + 1}${k + 1}, to ${j + 1} from ${k + 1}: ${format(value)}`,
          });
        }
      }
    },
  };
}

function controls(model) {
  const state = read(model);
  const put = (name, i, value) => {
    const values = model.get(name).slice();
    values[i] = value;
    change(model, { [name]: values });
  };
  const picked = indexed("w", { role: "positive" });
  const weight = slider({
    label: h("span", {}, "weight ", picked.element),
    name: "the picked weight",
    min: -LIMIT,
    max: LIMIT,
    step: 0.05,
    role: signRole(state.W[state.j][state.k]),
    value: state.W[state.j][state.k],
    onInput(value) {
      const { j, k } = read(model);
      const W = model.get("W").map((row) => row.slice());
      W[j][k] = clamp(value, -LIMIT, LIMIT);
      change(model, { W });
    },
  });
  const inputs = FROM.map((k) =>
    slider({
      label: aBelow(k),
      name: `activation ${k + 1}`,
      min: 0,
      max: 1,
      step: 0.01,
      role: "activation",
      value: state.a[k],
      onInput: (value) => put("a", k, value),
    }),
  );
  const aim = goal(
    "Change one weight so that no wish is left for the neuron it comes from: its derivative below 0.001.",
  );
  return {
    elements: [weight.element, ...inputs.map((each) => each.element)],
    badge: aim.element,
    update(now, found) {
      const { j, k } = now;
      picked.update(`${j + 1}${k + 1}`);
      weight.update(now.W[j][k]);
      setRole(weight.element, signRole(now.W[j][k]));
      inputs.forEach((each, i) => {
        each.update(now.a[i]);
      });
      const left = Math.abs(found.dC_da[k]);
      aim.update(left < 0.001, `|∂C/∂a| = ${format(left, 4)}`);
    },
  };
}

export default { render, check };
