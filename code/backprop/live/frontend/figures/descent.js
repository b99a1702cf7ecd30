// Descent on the cost of the penguins: drag the start, and the whole path follows at once.

import { largestDifference, random } from "../core.js";
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
  numbers,
  oneOf,
  picture,
  polyline,
  quantity,
  s,
  scrub,
  set,
  setText,
  slider,
  snap,
  symbol,
  ticker,
  tint,
  whole,
} from "../ui.js";

const MAP = { w1: [-8, 24], w2: [-12, 20] };
const MOST_STEPS = 60;
const LEVELS = 9;
const SIZES = { all: 342, twenty: 20, one: 1 };
const NEAR = 0.1; // so close to the lowest cost counts as arrived
const FEW = 5; // steps that the goal allows …
const FAR = 10; // … from a start at least this far from the minimum
const RATE = {
  scaled: { max: 0.8, step: 0.005, digits: 3 },
  unscaled: { max: 0.05, step: 0.0005, digits: 4 },
};
const COSTS = {
  scaled: { range: [35, 2000], ticks: [50, 100, 200, 500, 1000] },
  unscaled: { range: [35, 20000], ticks: [50, 200, 1000, 5000] },
};
const NAMES = {
  scaled: ["*w*₁, for the mass", "*w*₂, for the bill"],
  unscaled: ["*w*₁, in mm per kg", "*w*₂, in mm per mm"],
};

// ---- the mathematics ----

const mean = (list) => list.reduce((sum, each) => sum + each, 0) / list.length;
const centred = (list) => {
  const middle = mean(list);
  return list.map((each) => each - middle);
};
const product = (one, other) => mean(one.map((each, i) => each * other[i]));

/** The cost as a function of two weights, C = lowest + ½ eᵀ H e with e = w − minimum. */
function bowl(penguins, features) {
  const column = (k) => centred(penguins.map((row) => row[k]));
  const measured = [column(0).map((gram) => gram / 1000), column(1).map((tenth) => tenth / 10)];
  const scale = (list) => list.map((each) => each / Math.sqrt(product(list, list)));
  const X = features === "scaled" ? measured.map(scale) : measured;
  const y = column(2);
  const [p, q, r] = [
    [0, 0],
    [0, 1],
    [1, 1],
  ].map(([i, j]) => 2 * product(X[i], X[j]));
  const [u, v] = X.map((each) => 2 * product(each, y));
  // The normal equation, two equations for two weights: H w = (u, v).
  const minimum = [(r * u - q * v) / (p * r - q * q), (p * v - q * u) / (p * r - q * q)];
  const lowest = mean(y.map((yi, i) => (X[0][i] * minimum[0] + X[1][i] * minimum[1] - yi) ** 2));
  const spread = Math.hypot((p - r) / 2, q);
  const steepest = (p + r) / 2 + spread;
  const error = ([w1, w2]) => [w1 - minimum[0], w2 - minimum[1]];
  return {
    minimum,
    lowest,
    steepest,
    flattest: (p + r) / 2 - spread,
    axis: Math.atan2(steepest - p, q), // direction of the steepest curvature
    limit: 2 / steepest,
    cost(w) {
      const [e1, e2] = error(w);
      return lowest + (p * e1 * e1 + 2 * q * e1 * e2 + r * e2 * e2) / 2;
    },
    gradient(w) {
      const [e1, e2] = error(w);
      return [p * e1 + q * e2, q * e1 + r * e2];
    },
    gradientOf([w1, w2], rows) {
      let [g1, g2] = [0, 0];
      for (const i of rows) {
        const miss = X[0][i] * w1 + X[1][i] * w2 - y[i];
        g1 += X[0][i] * miss;
        g2 += X[1][i] * miss;
      }
      return [(2 * g1) / rows.length, (2 * g2) / rows.length];
    },
  };
}

/** Draws so many of the penguins at random, again and again: the first places of a shuffle. */
function draws(size, seed, of) {
  const order = Array.from({ length: of }, (_, i) => i);
  const next = random(seed);
  return () => {
    for (let i = 0; i < size; i++) {
      const j = i + Math.floor(next() * (of - i));
      [order[i], order[j]] = [order[j], order[i]];
    }
    return order.slice(0, size);
  };
}

