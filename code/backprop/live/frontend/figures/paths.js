// Every path from a weight to the cost, added up; and δ flowing back, which needs none of them.

import { ACTIVATIONS, deltas, forward, largestDifference, quadraticPrime } from "../core.js";
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
  handle,
  label,
  menu,
  node,
  oneOf,
  picture,
  polyline,
  rove,
  s,
  set,
  setText,
  signed,
  signRole,
  stepper,
  symbol,
  unlessSame,
  whole,
} from "../ui.js";

const [WIDEST, MOST_LAYERS] = [5, 7];
const VIEWS = { paths: "path by path", back: "back-propagation" };
const GOAL = { paths: 1000, work: 200 };

const sum = (list) => list.reduce((total, each) => total + each, 0);
const product = (list) => list.reduce((total, each) => total * each, 1);
const upTo = (n) => Array.from({ length: n }, (_, i) => i);
const whole_ = (n) => n.toLocaleString("en-GB");

/** Which neurons path number p visits in layers l + 1 … L; the last layer takes turns fastest. */
function neuronsOf(widths, l, p) {
  const found = new Array(widths.length - 1 - l);
  let rest = p;
  for (let r = widths.length - 1; r > l; r--) {
    found[r - l - 1] = rest % widths[r];
    rest = Math.floor(rest / widths[r]);
  }
  return found;
}

/** σ′(z) of every neuron; slopes[r - 1] belongs to layer r. */
const slopesOf = (net, trace) =>
  trace.z.map((z, i) =>
    z.map((each, j) => ACTIVATIONS[net.activations[i]].prime(each, trace.a[i + 1][j])),
  );

/** What is multiplied along one path: [{ value, kind, … }, …]. */
function factorsOf(net, trace, y, [l, j, k], neurons) {
  const slopes = slopesOf(net, trace);
  const found = [
    { value: trace.a[l - 1][k], kind: "a", r: l - 1, i: k },
    { value: slopes[l - 1][j], kind: "slope", r: l, i: j },
  ];
  let at = j;
  neurons.forEach((to, step) => {
    const r = l + 1 + step;
    found.push({ value: net.layers[r - 1].W[to][at], kind: "w", r, i: to, from: at });
    found.push({ value: slopes[r - 1][to], kind: "slope", r, i: to });
    at = to;
  });
  const L = net.layers.length;
  found.push({ value: 2 * (trace.a[L][at] - y[at]), kind: "error", r: L, i: at });
  return found;
}

/** The products along all paths, each multiplied out for itself. */
function termsOf(net, trace, y, [l, j, k]) {
  const widths = widthsOf(net);
  const L = net.layers.length;
  const slopes = slopesOf(net, trace);
  return upTo(product(widths.slice(l + 1))).map((p) => {
    const neurons = neuronsOf(widths, l, p);
    let term = trace.a[l - 1][k] * slopes[l - 1][j];
    let at = j;
    for (let r = l + 1; r <= L; r++) {
      const to = neurons[r - l - 1];
      term *= net.layers[r - 1].W[to][at] * slopes[r - 1][to];
      at = to;
    }
    return term * 2 * (trace.a[L][at] - y[at]);
  });
}

const widthsOf = ({ layers }) => [layers[0].W[0].length, ...layers.map(({ b }) => b.length)];

/** Multiplications: each path for itself, and with δ. */
function bill(widths, l) {
  const L = widths.length - 1;
  const one = (r) => product(widths.slice(r + 1)) * 2 * (L - r + 1);
  const weights = widths.slice(1).map((n, i) => n * widths[i]);
  return {
    one_weight: one(l),
    path_by_path: sum(weights.map((count, i) => count * one(i + 1))),
    back_propagation: sum(upTo(L).map((i) => sum(workOf(widths, i + 1)))),
  };
}

/** Multiplications of back-propagation for layer r: slopes and ⊙, step back, outer product. */
const workOf = (widths, r) => [
  2 * widths[r],
  r < widths.length - 1 ? widths[r] * widths[r + 1] : 0,
  widths[r] * widths[r - 1],
];

/** All terms of the sum over paths, and the same derivative from δ. */
function compute(net, x, y, where) {
  const [l, j, k] = where;
  const widths = widthsOf(net);
  const trace = forward(net, x);
  const terms = termsOf(net, trace, y, where);
  const delta = deltas(net, trace, quadraticPrime(trace.a[net.layers.length], y));
  const derivative = delta[l - 1][j] * trace.a[l - 1][k];
  return { trace, terms, sum: sum(terms), derivative, deltas: delta, bill: bill(widths, l) };
}

