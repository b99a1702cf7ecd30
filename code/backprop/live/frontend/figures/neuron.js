// A neuron with one input: what w and b do to its curve, and where z lands on σ.

import { ACTIVATIONS, largestDifference } from "../core.js";
import {
  address,
  axes,
  button,
  card,
  change,
  choice,
  clamp,
  colour,
  equation,
  follow,
  format,
  goal,
  h,
  handle,
  label,
  number,
  oneOf,
  polyline,
  quantity,
  s,
  sample,
  scrub,
  set,
  setRole,
  setText,
  signRole,
  slider,
  snap,
  symbol,
  whole,
} from "../ui.js";

const LIMIT = { w: 8, b: 8, x: 4 };
const STEP = { w: 0.05, b: 0.05, x: 0.05 };
const ARM = 56; // length of the line that turns with w, in units of the drawing
const CLOSE = 0.02; // how near the curve has to pass

// The step is no activation of the package: it has no slope to learn from.
const FUNCTIONS = {
  sigmoid: { ...ACTIVATIONS.sigmoid, sign: "σ", y: [-0.08, 1.08], z: 8, turn: 0.25 },
  tanh: { ...ACTIVATIONS.tanh, sign: "tanh", y: [-1.15, 1.15], z: 4, turn: 1 },
  relu: { ...ACTIVATIONS.relu, sign: "relu", y: [-1.7, 3.3], z: 4, turn: 1 },
  step: {
    f: (z) => (z > 0 ? 1 : 0),
    prime: () => 0,
    sign: "step",
    y: [-0.08, 1.08],
    z: 8,
    turn: 0.25,
  },
};

/** What the neuron computes. */
function neuron({ activation, w, b, x }) {
  const { f, prime } = FUNCTIONS[activation];
  const z = w * x + b;
  return { z, a: f(z), slope: prime(z, f(z)) };
}

/** Largest difference to Python's own numbers. */
const check = (truth) =>
  Math.max(...truth.map(({ given, found }) => largestDifference(neuron(given), found)));

/** How far the curve misses the farther of the two points. */
const miss = (state, points) =>
  Math.max(...points.map(([x, y]) => Math.abs(neuron({ ...state, x }).a - y)));

const read = (model) =>
  Object.fromEntries(["w", "b", "x", "activation", "pair"].map((name) => [name, model.get(name)]));

function render({ model, el }) {
  const settings = address(model, el, {
    w: number(-LIMIT.w, LIMIT.w),
    b: number(-LIMIT.b, LIMIT.b),
    x: number(-LIMIT.x, LIMIT.x),
    activation: oneOf(Object.keys(FUNCTIONS)),
    pair: whole(0, model.get("pairs").length - 1),
  });
  const frame = card(el, {
    figure: "neuron",
    name: "A neuron with one input",
    maxdiff: check(model.get("_truth")),
    settings,
  });
  const hand = {
    before: null,
    remember() {
      const { w, b } = read(model);
      hand.before = { w, b };
    },
    put(name, value) {
      const kept = clamp(value, -LIMIT[name], LIMIT[name]);
      if (!Number.isNaN(kept)) change(model, { [name]: kept });
    },
  };
  const line = equationLine(hand);
  const panel = controls(model, hand);
  const plots = drawing(frame.stage, model, hand);
  frame.equation.append(line.element);
  frame.controls.append(...panel.elements);
  frame.foot.prepend(panel.badge);
  const draw = () => {
    const state = read(model);
    const found = neuron(state);
    const missed = miss(state, model.get("pairs")[state.pair]);
    line.update(state, found);
    panel.update(state, missed);
    plots.update(state, found);
    frame.say(spoken(state, found, missed));
  };
  const stop = follow(model, draw);
  return () => {
    stop();
    settings.destroy();
  };
}

function spoken({ w, b, x }, { z, a, slope }, missed) {
  const hit =
    missed < CLOSE ? "The curve passes through both points." : `Missed by ${format(missed)}.`;
  return `w ${format(w)}, b ${format(b)}, x ${format(x)}: z ${format(z)}, a ${format(a, 3)}, slope ${format(slope, 3)}. ${hit}`;
}