/** The walk: every point of it and the cost there. */
function walk(surface, { start, rate, batch, seed }, steps) {
  const draw = draws(SIZES[batch], seed, SIZES.all);
  const slope = (w) => (batch === "all" ? surface.gradient(w) : surface.gradientOf(w, draw()));
  const path = [start];
  for (let step = 0; step < steps; step++) {
    const [w1, w2] = path[step];
    const [g1, g2] = slope(path[step]);
    path.push([w1 - rate * g1, w2 - rate * g2]);
  }
  return { path, costs: path.map(surface.cost) };
}

/** Largest difference to Python's own numbers. */
function check([{ penguins }, ...cases]) {
  const bowls = { scaled: bowl(penguins, "scaled"), unscaled: bowl(penguins, "unscaled") };
  const differences = cases.map(({ given, found }) => {
    const { minimum, lowest, limit, ...surface } = bowls[given.features];
    const ours = { minimum, lowest, limit, ...walk(surface, given, given.steps) };
    return largestDifference(ours, found);
  });
  return Math.max(...differences);
}

/** First step from which on the walk stays at the bottom, or -1. */
function arrival(costs, lowest) {
  let step = costs.length;
  while (step > 0 && costs[step - 1] - lowest < NEAR) step--;
  return step === costs.length ? -1 : step;
}

/** What there is to say about a walk, in one sentence. */
function verdict({ rate, batch, steps }, { costs, arrives }, { limit }) {
  if (batch !== "all") {
    return costs[steps] > costs[0]
      ? "It climbs: for gradients as rough as these, η is too large."
      : "Rough gradients lead down, but the walk does not settle: it jitters.";
  }
  if (Math.abs(rate / limit - 1) < 1e-4) return "On the limit: it neither arrives nor leaves.";
  if (rate > limit) return "It diverges: η is above the largest stable rate.";
  if (arrives < 0) return `It will arrive, but not within ${MOST_STEPS} steps.`;
  return `It arrives: ${arrives} ${arrives === 1 ? "step" : "steps"} to the bottom.`;
}

// ---- the figure ----

const read = (model) =>
  Object.fromEntries(
    ["start", "rate", "steps", "features", "batch", "seed"].map((name) => [name, model.get(name)]),
  );

function render({ model, el }) {
  const settings = address(model, el, {
    start: numbers(2, -12, 24, 2),
    rate: number(0.0001, 1),
    steps: whole(0, MOST_STEPS),
    features: oneOf(["scaled", "unscaled"]),
    batch: oneOf(Object.keys(SIZES)),
    seed: whole(0, 99),
  });
  const truth = model.get("_truth");
  const frame = card(el, {
    figure: "descent",
    name: "Gradient descent on a cost over two weights",
    maxdiff: check(truth),
    settings,
  });
  const bowls = Object.fromEntries(
    Object.keys(RATE).map((features) => [features, bowl(truth[0].penguins, features)]),
  );
  const put = {
    start: ([w1, w2]) =>
      change(model, { start: [clamp(w1, ...MAP.w1), clamp(w2, ...MAP.w2)].map(twoDigits) }),
    rate: (rate) => change(model, { rate: clamp(rate, 0.0001, 1) }),
    steps: (steps) => change(model, { steps: clamp(Math.round(steps), 0, MOST_STEPS) }),
  };
  const line = sums(put);
  const panel = controls(model, put, frame.root);
  const plots = drawing(frame.stage, model, put, bowls);
  frame.equation.append(line.element);
  frame.controls.append(...panel.elements);
  frame.foot.prepend(panel.badge);
  const stop = follow(model, () => {
    const state = read(model);
    const surface = bowls[state.features];
    const found = walk(surface, state, MOST_STEPS);
    found.arrives = arrival(found.costs, surface.lowest);
    const said = verdict(state, found, surface);
    line.update(state, found, surface, said);
    panel.update(state, found, surface);
    plots.update(state, found);
    const [w1, w2] = state.start;
    frame.say(
      `Start ${format(w1)}, ${format(w2)}; rate ${format(state.rate, 4)}; cost ${format(found.costs[state.steps])} after ${state.steps} steps. ${said}`,
    );
  });
  return () => {
    stop();
    panel.destroy();
    settings.destroy();
  };
}

