// Train a network and watch it: its cost, what it has learned, its gradient by layer.
//
// A run is told by its settings, the seed among them: to change one is to start over, and the curve
// of the run before stays behind in grey.  What is drawn is read from the trainer, frame by frame.

import { largestDifference } from "../core.js";
import { bends, css, hiddenSpace, inputNames, plane, SIDE, sheet, through } from "../plane.js";
import { flatExamples, trainer } from "../trainer.js";
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
  frame as inFrame,
  label,
  linear,
  menu,
  mix,
  number,
  oneOf,
  onTheme,
  palette,
  picture,
  polyline,
  quantity,
  s,
  set,
  setText,
  symbol,
  ticker,
  whole,
} from "../ui.js";

const MOST_EPOCHS = 20000;
/** Milliseconds of a frame for training "as fast as it goes"; a second picture wants its share. */
const budget = (run) => (bends(run) ? 6 : 9);

/** What a set of data asks for: where to start, how high the cost reaches, and the goal. */
const TASKS = {
  digits: {
    name: "digits 1, 3, 7, 8",
    start: { hidden: [8], activation: "sigmoid", learning_rate: 3, batch_size: 10, speed: "epoch" },
    top: 1.2,
    goal: "Read at least 93 % of the test digits.",
    reached: ({ testAccuracy }) => testAccuracy >= 0.93,
    score: ({ testAccuracy }) => percent(testAccuracy),
  },
  xor: {
    name: "XOR",
    start: { hidden: [2], activation: "sigmoid", learning_rate: 3, batch_size: 5, speed: "fast" },
    ...below(0.01),
  },
  moons: {
    name: "two moons",
    start: {
      hidden: [8, 2],
      activation: "tanh",
      learning_rate: 0.3,
      batch_size: 10,
      speed: "epoch",
    },
    ...below(0.02),
  },
  spiral: {
    name: "spiral",
    start: {
      hidden: [8, 8, 2],
      activation: "tanh",
      learning_rate: 1,
      batch_size: 10,
      speed: "epoch",
    },
    ...below(0.02),
  },
};

function below(limit) {
  return {
    top: 0.4,
    goal: `Bring the cost below ${limit}.`,
    reached: ({ cost }) => cost < limit,
    score: ({ cost }) => `cost ${format(cost, 3)}`,
  };
}

const SHAPES = [
  ...["", "2", "4", "8", "16"],
  ...["8-2", "4-4", "8-8", "16-16"],
  ...["8-8-2", "8-8-8", "16-16-16", "8-8-8-8-8"],
];
const RATES = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30];
const BATCHES = [1, 2, 5, 10, 20, 50, 100, 1000];
const SETTINGS = ["data", "hidden", "activation", "learning_rate", "batch_size", "seed"];

const percent = (share) => (share === null ? "" : `${format(100 * share, 1)} %`);

/** Train as Python did, and compare what came out. */
const check = (truth) =>
  Math.max(...truth.map(({ given, found }) => largestDifference(again(given), found)));

function again({ x, y, epochs, axes, ...given }) {
  const examples = flatExamples(x, y);
  const learner = trainer({ ...given, examples });
  const records = [learner.measure()];
  while (records.length <= epochs) {
    runEpoch(learner);
    records.push(learner.measure());
  }
  return {
    layers: learner.layers.map(({ W, b, below: from, width }) => ({
      W: Array.from({ length: width }, (_, j) => [...W.slice(j * from, (j + 1) * from)]),
      b: [...b],
    })),
    cost: records.map((each) => each.cost),
    accuracy: records.map((each) => each.accuracy),
    norms: learner.norms(),
    moved: [...through(learner, examples, axes).moved],
  };
}

function runEpoch(learner) {
  do learner.step();
  while (learner.steps % learner.stepsPerEpoch);
}

/** Hidden widths as they are written in the address and in the menu. */
const shape = {
  text: (hidden) => hidden.join("-") || "none",
  read: (text) => {
    if (text === "none") return [];
    const widths = text.split("-").map(Number);
    const good = widths.length <= 5 && widths.every((n) => Number.isInteger(n) && n > 0 && n <= 16);
    return good ? widths : undefined;
  },
};