const symbols = {
  w: () => symbol("w", { role: "positive" }),
  x: () => symbol("x", { role: "activation" }),
  a: () => symbol("a", { role: "activation" }),
  b: () => symbol("b"),
  z: () => symbol("z"),
};

/** a = σ(w x + b) with the numbers of the moment, three of which can be scrubbed. */
function equationLine(hand) {
  const names = { w: "weight w", x: "input x", b: "bias b" };
  const numbers = Object.fromEntries(
    Object.entries(names).map(([key, name]) => [
      key,
      scrub({
        name,
        min: -LIMIT[key],
        max: LIMIT[key],
        step: STEP[key],
        role: key === "x" ? "activation" : "ink",
        onStart: hand.remember,
        onInput: (value) => hand.put(key, value),
      }),
    ]),
  );
  const [z, a, slope] = [quantity(), quantity("activation"), quantity("gradient")];
  for (const each of [z, a, slope]) set(each.element, { "data-result": true });
  const signs = Array.from({ length: 5 }, () => quantity());
  const brackets = { w: bracketed(numbers.w), x: bracketed(numbers.x), b: bracketed(numbers.b) };
  const element = h(
    "div",
    { class: "nt-lines" },
    equation(
      symbols.a(),
      " = ",
      signs[0].element,
      "(",
      symbols.w(),
      " ",
      symbols.x(),
      " + ",
      symbols.b(),
      ")",
    ),
    equation(
      " = ",
      signs[1].element,
      "(",
      ...brackets.w,
      " · ",
      ...brackets.x,
      " + ",
      ...brackets.b,
      ")",
    ),
    equation(" = ", signs[2].element, "(", z.element, ")"),
    equation(" = ", a.element),
    equation("slope ", signs[3].element, "′(", symbols.z(), ") = ", slope.element),
  );
  return {
    element,
    update(state, found) {
      for (const sign of signs) sign.update(FUNCTIONS[state.activation].sign);
      numbers.w.update(state.w, signRole(state.w));
      numbers.x.update(state.x);
      numbers.b.update(state.b);
      for (const key of ["w", "x", "b"]) brackets[key].update(state[key] < 0);
      z.update(format(found.z));
      a.update(format(found.a, 3));
      slope.update(format(found.slope, 3));
    },
  };
}

/** A number between brackets that are there only while it is negative. */
function bracketed({ element }) {
  const [open, close] = [h("span"), h("span")];
  const parts = [open, element, close];
  parts.update = (negative) => {
    setText(open, negative ? "(" : "");
    setText(close, negative ? ")" : "");
  };
  return parts;
}

function controls(model, hand) {
  const state = read(model);
  const one = (key, name, role) =>
    slider({
      label: [name.split(" ")[0], " ", symbols[key]()],
      name,
      min: -LIMIT[key],
      max: LIMIT[key],
      step: STEP[key],
      role,
      value: state[key],
      onStart: hand.remember,
      onInput: (value) => hand.put(key, value),
    });
  const sliders = {
    w: one("w", "weight w", "positive"),
    b: one("b", "bias b", "ink"),
    x: one("x", "input x", "activation"),
  };
  const kinds = choice({
    name: "activation",
    options: Object.fromEntries(Object.keys(FUNCTIONS).map((name) => [name, name])),
    value: state.activation,
    onChange: (activation) => change(model, { activation }),
  });
  const aim = goal("Lead the curve through both diamonds.");
  const another = button("Another pair", () =>
    change(model, { pair: (model.get("pair") + 1) % model.get("pairs").length }),
  );
  aim.element.append(another);
  return {
    elements: [...Object.values(sliders).map((each) => each.element), kinds.element],
    badge: aim.element,
    update(now, missed) {
      for (const key of ["w", "b", "x"]) sliders[key].update(now[key]);
      setRole(sliders.w.element, signRole(now.w));
      kinds.update(now.activation);
      const done = missed < CLOSE;
      aim.update(done, done ? "It does." : `Farthest miss ${format(missed)}`);
    },
  };
}