const twoDigits = (x) => snap(x, 0.01);

/** The rule with its rate, the limit, what comes of it. */
function sums(put) {
  const weights = () => symbol("w", { role: "positive" });
  const rate = scrub({
    name: "learning rate η",
    min: 0.0001,
    max: 1,
    step: 0.0005,
    digits: 4,
    onInput: put.rate,
  });
  const [limit, first, second, cost, lowest] = [
    quantity("gradient"),
    quantity(),
    quantity(),
    quantity("target"),
    quantity("target"),
  ];
  Object.entries({ limit, first, second, cost, lowest }).forEach(([name, { element }]) => {
    set(element, { "data-result": name });
  });
  const after = h("span");
  const said = h("p", { class: "nt-note nt-verdict" });
  const lines = h(
    "div",
    { class: "nt-lines" },
    equation(
      weights(),
      " ← ",
      weights(),
      " − ",
      rate.element,
      " ",
      h("span", { "data-role": "gradient" }, "∇", h("var", {}, "C")),
    ),
    equation("largest stable rate 2/", symbol("λ", { sub: "max" }), " = ", limit.element),
  );
  const results = h(
    "div",
    { class: "nt-lines" },
    equation(after, weights(), " = (", first.element, ", ", second.element, ")"),
    equation(h("var", {}, "C"), " = ", cost.element),
    equation("lowest ", lowest.element, " at the star"),
  );
  return {
    element: h("div", {}, lines, results, said),
    update(state, { path, costs }, surface, sentence) {
      rate.update(state.rate);
      limit.update(format(surface.limit, RATE[state.features].digits));
      setText(after, `after ${state.steps} steps: `);
      first.update(format(path[state.steps][0]));
      second.update(format(path[state.steps][1]));
      cost.update(format(costs[state.steps]));
      lowest.update(format(surface.lowest));
      setText(said, sentence);
      said.classList.toggle("is-bad", /diverges|climbs/.test(sentence));
    },
  };
}

function controls(model, put, root) {
  const state = read(model);
  const rates = Object.entries(RATE).map(([features, { max, step, digits }]) => {
    const one = slider({
      label: ["rate ", symbol("η")],
      name: "learning rate η",
      min: step,
      max,
      step,
      digits,
      role: "gradient",
      value: state.rate,
      onInput: put.rate,
    });
    return { ...one, features };
  });
  const steps = slider({
    label: "steps",
    name: "steps",
    min: 0,
    max: MOST_STEPS,
    step: 1,
    digits: 0,
    value: state.steps,
    onInput: put.steps,
  });
  const features = choice({
    name: "features",
    options: { scaled: "scaled", unscaled: "kg and mm" },
    value: state.features,
    onChange: (chosen) => change(model, { features: chosen }),
  });
  const batch = choice({
    name: "penguins a step",
    options: { all: "all 342", twenty: "20", one: "1" },
    value: state.batch,
    onChange: (chosen) => change(model, { batch: chosen }),
  });
  const again = button("", () => change(model, { seed: (model.get("seed") + 1) % 100 }));
  const run = runner(model, root);
  const one = button("One step", () => {
    run.stop();
    put.steps(model.get("steps") + 1);
  });
  const aim = goal(
    `Arrive in ${FEW} steps or fewer, from a start at least ${FAR} away from the star.`,
  );
  const buttons = h("div", { class: "nt-stepper" }, one, run.element, again);
  return {
    elements: [...rates, steps, features, batch].map((each) => each.element).concat(buttons),
    badge: aim.element,
    destroy: run.destroy,
    update(now, { arrives }, { minimum }) {
      for (const each of rates) {
        each.element.hidden = each.features !== now.features;
        each.update(now.rate);
      }
      steps.update(now.steps);
      features.update(now.features);
      batch.update(now.batch);
      set(one, { "aria-disabled": String(now.steps === MOST_STEPS) });
      again.hidden = now.batch === "all";
      setText(again, `Draw others (seed ${now.seed})`);
      const away = Math.hypot(now.start[0] - minimum[0], now.start[1] - minimum[1]);
      const done = arrives >= 0 && arrives <= FEW && away >= FAR;
      const when = arrives < 0 ? "Not there" : `There after ${arrives}`;
      aim.update(done, `${when}; start ${format(away, 1)} away`);
    },
  };
}

