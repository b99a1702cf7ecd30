// What outputs wish for: one output's three handles, the sum over outputs, the mean over digits.

import { deltas, forward, gradient, largestDifference, quadraticPrime } from "../core.js";
import {
  address,
  button,
  card,
  change,
  choice,
  colour,
  edge,
  equation,
  follow,
  format,
  goal,
  h,
  indexed,
  label,
  node,
  oneOf,
  picture,
  pixels,
  quantity,
  rove,
  s,
  set,
  setFill,
  setText,
  signed,
  symbol,
  tint,
  toggle,
  unlessSame,
  whole,
} from "../ui.js";

const CLASSES = [1, 3, 7, 8];
const IMAGES = 12;
const HIDDEN = [0, 1, 2, 3, 4, 5, 6, 7];
const OUTPUTS = [0, 1, 2, 3];
const VIEWS = { one: "one output", sum: "the sum", mean: "the mean" };

const place = (digit) => CLASSES.indexOf(digit);
const target = (digit) => CLASSES.map((each) => Number(each === digit));
const networkOf = (layers) => ({ layers, activations: layers.map(() => "sigmoid") });

/** What one example's outputs wish for: minus the derivatives of its cost. */
function wishes(net, x, y) {
  const last = net.layers.length;
  const trace = forward(net, x);
  const delta = deltas(net, trace, quadraticPrime(trace.a[last], y))[last - 1];
  const [below, { W }] = [trace.a[last - 1], net.layers[last - 1]];
  return {
    below,
    slope: trace.a[last].map((a) => a * (1 - a)),
    a: trace.a[last],
    delta,
    weights: delta.map((d) => below.map((a) => -d * a)),
    activations: delta.map((d, j) => W[j].map((w) => -d * w)),
  };
}

/** The outputs' wishes for each hidden activation, summed over those that are on. */
const sumOver = (on, activations) =>
  activations[0].map((_, k) => on.reduce((sum, j) => sum + activations[j][k], 0));

/** Largest difference to Python's own numbers. */
const check = (truth) =>
  Math.max(
    ...truth.map(({ given: { layers, xs, ys, on }, found }) => {
      const net = networkOf(layers);
      const { below, slope, ...one } = wishes(net, xs[xs.length - 1], ys[ys.length - 1]);
      const total = sumOver(on, one.activations);
      return largestDifference({ ...one, total, mean: gradient(net, xs, ys) }, found);
    }),
  );

/** A subset in the address: 1_8, or none. */
const subset = (options) => ({
  text: (list) => (list.length ? list.join("_") : "none"),
  read: (text) => {
    if (text === "none") return [];
    const list = text.split("_").map(Number);
    return list.every((each) => options.includes(each)) ? [...new Set(list)] : undefined;
  },
});
const someOf = (options) => {
  const { text, read } = subset(options);
  return { text, read: (given) => (given === "none" ? undefined : read(given)) };
};
/** One of a few numbers in the address. */
const oneNumber = (options) => {
  const { text, read } = oneOf(options.map(String));
  return {
    text,
    read: (given) => (read(given) === undefined ? undefined : Number(given)),
  };
};

/** The settings, and all that follows from them. */
function read(model) {
  const names = ["view", "shown", "output", "hidden", "outputs", "batch", "labels", "images"];
  const state = Object.fromEntries(names.map((name) => [name, model.get(name)]));
  const { images } = state;
  const net = networkOf(model.get("layers"));
  const x = images[state.shown];
  const y = target(state.labels[state.shown]);
  const on = {
    one: [place(state.output)],
    sum: OUTPUTS.filter((j) => state.outputs.includes(CLASSES[j])),
    mean: OUTPUTS,
  }[state.view];
  const found = wishes(net, x, y);
  const total = sumOver(on, found.activations);
  return { ...state, ...found, net, x, y, on, total, j: place(state.output), k: state.hidden };
}