/** Two different neurons as they are written in the address. */
const pair = {
  text: (axes) => axes.join("-"),
  read: (text) => {
    const [, ...axes] = (/^(\d+)-(\d+)$/.exec(text) ?? []).map(Number);
    const good = axes.length && axes[0] !== axes[1] && Math.max(...axes) < 16;
    return good ? axes : undefined;
  },
};

/** The examples of every set, made from what the page holds when they are first asked for. */
function library(datasets) {
  const made = {};
  const images = ({ x, y }, { pixels, classes }) => {
    const grey = new Map([...pixels].map((sign, i) => [sign, i / 64]));
    const rows = y.length;
    const hot = [...y].map((k) => classes.map((_, j) => Number(j === Number(k))));
    const flat = [...x].map((sign) => grey.get(sign));
    return { m: rows, x: Float64Array.from(flat), y: Float64Array.from(hot.flat()) };
  };
  const load = (name) => {
    const raw = datasets[name];
    if (name !== "digits") {
      const train = flatExamples(
        raw.x,
        raw.y.map((y) => [y]),
      );
      return { train, test: null, inputs: 2, outputs: 1 };
    }
    const [train, test] = [images(raw.train, raw), images(raw.test, raw)];
    return { train, test, inputs: 16, outputs: raw.classes.length };
  };
  return (name) => {
    made[name] ??= load(name);
    return made[name];
  };
}

/** One run: a network in training and the record of its epochs. */
function newRun(model, sets) {
  const [name, hidden] = [model.get("data"), model.get("hidden")];
  const { train, test, inputs, outputs } = sets(name);
  const widths = [inputs, ...hidden, outputs];
  const learner = trainer({
    widths,
    activation: model.get("activation"),
    examples: train,
    batchSize: model.get("batch_size"),
    learningRate: model.get("learning_rate"),
    seed: model.get("seed"),
  });
  const costs = [];
  const testCosts = [];
  let now = null;
  const record = () => {
    const { cost, accuracy } = learner.measure();
    const other = test && learner.measure(test);
    now = { cost, accuracy, testCost: other?.cost ?? null, testAccuracy: other?.accuracy ?? null };
  };
  const keep = () => {
    record();
    costs.push(now.cost);
    if (test) testCosts.push(now.testCost);
  };
  keep();
  return {
    name,
    widths,
    activation: model.get("activation"),
    learner,
    train,
    costs,
    testCosts,
    get now() {
      return now;
    },
    get over() {
      return learner.epoch >= MOST_EPOCHS;
    },
    step() {
      learner.step();
      if (learner.steps % learner.stepsPerEpoch === 0) keep();
      else record();
    },
    epoch() {
      runEpoch(learner);
      keep();
    },
  };
}