/** A button that takes the walk step by step from its start; anything else stops it. */
function runner(model, root) {
  let [due, mine] = [0, -1];
  const element = button("Run", () => (ticking.on ? stop() : start()), { kind: "main" });
  const ticking = ticker(root, (seconds) => {
    if (model.get("steps") !== mine) return stop();
    due += seconds * 8;
    if (due < 1) return;
    due = 0;
    mine += 1;
    change(model, { steps: mine });
    if (mine >= MOST_STEPS) stop();
  });
  const stop = () => {
    ticking.stop();
    setText(element, "Run");
  };
  const start = () => {
    [due, mine] = [0, 0];
    change(model, { steps: 0 });
    setText(element, "Stop");
    ticking.start();
  };
  return { element, stop, destroy: ticking.destroy };
}

/** The three plots, made anew for other features, whose bowl is another. */
function drawing(stage, model, put, bowls) {
  let shown = null;
  let plots = [];
  return {
    update(state, found) {
      if (shown !== state.features) {
        shown = state.features;
        const surface = bowls[shown];
        plots = [
          map(model, put, surface, shown),
          relief(surface),
          costPlot(model, put, surface, shown),
        ];
        const [left, ...right] = plots.map((each) => each.svg);
        stage.replaceChildren(left, h("div", { class: "nt-side" }, ...right));
      }
      for (const plot of plots) plot.update(state, found);
    },
  };
}

/** Heights of the lines on the map: their square roots are evenly spaced. */
function heights(surface) {
  const corners = MAP.w1.flatMap((w1) => MAP.w2.map((w2) => surface.cost([w1, w2])));
  const range = Math.max(...corners) - surface.lowest;
  return Array.from(
    { length: LEVELS },
    (_, k) => surface.lowest + range * ((k + 1) / (LEVELS + 0.5)) ** 2,
  );
}

const bandTint = (k) => tint("target", (0.3 * k) / LEVELS);

/** The line of one height, an ellipse, as points in the space of the weights. */
function levelLine({ minimum, steepest, flattest, axis, lowest }, height) {
  const [short, long] = [steepest, flattest].map((bend) =>
    Math.sqrt((2 * (height - lowest)) / bend),
  );
  return Array.from({ length: 73 }, (_, i) => {
    const turn = (i * Math.PI) / 36;
    const [a, b] = [short * Math.cos(turn), long * Math.sin(turn)];
    return [
      minimum[0] + a * Math.cos(axis) - b * Math.sin(axis),
      minimum[1] + a * Math.sin(axis) + b * Math.cos(axis),
    ];
  });
}

const STAR = "M0-9L2.6-3.2L9-2.6L4.2 1.7L5.6 8L0 4.7L-5.6 8L-4.2 1.7L-9-2.6L-2.6-3.2Z";

/** Points as far as they can be drawn: the last one may lie well outside, but not beyond numbers. */
function drawable(points) {
  const limit = 3000;
  const out = points.findIndex((point) => !point.every((v) => Math.abs(v) < limit));
  if (out < 1) return points;
  const [from, to] = [points[out - 1], points[out]];
  const by = to.map((v, i) => v - from[i]);
  const reach = limit / Math.hypot(...by);
  return [
    ...points.slice(0, out),
    from.map((v, i) => v + (Number.isFinite(reach) ? by[i] * reach : 0)),
  ];
}

