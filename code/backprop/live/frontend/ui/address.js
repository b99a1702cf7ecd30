// A figure's settings live in the page's address: #neuron.w=2&neuron.b=-1 reopens it as it was.
//
// Only settings that differ from how the figure opens are written.  A link in a chapter can be a
// preset: <a href="#neuron.w=8">steeper</a>.  Where there is no page of the book (JupyterLab), the
// host has not set data-address, and the address is left alone.

import { change } from "./dom.js";
import { clamp } from "./numbers.js";

// A new address is work for the browser, which should not fall into the next click or key.
const QUIET = 1000; // milliseconds

/** How a setting is written: text(value) for the address, read(text) back or undefined if bad. */
export const number = (min, max, digits = 4) => ({
  text: (x) => String(Number(x.toFixed(digits))),
  read: (text) => {
    const x = Number(text);
    return text.trim() !== "" && Number.isFinite(x) ? clamp(x, min, max) : undefined;
  },
});
export const whole = (min, max) => ({
  text: String,
  read: (text) => (/^-?\d+$/.test(text) ? clamp(Number(text), min, max) : undefined),
});
export const oneOf = (options) => ({
  text: String,
  read: (text) => (options.includes(text) ? text : undefined),
});
export const yesNo = {
  text: (on) => (on ? "yes" : "no"),
  read: (text) => ({ yes: true, no: false })[text],
};
/** A list of numbers of a fixed length, such as an image or a layer's weights. */
export const numbers = (length, min, max, digits = 3) => {
  const one = number(min, max, digits);
  return {
    text: (list) => list.map(one.text).join("_"),
    read: (text) => {
      const list = text.split("_").map(one.read);
      return list.length === length && !list.includes(undefined) ? list : undefined;
    },
  };
};

/** Ties settings of the model to the address.
 *
 * fields: { trait: number(…), … }.  Returns { reset, link, destroy }. */
export function address(model, el, fields) {
  const key = el.dataset.address;
  const defaults = Object.fromEntries(Object.keys(fields).map((name) => [name, model.get(name)]));
  const parameters = () => new URLSearchParams(location.hash.slice(1));

  const read = () => {
    const given = parameters();
    const found = {};
    for (const [name, field] of Object.entries(fields)) {
      const text = given.get(`${key}.${name}`);
      if (text !== null) found[name] = field.read(text);
    }
    return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
  };
  const hash = () => {
    const kept = [...parameters()].filter(
      ([name]) => name.includes(".") && !name.startsWith(`${key}.`),
    );
    for (const [name, field] of Object.entries(fields)) {
      const text = field.text(model.get(name));
      if (text !== field.text(defaults[name])) kept.push([`${key}.${name}`, text]);
    }
    return kept.length
      ? `#${kept.map((pair) => pair.map(encodeURIComponent).join("=")).join("&")}`
      : "";
  };
  const write = () => {
    const before = location.hash;
    const after = hash();
    const ours = before === "" || before.includes("=");
    if (after === before || (after === "" && !ours)) return;
    history.replaceState(history.state, "", after || location.pathname + location.search);
  };
  let timer = 0;
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(write, QUIET);
  };
  const arrive = () => {
    const found = read();
    if (!Object.keys(found).length) return;
    change(model, { ...structuredClone(defaults), ...found });
    requestAnimationFrame(() => el.closest(".live-figure")?.scrollIntoView({ block: "center" }));
  };

  const reset = () => change(model, structuredClone(defaults));
  if (!key) return { reset, link: null, destroy() {} };
  arrive();
  model.on("change", later);
  addEventListener("hashchange", arrive);
  addEventListener("pagehide", write);
  const link = () => {
    const url = new URL(location.href);
    const [name, field] = Object.entries(fields)[0];
    url.hash = hash() || `#${key}.${name}=${field.text(model.get(name))}`;
    return url.href;
  };
  return {
    reset,
    link,
    destroy() {
      clearTimeout(timer);
      model.off("change", later);
      removeEventListener("hashchange", arrive);
      removeEventListener("pagehide", write);
    },
  };
}