function render({ model, el }) {
  const settings = address(model, el, {
    view: oneOf(Object.keys(VIEWS)),
    shown: whole(0, IMAGES - 1),
    output: oneNumber(CLASSES),
    hidden: whole(0, HIDDEN.length - 1),
    outputs: subset(CLASSES),
    batch: someOf([...model.get("images").keys()]),
  });
  const frame = card(el, {
    figure: "wishes",
    name: "What the outputs wish for",
    maxdiff: check(model.get("_truth")),
    settings,
  });
  const hand = actions(model);
  const diagram = network(hand);
  const views = { one: oneView(hand), sum: sumView(hand), mean: meanView(hand) };
  const panel = controls(model, hand);
  frame.stage.append(diagram.svg);
  for (const view of Object.values(views)) {
    frame.equation.append(view.equation);
    frame.stage.append(view.panel);
  }
  frame.controls.append(...panel.elements);
  frame.foot.prepend(panel.badge);
  const stop = follow(model, () => {
    const state = read(model);
    for (const [name, view] of Object.entries(views)) {
      view.equation.hidden = name !== state.view;
      view.panel.toggleAttribute("hidden", name !== state.view);
    }
    diagram.update(state);
    panel.update(state);
    frame.say(views[state.view].update(state));
  });
  return () => {
    stop();
    settings.destroy();
  };
}

/** What the reader can do. */
function actions(model) {
  const flip = (list, each, order) => {
    const rest = list.filter((other) => other !== each);
    return (rest.length < list.length ? rest : [...list, each]).sort(order);
  };
  return {
    pick: (hidden) => change(model, { hidden }),
    choose: (output) => change(model, { output }),
    turn: (digit) =>
      change(model, {
        outputs: flip(model.get("outputs"), digit, (a, b) => place(a) - place(b)),
        output: digit,
      }),
    all: () => change(model, { outputs: CLASSES.slice() }),
    press(digit) {
      if (model.get("view") === "sum") this.turn(digit);
      else this.choose(digit);
    },
    show(i) {
      if (model.get("view") !== "mean") return change(model, { shown: i });
      const batch = flip(model.get("batch"), i, (a, b) => a - b);
      return change(model, { shown: i, batch: batch.length ? batch : [i] });
    },
    average: (batch) => change(model, { batch }),
  };
}

// ---- the network ----

const [HIDDEN_X, OUTPUT_X] = [136, 258];
const hiddenY = (k) => 24 + 36 * k;
const outputY = (j) => 42 + 72 * j;
const LONGEST = 30; // of an arrow
const LOUD = 0.5; // the wish that has the longest arrow

/** An arrow up for a wish for more, down for less, a dot for next to nothing. */
function arrow(x, y) {
  const path = s("path", { class: "nt-wish" });
  return {
    path,
    update(wish) {
      const length = LONGEST * Math.min(1, Math.abs(wish) / LOUD);
      const [from, to] =
        wish > 0 ? [y + length / 2, y - length / 2] : [y - length / 2, y + length / 2];
      const back = wish > 0 ? 5 : -5;
      const head = `M${x - 5} ${to + back}L${x} ${to}L${x + 5} ${to + back}`;
      set(path, {
        d: length < 1 ? `M${x - 1} ${y}h2` : `M${x} ${from.toFixed(1)}V${to.toFixed(1)}${head}`,
      });
    },
  };
}

