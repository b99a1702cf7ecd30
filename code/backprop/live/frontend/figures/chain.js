// The 1-1-1-1 chain: every local derivative, the product they make, and a push on its way.

import {
  ACTIVATIONS,
  deltas,
  forward,
  largestDifference,
  quadratic,
  quadraticPrime,
} from "../core.js";
import {
  address,
  button,
  card,
  change,
  choice,
  clamp,
  colour,
  edge,
  equation,
  follow,
  format,
  goal,
  h,
  label,
  node,
  number,
  numbers,
  oneOf,
  picture,
  quantity,
  s,
  set,
  setRole,
  setText,
  signed,
  signRole,
  slider,
  symbol,
} from "../ui.js";

const NAMES = ["w1", "b1", "w2", "b2", "w3", "b3"];
const LAYERS = [1, 2, 3];
const LIMIT = 4;

const asNetwork = ({ w, b }) => ({
  layers: w.map((weight, l) => ({ W: [[weight]], b: [b[l]] })),
  activations: ["sigmoid", "sigmoid", "sigmoid"],
});

/** Every quantity on the way to the cost, and on the way back. */
function chain(state) {
  const net = asNetwork(state);
  const trace = forward(net, [state.x]);
  const [z, a] = [trace.z.map(([each]) => each), trace.a.map(([each]) => each)];
  const back = quadraticPrime([a[3]], [state.y]);
  const delta = deltas(net, trace, back).map(([each]) => each);
  const slope = z.map((each, l) => ACTIVATIONS.sigmoid.prime(each, a[l + 1]));
  const gradient = LAYERS.flatMap((l) => [a[l - 1] * delta[l - 1], delta[l - 1]]);
  return { z, a, slope, delta, gradient, error: back[0], cost: quadratic([a[3]], [state.y]) };
}

/** The settings with one parameter pushed. */
function pushed(state) {
  const [kind, l] = [state.parameter[0], Number(state.parameter[1]) - 1];
  const values = state[kind].map((value, i) => (i === l ? value + state.push : value));
  return { ...state, [kind]: values };
}

/** Largest difference to Python's own numbers. */
const check = (truth) =>
  Math.max(
    ...truth.map(({ given, found }) => {
      const { a, cost, gradient } = chain(given);
      return largestDifference({ a, cost, gradient, pushed: chain(pushed(given)).cost }, found);
    }),
  );

/** The factors of ∂C/∂parameter, from the parameter to the cost.
 *
 * Each is one step of the push: from one quantity to the next. */
function factors(state, found) {
  const [kind, first] = [state.parameter[0], Number(state.parameter[1])];
  const steps = [
    {
      of: "z",
      layer: first,
      value: kind === "w" ? found.a[first - 1] : 1,
      what: kind === "w" ? { name: "a", layer: first - 1 } : null,
    },
  ];
  for (let l = first; l <= 3; l++) {
    steps.push({ of: "a", layer: l, value: found.slope[l - 1], what: { name: "σ′", layer: l } });
    if (l < 3) {
      const value = state.w[l];
      steps.push({ of: "z", layer: l + 1, value, what: { name: "w", layer: l + 1 } });
    }
  }
  steps.push({ of: "C", layer: null, value: found.error, what: { name: "2(a − y)", layer: null } });
  return steps;
}

const read = (model) =>
  Object.fromEntries(["w", "b", "x", "y", "parameter", "push"].map((n) => [n, model.get(n)]));

function render({ model, el }) {
  const settings = address(model, el, {
    w: numbers(3, -LIMIT, LIMIT),
    b: numbers(3, -LIMIT, LIMIT),
    x: number(0, 1),
    y: number(0, 1),
    parameter: oneOf(NAMES),
    push: number(-1, 1),
  });
  const frame = card(el, {
    figure: "chain",
    name: "A chain of one neuron a layer",
    maxdiff: check(model.get("_truth")),
    settings,
  });
  const pick = (parameter) => change(model, { parameter });
  const product = productLine();
  const diagram = chainDiagram(pick);
  const journey = pushTable();
  const panel = controls(model, pick);
  frame.equation.append(product.element);
  frame.stage.append(diagram.svg, journey.element);
  frame.controls.append(...panel.elements);
  frame.foot.prepend(panel.badge);
  const stop = follow(model, () => {
    const state = read(model);
    const found = chain(state);
    const after = chain(pushed(state));
    const steps = factors(state, found);
    product.update(state, found, steps);
    diagram.update(state, found);
    journey.update(state, found, after, steps);
    panel.update(state, found);
    frame.say(spoken(state, found, after));
  });
  return () => {
    stop();
    settings.destroy();
  };
}

const slopeOf = ({ parameter }, { gradient }) => gradient[NAMES.indexOf(parameter)];

function spoken(state, found, after) {
  const slope = slopeOf(state, found);
  return `Cost ${format(found.cost, 3)}. The derivative for ${state.parameter} is ${format(slope, 4)}. Pushed by ${format(state.push)}: predicted change ${format(slope * state.push, 4)}, true change ${format(after.cost - found.cost, 4)}.`;
}

