// A task in the plane, seen twice: as it is given, with the network's answer everywhere, and as the
// last hidden layer hands it on.  One grid lies over both; what bends it is the network.

import { clamp, format, h, linear, menu, set, setText, symbol, unlessSame } from "./ui.js";

export const SIDE = 320;
const CELLS = 40; // each way
const [LINES, DENSE] = [9, 56]; // of the grid, each way, and points on each

export const css = (rgb) => `rgb(${rgb.map(Math.round).join(" ")})`;

/** Whether there is a hidden layer in front of the output that two axes can show. */
export const bends = ({ name, widths }) =>
  name !== "digits" && widths.length > 2 && widths[widths.length - 2] > 1;

/** Send places through the network: its answer to each, and two activations of the last hidden
 * layer, where it takes them. */
export function through({ layers, forward }, { x, m }, [j, k]) {
  const inputs = layers[0].below;
  const hidden = layers[layers.length - 2];
  const answer = new Float64Array(m);
  const moved = new Float64Array(hidden ? 2 * m : 0);
  for (let i = 0; i < m; i++) {
    answer[i] = forward(x, i * inputs)[0];
    if (!hidden) continue;
    moved[2 * i] = hidden.a[j];
    moved[2 * i + 1] = hidden.a[k];
  }
  return { answer, moved };
}

/** A square canvas with SIDE units each way, sharp on every screen. */
export function sheet(name) {
  const ratio = Math.min(2, globalThis.devicePixelRatio || 1);
  const size = { width: SIDE * ratio, height: SIDE * ratio };
  const canvas = h("canvas", { ...size, role: "img", "aria-label": name });
  const pen = canvas.getContext("2d");
  pen.scale(ratio, ratio);
  return { canvas, pen };
}

// ---- as it is given ----

/** Draws the answer over the plane, the line where it is ½, the grid that will be bent, and the
 * examples; returns where the last hidden layer takes grid and examples. */
export function plane(pen) {
  const fill = wash(pen);
  const survey = unlessSame((train) => {
    const [x, y] = square(train);
    return { x, y, cells: cells(x, y), lines: lines(x, y) };
  });
  return (run, axes, colours) => {
    const { learner, train, widths } = run;
    const { x, y, cells, lines } = survey([train], train);
    const { answer } = through(learner, cells, [0, 1]);
    fill(answer, { left: 0, top: 0, side: SIDE }, colours);
    if (bends(run)) gridOn(pen, lines.x, x, y, colours);
    border(pen, answer, css(colours.ink));
    examplesOn(pen, train, x, y, colours);
    if (!bends(run)) return null;
    const shown = Math.max(...axes) < widths[widths.length - 2] ? axes : [0, 1];
    const moved = (places) => through(learner, places, shown).moved;
    return { axes: shown, grid: moved(lines), examples: moved(train) };
  };
}

/** Places on the canvas, [x, y] each, as examples are kept. */
function placesOf(points, x, y) {
  const flat = points.flatMap(([px, py]) => [x.invert(px), y.invert(py)]);
  return { x: Float64Array.from(flat), m: points.length };
}

/** The middles of all cells, row by row. */
function cells(x, y) {
  const middles = Array.from({ length: CELLS }, (_, i) => ((i + 0.5) * SIDE) / CELLS);
  return placesOf(
    middles.flatMap((py) => middles.map((px) => [px, py])),
    x,
    y,
  );
}

/** The lines of the grid, point by point: first those across, then those up. */
function lines(x, y) {
  const along = Array.from({ length: DENSE }, (_, i) => (i * SIDE) / (DENSE - 1));
  const at = Array.from({ length: LINES }, (_, i) => ((i + 0.5) * SIDE) / LINES);
  const across = at.flatMap((py) => along.map((px) => [px, py]));
  return placesOf([...across, ...across.map(([px, py]) => [py, px])], x, y);
}

