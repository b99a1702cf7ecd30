// Pieces of pictures: a pair of axes, a node, an edge, a grid of pixels.

import { tint, weightStroke } from "./colours.js";
import { s, set, setFill, setText, unlessSame } from "./dom.js";
import { format, linear, ticks } from "./numbers.js";

/** An svg that scales with the page; what it shows is told in words by name. */
export const picture = (width, height, name, ...children) =>
  s(
    "svg",
    { class: "nt-picture", viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": name },
    ...children,
  );

/** A straight path through points [[x, y], …]. */
export const polyline = (points) =>
  points.length ? `M${points.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L")}` : "";

/** A text centred at a place unless attributes say otherwise; *x* makes x a symbol. */
export const label = (x, y, text, attributes = {}) =>
  s(
    "text",
    { x, y, "text-anchor": "middle", ...attributes },
    text.split("*").map((part, i) => (i % 2 ? s("tspan", { class: "is-symbol" }, part) : part)),
  );

/** Axes with ticks; what is added to .area is clipped to them.
 *
 * x and y are scales from data to the svg; in names, *x* makes x a symbol.  The area is an inner svg
 * with the same coordinates, because an inner svg clips without needing an id. */
export function axes({
  width,
  height,
  margin,
  xDomain,
  yDomain,
  xName,
  yName,
  name,
  yTicks,
  xTicks,
}) {
  const { top, right, bottom, left } = margin;
  const x = linear(xDomain, [left, width - right]);
  const y = linear(yDomain, [height - bottom, top]);
  const [w, t] = [width - left - right, height - top - bottom];
  const area = s("svg", {
    x: left,
    y: top,
    width: w,
    height: t,
    viewBox: `${left} ${top} ${w} ${t}`,
  });
  const grid = s("g", { class: "nt-axes", "aria-hidden": "true" });
  const svg = picture(width, height, name, grid, area);
  const redraw = () => {
    grid.replaceChildren();
    for (const v of xTicks ?? ticks(x.domain)) {
      grid.append(
        s("line", {
          x1: x(v),
          x2: x(v),
          y1: top,
          y2: height - bottom,
          class: v ? null : "is-zero",
        }),
        label(x(v), height - bottom + 15, format(v, Number.isInteger(v) ? 0 : 1)),
      );
    }
    for (const v of yTicks ?? ticks(y.domain)) {
      grid.append(
        s("line", { x1: left, x2: width - right, y1: y(v), y2: y(v), class: v ? null : "is-zero" }),
        label(left - 6, y(v) + 4, format(v, Number.isInteger(v) ? 0 : 1), { "text-anchor": "end" }),
      );
    }
    grid.append(
      label(left + w / 2, height - 4, xName, { class: "nt-axis-name" }),
      label(left, top - 8, yName, { class: "nt-axis-name", "text-anchor": "start" }),
    );
  };
  redraw();
  return { svg, area, grid, x, y };
}

/** Points of y = f(x), dense enough to look smooth. */
export function sample(f, [from, to], count = 160) {
  return Array.from({ length: count + 1 }, (_, i) => {
    const x = from + ((to - from) * i) / count;
    return [x, f(x)];
  });
}

/** A neuron: its tint and the length of its ring both say the activation, the text its number. */
export function node({ x, y, r = 20, name, digits = 2, range = [0, 1] }) {
  const around = 2 * Math.PI * r;
  const body = s("circle", { class: "nt-node-body", r });
  const ring = s("circle", { class: "nt-node-ring", r, transform: "rotate(-90)" });
  const text = s("text", { class: "nt-node-text", "text-anchor": "middle", dy: "0.35em" });
  const element = s(
    "g",
    { class: "nt-node", transform: `translate(${x} ${y})`, role: "img", "aria-label": name },
    body,
    ring,
    r >= 12 ? text : [],
  );
  const draw = unlessSame((a) => {
    const share = Math.min(1, Math.max(0, (a - range[0]) / (range[1] - range[0])));
    body.style.fill = tint("activation", r >= 12 ? 0.35 * share : share);
    set(ring, { "stroke-dasharray": `${(share * around).toFixed(1)} ${around.toFixed(1)}` });
    if (r >= 12) setText(text, format(a, digits));
    set(element, { "aria-label": `${name}: ${format(a, digits)}` });
  });
  return { element, update: (a) => draw([a], a), x, y, r };
}

/** A connection from one node to another; update(w, max) draws the weight. */
export function edge(from, to) {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  const [ux, uy] = [(to.x - from.x) / length, (to.y - from.y) / length];
  const ends = {
    x1: from.x + ux * from.r,
    y1: from.y + uy * from.r,
    x2: to.x - ux * to.r,
    y2: to.y - uy * to.r,
  };
  const line = s("line", { class: "nt-edge", ...ends });
  const reach = s("line", { class: "nt-edge-reach", ...ends });
  const element = s("g", { class: "nt-edge-group" }, reach, line);
  return { element, line, ends, update: (w, max) => set(line, weightStroke(w, max)) };
}

/** A grid of square pixels, filled row by row; update(values, fill) with fill(value) a colour. */
export function pixels({ rows, columns, cell, x = 0, y = 0, name }) {
  const cells = Array.from({ length: rows * columns }, (_, i) =>
    s("rect", {
      x: x + (i % columns) * cell,
      y: y + Math.floor(i / columns) * cell,
      width: cell,
      height: cell,
    }),
  );
  const element = s("g", { class: "nt-pixels", role: "img", "aria-label": name }, cells);
  const update = (values, fill) => {
    for (const [i, rect] of cells.entries()) setFill(rect, fill(values[i]));
  };
  return { element, cells, update };
}
