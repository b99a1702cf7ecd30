// The 16-8-4 network: paint on the image, watch the activations, read every sum.

import { argmax, forward, largestDifference } from "../core.js";
import {
  address,
  button,
  card,
  change,
  choice,
  clamp,
  drag,
  edge,
  equation,
  follow,
  format,
  goal,
  h,
  label,
  node,
  numbers,
  oneOf,
  picture,
  pixels,
  quantity,
  reducedMotion,
  rove,
  s,
  set,
  setText,
  signRole,
  snap,
  symbol,
  tint,
  weightStroke,
  weightTint,
  whole,
} from "../ui.js";

const CLASSES = [1, 3, 7, 8];
const WIDTHS = [16, 8, 4];
const HIDDEN = WIDTHS[1];
const SIDE = 4;

const count = (n) => Array.from({ length: n }, (_, i) => i);

// ---- the mathematics ----

/** Everything the network computes for an image. */
function run(net, image) {
  const { z, a } = forward(net, image);
  return { z, a, answer: CLASSES[argmax(a[2])] };
}

/** Largest difference to Python's own numbers. */
const check = ([{ networks }, ...cases]) =>
  Math.max(
    ...cases.map(({ given, found }) =>
      largestDifference(run(networks[given.weights], given.image), found),
    ),
  );

/** Which layer (0 or 1) a neuron is the end of, and which neuron of it. */
const placeOf = (neuron) => [Math.floor(neuron / HIDDEN), neuron % HIDDEN];
const nameOf = (neuron) => {
  const [layer, j] = placeOf(neuron);
  return layer ? `output ${CLASSES[j]}` : `hidden neuron ${j}`;
};

const sizes = new WeakMap();
/** The largest weight of a layer, computed once. */
function largest(layer) {
  if (!sizes.has(layer)) sizes.set(layer, Math.max(...layer.W.flat().map(Math.abs)));
  return sizes.get(layer);
}

/** Returns paint(values, fill), which colours the cells whose values have changed. */
function painter(cells) {
  const before = [];
  return (values, fill, key = "") => {
    cells.forEach((cell, i) => {
      const now = `${key} ${values[i]}`;
      if (before[i] === now) return;
      before[i] = now;
      cell.style.fill = fill(values[i]);
    });
  };
}

// ---- the figure ----

const read = (model) =>
  Object.fromEntries(
    ["image", "sample", "weights", "neuron", "lines"].map((name) => [name, model.get(name)]),
  );

function render({ model, el }) {
  const settings = address(model, el, {
    image: numbers(16, 0, 1, 4),
    sample: whole(0, 7),
    weights: oneOf(["trained", "untrained"]),
    neuron: whole(0, 11),
    lines: oneOf(["weights", "flow"]),
  });
  const truth = model.get("_truth");
  const { networks, samples } = truth[0];
  const real = samples.map(({ digit, sixtyfourths }) => ({
    digit,
    image: sixtyfourths.map((n) => n / 64),
  }));
  const frame = card(el, {
    figure: "digit_network",
    name: "The 16-8-4 network at work on an image",
    maxdiff: check(truth),
    settings,
  });
  const choose = (neuron) => change(model, { neuron });
  const line = formula();
  const diagram = drawing(choose);
  const pad = canvas(model);
  const template = weightImage();
  const product = matrices(choose);
  const sum = writtenOut();
  const panel = controls(model, real, diagram.flow);
  frame.equation.append(line.element);
  frame.stage.append(
    diagram.element,
    h(
      "div",
      { class: "nt-side" },
      h("div", { class: "nt-pair" }, pad.svg, template.svg),
      product.element,
    ),
  );
  frame.stage.after(sum.element);
  frame.controls.append(...panel.elements);
  frame.foot.prepend(panel.badge);
  const parts = [line, diagram, pad, template, product, sum, panel];
  const stop = follow(model, () => {
    const state = read(model);
    const net = networks[state.weights];
    const found = run(net, state.image);
    const [layer, j] = placeOf(state.neuron);
    const chosen = {
      layer,
      j,
      w: net.layers[layer].W[j],
      b: net.layers[layer].b[j],
      below: found.a[layer],
      z: found.z[layer][j],
      a: found.a[layer + 1][j],
    };
    for (const part of parts) part.update(state, found, chosen, net);
    frame.say(
      `The network says ${found.answer}, at ${format(Math.max(...found.a[2]))}. ${nameOf(state.neuron)}: z ${format(chosen.z)}, activation ${format(chosen.a, 3)}.`,
    );
  });
  return () => {
    stop();
    settings.destroy();
  };
}