/** Scales that show all examples in a square with some room around. */
function square({ x, m }) {
  const [low, high] = [
    [Infinity, Infinity],
    [-Infinity, -Infinity],
  ];
  for (let i = 0; i < 2 * m; i++) {
    low[i % 2] = Math.min(low[i % 2], x[i]);
    high[i % 2] = Math.max(high[i % 2], x[i]);
  }
  const half = 0.64 * Math.max(high[0] - low[0], high[1] - low[1]);
  const domain = (k) => [(low[k] + high[k]) / 2 - half, (low[k] + high[k]) / 2 + half];
  return [linear(domain(0), [0, SIDE]), linear(domain(1), [SIDE, 0])];
}

/** Colours a square of the canvas, cell by cell, by what the network answers there. */
function wash(pen) {
  const small = document.createElement("canvas");
  small.width = small.height = CELLS;
  const brush = small.getContext("2d");
  const image = brush.createImageData(CELLS, CELLS);
  return (answer, { left, top, side }, { paper, activation }) => {
    for (let n = 0; n < answer.length; n++) {
      for (let c = 0; c < 3; c++)
        image.data[4 * n + c] = paper[c] + 0.55 * answer[n] * (activation[c] - paper[c]);
      image.data[4 * n + 3] = 255;
    }
    brush.putImageData(image, 0, 0);
    pen.drawImage(small, left, top, side, side);
  };
}

/** The line where the field is ½: in every cell, between the edges that it crosses. */
function border(pen, field, stroke) {
  const cell = SIDE / CELLS;
  pen.beginPath();
  for (let row = 0; row < CELLS - 1; row++) {
    for (let column = 0; column < CELLS - 1; column++) {
      const n = row * CELLS + column;
      const corners = [field[n], field[n + 1], field[n + CELLS + 1], field[n + CELLS]];
      const hits = [];
      for (let e = 0; e < 4; e++) {
        const [from, to] = [corners[e], corners[(e + 1) % 4]];
        if (from < 0.5 === to < 0.5) continue;
        const share = (0.5 - from) / (to - from);
        const [fx, fy] = [[0, 1, 1, 0][e], [0, 0, 1, 1][e]];
        const [tx, ty] = [[1, 1, 0, 0][e], [0, 1, 1, 0][e]];
        hits.push([fx + share * (tx - fx), fy + share * (ty - fy)]);
      }
      for (let i = 0; i + 1 < hits.length; i += 2) {
        for (const [k, [hx, hy]] of [hits[i], hits[i + 1]].entries()) {
          const place = [(column + 0.5 + hx) * cell, (row + 0.5 + hy) * cell];
          if (k) pen.lineTo(...place);
          else pen.moveTo(...place);
        }
      }
    }
  }
  pen.strokeStyle = stroke;
  pen.lineWidth = 2;
  pen.stroke();
}

/** The lines of the grid, drawn where their points have gone. */
function gridOn(pen, points, x, y, { muted }) {
  pen.beginPath();
  for (let n = 0; n < points.length / 2; n++) {
    const [px, py] = [x(points[2 * n]), y(points[2 * n + 1])];
    if (n % DENSE) pen.lineTo(px, py);
    else pen.moveTo(px, py);
  }
  pen.globalAlpha = 0.6;
  pen.strokeStyle = css(muted);
  pen.lineWidth = 1;
  pen.stroke();
  pen.globalAlpha = 1;
}

/** Class 0 as rings, class 1 as full triangles. */
function examplesOn(pen, { x: places, y: classes, m }, x, y, colours) {
  const size = m > 20 ? 3.6 : 8;
  pen.lineWidth = 1.3;
  pen.strokeStyle = css(colours.target);
  for (const wanted of [0, 1]) {
    pen.fillStyle = css(wanted ? colours.target : colours.paper);
    pen.beginPath();
    for (let i = 0; i < m; i++) {
      if (classes[i] !== wanted) continue;
      const [px, py] = [x(places[2 * i]), y(places[2 * i + 1])];
      if (wanted) {
        pen.moveTo(px, py - 1.2 * size);
        pen.lineTo(px + 1.1 * size, py + 0.8 * size);
        pen.lineTo(px - 1.1 * size, py + 0.8 * size);
        pen.closePath();
      } else {
        pen.moveTo(px + size, py);
        pen.arc(px, py, size, 0, 2 * Math.PI);
      }
    }
    pen.fill();
    pen.stroke();
  }
}