/** The image, eight hidden neurons with what is wished for them, four outputs. */
function network(hand) {
  const svg = picture(340, 316, "The digit, eight hidden neurons and the four output neurons");
  const image = pixels({ rows: 4, columns: 4, cell: 12, x: 2, y: 126, name: "the digit" });
  const hidden = HIDDEN.map((k) =>
    node({ x: HIDDEN_X, y: hiddenY(k), r: 15, name: `hidden neuron ${k}` }),
  );
  const outputs = OUTPUTS.map((j) =>
    node({ x: OUTPUT_X, y: outputY(j), r: 20, name: `output for ${CLASSES[j]}` }),
  );
  const edges = OUTPUTS.map((j) => HIDDEN.map((k) => edge(hidden[k], outputs[j])));
  const fan = s("path", {
    class: "nt-fan",
    d: HIDDEN.map((k) => `M52 150L${HIDDEN_X - 16} ${hiddenY(k)}`).join(""),
  });
  const small = { class: "nt-halo-text nt-wish-text", "text-anchor": "end" };
  const arrows = HIDDEN.map((k) => arrow(HIDDEN_X - 27, hiddenY(k)));
  const texts = HIDDEN.map((k) => label(HIDDEN_X - 35, hiddenY(k) + 4, "", small));
  const numbers = HIDDEN.map((k) =>
    label(HIDDEN_X - 75, hiddenY(k) + 4, `*a*${"₀₁₂₃₄₅₆₇"[k]}`, {
      class: "nt-halo-text",
      "text-anchor": "end",
    }),
  );
  const beside = { "text-anchor": "start", class: "nt-halo-text" };
  const names = OUTPUTS.map((j) => label(OUTPUT_X + 26, outputY(j) - 4, `“${CLASSES[j]}”`, beside));
  const targets = OUTPUTS.map((j) =>
    label(OUTPUT_X + 26, outputY(j) + 13, "", { ...beside, class: "nt-halo-text nt-target-text" }),
  );
  const wanted = OUTPUTS.map((j) => arrow(OUTPUT_X + 70, outputY(j)));
  const all = [...hidden, ...outputs];
  for (const each of all) set(each.element, { role: "button", class: "nt-node nt-pick" });
  rove(
    [hidden, outputs].map((column) => column.map((each) => each.element)),
    {
      onFocus(element) {
        const k = hidden.findIndex((each) => each.element === element);
        if (k >= 0) hand.pick(k);
      },
      onPress(element) {
        const j = outputs.findIndex((each) => each.element === element);
        if (j >= 0) hand.press(CLASSES[j]);
      },
    },
  );
  svg.append(
    fan,
    image.element,
    ...edges.flat().map((each) => each.element),
    ...[...arrows, ...wanted].map((each) => each.path),
    ...numbers,
    ...texts,
    ...names,
    ...targets,
    ...all.map((each) => each.element),
  );
  const drawNumbers = unlessSame((state) => {
    image.update(state.x, (value) => tint("activation", value));
    set(image.element, { "aria-label": `the digit: ${state.labels[state.shown]}` });
    hidden.forEach((each, k) => {
      each.update(state.below[k]);
      arrows[k].update(state.total[k]);
      setText(texts[k], signed(state.total[k]));
    });
    outputs.forEach((each, j) => {
      each.update(state.a[j]);
      setText(targets[j], `y = ${state.y[j]}`);
      wanted[j].update(-state.delta[j]);
    });
  });
  const drawLines = unlessSame(({ net, on }) => {
    const { W } = net.layers[1];
    const most = Math.max(...W.flat().map(Math.abs));
    for (const j of OUTPUTS) {
      const off = !on.includes(j);
      for (const part of [outputs[j].element, names[j], targets[j], wanted[j].path])
        part.classList.toggle("is-dim", off);
      edges[j].forEach((line, k) => {
        line.update(W[j][k], most);
        line.element.classList.toggle("is-off", off);
      });
    }
  });
  return {
    svg,
    update(state) {
      const { net, shown, view, on, j, k } = state;
      const which = on.join();
      drawNumbers([net.layers, shown, which], state);
      drawLines([net.layers, which], state);
      hidden.forEach((each, i) => {
        set(each.element, { "aria-pressed": String(i === k) });
      });
      outputs.forEach((each, i) => {
        const pressed = view === "sum" ? on.includes(i) : i === j;
        set(each.element, { "aria-pressed": String(pressed) });
        edges[i].forEach((line, from) => {
          line.element.classList.toggle("is-path", from === k && on.includes(i));
        });
      });
    },
  };
}

// ---- one output ----

const small = { class: "nt-small" };
const atStart = { "text-anchor": "start" };
const atEnd = { "text-anchor": "end" };