/** What a neuron computes, and what the network says. */
function formula() {
  const parts = {
    a: symbol("a", { role: "activation", sup: "(1)", sub: "4" }),
    w: symbol("w", { role: "positive", sub: "4k" }),
    below: symbol("a", { role: "activation", sup: "(0)", sub: "k" }),
    b: symbol("b", { sub: "4" }),
  };
  const scripts = Object.fromEntries(
    Object.entries(parts).map(([name, element]) => [
      name,
      [...element.querySelectorAll("sup, sub")],
    ]),
  );
  const [z, a, says, sure] = [
    quantity(),
    quantity("activation"),
    h("strong"),
    quantity("activation"),
  ];
  set(z.element, { "data-result": "z" });
  set(a.element, { "data-result": "a" });
  set(says, { "data-result": "answer" });
  return {
    element: h(
      "div",
      { class: "nt-lines" },
      equation(
        parts.a,
        " = σ( Σ",
        h("sub", {}, "k"),
        " ",
        parts.w,
        " ",
        parts.below,
        " + ",
        parts.b,
        " )",
      ),
      equation(" = σ(", z.element, ")"),
      equation(" = ", a.element),
      equation("The network says ", says, ", at ", sure.element),
    ),
    update(_state, found, chosen) {
      const [sup, sub] = scripts.a;
      setText(sup, `(${chosen.layer + 1})`);
      setText(sub, String(chosen.j));
      setText(scripts.w[0], `${chosen.j}k`);
      setText(scripts.below[0], `(${chosen.layer})`);
      setText(scripts.b[0], String(chosen.j));
      z.update(format(chosen.z));
      a.update(format(chosen.a, 3));
      setText(says, String(found.answer));
      sure.update(format(Math.max(...found.a[2])));
    },
  };
}