/** The map of the cost with the path on it; its start can be dragged. */
function map(model, put, surface, features) {
  const { svg, area, x, y } = axes({
    width: 340,
    height: 356,
    margin: { top: 24, right: 8, bottom: 38, left: 30 },
    xDomain: MAP.w1,
    yDomain: MAP.w2,
    xTicks: [-5, 0, 5, 10, 15, 20],
    yTicks: [-10, -5, 0, 5, 10, 15, 20],
    xName: NAMES[features][0],
    yName: NAMES[features][1],
    name: "Map of the cost over the two weights, with the path; its start can be dragged",
  });
  const toMap = ([w1, w2]) => [x(w1), y(w2)];
  const levels = heights(surface);
  const ground = s(
    "g",
    { class: "nt-ground" },
    s("rect", {
      x: x(MAP.w1[0]),
      y: y(MAP.w2[1]),
      width: "100%",
      height: "100%",
      fill: bandTint(LEVELS),
    }),
  );
  for (let k = LEVELS - 1; k >= 0; k--) {
    const d = `${polyline(levelLine(surface, levels[k]).map(toMap))}Z`;
    ground.append(
      s("path", { d, fill: bandTint(k), stroke: tint("target", 0.3 + (0.4 * k) / LEVELS) }),
    );
  }
  const path = s("path", { class: "nt-way" });
  const dots = s("path", { class: "nt-steps" });
  const star = s("path", {
    class: "nt-star",
    d: STAR,
    transform: `translate(${toMap(surface.minimum).join(" ")})`,
  });
  area.append(ground, path, dots, star);
  svg.addEventListener("click", (event) => {
    const matrix = svg.getScreenCTM().inverse();
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix);
    if (ground.contains(event.target)) put.start([x.invert(at.x), y.invert(at.y)]);
  });
  const knob = handle(svg, {
    name: "start of the walk, in both weights",
    role: "gradient",
    min: MAP.w1[0],
    max: MAP.w1[1],
    onDrag: (point) => put.start([x.invert(point.x), y.invert(point.y)]),
    onNudge(right, up) {
      const [w1, w2] = model.get("start");
      put.start([w1 + right / 4, w2 + up / 4]);
    },
  });
  svg.append(knob.element);
  return {
    svg,
    update({ start: [w1, w2], steps }, found) {
      const points = drawable(found.path.slice(0, steps + 1).map(toMap));
      set(path, { d: polyline(points) });
      set(dots, {
        d: points
          .slice(1)
          .map(([px, py]) => `M${px.toFixed(1)} ${py.toFixed(1)}h0`)
          .join(""),
      });
      knob.update({ x: x(w1), y: y(w2), now: w1, text: `w1 ${format(w1)}, w2 ${format(w2)}` });
    },
  };
}

const LOOK = { azimuth: (-62 * Math.PI) / 180, elevation: (30 * Math.PI) / 180 };
const FACETS = 14;

/** The same bowl as a surface, seen from the side, with the path on it. */
function relief(surface) {
  const [width, height] = [340, 190];
  const svg = picture(
    width,
    height,
    "The cost as a surface over the two weights, with the path on it",
  );
  const top = Math.max(...heights(surface)) - surface.lowest;
  const unit = (v, [from, to]) => (2 * (v - from)) / (to - from) - 1;
  const [sin, cos] = [Math.sin(LOOK.azimuth), Math.cos(LOOK.azimuth)];
  const place = (w) => {
    const [u, v] = [unit(w[0], MAP.w1), unit(w[1], MAP.w2)];
    const rise = (surface.cost(w) - surface.lowest) / top;
    const depth = -u * cos - v * sin;
    return {
      depth,
      at: [
        width / 2 + 98 * (v * cos - u * sin),
        128 - 98 * depth * Math.sin(LOOK.elevation) - 62 * rise,
      ],
    };
  };
  const along = ([from, to], i) => from + ((to - from) * i) / FACETS;
  const levels = heights(surface);
  const facets = Array.from({ length: FACETS * FACETS }, (_, n) => {
    const [i, j] = [n % FACETS, Math.floor(n / FACETS)];
    const corners = [
      [i, j],
      [i + 1, j],
      [i + 1, j + 1],
      [i, j + 1],
    ].map(([a, b]) => [along(MAP.w1, a), along(MAP.w2, b)]);
    const middle = [along(MAP.w1, i + 0.5), along(MAP.w2, j + 0.5)];
    const band = levels.filter((level) => level < surface.cost(middle)).length;
    return { depth: place(middle).depth, d: `${polyline(corners.map((w) => place(w).at))}Z`, band };
  });
  facets.sort((one, other) => other.depth - one.depth);
  svg.append(
    ...facets.map(({ d, band }) => s("path", { class: "nt-facet", d, fill: bandTint(band) })),
  );
  const path = s("path", { class: "nt-way" });
  const dots = s("path", { class: "nt-steps" });
  const first = s("circle", { class: "nt-first", r: 5 });
  const star = s("path", { class: "nt-star", d: STAR });
  set(star, { transform: `translate(${place(surface.minimum).at.join(" ")}) scale(0.8)` });
  svg.append(path, star, dots, first);
  const inside = ([w1, w2]) =>
    w1 >= MAP.w1[0] && w1 <= MAP.w1[1] && w2 >= MAP.w2[0] && w2 <= MAP.w2[1];
  return {
    svg,
    update({ steps }, found) {
      const walked = found.path.slice(0, steps + 1);
      const out = walked.findIndex((w) => !inside(w));
      const kept = out < 0 ? walked : walked.slice(0, Math.max(1, out));
      // Between two points the line lies on the surface: it is drawn in short pieces.
      const line = kept.flatMap((w, i) =>
        i === 0
          ? [w]
          : PIECES.map((t) => w.map((v, k) => kept[i - 1][k] + t * (v - kept[i - 1][k]))),
      );
      set(path, { d: polyline(line.map((w) => place(w).at)) });
      set(dots, {
        d: kept
          .slice(1)
          .map((w) => place(w).at)
          .map(([px, py]) => `M${px.toFixed(1)} ${py.toFixed(1)}h0`)
          .join(""),
      });
      const [cx, cy] = place(kept[0]).at;
      set(first, { cx: cx.toFixed(1), cy: cy.toFixed(1) });
    },
  };
}
const PIECES = [0.2, 0.4, 0.6, 0.8, 1];