/** The three handles of one output: wishes for its bias, its weights, the activations behind. */
function oneView(hand) {
  const svg = picture(
    340,
    316,
    "Wishes of one output: for its bias, its weights, and what is behind",
  );
  svg.append(
    label(0, 14, "for its bias and weights", atStart),
    label(176, 14, "for the activations behind", atStart),
  );
  const bias = wishBar(svg, { x: 0, y: 40, name: "b" });
  const rows = HIDDEN.map((k) => {
    const y = 72 + 31 * k;
    const cover = s("rect", { class: "nt-row", x: -4, y: y - 16, width: 348, height: 30, rx: 4 });
    cover.addEventListener("pointerenter", () => hand.pick(k));
    cover.addEventListener("click", () => hand.pick(k));
    svg.append(cover);
    return {
      cover,
      weight: wishBar(svg, { x: 0, y, name: `w${k}`, lever: "activation" }),
      activation: wishBar(svg, { x: 176, y, name: `a${k}`, lever: "positive" }),
    };
  });
  const lines = oneEquation();
  const drawBars = unlessSame(({ j, delta, weights, activations, below, net }) => {
    const { W } = net.layers[1];
    const most = Math.max(...[delta, ...weights, ...activations].flat().map(Math.abs));
    const heaviest = Math.max(...W.flat().map(Math.abs));
    bias.update(-delta[j], most);
    rows.forEach(({ weight, activation }, i) => {
      weight.update(weights[j][i], most, `a = ${format(below[i])}`, below[i]);
      activation.update(activations[j][i], most, `w = ${format(W[j][i])}`, W[j][i] / heaviest);
    });
  });
  return {
    panel: svg,
    equation: lines.element,
    update(state) {
      const { j, k, delta, weights, activations } = state;
      drawBars([state.net.layers, state.shown, j], state);
      rows.forEach(({ cover }, i) => {
        cover.classList.toggle("is-picked", i === k);
      });
      lines.update(state);
      return `Output for ${CLASSES[j]} says ${format(state.a[j], 3)}, should say ${state.y[j]}: delta ${format(delta[j], 3)}. It wishes ${signed(weights[j][k], 3)} for its weight from hidden neuron ${k}, ${signed(activations[j][k], 3)} for that activation.`;
    },
  };
}

const HALF = 35; // of a bar

/** A wish as a bar to the right (more) or to the left (less); below it what it is proportional to. */
function wishBar(svg, { x, y, name, lever = null }) {
  const zero = x + 95;
  const bar = s("rect", { class: "nt-bar", y: y - 10, height: 12 });
  const under = s("rect", { y: y + 4, height: 4 });
  const value = label(x + 164, y + 1, "", { ...atEnd, class: "nt-wish-text" });
  const because = label(x, y + 10, "", { ...atStart, ...small });
  const axis = s("line", { class: "nt-zero", x1: zero, x2: zero, y1: y - 13, y2: y + 11 });
  const title = label(x, y - 2, `*${name[0]}*${"₀₁₂₃₄₅₆₇"[name[1]] ?? ""}`, atStart);
  svg.append(s("g", { class: "nt-bar-row" }, bar, lever ? under : [], axis, title, because, value));
  return {
    update(wish, most, text = "", share = 0) {
      stretch(bar, zero, (wish / most) * HALF);
      bar.classList.toggle("is-less", wish < 0);
      setText(value, signed(wish));
      if (!lever) return;
      setText(because, text);
      stretch(under, zero, share * HALF);
      const role = lever === "positive" && share < 0 ? "negative" : lever;
      set(under, { fill: colour(role) });
    },
  };
}

/** Let a bar reach from zero to the right, or to the left if by is negative. */
function stretch(bar, zero, by) {
  set(bar, {
    x: (by < 0 ? zero + by : zero).toFixed(1),
    width: Math.max(0.75, Math.abs(by)).toFixed(1),
  });
}

const delta = () => symbol("δ", { role: "gradient" });
const result = (name) => {
  const made = quantity("gradient");
  set(made.element, { "data-result": name });
  return made;
};
const bracketed = (x, digits = 2) => (x < 0 ? `(${format(x, digits)})` : format(x, digits));