function render({ model, el }) {
  const settings = address(model, el, {
    data: oneOf(Object.keys(TASKS)),
    hidden: shape,
    axes: pair,
    activation: oneOf(["sigmoid", "tanh", "relu"]),
    learning_rate: number(0.001, 30),
    batch_size: whole(1, 1000),
    seed: whole(0, 9999),
    epoch: whole(0, MOST_EPOCHS),
    speed: oneOf(["step", "epoch", "fast"]),
  });
  const reset = () => {
    pause();
    run = null;
    settings.reset();
    look();
  };
  const frame = card(el, {
    figure: "playground",
    name: "Train a network",
    maxdiff: check(model.get("_truth")),
    settings: { ...settings, reset },
  });
  const sets = library(model.get("datasets"));
  let [run, key, told, before] = [null, "", 0, null];
  let target = 0; // epochs that a link or a kernel asks for, still to be trained
  const pace = { rate: 0, frames: 0 };

  const status = statusLine();
  const curve = costCurve();
  const gradientPlot = sizes();
  const view = learned(model);
  const transport = buttons({ toggleRun, step, epoch, over, another });
  const panel = controls(model);
  const aim = goal("");
  frame.equation.append(status.element);
  frame.equation.after(transport.element);
  frame.stage.append(
    h("div", { class: "nt-curves" }, curve.element, gradientPlot.svg),
    ...view.elements,
  );
  frame.controls.append(...panel.elements);
  frame.foot.prepend(aim.element);

  const motor = ticker(frame.stage, (seconds) => {
    const done = run.learner.epoch;
    if (!transport.running && done >= target) return; // a frame that was asked for before the stop
    advance();
    measurePace(seconds, run.learner.epoch - done);
    if (run.learner.epoch >= target && !transport.running) pause();
    if (run.over) pause();
    redraw();
  });

  function advance() {
    const until = performance.now() + budget(run);
    const catching = run.learner.epoch < target;
    const speed = catching ? "fast" : model.get("speed");
    if (speed === "step") run.step();
    else {
      do run.epoch();
      while (
        speed === "fast" &&
        performance.now() < until &&
        !run.over &&
        !(catching && run.learner.epoch >= target)
      );
    }
  }
  function measurePace(seconds, epochs) {
    if (!seconds) return;
    const share = 0.1;
    pace.frames += share * (1 / seconds - pace.frames);
    pace.rate += share * (epochs / seconds - pace.rate);
  }
  function toggleRun() {
    if (transport.running) return pause();
    if (run.over) return undefined;
    transport.running = true;
    Object.assign(pace, { frames: 60, rate: 0 });
    motor.start();
    return lookSoon();
  }
  function pause() {
    transport.running = false;
    if (motor.on) motor.stop();
    tell(run.learner.epoch);
  }
  /** Write the epoch into the model, where the address and a kernel find it; and show it. */
  function tell(epoch) {
    target = 0;
    told = epoch;
    if (model.get("epoch") !== epoch) change(model, { epoch });
    else lookSoon();
  }
  function step() {
    if (run.over) return;
    run.step();
    pause();
  }
  function epoch() {
    if (run.over) return;
    run.epoch();
    pause();
  }
  function over() {
    pause();
    run = null;
    tell(0);
  }
  function another() {
    change(model, { seed: (model.get("seed") + 1) % 10000, epoch: 0 });
  }

  /** See what the settings ask for; start over where they ask for another run. */
  function look() {
    const asked = JSON.stringify(SETTINGS.map((name) => model.get(name)));
    const wanted = model.get("epoch");
    if (asked !== key || !run || (wanted !== told && wanted < run.learner.epoch)) {
      if (run && asked !== key && run.costs.length > 1 && run.name === model.get("data"))
        before = run.costs;
      if (run && run.name !== model.get("data")) before = null;
      run = newRun(model, sets);
      key = asked;
      target = 0;
    }
    if (wanted !== told || wanted > run.learner.epoch) {
      told = wanted;
      if (wanted > run.learner.epoch) {
        target = wanted;
        motor.start(true);
      }
    }
    redraw();
  }

  function redraw() {
    if (!run) return;
    const { now, learner } = run;
    const task = TASKS[run.name];
    status.update(run, transport.running ? pace : null);
    curve.update(run, before, task.top);
    gradientPlot.update(learner.norms());
    view.update(run);
    frame.stage.classList.toggle("is-bent", bends(run));
    transport.update(run);
    panel.update(model);
    aim.update(task.reached(now), task.score(now), task.goal);
    if (!motor.on) {
      view.describe(run);
      frame.say(spoken(run));
    }
  }

  // In a frame: after a click the browser lays out at once what has changed.
  const lookSoon = inFrame(look);
  const unwatch = onTheme(() => view.update(run));
  const stop = follow(model, look);
  requestAnimationFrame(redraw); // in JupyterLab the colours are known only once it is in the page
  return () => {
    stop();
    unwatch();
    motor.destroy();
    settings.destroy();
  };
}

function spoken({ now, learner, name }) {
  const seen = `Epoch ${learner.epoch}: cost ${format(now.cost, 3)}, ${percent(now.accuracy)} right`;
  const tested =
    now.testAccuracy === null ? "" : `, ${percent(now.testAccuracy)} of the test digits`;
  return `${seen}${tested}.${TASKS[name].reached(now) ? " The goal is reached." : ""}`;
}

// ---- what it says ----