/** Largest difference to Python's own numbers. */
const check = (truth) =>
  Math.max(
    ...truth.map(({ given: { layers, x, y, edge: where }, found }) => {
      const net = { layers, activations: layers.map(() => "sigmoid") };
      const { trace, ...ours } = compute(net, x, y, where);
      return largestDifference(ours, found);
    }),
  );

/** Widths in the address: 4_4_4_4_3. */
const widthsField = {
  text: (list) => list.join("_"),
  read(text) {
    const list = text.split("_").map(Number);
    const good = (n) => Number.isInteger(n) && n >= 1 && n <= WIDEST;
    return list.length >= 2 && list.length <= MOST_LAYERS && list.every(good) ? list : undefined;
  },
};

/** The settings, kept within the network, and all that follows from them. */
function reader(model) {
  const network = unlessSame((stock, widths) => ({
    activations: widths.slice(1).map(() => "sigmoid"),
    layers: widths.slice(1).map((to, i) => ({
      W: stock[i].W.slice(0, to).map((row) => row.slice(0, widths[i])),
      b: stock[i].b.slice(0, to),
    })),
  }));
  const follow_ = unlessSame((net, x, y, where) => {
    const found = compute(net, x, y, where);
    const sums = [0];
    for (const term of found.terms) sums.push(sums[sums.length - 1] + term);
    return { ...found, sums };
  });
  return () => {
    const [view, widths, stock, xs] = ["view", "widths", "stock", "x"].map((n) => model.get(n));
    const L = widths.length - 1;
    const l = Math.min(model.get("l"), L);
    const j = Math.min(model.get("j"), widths[l] - 1);
    const k = Math.min(model.get("k"), widths[l - 1] - 1);
    const net = network([stock, widths.join()], stock, widths);
    const x = xs.slice(0, widths[0]);
    const y = upTo(widths[L]).map((i) => (i === 0 ? 1 : 0));
    const found = follow_([net, xs, l, j, k], net, x, y, [l, j, k]);
    const count = found.terms.length;
    const path = Math.min(model.get("path"), count - 1);
    const neurons = neuronsOf(widths, l, path);
    const step = Math.min(model.get("step"), L);
    return { view, widths, L, l, j, k, net, xs, y, ...found, count, path, neurons, step };
  };
}