/** δ, and from it the three wishes, with their numbers. */
function oneEquation() {
  const [a, y, slope] = [quantity("activation"), quantity("target"), quantity()];
  const d = result("delta");
  const wish = { b: result("wish-b"), w: result("wish-w"), a: result("wish-a") };
  const minus = [0, 1].map(() => quantity("gradient"));
  const [times, weight] = [quantity("activation"), quantity("positive")];
  const [w, wOf] = [0, 1].map(() => indexed("w", { role: "positive" }));
  const [aBelow, aOf] = [0, 1].map(() => indexed("a", { role: "activation" }));
  const element = h(
    "div",
    { class: "nt-lines" },
    equation(
      delta(),
      " = 2 (",
      symbol("a", { role: "activation" }),
      " − ",
      symbol("y", { role: "target" }),
      ") σ′(",
      symbol("z"),
      ")",
    ),
    equation(" = 2 · (", a.element, " − ", y.element, ") · ", slope.element),
    equation(" = ", d.element),
    h("span", { class: "nt-break" }),
    equation("wish for ", symbol("b"), ": −", delta(), " = ", wish.b.element),
    equation(
      ...["wish for ", wOf.element, ": −", delta(), " ", aBelow.element],
      ...[" = ", minus[0].element, " · ", times.element, " = ", wish.w.element],
    ),
    equation(
      ...["wish for ", aOf.element, ": −", delta(), " ", w.element],
      ...[" = ", minus[1].element, " · ", weight.element, " = ", wish.a.element],
    ),
  );
  return {
    element,
    update(state) {
      const { j, k } = state;
      const value = state.net.layers[1].W[j][k];
      for (const each of [w, wOf, aBelow, aOf]) each.update(k);
      a.update(format(state.a[j], 3));
      y.update(String(state.y[j]));
      slope.update(format(state.slope[j], 3));
      d.update(format(state.delta[j], 3));
      wish.b.update(signed(-state.delta[j], 3));
      wish.w.update(signed(state.weights[j][k], 3));
      wish.a.update(signed(state.activations[j][k], 3));
      for (const each of minus) each.update(bracketed(-state.delta[j], 3));
      times.update(format(state.below[k], 3));
      weight.update(bracketed(value, 3), value < 0 ? "negative" : "positive");
    },
  };
}

// ---- the sum over outputs ----

const [PITCH, FIRST] = [38, 36];
const columnX = (k) => FIRST + PITCH * (k + 0.5);

/** A table of the outputs' wishes with their sums, and the same as bars. */
function sumView(hand) {
  const svg = picture(340, 316, "Each output's wish for each hidden activation, and the sums");
  const covers = HIDDEN.map((k) => {
    const x = columnX(k) - PITCH / 2;
    const cover = s("rect", { class: "nt-row", x, y: 0, width: PITCH, height: 316, rx: 4 });
    cover.addEventListener("pointerenter", () => hand.pick(k));
    cover.addEventListener("click", () => hand.pick(k));
    return cover;
  });
  svg.append(...covers, ...HIDDEN.map((k) => label(columnX(k), 16, `*a*${"₀₁₂₃₄₅₆₇"[k]}`)));
  const rows = OUTPUTS.map((j) => tableRow(svg, 24 + 26 * j, `“${CLASSES[j]}”`));
  const sums = tableRow(svg, 134, "sum");
  const bars = sumBars(svg);
  const lines = sumEquation();
  const drawTable = unlessSame((state) => {
    const most = Math.max(...state.activations.flat().map(Math.abs));
    rows.forEach((row, j) => {
      row.update(state.activations[j], most, state.on.includes(j));
    });
    sums.update(state.total, most, true);
    bars.update(state);
  });
  return {
    panel: svg,
    equation: lines.element,
    update(state) {
      const { on, k, total } = state;
      covers.forEach((cover, i) => {
        cover.classList.toggle("is-picked", i === k);
      });
      drawTable([state.net.layers, state.shown, on.join()], state);
      lines.update(state);
      const names = on.map((j) => CLASSES[j]).join(", ") || "none";
      return `Outputs on: ${names}. Wishes for hidden neuron ${k} add up to ${signed(total[k], 3)}.`;
    },
  };
}

function tableRow(svg, y, name) {
  const head = label(FIRST - 6, y + 16, name, atEnd);
  const cells = HIDDEN.map((k) => {
    const x = columnX(k);
    const face = s("rect", { class: "nt-face", x: x - 18, y, width: 36, height: 23, rx: 2 });
    const text = label(x, y + 16, "");
    svg.append(face, text);
    return { face, text };
  });
  svg.append(head);
  return {
    update(values, most, on) {
      head.classList.toggle("is-muted", !on);
      cells.forEach(({ face, text }, k) => {
        setFill(face, on ? tint("gradient", 0.35 * Math.abs(values[k] / most)) : "none");
        setText(text, on ? signed(values[k]) : "·");
      });
    },
  };
}

const BARS = { zero: 242, half: 52 };

