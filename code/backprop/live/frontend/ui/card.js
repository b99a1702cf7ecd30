// The frame around every figure, the pieces of its equations, and the badge of its goal.

import { button } from "./controls.js";
import { announcer, h, set, setText, settle } from "./dom.js";

/** The card: equation on top, the stage, the controls, and a foot with reset and link.
 *
 * maxdiff is the largest difference between the page's numbers and Python's own. */
export function card(el, { figure, name, maxdiff, settings }) {
  const { region, say } = announcer();
  const part = (which) => h("div", { class: `nt-${which}` });
  const [equation, stage, controls, foot] = ["equation", "stage", "controls", "foot"].map(part);
  const root = h(
    "div",
    {
      class: `nt-figure nt-${figure}`,
      role: "group",
      "aria-label": name,
      "data-figure": figure,
      "data-maxdiff": maxdiff,
    },
    equation,
    stage,
    controls,
    foot,
    region,
  );
  foot.append(button("Reset", settings.reset));
  if (settings.link) foot.append(linkButton(settings.link));
  else root.addEventListener("keydown", keepTyping);
  // The next control, or the next cell, starts from what the last one has left, even in one frame.
  root.addEventListener("focusout", settle);
  el.append(root);
  return { root, equation, stage, controls, foot, say };
}

const TYPING = ["Enter", "Backspace", "Delete", "Home", "End", "PageUp", "PageDown"];

/** Keeps from a notebook what is typed in a figure: there 3 makes the cell a heading, and d d deletes
 * it.  What runs a cell or leaves the figure goes on: Shift+Enter, Escape, Tab and all chords. */
function keepTyping(event) {
  const { key, shiftKey, ctrlKey, metaKey, altKey } = event;
  const typing = key.length === 1 || key.startsWith("Arrow") || TYPING.includes(key);
  const chord = ctrlKey || metaKey || altKey || (shiftKey && key === "Enter");
  if (typing && !chord) event.stopPropagation();
}

/** Copies a link that reopens the figure as it stands; shows it where copying is not allowed. */
function linkButton(link) {
  const name = "Copy link";
  const element = button(name, async () => {
    try {
      await navigator.clipboard.writeText(link());
      setText(element, "Link copied");
    } catch {
      location.replace(link());
      setText(element, "Link is in the address bar");
    }
    setTimeout(() => setText(element, name), 2000);
  });
  return element;
}

/** A symbol of an equation in its quantity's colour.
 *
 * symbol("a", { role: "activation", sup: "(1)", sub: "2" }) is a with layer 1 and neuron 2. */
export function symbol(text, { role = null, sup = null, sub = null } = {}) {
  const scripts =
    sup !== null && sub !== null
      ? h("span", { class: "nt-scripts" }, h("sup", {}, sup), h("sub", {}, sub))
      : [sup !== null ? h("sup", {}, sup) : [], sub !== null ? h("sub", {}, sub) : []].flat();
  return h(
    "span",
    { class: "nt-symbol", ...(role && { "data-role": role }) },
    h("var", {}, text),
    scripts,
  );
}

/** A symbol whose index changes: update(index). */
export function indexed(text, scripts = {}) {
  const element = symbol(text, { ...scripts, sub: "" });
  const sub = element.querySelector("sub");
  return { element, update: (index) => setText(sub, String(index)) };
}

/** A number in an equation that changes: update(text, role). */
export function quantity(role = null) {
  const element = h("span", { class: "nt-number", ...(role && { "data-role": role }) });
  return {
    element,
    update(text, newRole = role) {
      setText(element, text);
      set(element, { "data-role": newRole });
    },
  };
}

/** One line of an equation: strings and nodes side by side; it wraps between parts. */
export const equation = (...parts) => h("span", { class: "nt-line" }, ...parts);

/** A goal that checks itself: update(done, text). */
export function goal(task) {
  const mark = h("span", { class: "nt-goal-mark", "aria-hidden": "true" });
  const task_ = h("span", { class: "nt-goal-task" }, task);
  const score = h("span", { class: "nt-goal-score" });
  const element = h("div", { class: "nt-goal" }, mark, task_, score);
  return {
    element,
    update(done, text, newTask = null) {
      element.classList.toggle("is-done", done);
      setText(mark, done ? "✓" : "○");
      setText(score, text);
      if (newTask !== null) setText(task_, newTask);
    },
  };
}