function render({ model, el }) {
  const settings = address(model, el, {
    view: oneOf(Object.keys(VIEWS)),
    widths: widthsField,
    l: whole(1, MOST_LAYERS - 1),
    j: whole(0, WIDEST - 1),
    k: whole(0, WIDEST - 1),
    path: whole(0, WIDEST ** (MOST_LAYERS - 2) - 1),
    step: whole(0, MOST_LAYERS - 1),
  });
  const frame = card(el, {
    figure: "paths",
    name: "All paths from a weight to the cost, and back-propagation",
    maxdiff: check(model.get("_truth")),
    settings,
  });
  const read = reader(model);
  const pick = (l, j, k) => change(model, { l, j, k, path: 0 });
  const diagram = network(pick);
  const views = { paths: pathView(model, read), back: backView() };
  const panel = controls(model, read, pick);
  frame.stage.append(diagram.svg);
  for (const view of Object.values(views)) {
    frame.equation.append(view.equation);
    frame.stage.append(view.panel);
  }
  frame.controls.append(...panel.elements);
  frame.foot.prepend(panel.badge);
  const stop = follow(model, () => {
    const state = read();
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
    panel.destroy();
    settings.destroy();
  };
}

// ---- the network ----

const BOX = { width: 340, height: 292, left: 20, right: 268, pitch: 50, radius: 13 };
const COST = { x: 322, y: 146, r: 13 };

/** Neurons, weights and the cost; every weight can be picked. */
function network(pick) {
  const svg = picture(BOX.width, BOX.height, "The network; pick a weight");
  let parts = null;
  const build = unlessSame((widths) => {
    parts = pieces(widths, pick);
    svg.replaceChildren(...parts.elements);
  });
  const drawNumbers = unlessSame(({ net, trace }) => {
    const most = Math.max(...net.layers.flatMap(({ W }) => W.flat()).map(Math.abs));
    parts.nodes.forEach((column, r) => {
      column.forEach((each, i) => {
        each.update(trace.a[r][i]);
      });
    });
    for (const { line, r, to, from } of parts.edges) {
      const w = net.layers[r - 1].W[to][from];
      line.update(w, most);
      const name = `weight of layer ${r} to ${to} from ${from}: ${format(w)}`;
      set(line.element, { "aria-label": name });
    }
  });
  const light = unlessSame((state) => {
    (state.view === "paths" ? lightPaths : lightBack)(parts, state);
  });
  const mark = unlessSame((state) => {
    for (const each of parts.way) each.classList.remove("is-way");
    parts.way = state.view === "paths" ? wayOfPath(parts, state) : wayOfStep(parts, state);
    for (const each of parts.way) each.classList.add("is-way");
  });
  return {
    svg,
    update(state) {
      const { view, net, xs, l, j, k, path, step } = state;
      build([state.widths.join()], state.widths);
      drawNumbers([net, xs], state);
      const back = view === "back" ? step : -1;
      light([net, xs, l, j, k, back], state);
      mark([net, xs, l, j, k, back, path], state);
    },
  };
}

/** Everything that is drawn for these widths. */
function pieces(widths, pick) {
  const L = widths.length - 1;
  const x = (r) => BOX.left + ((BOX.right - BOX.left) * r) / L;
  const y = (r, i) => COST.y + BOX.pitch * (i - (widths[r] - 1) / 2);
  const nodes = widths.map((n, r) =>
    upTo(n).map((i) =>
      node({ x: x(r), y: y(r, i), r: BOX.radius, name: `neuron ${i} of layer ${r}` }),
    ),
  );
  const edges = upTo(L).flatMap((below) =>
    upTo(widths[below + 1]).flatMap((to) =>
      upTo(widths[below]).map((from) => ({
        line: edge(nodes[below][from], nodes[below + 1][to]),
        r: below + 1,
        to,
        from,
      })),
    ),
  );
  for (const { line } of edges) set(line.element, { role: "button" });
  const columns = upTo(L).map((i) => edges.filter(({ r }) => r === i + 1));
  rove(
    columns.map((column) => column.map(({ line }) => line.element)),
    {
      onFocus(element) {
        // Hovering alone picks nothing: the lines are too close together.
        if (document.activeElement !== element) return;
        const { r, to, from } = edges.find(({ line }) => line.element === element);
        pick(r, to, from);
      },
    },
  );
  const ends = nodes[L].map((each) => edge(each, COST));
  for (const { element } of ends) element.classList.add("nt-to-cost");
  const cost = s(
    "g",
    { class: "nt-cost", transform: `translate(${COST.x} ${COST.y})` },
    s("circle", { r: COST.r }),
    label(0, 4, "*C*"),
  );
  const tops = widths.map((_, r) => label(x(r), 14, `*a*${layerMark(r)}`));
  const bottoms = widths.map((_, r) => label(x(r), 286, "", { class: "nt-small" }));
  const texts = nodes.map((column) =>
    column.map((each) =>
      label(each.x, each.y + BOX.radius + 12, "", { class: "nt-halo-text nt-delta" }),
    ),
  );
  const rings = nodes.map((column) =>
    column.map((each) => s("circle", { class: "nt-delta-ring", cx: each.x, cy: each.y, r: 17 })),
  );
  const at = upTo(L + 1).map(() => []);
  for (const { line, r, to, from } of edges) {
    at[r][to] ??= [];
    at[r][to][from] = line.element;
  }
  return {
    nodes,
    edges,
    at,
    ends,
    texts,
    rings,
    bottoms,
    way: [],
    elements: [
      ...tops,
      ...edges.map(({ line }) => line.element),
      ...ends.map(({ element }) => element),
      ...rings.flat(),
      ...nodes.flat().map(({ element }) => element),
      cost,
      ...texts.flat(),
      ...bottoms,
    ],
  };
}

const layerMark = (r) => `⁽${"⁰¹²³⁴⁵⁶"[r]}⁾`;

/** Show what is lit: weights and neurons that count, and texts below. */
function lightUp(parts, { edgeState, nodeOff, endOff, bottom, delta }) {
  for (const { line, r, to, from } of parts.edges) {
    const { shown, stepped = false, picked } = edgeState(r, to, from);
    line.element.classList.toggle("is-off", !shown);
    line.element.classList.toggle("is-step", stepped);
    line.element.classList.toggle("is-picked", picked);
    set(line.element, { "aria-pressed": String(picked) });
  }
  for (const { element } of parts.ends) element.classList.toggle("is-off", endOff);
  parts.nodes.forEach((column, r) => {
    setText(parts.bottoms[r], bottom(r));
    column.forEach((each, i) => {
      each.element.classList.toggle("is-off", nodeOff(r, i));
      const d = delta(r, i);
      setText(
        parts.texts[r][i],
        d === null ? "" : format(d.value, Math.abs(d.value) < 0.01 ? 4 : 3),
      );
      set(parts.rings[r][i], { "stroke-width": d === null ? 0 : (0.5 + 5.5 * d.share).toFixed(2) });
    });
  });
}

/** All paths from the weight onwards. */
function lightPaths(parts, { l, j, k, L, widths }) {
  lightUp(parts, {
    edgeState(r, to, from) {
      const picked = r === l && to === j && from === k;
      return { picked, shown: picked || (r === l + 1 && from === j) || r > l + 1 };
    },
    nodeOff: (r, i) => r < l - 1 || (r === l - 1 && i !== k) || (r === l && i !== j),
    endOff: l === L,
    bottom: (r) => (r > l ? `× ${widths[r]}` : ""),
    delta: () => null,
  });
}

/** What lies on the one path that is followed. */
function wayOfPath(parts, { l, j, k, L, neurons }) {
  const way = [j, ...neurons]; // the path's neurons in layers l … L
  return [
    parts.nodes[l - 1][k].element,
    ...way.map((i, step) => parts.nodes[l + step][i].element),
    ...neurons.map((to, step) => parts.at[l + 1 + step][to][way[step]]),
    parts.ends[way[L - l]].element,
  ];
}

/** The layers that δ has reached; the step from layer to layer that it has just taken. */
function lightBack(parts, { l, j, k, L, step, deltas: all, widths }) {
  const reached = L - step + 1;
  const most = Math.max(...all.flat().map(Math.abs)) || 1;
  const known = (r) => r >= reached && r > 0;
  lightUp(parts, {
    edgeState: (r, to, from) => ({
      picked: r === l && to === j && from === k,
      shown: r >= reached,
      stepped: step > 1 && r === reached + 1,
    }),
    nodeOff: () => false,
    endOff: step === 0,
    bottom: (r) => (known(r) ? whole_(sum(workOf(widths, r))) : ""),
    delta(r, i) {
      const value = known(r) ? all[r - 1][i] : null;
      return value === null ? null : { value, share: Math.abs(value) / most };
    },
  });
}

/** The neuron whose δ is written out, and how the first δ come from the cost. */
function wayOfStep(parts, state) {
  const { step, L } = state;
  if (step === 0) return [];
  const r = L - step + 1;
  const neuron = parts.nodes[r][neuronAt(r, state)].element;
  return step === 1 ? [neuron, ...parts.ends.map(({ element }) => element)] : [neuron];
}

// ---- path by path ----

const indexed = (name, role, r, sub) => symbol(name, { role, sup: `(${r})`, sub: String(sub) });

/** A factor with what it is below its number; its neurons and its value change, its place stays. */
function factorTerm({ kind, r }, first) {
  const under = {
    a: () => [indexed("a", "activation", r, "")],
    slope: () => ["σ′(", indexed("z", null, r, ""), ")"],
    w: () => [indexed("w", "positive", r, "")],
    error: () => [
      ...["2(", indexed("a", "activation", r, ""), "−"],
      ...[symbol("y", { role: "target", sub: "" }), ")"],
    ],
  }[kind]();
  const number = h("span");
  const element = h(
    "span",
    { class: "nt-line nt-term" },
    h("span", {}, first ? "" : "· ", number),
    h("span", { class: "nt-under" }, ...under),
  );
  const subscripts = [...element.querySelectorAll("sub")];
  return {
    element,
    update({ value, i, from }) {
      const role = { a: "activation", w: signRole(value), error: "target" }[kind];
      set(number, { "data-role": role });
      setText(number, value < 0 ? `(${format(value, 3)})` : format(value, 3));
      for (const each of subscripts) setText(each, kind === "w" ? `${i}${from}` : String(i));
    },
  };
}

const outcome = (name, text = "") =>
  h("span", { class: "nt-number", "data-role": "gradient", "data-result": name }, text);

/** The product along one path, and the sum that grows with each. */
function pathView(model, read) {
  const chart = sumChart(model, read);
  const lines = h("div", { class: "nt-lines" });
  const results = Object.fromEntries(
    ["term", "so-far", "sum", "derivative"].map((name) => [name, outcome(name)]),
  );
  const [which, all, back] = [h("b"), h("span"), h("span")];
  let terms = [];
  const build = unlessSame((factors) => {
    terms = factors.map((each, i) => factorTerm(each, i === 0));
    lines.replaceChildren(
      equation(which),
      ...terms.map(({ element }) => element),
      equation(" = ", results.term),
      h("span", { class: "nt-break" }),
      equation("sum so far: ", results["so-far"]),
      h("span", { class: "nt-break" }),
      equation(all, results.sum),
      equation(back, results.derivative),
    );
  });
  const name = unlessSame((l, j, k) => {
    back.replaceChildren(
      ...["back-propagation, ", indexed("δ", "gradient", l, j)],
      ...[" ", indexed("a", "activation", l - 1, k), ": "],
    );
  });
  return {
    panel: chart.svg,
    equation: lines,
    update(state) {
      const { net, trace, y, l, j, k, L, neurons, path, count, sums, derivative } = state;
      const factors = factorsOf(net, trace, y, [l, j, k], neurons);
      build([l, L], factors);
      name([l, j, k], l, j, k);
      factors.forEach((each, i) => {
        terms[i].update(each);
      });
      setText(which, `path ${whole_(path + 1)} of ${whole_(count)}:`);
      setText(all, `all ${whole_(count)}: `);
      setText(results.term, signed(state.terms[path], 9));
      setText(results["so-far"], signed(sums[path + 1], 9));
      setText(results.sum, signed(sums[count], 12));
      setText(results.derivative, signed(derivative, 12));
      chart.update(state);
      return `Path ${path + 1} of ${count}: ${format(state.terms[path], 9)}. Sum so far ${format(sums[path + 1], 9)}; all paths ${format(sums[count], 9)}, back-propagation ${format(derivative, 9)}.`;
    },
  };
}

const PLOT = { left: 14, right: 330, top: 40, bottom: 190 };
const POINTS = 300; // of a curve: more would be closer together than the screen's pixels

/** The sum against the number of paths; the line that it reaches is back-propagation's. */
function sumChart(model, read) {
  const svg = picture(340, 300, "The sum over paths as it grows, and what back-propagation finds");
  const zero = s("line", { class: "nt-zero", x1: PLOT.left, x2: PLOT.right });
  const aim = s("line", { class: "nt-aim", x1: PLOT.left, x2: PLOT.right });
  const all = s("path", { class: "nt-curve nt-later", stroke: colour("gradient") });
  const done = s("path", { class: "nt-curve", stroke: colour("gradient") });
  const upToHere = s("svg", { y: 0, height: 300 }, done); // an inner svg clips
  const title = label(PLOT.left, 16, "the sum over paths, path after path", {
    "text-anchor": "start",
  });
  const aimText = label(PLOT.right, 0, "back-propagation", {
    class: "nt-halo-text nt-small",
    "text-anchor": "end",
  });
  const zeroText = label(5, 0, "0", { class: "nt-small" });
  const count = label(PLOT.right, PLOT.bottom + 24, "", {
    class: "nt-small",
    "text-anchor": "end",
  });
  const notes = upTo(3).map((i) => label(PLOT.left, 240 + 20 * i, "", { "text-anchor": "start" }));
  const to = (p) => change(model, { path: clamp(p, 0, read().count - 1) });
  let inverse = () => 0;
  const knob = handle(svg, {
    name: "path",
    role: "gradient",
    min: 1,
    onDrag: (point) => to(Math.round(inverse(point.x)) - 1),
    onNudge: (right, up) => to(read().path + (right || up)),
  });
  svg.append(title, zero, aim, all, upToHere, aimText, zeroText, count, ...notes, knob.element);
  let scale = null;
  const draw = unlessSame(({ sums, derivative, count: n, bill: work, net, l, L }) => {
    const [low, high] = [Math.min(...sums, derivative), Math.max(...sums, derivative)];
    const y = (v) => PLOT.bottom - ((v - low) / (high - low || 1)) * (PLOT.bottom - PLOT.top);
    const x = (p) => PLOT.left + (p / n) * (PLOT.right - PLOT.left);
    inverse = (px) => ((px - PLOT.left) / (PLOT.right - PLOT.left)) * n;
    scale = { x, y };
    const d = stairs(sums, x, y);
    set(all, { d });
    set(done, { d });
    set(zero, { y1: y(0), y2: y(0) });
    set(aim, { y1: y(derivative), y2: y(derivative) });
    set(aimText, { y: y(derivative) + (y(derivative) < y(0) ? -6 : 15) });
    set(zeroText, { y: y(0) + 4 });
    setText(count, `${whole_(n)} ${n === 1 ? "path" : "paths"}`);
    set(knob.element, { "aria-valuemax": n });
    const weights = whole_(sum(net.layers.map(({ W, b }) => W[0].length * b.length)));
    setText(
      notes[0],
      `This weight: ${whole_(n)} × ${2 * (L - l + 1)} = ${whole_(work.one_weight)} multiplications.`,
    );
    setText(notes[1], `All ${weights} weights, path by path: ${whole_(work.path_by_path)}.`);
    setText(notes[2], `All ${weights}, with back-propagation: ${whole_(work.back_propagation)}.`);
  });
  return {
    svg,
    update(state) {
      const { path, sums } = state;
      draw([sums], state);

      const at = { x: scale.x(path + 1), y: scale.y(sums[path + 1]) };
      set(upToHere, { width: at.x + 1, viewBox: `0 0 ${at.x + 1} 300` });
      knob.update({ ...at, now: path + 1, text: `${path + 1} of ${state.count}` });
    },
  };
}

/** The sums as stairs, thinned out where there are more than can be seen. */
function stairs(sums, x, y) {
  const last = sums.length - 1;
  const every = Math.ceil(sums.length / POINTS);
  const points = [[x(0), y(0)]];
  for (let p = every; p < last + every; p += every) {
    const to = Math.min(p, last);
    points.push([x(to), points[points.length - 1][1]], [x(to), y(sums[to])]);
  }
  return polyline(points);
}

// ---- back-propagation ----

/** δ of one neuron from those of the layer above it; the bill, layer by layer. */
function backView() {
  const svg = picture(340, 300, "What back-propagation costs, layer by layer");
  const lines = h("div", { class: "nt-lines" });
  const table = billTable(svg);
  const write = unlessSame((state) => {
    lines.replaceChildren(...deltaLines(state), ...resultLine(state));
  });
  return {
    panel: svg,
    equation: lines,
    update(state) {
      const { net, xs, l, j, k, step, L, path } = state;
      write([net, xs, l, j, k, step, path], state);
      table.update(state);
      if (step === 0) return "Forward is done. No delta has been computed yet.";
      const r = L - step + 1;
      return `Step ${step} of ${L}: deltas of layer ${r}: ${state.deltas[r - 1].map((d) => format(d, 3)).join(", ")}. ${whole_(workSoFar(state))} multiplications so far.`;
    },
  };
}

const workSoFar = ({ widths, L, step }) => sum(upTo(step).map((i) => sum(workOf(widths, L - i))));

/** The neuron of layer r that is written out: on the path, or the first. */
const neuronAt = (r, { l, j, k, neurons }) =>
  r > l ? neurons[r - l - 1] : r === l ? j : r === l - 1 ? k : 0;

/** Three decimals, and more for what is small: a δ far back often is. */
const fine = (x) => format(x, Math.abs(x) >= 0.1 ? 3 : Math.abs(x) >= 0.01 ? 4 : 6);
const number = (x) => (x < 0 ? `(${fine(x)})` : fine(x));
const inRole = (role, text) => h("span", { class: "nt-number", "data-role": role }, text);

function deltaLines(state) {
  const { step, L, net, trace, y, deltas: all } = state;
  if (step === 0)
    return [
      equation(
        "Forward is done: every ",
        symbol("z"),
        " and ",
        symbol("a", { role: "activation" }),
        " is known. Next: ",
        symbol("δ", { role: "gradient" }),
        " of the outputs.",
      ),
    ];
  const r = L - step + 1;
  const i = neuronAt(r, state);
  const [a, z] = [trace.a[r][i], trace.z[r - 1][i]];
  const slope = ACTIVATIONS[net.activations[r - 1]].prime(z, a);
  const name = indexed("δ", "gradient", r, i);
  const result = outcome("delta", format(all[r - 1][i], 6));
  if (r === L) {
    return [
      equation(
        name,
        " = 2 (",
        indexed("a", "activation", r, i),
        " − ",
        symbol("y", { role: "target", sub: String(i) }),
        ") σ′(",
        indexed("z", null, r, i),
        ")",
      ),
      equation(
        " = 2 · (",
        inRole("activation", format(a, 3)),
        " − ",
        inRole("target", String(y[i])),
        `) · ${format(slope, 3)}`,
      ),
      equation(" = ", result),
    ];
  }
  const terms = all[r].map((d, to) => {
    const w = net.layers[r].W[to][i];
    return h(
      "span",
      { class: "nt-line nt-term" },
      h(
        "span",
        {},
        to ? "+ " : "[ ",
        inRole(signRole(w), number(w)),
        " · ",
        inRole("gradient", number(d)),
      ),
      h(
        "span",
        { class: "nt-under" },
        indexed("w", "positive", r + 1, `${to}${i}`),
        " ",
        indexed("δ", "gradient", r + 1, to),
      ),
    );
  });
  return [
    equation(name, " = "),
    ...terms,
    h(
      "span",
      { class: "nt-line nt-term" },
      h("span", {}, ` ] · ${format(slope, 3)}`),
      h("span", { class: "nt-under" }, "σ′(", indexed("z", null, r, i), ")"),
    ),
    equation(" = ", result),
  ];
}

function resultLine({ step, L, l, j, k, trace, deltas: all, derivative, sum: total, count }) {
  const name = ["∂", symbol("C", { sub: "0" }), "/∂", indexed("w", "positive", l, `${j}${k}`)];
  if (L - step + 1 > l)
    return [
      h("span", { class: "nt-break" }),
      equation(...name, ": waits for ", indexed("δ", "gradient", l, j)),
    ];
  return [
    h("span", { class: "nt-break" }),
    equation(
      ...name,
      " = ",
      indexed("δ", "gradient", l, j),
      " ",
      indexed("a", "activation", l - 1, k),
    ),
    equation(
      " = ",
      inRole("gradient", number(all[l - 1][j])),
      " · ",
      inRole("activation", format(trace.a[l - 1][k], 3)),
      " = ",
      outcome("derivative", signed(derivative, 12)),
    ),
    equation(
      ` sum over all ${whole_(count)} ${count === 1 ? "path" : "paths"}: `,
      outcome("sum", signed(total, 12)),
    ),
  ];
}

const COLUMNS = [92, 160, 246, 332];

/** For each layer, from the last back: three kinds of multiplications, done or to come. */
function billTable(svg) {
  const right = { "text-anchor": "end" };
  const left = { "text-anchor": "start" };
  const heads = ["slopes, ⊙", "step back", "outer product", "together"];
  svg.append(
    label(0, 16, "multiplications, layer by layer", left),
    ...heads.map((head, i) => label(COLUMNS[i], 40, head, { ...right, class: "nt-small" })),
  );
  const rows = upTo(MOST_LAYERS - 1).map((i) => {
    const y = 64 + 22 * i;
    const cells = COLUMNS.map((x) => label(x, y, "", right));
    const group = s("g", {}, label(0, y, "", left), cells);
    svg.append(group);
    return { group, cells, name: group.firstChild };
  });
  const names = ["back-propagation", "path by path, this weight", "path by path, all weights"];
  const bars = names.map((name, i) => {
    const y = 212 + 32 * i;
    const bar = s("rect", { class: "nt-work", x: 0, y: y + 5, height: 10, rx: 2 });
    const so = s("rect", { class: "nt-work is-done", x: 0, y: y + 5, height: 10, rx: 2 });
    const text = label(332, y, "", right);
    svg.append(label(0, y, name, left), text, bar, so);
    return { bar, so, text };
  });
  return {
    update(state) {
      const { widths, L, step, bill: work } = state;
      rows.forEach(({ group, cells, name }, i) => {
        group.toggleAttribute("hidden", i >= L);
        if (i >= L) return;
        const parts = workOf(widths, L - i);
        setText(name, `layer ${L - i}`);
        cells.forEach((cell, c) => {
          setText(cell, whole_(c < 3 ? parts[c] : sum(parts)));
        });
        group.classList.toggle("is-muted", i >= step);
      });
      const counts = [work.back_propagation, work.one_weight, work.path_by_path];
      const most = Math.max(...counts);
      const far = workSoFar(state);
      counts.forEach((n, i) => {
        set(bars[i].bar, { width: Math.max(1, (332 * n) / most).toFixed(1) });
        set(bars[i].so, { width: i === 0 ? ((332 * far) / most).toFixed(1) : 0 });
        setText(bars[i].text, i === 0 ? `${whole_(far)} of ${whole_(n)}` : whole_(n));
      });
    },
  };
}

// ---- controls ----

/** Menus for the widths, for as many layers as there are. */
function widthMenus(model) {
  const put = (r, n) =>
    change(model, { widths: model.get("widths").map((each, i) => (i === r ? n : each)), path: 0 });
  const options = Object.fromEntries(upTo(WIDEST).map((i) => [i + 1, String(i + 1)]));
  const menus = upTo(MOST_LAYERS).map((r) => {
    const made = menu({ name: "", options, value: "1", onChange: (n) => put(r, Number(n)) });
    set(made.select, { "aria-label": `width of layer ${r}` });
    return made;
  });
  const resize = (by) => {
    const widths = model.get("widths");
    if (by > 0 && widths.length < MOST_LAYERS)
      change(model, { widths: [...widths, widths[widths.length - 1]], path: 0 });
    if (by < 0 && widths.length > 2) change(model, { widths: widths.slice(0, -1), path: 0 });
  };
  const more = button("Add layer", () => resize(1));
  const fewer = button("Remove layer", () => resize(-1));
  return {
    element: h(
      "div",
      { class: "nt-stepper", role: "group", "aria-label": "widths" },
      h("span", {}, "Widths"),
      ...menus.map((each) => each.element),
      more,
      fewer,
    ),
    update({ widths }) {
      menus.forEach((each, r) => {
        each.element.hidden = r >= widths.length;
        if (r < widths.length) each.update(String(widths[r]));
      });
      set(more, { "aria-disabled": String(widths.length === MOST_LAYERS) });
      set(fewer, { "aria-disabled": String(widths.length === 2) });
    },
  };
}

/** Menus for the weight, for those who would rather not aim at a line. */
function weightMenus(read, pick) {
  const parts = { l: "layer", j: "to", k: "from" };
  const menus = Object.fromEntries(
    Object.entries(parts).map(([key, name]) => [
      key,
      menu({
        name,
        options: Object.fromEntries(upTo(MOST_LAYERS).map((i) => [i, String(i)])),
        value: "0",
        onChange(value) {
          const { l, j, k } = { ...read(), [key]: Number(value) };
          pick(l, j, k);
        },
      }),
    ]),
  );
  return {
    element: h(
      "div",
      { class: "nt-stepper", role: "group", "aria-label": "the weight" },
      h("span", {}, "Weight"),
      ...Object.values(menus).map((each) => each.element),
    ),
    update(state) {
      const { widths, l, L } = state;
      const allowed = { l: [1, L], j: [0, widths[l] - 1], k: [0, widths[l - 1] - 1] };
      for (const [key, each] of Object.entries(menus)) {
        each.update(String(state[key]));
        for (const option of each.select.options) {
          const out =
            Number(option.value) < allowed[key][0] || Number(option.value) > allowed[key][1];
          if (option.hidden !== out) {
            option.hidden = out;
            option.disabled = out;
          }
        }
      }
    },
  };
}

function controls(model, read, pick) {
  const view = choice({
    name: "See",
    options: VIEWS,
    value: model.get("view"),
    onChange: (key) => change(model, { view: key }),
  });
  const walk = stepper({
    count: read().count,
    value: read().path,
    name: "path",
    pause: 450,
    onStep: (path) => change(model, { path }),
  });
  const back = stepper({
    count: read().L + 1,
    value: read().step,
    onStep: (step) => change(model, { step }),
  });
  const widths = widthMenus(model);
  const weight = weightMenus(read, pick);
  const aim = goal(
    `Choose widths and a weight with more than ${whole_(GOAL.paths)} paths, while back-propagation needs fewer than ${GOAL.work} multiplications for everything.`,
  );
  let before = null;
  return {
    elements: [
      h("div", { class: "nt-views" }, view.element),
      walk.element,
      back.element,
      weight.element,
      widths.element,
    ],
    badge: aim.element,
    destroy() {
      walk.destroy();
      back.destroy();
    },
    update(state) {
      if (before !== null && before !== state.view) {
        walk.stop();
        back.stop();
      }
      before = state.view;
      view.update(state.view);
      walk.update(state.path, state.count);
      back.update(state.step, state.L + 1);
      walk.element.hidden = state.view !== "paths";
      back.element.hidden = state.view !== "back";
      widths.update(state);
      weight.update(state);
      const { count, bill: work } = state;
      const done = count > GOAL.paths && work.back_propagation < GOAL.work;
      aim.update(done, `${whole_(count)} paths, ${whole_(work.back_propagation)} multiplications`);
    },
  };
}

export default { render, check };