const ROLE = { w: "positive", b: "ink", a: "activation", z: "ink", "σ′": "ink" };

/** A symbol with its layer, such as w with (2) above it. */
const named = (name, layer) =>
  symbol(name, { role: ROLE[name] ?? null, sup: layer === null ? null : `(${layer})` });

/** ∂C/∂w(1) = a · σ′ · … = number, with the factors' values below their names. */
function productLine() {
  const element = h("div", { class: "nt-lines nt-product" });
  let shown = null;
  let values = [];
  const result = quantity("gradient");
  set(result.element, { "data-result": true });
  const build = (state, steps) => {
    values = steps.map(() => quantity());
    const top = steps.map((step, i) =>
      h(
        "span",
        { class: "nt-factor" },
        step.what ? h("span", {}, factorName(step.what)) : h("span", {}, "1"),
        values[i].element,
      ),
    );
    const dots = top.flatMap((part, i) =>
      i ? [h("span", { class: "nt-times" }, "·"), part] : [part],
    );
    element.replaceChildren(
      equation(
        h(
          "span",
          { class: "nt-derivative", "data-role": "gradient" },
          "∂",
          h("var", {}, "C"),
          " / ∂",
        ),
        named(state.parameter[0], state.parameter[1]),
        " = ",
      ),
      h("span", { class: "nt-line nt-factors" }, ...dots),
      equation(" = ", result.element),
    );
  };
  return {
    element,
    update(state, found, steps) {
      if (shown !== state.parameter) {
        shown = state.parameter;
        build(state, steps);
      }
      steps.forEach((step, i) => {
        values[i].update(format(step.value, 3));
      });
      result.update(format(slopeOf(state, found), 4));
    },
  };
}

/** What a factor is called: a(1), w(2), σ′(z(3)), 2(a(3) − y). */
function factorName({ name, layer }) {
  if (name === "σ′") return h("span", {}, "σ′(", named("z", layer), ")");
  if (name === "2(a − y)")
    return h("span", {}, "2(", named("a", 3), " − ", symbol("y", { role: "target" }), ")");
  return named(name, layer);
}

const PLACES = [30, 121, 212, 303].map((x) => ({ x, y: 74, r: 22 }));

/** The four neurons; a press on a weight or a bias picks it. */
function chainDiagram(pick) {
  const svg = picture(340, 188, "The chain of four neurons; its weights and biases can be chosen");
  const neurons = PLACES.map(({ x, y, r }, l) =>
    node({ x, y, r, name: l ? `activation of layer ${l}` : "input x" }),
  );
  const weights = LAYERS.map((l) => edge(neurons[l - 1], neurons[l]));
  const texts = LAYERS.map((l) => ({
    w: pickable(`w${l}`, (PLACES[l - 1].x + PLACES[l].x) / 2, 110, "w", l, pick),
    b: pickable(`b${l}`, PLACES[l].x, 36, "b", l, pick),
    slope: label(PLACES[l].x, 134, "", { class: "nt-halo-text" }),
    delta: label(PLACES[l].x, 154, "", { class: "nt-halo-text nt-delta" }),
  }));
  const input = label(PLACES[0].x, 134, "input *x*");
  const output = label(PLACES[3].x, 178, "", { class: "nt-target-text", "text-anchor": "end" });
  set(output, { x: 334 });
  svg.append(
    ...weights.map((each) => each.element),
    ...neurons.map((each) => each.element),
    ...texts.flatMap(({ w, b, slope, delta }) => [w.element, b.element, slope, delta]),
    input,
    output,
  );
  return {
    svg,
    update(state, found) {
      const from = Number(state.parameter[1]);
      neurons.forEach((each, l) => {
        each.update(found.a[l]);
      });
      LAYERS.forEach((l) => {
        const i = l - 1;
        weights[i].update(state.w[i], LIMIT);
        const on = l > from || state.parameter === `w${l}`;
        weights[i].element.classList.toggle("is-dim", !on);
        neurons[l].element.classList.toggle("is-dim", l < from);
        texts[i].w.update(state.w[i], state.parameter === `w${l}`);
        texts[i].b.update(state.b[i], state.parameter === `b${l}`);
        setText(texts[i].slope, `σ′ = ${format(found.slope[i], 3)}`);
        setText(texts[i].delta, `δ = ${format(found.delta[i], 3)}`);
      });
      setText(output, `target ${format(state.y)}, cost ${format(found.cost, 3)}`);
    },
  };
}

/** A weight or bias in the diagram: its name and value, and a button for pointer and keys. */
function pickable(key, x, y, name, layer, pick) {
  const kind = name === "w" ? "weight" : "bias";
  const text = s("text", { "text-anchor": "middle", x, y });
  const element = s(
    "g",
    { class: "nt-pick", role: "button", tabindex: 0 },
    s("rect", { x: x - 32, y: y - 19, width: 64, height: 27, rx: 6 }),
    text,
  );
  element.addEventListener("click", () => pick(key));
  element.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    pick(key);
  });
  return {
    element,
    update(value, on) {
      setText(text, `${name}${"¹²³"[layer - 1]} = ${format(value)}`);
      element.style.setProperty(
        "--nt-role",
        name === "w" ? colour(signRole(value)) : colour("ink"),
      );
      set(element, {
        "aria-pressed": String(on),
        "aria-label": `${kind} of layer ${layer}: ${format(value)}`,
      });
    },
  };
}