/** Both plots.  They are made anew for another activation, whose axes differ. */
function drawing(stage, model, hand) {
  let [shown, curve, where] = [null, null, null];
  return {
    update(state, found) {
      if (shown !== state.activation) {
        shown = state.activation;
        curve = neuronPlot(FUNCTIONS[shown], hand, () => read(model));
        where = activationPlot(FUNCTIONS[shown]);
        stage.replaceChildren(curve.svg, where.svg);
      }
      curve.update(state, found, model.get("pairs")[state.pair]);
      where.update(found);
    },
  };
}

const MARGIN = { top: 26, right: 14, bottom: 36, left: 34 };
const SIZE = { width: 340, height: 250, margin: MARGIN };

/** a against the input x: the curve that w and b shape. */
function neuronPlot(kind, hand, now) {
  const { svg, area, x, y } = axes({
    ...SIZE,
    xDomain: [-LIMIT.x, LIMIT.x],
    yDomain: kind.y,
    xTicks: [-4, -2, 0, 2, 4],
    xName: "input *x*",
    yName: "*a*, what the neuron says",
    name: "The neuron's activation against its input, with handles for w, b and x",
  });
  const ghost = s("path", { class: "nt-ghost" });
  const path = s("path", { class: "nt-curve", stroke: colour("activation") });
  const guide = s("path", { class: "nt-guide" });
  const misses = s("path", { class: "nt-miss" });
  const arm = s("line", { class: "nt-arm" });
  const diamonds = [0, 1].map(() => s("path", { class: "nt-diamond", d: "M0-7L7 0L0 7L-7 0Z" }));
  const dot = s("circle", { class: "nt-dot", r: 5, fill: colour("activation") });
  area.append(ghost, guide, misses, path);

  const turn = (w) => (w * kind.turn * -y.slope) / x.slope;
  let middle = [0, 0];
  const shift = handle(svg, {
    name: "bias b: shifts the curve",
    role: "ink",
    min: -LIMIT.b,
    max: LIMIT.b,
    onStart() {
      hand.remember();
      shift.from = middle[0];
    },
    onDrag: ({ dx }) => hand.put("b", snap(-now().w * x.invert(shift.from + dx), 0.01)),
    onNudge: (right, up) => hand.put("b", snap(now().b + (up || right) * STEP.b, STEP.b)),
  });
  const steep = handle(svg, {
    name: "weight w: turns the curve",
    min: -LIMIT.w,
    max: LIMIT.w,
    onStart: hand.remember,
    onDrag(point) {
      const rise = (middle[1] - point.y) / Math.max(1, point.x - middle[0]);
      // Turning about the middle keeps it where it is: b = −w x there.
      const w = clamp(snap(rise / turn(1), 0.01), -LIMIT.w, LIMIT.w);
      const centre = x.invert(middle[0]);
      hand.put("w", w);
      hand.put("b", snap(-w * centre, 0.01));
    },
    onNudge: (right, up) => hand.put("w", snap(now().w + (up || right) * STEP.w, STEP.w)),
  });
  const input = handle(svg, {
    name: "input x",
    role: "activation",
    min: -LIMIT.x,
    max: LIMIT.x,
    onDrag: (point) => hand.put("x", snap(x.invert(point.x), 0.01)),
    onNudge: (right, up) => hand.put("x", snap(now().x + (right || up) * STEP.x, STEP.x)),
  });
  const names = { b: label(0, 0, "b"), w: label(0, 0, "w"), x: label(0, 0, "x") };
  for (const each of Object.values(names))
    set(each, { class: "nt-handle-name", "aria-hidden": "true" });
  svg.append(
    arm,
    dot,
    ...diamonds,
    input.element,
    shift.element,
    steep.element,
    ...Object.values(names),
  );

  const line = (w, b) =>
    polyline(sample((v) => kind.f(w * v + b), x.domain).map(([u, v]) => [x(u), y(v)]));
  const floor = y(kind.y[0]);
  return {
    svg,
    update({ w, b, x: at }, { a }, points) {
      set(path, { d: line(w, b) });
      const { before } = hand;
      set(ghost, {
        d: before && (before.w !== w || before.b !== b) ? line(before.w, before.b) : "M0 0",
      });
      const centre = Math.abs(w) < 1e-9 ? 0 : clamp(-b / w, -LIMIT.x, LIMIT.x);
      middle = [x(centre), y(clamp(kind.f(w * centre + b), ...kind.y))];
      if (kind.turn === 0.25 && Math.abs(w * centre + b) < 1e-6) middle[1] = y(0.5);
      const angle = Math.atan(turn(w));
      const end = [middle[0] + ARM * Math.cos(angle), middle[1] - ARM * Math.sin(angle)];
      const role = signRole(w);
      set(arm, { x1: middle[0], y1: middle[1], x2: end[0], y2: end[1], stroke: colour(role) });
      shift.update({ x: middle[0], y: middle[1], now: b, text: format(b) });
      steep.update({ x: end[0], y: end[1], now: w, text: format(w), role });
      input.update({ x: x(at), y: floor, now: at, text: format(at) });
      set(guide, { d: `M${x(at)} ${floor}V${y(a)}H${SIZE.width}` });
      set(dot, { cx: x(at), cy: y(clamp(a, ...kind.y)) });
      set(names.b, { x: middle[0] - 16, y: middle[1] - 8 });
      set(names.w, { x: end[0] + 14, y: end[1] - 8 });
      set(names.x, { x: x(at) + 15, y: floor - 9 });
      points.forEach(([u, v], i) => {
        const near = Math.abs(kind.f(w * u + b) - v) < CLOSE;
        diamonds[i].classList.toggle("is-hit", near);
        set(diamonds[i], { transform: `translate(${x(u)} ${y(v)})` });
      });
      set(misses, {
        d: points.map(([u, v]) => `M${x(u)} ${y(v)}V${y(kind.f(w * u + b)).toFixed(1)}`).join(""),
      });
    },
  };
}