function statusLine() {
  const [widths, epoch, cost, right, test, pace] = [
    quantity("activation"),
    quantity(),
    quantity("target"),
    quantity(),
    quantity(),
    h("span", { class: "nt-pace" }),
  ];
  for (const each of [epoch, cost, right, test]) set(each.element, { "data-result": true });
  const testing = equation("test ", test.element);
  const element = h(
    "div",
    { class: "nt-lines nt-status" },
    equation(widths.element),
    equation("epoch ", epoch.element),
    equation("cost ", symbol("C"), " = ", cost.element),
    equation("right ", right.element),
    testing,
    pace,
  );
  return {
    element,
    update({ widths: all, learner, now }, running) {
      const parameters = all.slice(1).reduce((sum, n, i) => sum + n * (all[i] + 1), 0);
      widths.update(`${all.join("-")}, ${parameters} parameters`);
      const part = learner.steps % learner.stepsPerEpoch;
      epoch.update(`${learner.epoch}${part ? ` + ${part}/${learner.stepsPerEpoch}` : ""}`);
      cost.update(format(now.cost, 4));
      right.update(percent(now.accuracy));
      testing.hidden = now.testAccuracy === null;
      test.update(percent(now.testAccuracy));
      setText(
        pace,
        running
          ? `${format(running.frames, 0)} frames, ${format(running.rate, 0)} epochs a second`
          : "",
      );
    },
  };
}

const WIDTH = 340;
const STEPS_OF_AXIS = [1, 2, 5];

/** The end of the axis: the first round number of epochs that is not too small. */
function axisEnd(epochs) {
  for (let power = 10; ; power *= 10) {
    const found = STEPS_OF_AXIS.map((each) => each * power).find((each) => each >= epochs);
    if (found) return found;
  }
}

/** Points of a curve, thinned out to what the eye can tell apart. */
function thinned(costs, x, y, top) {
  const every = Math.max(1, Math.floor(costs.length / 300));
  const points = [];
  for (let i = 0; i < costs.length; i += every) points.push([x(i), y(Math.min(costs[i], top))]);
  const last = costs.length - 1;
  if (last % every) points.push([x(last), y(Math.min(costs[last], top))]);
  return polyline(points);
}

/** Cost against epoch.  The axes are made anew when the run outgrows them. */
function costCurve() {
  const element = h("div");
  let [shown, plot] = ["", null];
  const build = (end, top) => {
    const made = axes({
      width: WIDTH,
      height: 210,
      margin: { top: 24, right: 14, bottom: 34, left: 34 },
      xDomain: [0, end],
      yDomain: [0, top],
      xTicks: [0, end / 2, end],
      xName: "epoch",
      yName: "cost *C*",
      name: "The cost after every epoch",
    });
    const line = (name, extra) => s("path", { class: `nt-curve ${name}`, ...extra });
    const [ghost, test, train] = [
      line("nt-before", {}),
      line("nt-test", { stroke: colour("ink") }),
      line("nt-train", { stroke: colour("target") }),
    ];
    made.area.append(ghost, test, train);
    const key = [label(WIDTH - 16, 18, "", { "text-anchor": "end", class: "nt-key-test" })];
    made.svg.append(...key);
    element.replaceChildren(made.svg);
    return { ...made, ghost, test, train, key: key[0] };
  };
  return {
    element,
    update({ costs, testCosts }, before, top) {
      const end = axisEnd(Math.max(costs.length - 1, 1));
      const asked = `${end} ${top}`;
      if (asked !== shown) plot = build(end, top);
      shown = asked;
      const { x, y } = plot;
      set(plot.train, { d: thinned(costs, x, y, top) });
      set(plot.test, { d: testCosts.length ? thinned(testCosts, x, y, top) : "" });
      set(plot.ghost, { d: before ? thinned(before.slice(0, end + 1), x, y, top) : "" });
      const parts = [testCosts.length ? "dotted: test" : "", before ? "grey: the run before" : ""];
      setText(plot.key, parts.filter(Boolean).join(", "));
    },
  };
}

const DECADES = [-5, -4, -3, -2, -1, 0, 1];
const TALLEST = 6;