/** In each column a thin bar for each output, and a wide one for the sum. */
function sumBars(svg) {
  const wide = HIDDEN.map(() => s("rect", { class: "nt-sum", width: 32 }));
  const thin = OUTPUTS.map(() => HIDDEN.map(() => s("rect", { class: "nt-bar", width: 5 })));
  svg.append(
    label(FIRST, 178, "wide: the sum; thin: “1”, “3”, “7”, “8” from the left", {
      ...atStart,
      ...small,
    }),
    ...wide,
    ...thin.flat(),
    s("line", { class: "nt-zero", x1: FIRST, x2: 340, y1: BARS.zero, y2: BARS.zero }),
    label(FIRST - 6, BARS.zero - 20, "more", { ...atEnd, ...small }),
    label(FIRST - 6, BARS.zero + 28, "less", { ...atEnd, ...small }),
  );
  const rise = (bar, x, by, on) =>
    set(bar, {
      x,
      y: (by < 0 ? BARS.zero : BARS.zero - by).toFixed(1),
      height: on ? Math.max(0.75, Math.abs(by)).toFixed(1) : 0,
    });
  return {
    update({ on, total, activations }) {
      // All four together reach farthest: with this scale no bar changes when one is switched.
      const reach = HIDDEN.map((k) => {
        const parts = OUTPUTS.map((j) => activations[j][k]);
        const [up, down] = [1, -1].map((sign) =>
          parts.reduce((sum, part) => sum + Math.max(0, sign * part), 0),
        );
        return Math.max(up, down);
      });
      const scale = BARS.half / Math.max(...reach);
      for (const k of HIDDEN) {
        rise(wide[k], columnX(k) - 16, total[k] * scale, on.length > 0);
        for (const j of OUTPUTS) {
          const wish = activations[j][k];
          rise(thin[j][k], columnX(k) - 13 + 7 * j, wish * scale, on.includes(j));
          thin[j][k].classList.toggle("is-less", wish < 0);
        }
      }
    },
  };
}

/** A term of a sum with what it comes from below it. */
function term(under, note) {
  const value = quantity("gradient");
  const sign = h("span", {}, "");
  const element = h(
    "span",
    { class: "nt-line nt-term" },
    h("span", {}, sign, "(", value.element, ")"),
    h("span", { class: "nt-under" }, under),
  );
  return {
    element,
    update(x, on, first) {
      element.hidden = !on;
      setText(sign, first ? "" : "+ ");
      value.update(signed(x, note));
    },
  };
}

/** The wish for the picked activation: one term for each output that is on. */
function sumEquation() {
  const a = indexed("a", { role: "activation" });
  const w = indexed("w", { role: "positive" });
  const terms = OUTPUTS.map((j) => term(`“${CLASSES[j]}”`, 3));
  const nothing = h("span", {}, "nobody is switched on");
  const sum = result("total");
  const element = h(
    "div",
    { class: "nt-lines" },
    equation(
      ...["wish for ", a.element, " = Σ", h("sub", {}, h("var", {}, "j")), " −"],
      ...[symbol("δ", { role: "gradient", sub: "j" }), " ", w.element, " ="],
    ),
    ...terms.map((each) => each.element),
    nothing,
    equation(" = ", sum.element),
  );
  return {
    element,
    update({ on, k, activations, total }) {
      a.update(k);
      w.update(`j${k}`);
      terms.forEach((each, j) => {
        each.update(activations[j][k], on.includes(j), j === on[0]);
      });
      nothing.hidden = on.length > 0;
      sum.update(signed(total[k], 3));
    },
  };
}

// ---- the mean over digits ----

/** The gradient of the digit shown above the mean of the digits in the batch. */
function meanView() {
  const svg = picture(340, 316, "All 172 wishes: of one digit, and the mean over several");
  const [one, all] = [hinton(svg, 0), hinton(svg, 150)];
  svg.append(
    label(170, 312, "■ more   □ less   the larger the square, the stronger the wish", small),
  );
  const lines = meanEquation();
  let [singles, alone, mean] = [[], null, null];
  const compute = unlessSame(({ batch, net, images, labels, shown }) => {
    const of = (list) =>
      gradient(
        net,
        list.map((i) => images[i]),
        list.map((i) => target(labels[i])),
      );
    singles = batch.map((i) => of([i]));
    alone = of([shown]);
    mean = of(batch);
    const most = largest(alone);
    one.update(alone, most, `the digit shown, ${an(labels[shown])}, alone`);
    const name = batch.length > 1 ? `the mean over ${batch.length} digits` : "one digit: itself";
    all.update(mean, most, name);
  });
  return {
    panel: svg,
    equation: lines.element,
    update(state) {
      const { batch, net, labels, shown, j, k } = state;
      compute([net.layers, state.images, batch, shown], state);
      one.mark(j, k);
      all.mark(j, k);
      const wish = -mean[1].W[j][k];
      lines.update(
        state,
        singles.map(([, { W }]) => -W[j][k]),
        wish,
      );
      return `Mean over ${batch.length} digits: wish for the weight to the output for ${CLASSES[j]} from hidden neuron ${k} ${signed(wish, 3)}; the digit shown, ${labels[shown]}, alone ${signed(-alone[1].W[j][k], 3)}.`;
    },
  };
}