/** The network: 16 pixels, 8 hidden neurons, 4 outputs, 160 lines. */
function drawing(choose) {
  const svg = picture(340, 350, "The network; each neuron can be chosen");
  const columns = [
    count(16).map((k) => ({ x: 24, y: 16 + 20 * k, r: 7.5, name: `pixel ${k}` })),
    count(8).map((j) => ({ x: 165, y: 26 + 40 * j, r: 15, name: nameOf(j) })),
    count(4).map((i) => ({ x: 288, y: 64 + 68 * i, r: 18, name: nameOf(HIDDEN + i) })),
  ].map((column) => column.map(node));
  // One group a neuron holds the lines into it: to fade them is to fade one element.
  const bundles = [0, 1].map((layer) =>
    columns[layer + 1].map((to) => {
      const edges = columns[layer].map((from) => edge(from, to));
      return {
        edges,
        element: s(
          "g",
          { class: "nt-bundle" },
          edges.map((each) => each.line),
        ),
      };
    }),
  );
  const layers = bundles.map((each) =>
    s(
      "g",
      {},
      each.map(({ element }) => element),
    ),
  );
  const groups = columns.map((column) =>
    s(
      "g",
      {},
      column.map((each) => each.element),
    ),
  );
  const digits = CLASSES.map((digit, i) =>
    label(326, 71 + 68 * i, String(digit), { class: "nt-digit" }),
  );
  const titles = [
    label(24, 344, "16 pixels"),
    label(165, 344, "8 hidden neurons"),
    label(288, 344, "4 outputs"),
  ];
  const neurons = columns.slice(1);
  const all = neurons.flat().map((each) => each.element);
  for (const element of all) set(element, { role: "button" });
  rove(
    neurons.map((column) => column.map((each) => each.element)),
    { onFocus: (element) => choose(all.indexOf(element)) },
  );
  set(groups[0], { role: "group", "aria-label": "the sixteen pixels" });
  // The lines have a drawing of their own below: what changes above then leaves them alone.
  const under = s(
    "svg",
    { viewBox: "0 0 340 350", class: "nt-picture", "aria-hidden": "true" },
    layers,
  );
  svg.append(...groups, ...digits, ...titles);
  return {
    element: h("div", { class: "nt-layers" }, under, svg),
    /** Lets the eye follow the way from the pixels to the outputs. */
    flow() {
      if (reducedMotion()) return;
      [layers[0], groups[1], layers[1], groups[2]].forEach((element, i) => {
        element.animate([{ opacity: 0.1 }, { opacity: 1 }], {
          duration: 280,
          delay: 180 * i,
          fill: "backwards",
        });
      });
    },
    update({ neuron, lines }, { a, answer }, chosen, net) {
      columns.forEach((column, l) => {
        column.forEach((each, j) => {
          if (each.now !== a[l][j]) each.update(a[l][j]);
          each.now = a[l][j];
        });
      });
      bundles.forEach((layer, l) => {
        const max = largest(net.layers[l]);
        layer.forEach(({ edges, element }, j) => {
          element.classList.toggle("is-dim", l !== chosen.layer || j !== chosen.j);
          edges.forEach((each, k) => {
            const size = net.layers[l].W[j][k] * (lines === "flow" ? a[l][k] : 1);
            if (each.size === size && each.max === max) return;
            Object.assign(each, { size, max });
            set(each.line, weightStroke(size, max, 4.5));
          });
        });
      });
      all.forEach((element, i) => {
        set(element, { "aria-pressed": String(i === neuron) });
      });
      digits.forEach((text, i) => {
        text.classList.toggle("is-answer", CLASSES[i] === answer);
      });
    },
  };
}

/** The image, to be painted by pointer, touch or keys. */
function canvas(model) {
  const [cell, top] = [40, 24];
  const svg = picture(
    164,
    188,
    "The image: paint on it, or use arrow keys, space and the digits 0 to 9",
  );
  const cells = count(16).map((k) =>
    s("rect", {
      class: "nt-pixel",
      x: 2 + cell * (k % SIDE),
      y: top + cell * Math.floor(k / SIDE),
      width: cell,
      height: cell,
      role: "button",
    }),
  );
  const pad = s("g", { class: "nt-pad" }, cells);
  svg.append(label(82, 15, "paint here", { class: "nt-axis-name" }), pad);
  const put = (k, value) => {
    const image = model.get("image").slice();
    image[k] = clamp(value, 0, 1);
    change(model, { image });
  };
  const turn = (k) => put(k, model.get("image")[k] < 0.5 ? 1 : 0);

  const at = ({ x, y }) => {
    const [column, row] = [Math.floor((x - 2) / cell), Math.floor((y - top) / cell)];
    const inside = column >= 0 && column < SIDE && row >= 0 && row < SIDE;
    return inside ? SIDE * row + column : -1;
  };
  let [ink, last] = [1, null];
  drag(pad, svg, {
    onStart(point) {
      const k = at(point);
      last = point;
      if (k < 0) return;
      ink = model.get("image")[k] < 0.5 ? 1 : 0;
      put(k, ink);
      cells[k].focus({ preventScroll: true });
    },
    onMove(point) {
      // A fast hand leaves cells out between two frames: walk the line from the last place.
      const pieces = Math.ceil(Math.hypot(point.x - last.x, point.y - last.y) / (cell / 4)) || 1;
      for (let i = 1; i <= pieces; i++) {
        const share = i / pieces;
        const k = at({
          x: last.x + share * (point.x - last.x),
          y: last.y + share * (point.y - last.y),
        });
        if (k >= 0 && model.get("image")[k] !== ink) put(k, ink);
      }
      last = point;
    },
  });
  rove(
    count(SIDE).map((column) => count(SIDE).map((row) => cells[SIDE * row + column])),
    {},
  );
  cells.forEach((each, k) => {
    each.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const by = { "+": 0.1, "-": -0.1 }[event.key];
      if (event.key === " " || event.key === "Enter") turn(k);
      else if (/^\d$/.test(event.key)) put(k, Number(event.key) / 9);
      else if (by) put(k, snap(model.get("image")[k] + by, 0.01));
      else return;
      event.preventDefault();
    });
  });
  const paint = painter(cells);
  return {
    svg,
    update({ image }) {
      paint(image, (value) => tint("activation", value));
      cells.forEach((each, k) => {
        const where = `row ${Math.floor(k / SIDE) + 1}, column ${(k % SIDE) + 1}`;
        set(each, { "aria-label": `pixel ${k}, ${where}: ${format(image[k])}` });
      });
    },
  };
}

