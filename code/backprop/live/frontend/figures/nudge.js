// Reading a gradient: its entries as bars, a nudge for each weight, predicted against true change.

import { cost, gradient, largestDifference } from "../core.js";
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
  numbers,
  picture,
  polyline,
  quantity,
  s,
  sample,
  set,
  setText,
  signed,
  slider,
  snap,
  symbol,
  toggle,
  whole,
  yesNo,
} from "../ui.js";

const [BIAS, TARGET] = [-0.2, 3];
const ALL = [0, 1, 2];
const REACH = 0.5; // how far the nudges may go together
const LOW = 0.01; // the cost to reach

const asNetwork = (w) => ({ layers: [{ W: [w], b: [BIAS] }], activations: ["identity"] });
const costAt = ({ x, w }, nudges) =>
  cost(asNetwork(w.map((each, k) => each + nudges[k])), [x], [[TARGET]]);

/** Gradient at the weights, and the change that the nudges make: predicted and true. */
function nudged(state) {
  const [{ W }] = gradient(asNetwork(state.w), [state.x], [[TARGET]]);
  const here = costAt(state, [0, 0, 0]);
  const parts = ALL.map((k) => W[0][k] * state.nudges[k]);
  return {
    cost: here,
    gradient: W[0],
    predicted: parts.reduce((sum, part) => sum + part, 0),
    true: costAt(state, state.nudges) - here,
  };
}

/** Largest difference to Python's own numbers. */
const check = (truth) =>
  Math.max(...truth.map(({ given, found }) => largestDifference(nudged(given), found)));

const read = (model) =>
  Object.fromEntries(
    ["x", "w", "nudges", "chosen", "guess"].map((name) => [name, model.get(name)]),
  );

/** Nudges that move one weight alone. */
const alone = (k, by) => ALL.map((each) => (each === k ? by : 0));

function render({ model, el }) {
  const settings = address(model, el, {
    nudges: numbers(3, -1, 1),
    chosen: whole(0, 2),
    guess: yesNo,
  });
  const frame = card(el, {
    figure: "nudge",
    name: "What a nudge of each weight does to the cost",
    maxdiff: check(model.get("_truth")),
    settings,
  });
  const put = (k, by) => {
    const nudges = model.get("nudges").slice();
    nudges[k] = clamp(by, -1, 1);
    change(model, { nudges, chosen: k });
  };
  const lines = sums();
  const bars = gradientBars();
  const curve = costCurve(model, put);
  const panel = controls(model, put);
  frame.equation.append(lines.element);
  frame.stage.append(bars.svg, curve.svg);
  frame.controls.append(...panel.elements);
  frame.foot.prepend(panel.badge);
  const stop = follow(model, () => {
    const state = read(model);
    const found = nudged(state);
    lines.update(state, found);
    bars.update(state, found);
    curve.update(state, found);
    frame.root.classList.toggle("is-guessing", state.guess);
    panel.update(state, found);
    frame.say(
      `Predicted change of the cost ${format(found.predicted, 3)}, true change ${format(found.true, 3)}, cost ${format(found.cost + found.true, 3)}.`,
    );
  });
  return () => {
    stop();
    settings.destroy();
  };
}

const weight = (k) => symbol("w", { role: "positive", sub: String(k) });
const delta = (inner) => h("span", {}, "Δ", inner);

/** Predicted: the sum of entry times nudge. True: cost after minus cost before. */
function sums() {
  const entries = ALL.map(() => quantity("gradient"));
  const steps = ALL.map(() => quantity());
  const [predicted, real, after, before] = [
    quantity("gradient"),
    quantity("target"),
    quantity(),
    quantity(),
  ];
  set(predicted.element, { "data-result": "predicted" });
  set(real.element, { "data-result": "true" });
  const terms = ALL.flatMap((k) => [
    k ? " + " : "",
    entries[k].element,
    " · (",
    steps[k].element,
    ")",
  ]);
  const element = h(
    "div",
    { class: "nt-lines" },
    equation("predicted ", delta(h("var", {}, "C")), " = ", ...terms, " = ", predicted.element),
    equation(
      "true ",
      delta(h("var", {}, "C")),
      " = ",
      after.element,
      " − ",
      before.element,
      " = ",
      real.element,
    ),
  );
  return {
    element,
    update({ nudges }, found) {
      for (const k of ALL) {
        entries[k].update(format(found.gradient[k]));
        steps[k].update(format(nudges[k]));
      }
      predicted.update(signed(found.predicted, 3));
      real.update(signed(found.true, 3));
      before.update(format(found.cost, 3));
      after.update(format(found.cost + found.true, 3));
    },
  };
}

