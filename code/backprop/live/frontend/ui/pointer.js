// Direct manipulation: dragging by pointer or touch, and always by keyboard as well.

import { h, s, set, setRole, setText } from "./dom.js";
import { clamp, format, snap } from "./numbers.js";

const ARROWS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const JUMPS = {
  PageUp: [0, 10],
  PageDown: [0, -10],
  Home: [-Infinity, 0],
  End: [Infinity, 0],
};

/** [right, up] in steps for a key, or null; Shift makes an arrow ten times as far. */
export function keyStep(event) {
  const [right, up] = ARROWS[event.key] ?? JUMPS[event.key] ?? [];
  if (right === undefined || event.ctrlKey || event.metaKey || event.altKey) return null;
  const far = event.shiftKey && event.key in ARROWS ? 10 : 1;
  return [right * far, up * far];
}

/** Drag within an svg: onMove gets { x, y, dx, dy } in the svg's own units.
 *
 * The screen matrix is read once, at the start, so that moving never asks the browser for a layout. */
export function drag(target, svg, { onStart = () => {}, onMove, onEnd = () => {} }) {
  target.addEventListener("pointerdown", (down) => {
    if (down.button !== 0) return;
    const matrix = svg.getScreenCTM().inverse();
    const place = (event) => new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix);
    const start = place(down);
    // At once, and not in the next frame: drawing waits for a frame by itself.
    const move = (event) => {
      if (event.pointerId !== down.pointerId) return;
      const { x, y } = place(event);
      onMove({ x, y, dx: x - start.x, dy: y - start.y });
    };
    const end = (event) => {
      if (event.pointerId !== down.pointerId) return;
      for (const name of ["pointermove", "pointerup", "pointercancel"])
        target.removeEventListener(name, name === "pointermove" ? move : end);
      target.classList.remove("is-dragged");
      onEnd();
    };
    target.setPointerCapture(down.pointerId);
    target.addEventListener("pointermove", move);
    target.addEventListener("pointerup", end);
    target.addEventListener("pointercancel", end);
    target.classList.add("is-dragged");
    target.focus({ preventScroll: true });
    down.preventDefault();
    onStart({ x: start.x, y: start.y, dx: 0, dy: 0 });
  });
}

/** A round handle in an svg, for one or two directions.
 *
 * onDrag(point) gets places in the svg, onNudge(right, up) steps from the keyboard (±Infinity for
 * Home and End: clamp them).  Call update({ x, y, now, text }) when drawing. */
export function handle(
  svg,
  { name, role = "ink", radius = 8, min, max, onStart = () => {}, onDrag, onNudge, onEnd },
) {
  const element = s(
    "g",
    {
      class: "nt-handle",
      style: `--nt-role: var(--nt-${role})`,
      role: "slider",
      tabindex: 0,
      "aria-label": name,
      "aria-valuemin": min,
      "aria-valuemax": max,
    },
    s("circle", { class: "nt-reach", r: 22 }),
    s("circle", { class: "nt-halo", r: radius + 5 }),
    s("circle", { class: "nt-knob", r: radius }),
  );
  drag(element, svg, { onStart, onMove: onDrag, onEnd });
  element.addEventListener("keydown", (event) => {
    const steps = keyStep(event);
    if (!steps) return;
    event.preventDefault();
    if (!event.repeat) onStart();
    onNudge(...steps);
  });
  const update = ({ x, y, now, text, role: newRole }) => {
    set(element, {
      transform: `translate(${x.toFixed(2)} ${y.toFixed(2)})`,
      "aria-valuenow": Number(now.toFixed(4)),
      "aria-valuetext": text,
    });
    if (newRole) setRole(element, newRole);
  };
  return { element, update };
}

/** A number in an equation that can be scrubbed: drag it sideways, or use the arrow keys. */
export function scrub({ name, min, max, step, digits = 2, role = "ink", onStart, onInput }) {
  let value = 0;
  const element = h("span", {
    class: "nt-scrub",
    style: `--nt-role: var(--nt-${role})`,
    role: "slider",
    tabindex: 0,
    "aria-label": name,
    "aria-valuemin": min,
    "aria-valuemax": max,
    title: `${name}: drag sideways or use the arrow keys`,
  });
  const put = (x) => {
    value = clamp(snap(x, step), min, max); // for a second key in the same frame
    onInput(value);
  };
  element.addEventListener("pointerdown", (down) => {
    if (down.button !== 0) return;
    const [from, origin] = [value, down.clientX];
    const move = (event) => put(from + Math.round((event.clientX - origin) / 3) * step);
    const end = () => {
      element.removeEventListener("pointermove", move);
      element.classList.remove("is-dragged");
    };
    element.setPointerCapture(down.pointerId);
    element.addEventListener("pointermove", move);
    element.addEventListener("pointerup", end, { once: true });
    element.addEventListener("pointercancel", end, { once: true });
    element.classList.add("is-dragged");
    element.focus({ preventScroll: true });
    down.preventDefault();
    onStart?.();
  });
  element.addEventListener("keydown", (event) => {
    const steps = keyStep(event);
    if (!steps) return;
    event.preventDefault();
    if (!event.repeat) onStart?.();
    const by = steps[0] || steps[1];
    put(Number.isFinite(by) ? value + by * step : by);
  });
  const update = (x, newRole = role) => {
    value = x;
    setText(element, format(x, digits));
    set(element, { "aria-valuenow": Number(x.toFixed(4)), "aria-valuetext": format(x, digits) });
    setRole(element, newRole);
  };
  return { element, update };
}

/** Roving focus: one tab stop for many nodes, arrow keys between them.
 *
 * columns is a list of lists of elements, left to right and top to bottom.  onFocus(element) is
 * called on focus and on hover; onLeave when neither is left. */
export function rove(columns, { onFocus = () => {}, onLeave = () => {}, onPress = () => {} } = {}) {
  const all = columns.flat();
  const stop = (element) => {
    for (const each of all) set(each, { tabindex: each === element ? 0 : -1 });
  };
  columns.forEach((column, c) => {
    column.forEach((element, r) => {
      element.addEventListener("focus", () => {
        stop(element);
        onFocus(element);
      });
      element.addEventListener("blur", () => onLeave(element));
      element.addEventListener("pointerenter", () => onFocus(element));
      element.addEventListener("pointerleave", () => onLeave(element));
      element.addEventListener("click", () => {
        element.focus({ preventScroll: true });
        onPress(element);
      });
      element.addEventListener("keydown", (event) => {
        if (event.key === "Enter" || event.key === " ") {
          event.preventDefault();
          onPress(element);
          return;
        }
        const [right, up] = ARROWS[event.key] ?? [];
        if (right === undefined) return;
        event.preventDefault();
        const to = columns[clamp(c + right, 0, columns.length - 1)];
        const row = right
          ? Math.round((r / Math.max(1, column.length - 1)) * (to.length - 1))
          : r - up;
        to[clamp(row, 0, to.length - 1)].focus();
      });
    });
  });
  stop(all[0]);
}