/** The size of each layer's gradient on a logarithmic axis. */
function sizes() {
  const row = 19;
  const bottom = 24 + TALLEST * row;
  const svg = picture(WIDTH, bottom + 20, "The size of the gradient of every layer");
  const x = linear([-5.4, 1], [62, WIDTH - 16]);
  const grid = s("g", { class: "nt-axes", "aria-hidden": "true" });
  for (const power of DECADES.filter((each) => each % 2)) {
    grid.append(
      s("line", { x1: x(power), x2: x(power), y1: 22, y2: bottom }),
      label(x(power), bottom + 14, power > 0 ? "10" : format(10 ** power, -power)),
    );
  }
  const head = label(34, 14, "size of ∂*C*/∂*W* by layer", {
    "text-anchor": "start",
    class: "nt-axis-name",
  });
  const rows = Array.from({ length: TALLEST }, (_, i) => {
    const y = 34 + i * row;
    const name = label(56, y + 4, `layer ${i + 1}`, { "text-anchor": "end" });
    const stem = s("line", { class: "nt-stem", x1: x(-5.4), y1: y, y2: y });
    const dot = s("circle", { class: "nt-dot", r: 4.5, cy: y, fill: colour("gradient") });
    const text = label(0, y + 4, "", { class: "nt-halo-text nt-size" });
    const element = s("g", {}, stem, name, dot, text);
    return { element, stem, dot, text };
  });
  svg.append(grid, head, ...rows.map((each) => each.element));
  return {
    svg,
    update(norms) {
      rows.forEach(({ element, stem, dot, text }, i) => {
        element.style.display = i < norms.length ? "" : "none";
        if (i >= norms.length) return;
        const at = x(clamp(Math.log10(Math.max(norms[i], 1e-12)), -5.4, 1)).toFixed(1);
        set(stem, { x2: at });
        set(dot, { cx: at });
        const right = at > WIDTH - 80;
        set(text, { x: right ? at - 9 : Number(at) + 9, "text-anchor": right ? "end" : "start" });
        setText(text, Number(norms[i].toPrecision(2)).toString());
      });
    },
  };
}

// ---- what it has learned ----

/** A canvas: the plane with the network's answer, or the weights of the first layer as images; and
 * beside the plane, what the last hidden layer makes of it. */
function learned(model) {
  const { canvas, pen } = sheet("What the network has learned");
  const note = h("p", { class: "nt-note" });
  const names = h("div", { "aria-hidden": "true" }, ...inputNames());
  const element = h(
    "div",
    { class: "nt-learned" },
    h("div", { class: "nt-plane" }, canvas, names),
    note,
  );
  const drawPlane = plane(pen);
  const bent = hiddenSpace((axes) => change(model, { axes }));
  let colours = null;
  let theme = null;
  return {
    elements: [element, bent.element],
    update(run) {
      if (!run) return;
      // Reading styles costs a layout: only when the page's theme is another.
      const asked = `${document.documentElement.dataset.theme}${document.body.dataset.jpThemeLight}`;
      if (asked !== theme || Number.isNaN(colours.ink[0])) colours = palette();
      theme = asked;
      pen.clearRect(0, 0, SIDE, SIDE);
      names.hidden = run.name === "digits";
      bent.element.hidden = !bends(run);
      if (run.name === "digits") weightPictures(pen, run.learner.layers[0], colours);
      else {
        const seen = drawPlane(run, model.get("axes"), colours);
        if (bends(run)) bent.update(run, seen, colours);
      }
      setText(note, noteOn(run));
    },
    describe(run) {
      set(canvas, { "aria-label": description(run) });
      if (bends(run)) bent.describe(run);
    },
  };
}

function noteOn({ name, learner, widths }) {
  if (name !== "digits") return "Green where the output says 1; the line is where it says ½.";
  const kind = widths.length > 2 ? "hidden" : "output";
  const largest = learner.layers[0].W.reduce((most, w) => Math.max(most, Math.abs(w)), 0);
  return `The weights into each ${kind} neuron, pixel by pixel; the strongest is ±${format(largest, 1)}. A stroke marks a negative one.`;
}

const description = (run) =>
  run.name === "digits"
    ? `Weights into ${run.widths[1]} neurons as 4 by 4 images after epoch ${run.learner.epoch}.`
    : `The output over the plane after epoch ${run.learner.epoch}: ${percent(run.now.accuracy)} of the examples are on their side of the line.`;