/** The push on its way: what the rates predict at every step, beside what truly happens. */
function pushTable() {
  const body = h("tbody");
  const head = ["step", "rate", "predicted", "true"].map((name) => h("th", { scope: "col" }, name));
  const element = h(
    "div",
    { class: "nt-journey" },
    h(
      "table",
      {},
      h("caption", {}, "A push on its way to the cost"),
      h("thead", {}, h("tr", {}, ...head)),
      body,
    ),
  );
  let shown = null;
  let rows = [];
  const build = (state, steps) => {
    const names = [
      named(state.parameter[0], state.parameter[1]),
      ...steps.map(({ of, layer }) => named(of, layer)),
    ];
    rows = names.map(() => ["rate", "predicted", "true"].map(() => h("td")));
    body.replaceChildren(
      ...names.map((name, i) =>
        h("tr", {}, h("th", { scope: "row" }, h("span", {}, "Δ", name)), ...rows[i]),
      ),
    );
  };
  return {
    element,
    update(state, found, after, steps) {
      if (shown !== state.parameter) {
        shown = state.parameter;
        build(state, steps);
      }
      let predicted = state.push;
      ["", signed(state.push, 4), signed(state.push, 4)].forEach((text, i) => {
        setText(rows[0][i], text);
      });
      steps.forEach(({ of, layer, value }, i) => {
        predicted *= value;
        const real =
          of === "C"
            ? after.cost - found.cost
            : after[of][of === "z" ? layer - 1 : layer] - found[of][of === "z" ? layer - 1 : layer];
        setText(rows[i + 1][0], `× ${format(value, 3)}`);
        setText(rows[i + 1][1], signed(predicted, 4));
        setText(rows[i + 1][2], signed(real, 4));
      });
    },
  };
}

const SMALL = 0.0005; // what counts as a first weight that has stopped learning

function controls(model, pick) {
  const state = read(model);
  const put = (kind, l, value) => {
    const values = model.get(kind).slice();
    values[l - 1] = clamp(value, -LIMIT, LIMIT);
    change(model, { [kind]: values });
  };
  const parameter = choice({
    name: "Derivative for",
    options: Object.fromEntries(NAMES.map((name) => [name, `${name[0]}${"¹²³"[name[1] - 1]}`])),
    value: state.parameter,
    onChange: pick,
  });
  const push = slider({
    label: "push Δ",
    name: "push",
    min: -1,
    max: 1,
    step: 0.01,
    role: "gradient",
    value: state.push,
    onInput: (value) => change(model, { push: value }),
  });
  const one = (kind, l) =>
    slider({
      label: [kind === "w" ? "weight " : "bias ", named(kind, l)],
      name: `${kind === "w" ? "weight" : "bias"} of layer ${l}`,
      min: -LIMIT,
      max: LIMIT,
      step: 0.05,
      role: kind === "w" ? signRole(state.w[l - 1]) : "ink",
      value: state[kind][l - 1],
      onInput: (value) => put(kind, l, value),
    });
  const data = (key, name, role) =>
    slider({
      label: [`${name} `, symbol(key, { role })],
      name: `${name} ${key}`,
      min: 0,
      max: 1,
      step: 0.01,
      role,
      value: state[key],
      onInput: (value) => change(model, { [key]: value }),
    });
  const weights = LAYERS.map((l) => one("w", l));
  const biases = LAYERS.map((l) => one("b", l));
  const [x, y] = [data("x", "input", "activation"), data("y", "target", "target")];
  const aim = goal(
    "Silence the first weight: bring its derivative below 0.0005 while the cost stays above 0.2.",
  );
  const saturate = button("Show one way", () =>
    change(model, { w: [4, -0.8, 2], b: [4, 0.4, -2], parameter: "w1" }),
  );
  aim.element.append(saturate);
  const all = [parameter, push, ...weights.flatMap((each, i) => [each, biases[i]]), x, y];
  return {
    elements: all.map((each) => each.element),
    badge: aim.element,
    update(now, found) {
      parameter.update(now.parameter);
      push.update(now.push);
      weights.forEach((each, i) => {
        each.update(now.w[i]);
        setRole(each.element, signRole(now.w[i]));
      });
      biases.forEach((each, i) => {
        each.update(now.b[i]);
      });
      x.update(now.x);
      y.update(now.y);
      const first = Math.abs(found.gradient[0]);
      const done = first < SMALL && found.cost > 0.2;
      aim.update(done, `|∂C/∂w¹| = ${format(first, 4)}, cost ${format(found.cost, 2)}`);
    },
  };
}

export default { render, check };