const axisName = (side) => h("span", { class: `nt-${side}` });

/** The names of the inputs, at the edges of the plane. */
export const inputNames = () =>
  ["across", "up"].map((side, i) => {
    const element = axisName(side);
    element.append(symbol("x", { role: "activation", sub: String(i + 1) }));
    return element;
  });

// ---- as the last hidden layer hands it on ----

const FRAME = { left: 28, top: 26, side: SIDE - 56 };
const LOWEST = { sigmoid: 0, tanh: -1, relu: 0 };

/** The plane of two hidden neurons: the bent grid, the examples where they have gone, and, if there
 * are no other neurons, the straight line where the answer is ½. */
export function hiddenSpace(onChange) {
  const { canvas, pen } = sheet("The plane of two hidden neurons");
  const note = h("p", { class: "nt-note" });
  const names = ["across", "up"].map(axisName);
  const [low, right, top] = ["low", "right", "top"].map((at) =>
    h("span", { class: `nt-at-${at}` }),
  );
  const choice = twoMenus(onChange);
  const element = h(
    "div",
    { class: "nt-learned nt-hidden" },
    h(
      "div",
      { class: "nt-plane" },
      canvas,
      h("div", { "aria-hidden": "true" }, ...names, low, right, top),
    ),
    note,
    choice.element,
  );
  const fill = wash(pen);
  const range = reach();
  const label = unlessSame((layer, width, axes) => {
    names.forEach((name, c) => {
      name.replaceChildren(
        symbol("a", { role: "activation", sup: `(${layer})`, sub: `${axes[c]}` }),
      );
    });
    choice.update(width, axes);
    setText(
      note,
      width > 2
        ? `Two neurons of ${width}: the border is straight only among all ${width}, so none is drawn.`
        : "The same points and grid as the output sees them: here the line is straight.",
    );
  });
  let domain = null;
  let seen = null;

  return {
    element,
    update(run, now, colours) {
      seen = now;
      const { axes, grid, examples } = seen;
      const layer = run.widths.length - 2;
      const width = run.widths[layer];
      domain = range(run, examples);
      const [x, y] = scales(domain);
      const output = run.learner.layers[layer];
      pen.clearRect(0, 0, SIDE, SIDE);
      pen.save();
      pen.beginPath();
      pen.rect(FRAME.left, FRAME.top, FRAME.side, FRAME.side);
      pen.clip();
      if (width === 2) fill(answers(output, axes, x, y), FRAME, colours);
      gridOn(pen, grid, x, y, colours);
      if (width === 2) straightLine(pen, output, axes, x, y, colours);
      pen.restore();
      pen.strokeStyle = css(colours.muted);
      pen.lineWidth = 1;
      pen.strokeRect(FRAME.left, FRAME.top, FRAME.side, FRAME.side);
      examplesOn(pen, { ...run.train, x: examples }, x, y, colours);
      label([layer, width, ...axes], layer, width, axes);
      setText(low, format(domain[0], 0));
      for (const each of [right, top]) setText(each, brief(domain[1]));
    },
    describe({ widths, learner, train, now }) {
      const layer = widths.length - 2;
      const [rings, triangles] = [0, 1].map((wanted) => middle(seen.examples, train, wanted));
      const line =
        widths[layer] > 2
          ? ""
          : ` A straight line has ${format(100 * now.accuracy, 1)} % of them on their side.`;
      set(canvas, {
        "aria-label": `The examples as hidden layer ${layer} hands them on after epoch ${learner.epoch}: neuron ${seen.axes[0]} across and neuron ${seen.axes[1]} up, from ${format(domain[0], 0)} to ${brief(domain[1])}. On average the rings are at ${rings}, the triangles at ${triangles}.${line}`,
      });
    },
  };
}