/** a against z: the activation function itself, the point on it and its tangent. */
function activationPlot(kind) {
  const { svg, area, x, y } = axes({
    ...SIZE,
    xDomain: [-kind.z, kind.z],
    yDomain: kind.y,
    xTicks: [-kind.z, -kind.z / 2, 0, kind.z / 2, kind.z],
    xName: "*z* = *w* *x* + *b*",
    yName: `*a* = ${kind.sign}(*z*)`,
    name: "The activation function with the point z and the tangent there",
  });
  const guide = s("path", { class: "nt-guide" });
  const tangent = s("line", { class: "nt-tangent", stroke: colour("gradient") });
  const dot = s("circle", { class: "nt-dot", r: 6, fill: colour("activation") });
  const slopeText = s("text", { class: "nt-halo-text nt-slope" });
  const zText = s("text", { class: "nt-halo-text" });
  const d = polyline(sample(kind.f, x.domain, 320).map(([u, v]) => [x(u), y(v)]));
  area.append(guide, s("path", { class: "nt-curve", stroke: colour("activation"), d }), tangent);
  svg.append(dot, slopeText, zText);
  const floor = y(kind.y[0]);
  return {
    svg,
    update({ z, a, slope }) {
      const off = Math.abs(z) > kind.z || a > kind.y[1];
      const [cx, cy] = [x(clamp(z, -kind.z, kind.z)), y(clamp(a, ...kind.y))];
      const angle = Math.atan((slope * -y.slope) / x.slope);
      const [ux, uy] = [70 * Math.cos(angle), -70 * Math.sin(angle)];
      set(tangent, { x1: cx - ux, y1: cy - uy, x2: cx + ux, y2: cy + uy });
      tangent.style.visibility = off ? "hidden" : "visible";
      dot.classList.toggle("is-off", off);
      set(dot, { cx, cy });
      set(guide, { d: `M0 ${cy}H${cx}V${floor}` });
      const right = cx > SIZE.width - 110;
      set(zText, {
        x: right ? cx - 8 : cx + 8,
        y: floor - 24,
        "text-anchor": right ? "end" : "start",
      });
      setText(zText, off ? `z = ${format(z)}, off the axis` : `z = ${format(z)}`);
      const left = cx < SIZE.width / 2;
      set(slopeText, {
        x: left ? cx + 16 : cx - 16,
        y: clamp(cy + (left ? 20 : -12), 44, floor - 44),
        "text-anchor": left ? "start" : "end",
      });
      setText(slopeText, off ? "" : `slope ${format(slope, 3)}`);
    },
  };
}

export default { render, check };