/** The cost after each step; the number of steps can be dragged. */
function costPlot(model, put, surface, features) {
  const { range, ticks } = COSTS[features];
  const { svg, area, grid, x, y } = axes({
    width: 340,
    height: 170,
    margin: { top: 22, right: 12, bottom: 36, left: 44 },
    xDomain: [0, MOST_STEPS],
    yDomain: range.map(Math.log10),
    xTicks: [0, 15, 30, 45, 60],
    yTicks: [],
    xName: "step",
    yName: "cost *C*",
    name: "The cost after each step; the number of steps can be dragged",
  });
  const high = (cost) => y(clamp(Math.log10(cost), -10, range[1] > 5000 ? 8 : 7));
  for (const tick of ticks) {
    grid.append(
      s("line", { x1: 44, x2: 328, y1: high(tick), y2: high(tick) }),
      label(38, high(tick) + 4, format(tick, 0), { "text-anchor": "end" }),
    );
  }
  const floor = s("line", {
    class: "nt-floor",
    x1: 44,
    x2: 328,
    y1: high(surface.lowest),
    y2: high(surface.lowest),
  });
  const rest = s("path", { class: "nt-curve nt-rest", stroke: colour("target") });
  const line = s("path", { class: "nt-curve", stroke: colour("target") });
  area.append(floor, rest, line);
  const knob = handle(svg, {
    name: "number of steps",
    role: "target",
    radius: 7,
    min: 0,
    max: MOST_STEPS,
    onDrag: (point) => put.steps(x.invert(point.x)),
    onNudge: (right, up) => put.steps(model.get("steps") + (right || up)),
  });
  svg.append(
    label(324, high(surface.lowest) - 6, `lowest ${format(surface.lowest, 1)}`, {
      "text-anchor": "end",
      class: "nt-halo-text",
    }),
    knob.element,
  );
  return {
    svg,
    update({ steps }, { costs }) {
      const points = costs.map((cost, step) => [
        x(step),
        high(Number.isFinite(cost) ? cost : 1e300),
      ]);
      set(line, { d: polyline(points.slice(0, steps + 1)) });
      set(rest, { d: polyline(points.slice(steps)) });
      const [px, py] = points[steps];
      knob.update({
        x: px,
        y: clamp(py, 22, 134),
        now: steps,
        text: `${steps} steps, cost ${format(costs[steps])}`,
      });
    },
  };
}

export default { render, check };