/** Menus for the neurons of the two axes; to choose the other axis's neuron is to exchange them. */
function twoMenus(onChange) {
  const element = h("div", { class: "nt-pair", role: "group", "aria-label": "Neurons shown" });
  let [made, chosen] = [[], null];
  const choose = (c) => (to) => {
    const axes = [...chosen];
    if (Number(to) === chosen[1 - c]) axes.reverse();
    else axes[c] = Number(to);
    onChange(axes);
  };
  const offer = unlessSame((width) => {
    const options = Object.fromEntries(Array.from({ length: width }, (_, k) => [k, `neuron ${k}`]));
    const names = width > 2 ? ["across", "up"] : [];
    made = names.map((name, c) => menu({ name, options, value: chosen[c], onChange: choose(c) }));
    element.replaceChildren(...made.map((each) => each.element));
  });
  return {
    element,
    update(width, axes) {
      chosen = axes;
      offer([width], width);
      for (const [c, { update }] of made.entries()) update(axes[c]);
    },
  };
}

/** What the axes reach from and to: a relu, which has no highest value, gets a round number that
 * grows with the run and never shrinks. */
function reach() {
  let [run, most] = [null, 0];
  return (now, examples) => {
    const { activation } = now;
    if (now !== run) most = 0;
    run = now;
    for (const a of examples) if (a > most) most = a;
    return [LOWEST[activation], activation === "relu" ? roundUp(clamp(most, 0.1, 1e9)) : 1];
  };
}

function roundUp(x) {
  const power = 10 ** Math.floor(Math.log10(x));
  return [1, 2, 5, 10].map((each) => each * power).find((each) => each >= x);
}

const brief = (x) => format(x, x < 1 ? 1 : 0);

function scales(domain) {
  const { left, top, side } = FRAME;
  return [linear(domain, [left, left + side]), linear(domain, [top + side, top])];
}

/** The output for every cell of the frame, as a function of the two neurons alone. */
function answers({ W, b, f }, [j, k], x, y) {
  const { left, top, side } = FRAME;
  const found = new Float64Array(CELLS ** 2);
  for (let row = 0, n = 0; row < CELLS; row++) {
    const up = b[0] + W[k] * y.invert(top + ((row + 0.5) * side) / CELLS);
    for (let column = 0; column < CELLS; column++, n++)
      found[n] = f(up + W[j] * x.invert(left + ((column + 0.5) * side) / CELLS));
  }
  return found;
}

/** The line on which the weighted sum is 0, longer than the frame. */
function straightLine(pen, { W, b }, [j, k], x, y, { ink }) {
  const [u, v] = [W[j], W[k]];
  const square = u * u + v * v;
  if (!square) return;
  const far = (2 * SIDE) / Math.abs(x.slope) / Math.sqrt(square);
  pen.beginPath();
  for (const way of [-far, far]) {
    const across = (-b[0] * u) / square - way * v;
    const up = (-b[0] * v) / square + way * u;
    pen.lineTo(x(across), y(up));
  }
  pen.strokeStyle = css(ink);
  pen.lineWidth = 2;
  pen.stroke();
}

/** Where the examples of a class are on average, in words. */
function middle(places, { y, m }, wanted) {
  const sum = [0, 0];
  let count = 0;
  for (let i = 0; i < m; i++) {
    if (y[i] !== wanted) continue;
    count++;
    for (const c of [0, 1]) sum[c] += places[2 * i + c];
  }
  return sum
    .map((each) => format(each / count, 2))
    .join(" across and ")
    .concat(" up");
}