/** The weights of one layer as images, all on one scale; negative pixels carry a stroke. */
function weightPictures(pen, { W, width, below }, colours) {
  const columns = Math.ceil(Math.sqrt(width));
  const pitch = SIDE / Math.max(2, columns);
  const pixels = Math.round(Math.sqrt(below));
  const side = pitch - 12;
  const cell = side / pixels;
  const limit = W.reduce((most, w) => Math.max(most, Math.abs(w)), 1e-12);
  for (let j = 0; j < width; j++) {
    const [left, top] = [6 + (j % columns) * pitch, 6 + Math.floor(j / columns) * pitch];
    for (let i = 0; i < below; i++) {
      const w = W[j * below + i] / limit;
      const [px, py] = [left + (i % pixels) * cell, top + Math.floor(i / pixels) * cell];
      const full = w < 0 ? colours.negative : colours.positive;
      pen.fillStyle = css(mix(colours.paper, full, Math.abs(w)));
      pen.fillRect(px, py, cell + 0.5, cell + 0.5);
      if (w > -0.08) continue;
      pen.fillStyle = css(w < -0.55 ? colours.paper : colours.negative);
      pen.fillRect(px + 0.32 * cell, py + 0.5 * cell - 0.75, 0.36 * cell, 1.5);
    }
    pen.strokeStyle = css(colours.muted);
    pen.lineWidth = 1;
    pen.strokeRect(left, top, side, side);
  }
}

// ---- the controls ----

function buttons({ toggleRun, step, epoch, over, another }) {
  const player = button("Run", toggleRun, { kind: "main" });
  const oneEpoch = button("One epoch", epoch);
  const oneStep = button("One step", step, { title: "One mini-batch: one update of the weights" });
  const element = h(
    "div",
    { class: "nt-stepper" },
    player,
    oneStep,
    oneEpoch,
    button("Start over", over),
    button("New seed", another),
  );
  const self = {
    element,
    running: false,
    update(run) {
      setText(player, self.running ? "Pause" : "Run");
      for (const each of [player, oneEpoch, oneStep])
        set(each, { "aria-disabled": String(run.over) });
    },
  };
  return self;
}

/** A menu of numbers, in which a value from elsewhere gets a place of its own. */
function numberMenu({ name, values, value, text, onChange }) {
  const made = menu({
    name,
    options: Object.fromEntries(values.map((each) => [`=${each}`, text(each)])),
    value: `=${value}`,
    onChange: (chosen) => onChange(chosen.slice(1)),
  });
  return {
    element: made.element,
    update(now) {
      const chosen = `=${now}`;
      if (made.select.value === chosen) return;
      if (![...made.select.options].some((option) => option.value === chosen))
        made.select.append(h("option", { value: chosen }, text(now)));
      made.update(chosen);
    },
  };
}

function controls(model) {
  const put = (values) => change(model, { ...values, epoch: 0 });
  const data = menu({
    name: "data",
    options: Object.fromEntries(Object.entries(TASKS).map(([key, { name }]) => [key, name])),
    value: model.get("data"),
    onChange: (to) => put({ data: to, ...structuredClone(TASKS[to].start) }),
  });
  const hidden = numberMenu({
    name: "hidden layers",
    values: SHAPES,
    value: model.get("hidden").join("-"),
    text: (widths) => (widths === "" ? "none" : widths),
    onChange: (widths) => put({ hidden: widths === "" ? [] : widths.split("-").map(Number) }),
  });
  const activation = choice({
    name: "activation",
    options: { sigmoid: "sigmoid", tanh: "tanh", relu: "relu" },
    value: model.get("activation"),
    onChange: (to) => put({ activation: to }),
  });
  const rate = numberMenu({
    name: "learning rate η",
    values: RATES,
    value: model.get("learning_rate"),
    text: String,
    onChange: (to) => put({ learning_rate: Number(to) }),
  });
  const batch = numberMenu({
    name: "batch size",
    values: BATCHES,
    value: model.get("batch_size"),
    text: (size) => (Number(size) === 1000 ? "all" : String(size)),
    onChange: (to) => put({ batch_size: Number(to) }),
  });
  const speed = choice({
    name: "each frame",
    options: { step: "step", epoch: "epoch", fast: "full speed" },
    value: model.get("speed"),
    onChange: (to) => change(model, { speed: to }),
  });
  const all = [data, hidden, activation, rate, batch, speed];
  return {
    elements: all.map((each) => each.element),
    update(now) {
      data.update(now.get("data"));
      hidden.update(now.get("hidden").join("-"));
      activation.update(now.get("activation"));
      rate.update(now.get("learning_rate"));
      batch.update(now.get("batch_size"));
      speed.update(now.get("speed"));
    },
  };
}

export default { render, check };
