// Sliders, choices, switches, buttons: native elements first, so that keyboard, touch and screen
// readers work as their users expect.

import { frame, h, reducedMotion, set, setText } from "./dom.js";
import { clamp, format, snap } from "./numbers.js";

const FIELD_KEYS = { ArrowUp: 1, ArrowDown: -1, PageUp: 10, PageDown: -10 };
const RANGE_KEYS = { ...FIELD_KEYS, ArrowRight: 1, ArrowLeft: -1 };

/** A range with its label and a field to type the number into.
 *
 * label may be a string or an array of nodes (an equation's fragment); name is its plain text. */
export function slider({
  label,
  name,
  min,
  max,
  step,
  digits = 2,
  role = "ink",
  value,
  onStart = () => {},
  onInput,
}) {
  // The range itself takes any number: only dragging and keys go in steps, so that what is typed
  // stays as it was typed.
  const range = h("input", { type: "range", min, max, step: "any", "aria-label": name });
  const field = h("input", { type: "text", inputmode: "decimal", "aria-label": `${name}, typed` });
  const element = h(
    "div",
    { class: "nt-slider", style: `--nt-role: var(--nt-${role})` },
    h("span", { class: "nt-slider-label", "aria-hidden": "true" }, label ?? name),
    range,
    field,
  );
  let current = value;
  const update = (x) => {
    current = x;
    if (range.value !== String(x)) range.value = x;
    set(range, { "aria-valuetext": format(x, digits) });
    const text = format(x, digits);
    if (document.activeElement !== field && field.value !== text) field.value = text;
  };
  const put = (x) => {
    const kept = clamp(x, min, max);
    update(kept);
    onInput(kept);
  };
  const byKey = (event) => {
    const by = event.target === field ? FIELD_KEYS[event.key] : RANGE_KEYS[event.key];
    if (!by) return;
    event.preventDefault();
    if (!event.repeat) onStart();
    put(snap(current + by * (event.shiftKey ? 10 : 1) * step, step));
    field.value = format(current, digits);
  };
  range.addEventListener("pointerdown", () => onStart());
  range.addEventListener("input", () => put(snap(Number(range.value), step)));
  range.addEventListener("keydown", byKey);
  field.addEventListener("keydown", byKey);
  field.addEventListener("change", () => {
    const text = field.value.trim().replace("−", "-").replace(",", ".");
    if (text !== "" && Number.isFinite(Number(text))) {
      onStart();
      put(Number(text));
    }
    field.value = format(current, digits);
  });
  update(value);
  return { element, range, field, update };
}

/** One of several: radio buttons that look like a strip. options: { value: label } */
export function choice({ name, options, value, onChange }) {
  const group = `nt-${Math.random().toString(36).slice(2)}`;
  const radios = Object.entries(options).map(([key, label]) => {
    const input = h("input", { type: "radio", name: group, value: key });
    input.addEventListener("change", () => onChange(key));
    return { input, element: h("label", {}, input, h("span", {}, label)) };
  });
  const element = h(
    "fieldset",
    { class: "nt-choice" },
    h("legend", {}, name),
    radios.map((radio) => radio.element),
  );
  const update = (chosen) => {
    for (const { input } of radios) input.checked = input.value === String(chosen);
  };
  update(value);
  return { element, update };
}

/** On or off: a native checkbox. */
export function toggle({ name, value, onChange }) {
  const input = h("input", { type: "checkbox" });
  input.addEventListener("change", () => onChange(input.checked));
  const update = (on) => {
    input.checked = on;
  };
  update(value);
  return { element: h("label", { class: "nt-toggle" }, input, h("span", {}, name)), update };
}

/** One of many: a native select. options: { value: label } */
export function menu({ name, options, value, onChange }) {
  const select = h(
    "select",
    {},
    Object.entries(options).map(([key, label]) => h("option", { value: key }, label)),
  );
  select.addEventListener("change", () => onChange(select.value));
  const update = (chosen) => {
    select.value = chosen;
  };
  update(value);
  return { element: h("label", { class: "nt-menu" }, h("span", {}, name), select), select, update };
}

/** A button; kind "main" is the one that a figure is about. */
export const button = (name, onClick, { kind = "", title = null } = {}) =>
  h("button", { type: "button", class: `nt-button ${kind}`.trim(), title, onClick }, name);

/** First, back, next, play: walks through steps 0 … count - 1 and calls onStep(step).
 *
 * Playing starts only when asked for, and stops at the end, on any other button, and when the
 * figure is taken away (destroy). */
export function stepper({ count, value = 0, onStep, name = "step", pause = 900 }) {
  let [step, total, timer] = [value, count, 0];
  const go = (to) => {
    step = clamp(to, 0, total - 1);
    showSoon();
    onStep(step);
  };
  const stop = () => {
    clearInterval(timer);
    timer = 0;
    show();
  };
  const by = (to) => () => {
    stop();
    go(to());
  };
  const play = () => {
    if (timer) return stop();
    if (step === total - 1) go(0);
    timer = setInterval(
      () => {
        go(step + 1);
        if (step === total - 1) stop();
      },
      reducedMotion() ? 2 * pause : pause,
    );
    return show();
  };
  const first = button(
    "Start over",
    by(() => 0),
  );
  const back = button(
    "Back",
    by(() => step - 1),
  );
  const next = button(
    "Next",
    by(() => step + 1),
    { kind: "main" },
  );
  const player = button("Play", play);
  const where = h("span", { class: "nt-where" });
  // aria-disabled and not disabled: a button that has just been pressed must keep the focus.
  const show = () => {
    set(first, { "aria-disabled": String(step === 0) });
    set(back, { "aria-disabled": String(step === 0) });
    set(next, { "aria-disabled": String(step === total - 1) });
    setText(player, timer ? "Pause" : "Play");
    setText(where, `${name} ${step + 1} of ${total}`);
  };
  // With all the rest: after a click the browser lays out at once what has changed.
  const showSoon = frame(show);
  show();
  return {
    element: h("div", { class: "nt-stepper" }, first, back, next, player, where),
    next,
    back,
    stop,
    update(to, newCount = total) {
      [step, total] = [to, newCount];
      show();
    },
    destroy: () => clearInterval(timer),
  };
}