/** Where the negative ones of a grid of cells are: a short bar each, in one path. */
const bars = (values, columns, cell, x, y) =>
  values
    .map((value, i) =>
      value < 0
        ? `M${x + cell * ((i % columns) + 0.3)} ${y + cell * (Math.floor(i / columns) + 0.5)}h${(0.4 * cell).toFixed(1)}`
        : "",
    )
    .join("");

/** The weights into the chosen neuron, as an image. */
function weightImage() {
  const svg = picture(164, 188, "The weights of the chosen neuron as an image");
  const [cell, top] = [40, 24];
  const kinds = [
    pixels({ rows: 4, columns: 4, cell, x: 2, y: top, name: "sixteen weights" }),
    pixels({ rows: 2, columns: 4, cell, x: 2, y: top, name: "eight weights" }),
  ];
  const paints = kinds.map(({ cells }) => painter(cells));
  const minus = s("path", { class: "nt-minus" });
  const title = label(82, 15, "", { class: "nt-axis-name" });
  const scale = label(82, 126, "", { class: "nt-axis-name" });
  svg.append(title, ...kinds.map((kind) => kind.element), minus, scale);
  return {
    svg,
    update({ neuron }, _found, { layer, w }, net) {
      const max = largest(net.layers[layer]);
      kinds.forEach(({ element }, l) => {
        element.style.display = l === layer ? "" : "none";
      });
      paints[layer](w, (value) => weightTint(value, max), max);
      set(kinds[layer].element, { "aria-label": `weights of ${nameOf(neuron)}` });
      set(minus, { d: bars(w, 4, cell, 2, top) });
      setText(title, `weights of ${layer ? nameOf(neuron) : `neuron ${neuron}`}`);
      setText(scale, layer ? "from hidden 0 to 7" : "");
    },
  };
}

/** a = σ(W a + b) of the chosen neuron's layer as coloured cells, the row in play framed. */
function matrices(choose) {
  const pictures = [0, 1].map((layer) => matrix(layer, choose));
  return {
    element: h(
      "div",
      {},
      pictures.map(({ svg }) => svg),
    ),
    update(_state, found, chosen, net) {
      pictures.forEach((each, layer) => {
        each.svg.style.display = layer === chosen.layer ? "" : "none";
        if (layer === chosen.layer) each.update(found, chosen, net);
      });
    },
  };
}