const an = (digit) => (digit === 8 ? "an 8" : `a ${digit}`);
const largest = (dC) => Math.max(...dC.flatMap(({ W, b }) => [...W.flat(), ...b]).map(Math.abs));

const GRID = { pitch: 35, left: 36, cell: 7.6 };
const gridX = (k) => GRID.left + GRID.pitch * k;

/** A gradient's entries as squares: an image for each hidden neuron, then the output layer. */
function hinton(svg, top) {
  const rows = { images: top + 22, bias: top + 60, table: top + 76 };
  const title = label(0, top + 12, "", atStart);
  const outputX = gridX(8) + 12;
  const frames = HIDDEN.map((k) => `M${gridX(k) - 1} ${rows.images - 1}h32.4v32.4h-32.4Z`).join("");
  const [more, less] = ["is-more", "is-less"].map((name) =>
    s("path", { class: `nt-squares ${name}` }),
  );
  const ring = s("rect", { class: "nt-ring", width: 20, height: 15, rx: 3 });
  const side = { ...atEnd, ...small };
  svg.append(
    title,
    s("path", { class: "nt-fan", d: frames }),
    label(GRID.left - 6, rows.images + 20, "*W*⁽¹⁾", side),
    label(GRID.left - 6, rows.bias + 4, "*b*⁽¹⁾", side),
    label(outputX, rows.bias + 4, "*b*⁽²⁾", small),
    ...OUTPUTS.map((j) => label(GRID.left - 6, rows.table + 14 * j + 4, `“${CLASSES[j]}”`, side)),
    more,
    less,
    ring,
  );
  const middle = (k) => gridX(k) + 15.2;
  return {
    mark: (j, k) => set(ring, { x: middle(k) - 10, y: rows.table + 14 * j - 7.5 }),
    update([{ W: W1, b: b1 }, { W: W2, b: b2 }], most, name) {
      const drawn = { more: [], less: [] };
      const square = (x, y, derivative, room) => {
        const half = (room / 2) * Math.sqrt(Math.min(1, Math.abs(derivative) / most));
        const place = `M${(x - half).toFixed(1)} ${(y - half).toFixed(1)}`;
        const size = (2 * half).toFixed(1);
        drawn[derivative < 0 ? "more" : "less"].push(`${place}h${size}v${size}h-${size}Z`);
      };
      W1.forEach((row, to) => {
        row.forEach((entry, from) => {
          const [column, line] = [from % 4, Math.floor(from / 4)];
          const at = [gridX(to), rows.images].map(
            (start, i) => start + GRID.cell * ([column, line][i] + 0.5),
          );
          square(...at, entry, 7.4);
        });
        square(middle(to), rows.bias, b1[to], 13);
      });
      W2.forEach((row, to) => {
        const y = rows.table + 14 * to;
        row.forEach((entry, from) => {
          square(middle(from), y, entry, 13);
        });
        square(outputX, y, b2[to], 13);
      });
      set(more, { d: drawn.more.join("") });
      set(less, { d: drawn.less.join("") });
      setText(title, name);
    },
  };
}