/** The network's three weights with their entries of the gradient as bars. */
function gradientBars() {
  const svg = picture(340, 210, "The three entries of the gradient as bars");
  const longest = 200;
  svg.append(
    label(8, 18, "gradient: how hard *C* reacts", {
      "text-anchor": "start",
      class: "nt-axis-name",
    }),
  );
  const rows = ALL.map((k) => {
    const y = 52 + 56 * k;
    const bar = s("rect", { x: 60, y: y - 11, height: 22, rx: 3, fill: colour("gradient") });
    const value = label(0, y + 5, "", { class: "nt-halo-text", "text-anchor": "start" });
    const name = label(8, y + 5, "", { "text-anchor": "start", class: "nt-halo-text" });
    const input = label(8, y + 22, "", { "text-anchor": "start" });
    const group = s("g", { class: "nt-row" }, bar, value, name, input);
    svg.append(group);
    return { bar, value, name, input, group };
  });
  return {
    svg,
    update({ w, x, chosen }, found) {
      const most = Math.max(...found.gradient.map(Math.abs));
      rows.forEach(({ bar, value, name, input, group }, k) => {
        const width = (Math.abs(found.gradient[k]) / most) * longest;
        set(bar, { width: Math.max(1.5, width) });
        set(value, { x: 68 + width });
        setText(value, format(found.gradient[k]));
        setText(name, `w${"₀₁₂"[k]} = ${format(w[k], 0)}`);
        setText(input, `x${"₀₁₂"[k]} = ${format(x[k])}`);
        group.classList.toggle("is-dim", k !== chosen);
      });
    },
  };
}

const SIZE = { width: 340, height: 250, margin: { top: 26, right: 14, bottom: 36, left: 34 } };

/** The cost along the chosen weight, and the line that the gradient predicts. */
function costCurve(model, put) {
  const { svg, area, x, y } = axes({
    ...SIZE,
    xDomain: [-1, 1],
    yDomain: [-1, 9],
    xTicks: [-1, -0.5, 0, 0.5, 1],
    yTicks: [0, 2, 4, 6, 8],
    xName: "nudge Δ*w* of the chosen weight",
    yName: "cost *C*",
    name: "The cost against the nudge, with the line that the gradient predicts",
  });
  const path = s("path", { class: "nt-curve", stroke: colour("target") });
  const line = s("path", { class: "nt-curve nt-predicted", stroke: colour("gradient") });
  const gap = s("line", { class: "nt-gap" });
  const text = label(0, 0, "", { class: "nt-halo-text nt-off-by" });
  area.append(line, path, gap);
  const knob = handle(svg, {
    name: "nudge of the chosen weight",
    role: "target",
    min: -1,
    max: 1,
    onDrag: (point) => put(model.get("chosen"), snap(clamp(x.invert(point.x), -1, 1), 0.01)),
    onNudge(right, up) {
      const k = model.get("chosen");
      put(k, snap(clamp(model.get("nudges")[k] + (right || up) * 0.01, -1, 1), 0.01));
    },
  });
  svg.append(text, knob.element);
  return {
    svg,
    update(state, found) {
      const { chosen, nudges } = state;
      const by = nudges[chosen];
      const along = (step) => costAt(state, alone(chosen, step));
      const straight = (step) => found.cost + found.gradient[chosen] * step;
      const draw = (f) => polyline(sample(f, [-1, 1], 60).map(([u, v]) => [x(u), y(v)]));
      set(path, { d: draw(along) });
      set(line, { d: draw(straight) });
      const [real, predicted] = [along(by), straight(by)];
      set(gap, { x1: x(by), x2: x(by), y1: y(real), y2: y(predicted) });
      knob.update({ x: x(by), y: y(clamp(real, -1, 9)), now: by, text: format(by) });
      const left = by > 0.3;
      set(text, {
        x: x(by) + (left ? -14 : 14),
        y: clamp(y((real + predicted) / 2), 40, 210),
        "text-anchor": left ? "end" : "start",
      });
      setText(text, `off by ${format(Math.abs(real - predicted), 3)}`);
    },
  };
}

function controls(model, put) {
  const state = read(model);
  const curveOf = choice({
    name: "Curve for",
    options: { 0: "w₀", 1: "w₁", 2: "w₂" },
    value: String(state.chosen),
    onChange: (key) => change(model, { chosen: Number(key) }),
  });
  const sliders = ALL.map((k) =>
    slider({
      label: ["nudge ", delta(weight(k))],
      name: `nudge of w${k}`,
      min: -1,
      max: 1,
      step: 0.01,
      role: "positive",
      value: state.nudges[k],
      onInput: (value) => put(k, value),
    }),
  );
  const guess = toggle({
    name: "Guess first: hide the curve",
    value: state.guess,
    onChange: (on) => change(model, { guess: on }),
  });
  const none = button("No nudges", () => change(model, { nudges: [0, 0, 0] }));
  const aim = goal(
    `Bring the cost below ${LOW} with nudges that add up to at most ${REACH}, signs aside.`,
  );
  aim.element.append(none);
  return {
    elements: [curveOf.element, ...sliders.map((each) => each.element), guess.element],
    badge: aim.element,
    update({ nudges, chosen, guess: hidden }, found) {
      curveOf.update(String(chosen));
      guess.update(hidden);
      sliders.forEach((each, k) => {
        each.update(nudges[k]);
      });
      const total = nudges.reduce((sum, by) => sum + Math.abs(by), 0);
      const after = found.cost + found.true;
      const done = after < LOW && total <= REACH + 1e-9;
      aim.update(done, `Cost ${format(after, 3)}, nudges ${format(total)}`);
    },
  };
}

export default { render, check };