function matrix(layer, choose) {
  const [to, from] = [WIDTHS[layer + 1], WIDTHS[layer]];
  const cell = layer ? 19 : 10.5;
  const svg = picture(
    340,
    206,
    `Layer ${layer + 1} as matrices: ${to} activations from a matrix of ${to} × ${from} weights`,
  );
  const middle = 112;
  const grid = (rows, columns, x, name) => {
    const y = middle - (rows * cell) / 2;
    const each = pixels({ rows, columns, cell, x, y, name });
    svg.append(each.element);
    return { ...each, x, y, width: columns * cell, paint: painter(each.cells) };
  };
  const wide = from * cell;
  const left = (340 - wide - 3 * cell - 118) / 2;
  const out = grid(to, 1, left, "activations of this layer");
  const W = grid(to, from, left + cell + 46, "weights, a row for each neuron");
  const into = grid(from, 1, W.x + wide + 12, "activations of the layer below");
  const b = grid(to, 1, into.x + cell + 32, "biases");
  const between = (text, x) => label(x, middle + 6, text, { class: "nt-sign" });
  const head = (text, each) => label(each.x + each.width / 2, 20, text, { class: "nt-axis-name" });
  const minus = s("path", { class: "nt-minus" });
  const framed = (each, row, wideness) =>
    s("rect", { class: "nt-row", x: each.x, y: each.y, width: wideness, height: row * cell });
  const frames = [out, W, b].map((each) => framed(each, 1, each.width));
  svg.append(
    between("= σ", (out.x + cell + W.x) / 2 - 5),
    between("+", (into.x + cell + b.x) / 2),
    s("path", {
      class: "nt-bracket",
      d: `M${W.x - 4} 26q-8 ${middle - 26} 0 ${2 * (middle - 26)}`,
    }),
    s("path", {
      class: "nt-bracket",
      d: `M${b.x + cell + 4} 26q8 ${middle - 26} 0 ${2 * (middle - 26)}`,
    }),
    head(`*a*`, out),
    head(`*W*, ${to} × ${from}`, W),
    head("*a*", into),
    head("*b*", b),
    minus,
    framed(into, from, cell),
    ...frames,
  );
  W.cells.forEach((rect, i) => {
    const pick = () => choose(layer * HIDDEN + Math.floor(i / from));
    rect.addEventListener("pointerenter", pick);
    rect.addEventListener("click", pick);
  });
  const activation = (value) => tint("activation", value);
  let shown = null;
  return {
    svg,
    update({ a }, { j }, net) {
      const { W: weights, b: biases } = net.layers[layer];
      const max = largest(net.layers[layer]);
      out.paint(a[layer + 1], activation);
      into.paint(a[layer], activation);
      if (shown !== net) {
        shown = net;
        const most = Math.max(max, ...biases.map(Math.abs));
        W.paint(weights.flat(), (value) => weightTint(value, max), max);
        b.paint(biases, (value) => weightTint(value, most), most);
        set(minus, {
          d: bars(weights.flat(), from, cell, W.x, W.y) + bars(biases, 1, cell, b.x, b.y),
        });
      }
      frames.forEach((each, i) => {
        set(each, { y: [out, W, b][i].y + j * cell });
      });
    },
  };
}