/** The mean wish for the picked weight: one term a digit. */
function meanEquation() {
  const w = indexed("w", { role: "positive" });
  const [whose, count] = [h("span"), h("span")];
  const terms = Array.from({ length: IMAGES }, () => {
    const under = h("span");
    return { ...term(under, 2), under };
  });
  const mean = result("mean");
  const element = h(
    "div",
    { class: "nt-lines" },
    equation("mean wish for ", w.element, " of ", whose, " = ", count, " ["),
    ...terms.map((each) => each.element),
    equation("] = ", mean.element),
  );
  return {
    element,
    update({ output, k, batch, labels }, wishesOf, wish) {
      w.update(k);
      setText(whose, `“${output}”`);
      setText(count, `1/${batch.length}`);
      terms.forEach((each, i) => {
        const on = i < batch.length;
        each.update(on ? wishesOf[i] : 0, on, i === 0);
        setText(each.under, on ? an(labels[batch[i]]) : "");
      });
      mean.update(signed(wish, 3));
    },
  };
}

// ---- controls ----

/** Twelve digits to press: one to show, or several to average over. */
function digitStrip(model, hand) {
  const buttons = model.get("images").map((image, i) => {
    const grid = pixels({ rows: 4, columns: 4, cell: 7, name: "" });
    grid.update(image, (value) => tint("activation", value));
    const svg = s("svg", { viewBox: "0 0 28 28", "aria-hidden": "true" }, grid.element);
    set(grid.element, { role: null, "aria-label": null });
    return h("button", { type: "button", class: "nt-digit", onClick: () => hand.show(i) }, svg);
  });
  const title = h("span", {}, "Show");
  const element = h(
    "div",
    { class: "nt-strip", role: "group", "aria-label": "digits" },
    title,
    ...buttons,
  );
  return {
    element,
    update({ view, shown, batch, labels }) {
      setText(title, view === "mean" ? "In the mean" : "Show");
      buttons.forEach((each, i) => {
        const on = view === "mean" ? batch.includes(i) : i === shown;
        set(each, { "aria-pressed": String(on), "aria-label": `${an(labels[i])}, image ${i + 1}` });
      });
    },
  };
}

/** How much of the wishes for each hidden neuron is lost because the outputs disagree. */
const quarrels = (activations) =>
  HIDDEN.map((k) => {
    const parts = OUTPUTS.map((j) => activations[j][k]);
    const size = parts.reduce((sum, part) => sum + Math.abs(part), 0);
    return size - Math.abs(parts.reduce((sum, part) => sum + part, 0));
  });

function controls(model, hand) {
  const view = choice({
    name: "See",
    options: VIEWS,
    value: model.get("view"),
    onChange: (key) => change(model, { view: key }),
  });
  const whose = choice({
    name: "Output for",
    options: Object.fromEntries(CLASSES.map((digit) => [digit, String(digit)])),
    value: model.get("output"),
    onChange: (key) => hand.choose(Number(key)),
  });
  const switches = CLASSES.map((digit) =>
    toggle({
      name: `“${digit}”`,
      value: model.get("outputs").includes(digit),
      onChange: () => hand.turn(digit),
    }),
  );
  const turns = h(
    "div",
    { class: "nt-stepper", role: "group", "aria-label": "outputs switched on" },
    h("span", {}, "Switched on"),
    ...switches.map((each) => each.element),
    button("All four", hand.all),
  );
  const strip = digitStrip(model, hand);
  const batches = h(
    "div",
    { class: "nt-stepper" },
    button("The first ten", () => hand.average([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])),
    button("Only the one shown", () => hand.average([model.get("shown")])),
  );
  const aim = goal(
    "Switch on all four outputs. Then pick the hidden neuron that they quarrel about most: the one whose wishes cancel most.",
  );
  return {
    elements: [
      h("div", { class: "nt-views" }, view.element),
      whose.element,
      turns,
      batches,
      strip.element,
    ],
    badge: aim.element,
    update(state) {
      view.update(state.view);
      whose.update(state.output);
      switches.forEach((each, j) => {
        each.update(state.outputs.includes(CLASSES[j]));
      });
      whose.element.hidden = state.view === "sum";
      turns.hidden = state.view !== "sum";
      batches.hidden = state.view !== "mean";
      strip.update(state);
      const lost = quarrels(state.activations);
      const ready = state.view === "sum" && state.on.length === OUTPUTS.length;
      const done = ready && lost[state.k] === Math.max(...lost);
      aim.update(done, ready ? `a${"₀₁₂₃₄₅₆₇"[state.k]}: ${format(lost[state.k])} cancels` : "");
    },
  };
}

export default { render, check };