/** The chosen neuron's sum, term by term, in the order of its image; and the parameters. */
function writtenOut() {
  const terms = count(16).map(() => {
    const [weight, activation] = [quantity(), quantity("activation")];
    const element = h("span", { class: "nt-term" }, weight.element, " · ", activation.element);
    return { weight, activation, element };
  });
  const name = h("span");
  const [products, bias, z, a] = [quantity(), quantity(), quantity(), quantity("activation")];
  set(products.element, { "data-result": "products" });
  set(bias.element, { "data-result": "bias" });
  const layers = [0, 1].map((l) => {
    const [to, from] = [WIDTHS[l + 1], WIDTHS[l]];
    return h(
      "span",
      {},
      `layer ${l + 1}: ${to} × ${from} weights + ${to} biases = ${to * (from + 1)}`,
    );
  });
  const total = [0, 1].reduce((sum, l) => sum + WIDTHS[l + 1] * (WIDTHS[l] + 1), 0);
  const element = h(
    "div",
    { class: "nt-sum" },
    h("p", { class: "nt-note" }, "The sum of ", name, ", weight · activation:"),
    h(
      "div",
      { class: "nt-terms" },
      terms.map((each) => each.element),
    ),
    h(
      "div",
      { class: "nt-lines" },
      equation("together ", products.element, ", "),
      equation("plus bias ", bias.element, ": "),
      equation(h("var", {}, "z"), " = ", z.element, ", "),
      equation("σ(", h("var", {}, "z"), ") = ", a.element),
    ),
    h(
      "p",
      { class: "nt-note" },
      "Parameters: ",
      layers[0],
      "; ",
      layers[1],
      `; together ${total}.`,
    ),
  );
  return {
    element,
    update({ neuron }, _found, chosen) {
      const parts = chosen.w.map((w, k) => w * chosen.below[k]);
      const max = Math.max(1e-9, ...parts.map(Math.abs));
      terms.forEach(({ weight, activation, element: term }, k) => {
        // An empty place keeps its room: the page must not jump from layer to layer.
        term.classList.toggle("is-empty", k >= parts.length);
        if (k >= parts.length) return;
        weight.update(format(chosen.w[k]), signRole(chosen.w[k]));
        activation.update(format(chosen.below[k]));
        set(term, {
          style: `--nt-role: var(--nt-${signRole(parts[k])}); --nt-share: ${((100 * Math.abs(parts[k])) / max).toFixed(0)}%`,
        });
      });
      setText(name, nameOf(neuron));
      products.update(format(parts.reduce((sum, part) => sum + part, 0)));
      bias.update(format(chosen.b), signRole(chosen.b));
      z.update(format(chosen.z));
      a.update(format(chosen.a, 3));
      layers.forEach((each, l) => {
        each.classList.toggle("is-chosen", l === chosen.layer);
      });
    },
  };
}

function controls(model, real, flow) {
  const state = read(model);
  const samples = real.map(({ digit, image }, i) => {
    const small = pixels({ rows: 4, columns: 4, cell: 7, name: "" });
    small.update(image, (value) => tint("activation", value));
    set(small.element, { role: null, "aria-label": null });
    const element = h(
      "button",
      {
        type: "button",
        class: "nt-button nt-sample",
        "aria-label": `a real ${digit}, number ${(i % 2) + 1}`,
        onClick() {
          change(model, { image: image.slice(), sample: i });
          flow();
        },
      },
      s(
        "svg",
        { viewBox: "0 0 28 28", width: 28, height: 28, "aria-hidden": "true" },
        small.element,
      ),
      String(digit),
    );
    return { element, image };
  });
  const clear = button("Clear", () => change(model, { image: count(16).map(() => 0) }));
  const weights = choice({
    name: "weights",
    options: { trained: "trained", untrained: "untrained" },
    value: state.weights,
    onChange(chosen) {
      change(model, { weights: chosen });
      flow();
    },
  });
  const lines = choice({
    name: "lines show",
    options: { weights: "weights", flow: "what flows, w·a" },
    value: state.lines,
    onChange: (chosen) => change(model, { lines: chosen }),
  });
  const aim = goal("Pick a real digit and change its answer by changing a single pixel.");
  const differs = (image, other) => image.filter((v, k) => Math.abs(v - other[k]) > 1e-3).length;
  return {
    elements: [
      h(
        "div",
        { class: "nt-samples", role: "group", "aria-label": "real digits" },
        samples.map((each) => each.element),
        clear,
      ),
      weights.element,
      lines.element,
    ],
    badge: aim.element,
    update(now, { answer }, _chosen, net) {
      const original = real[now.sample].image;
      const changed = differs(now.image, original);
      samples.forEach(({ element }, i) => {
        set(element, { "aria-pressed": String(i === now.sample && changed === 0) });
      });
      weights.update(now.weights);
      lines.update(now.lines);
      const before = run(net, original).answer;
      aim.update(
        changed === 1 && answer !== before,
        `${changed} ${changed === 1 ? "pixel" : "pixels"} changed: ${before} → ${answer}`,
      );
    },
  };
}

export default { render, check };
