// Making elements, drawing once a frame, and telling a screen reader what changed.

const SVG = "http://www.w3.org/2000/svg";

/** Set attributes; on… are listeners, class and text are what they say, null removes. */
export function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2).toLowerCase(), value);
    else if (name === "text") setText(element, value);
    else if (value === null || value === undefined || value === false)
      element.removeAttribute(name);
    else setAttribute(element, name, value === true ? "" : String(value));
  }
  return element;
}

// What is the same stays untouched: the browser then has nothing to style, lay out or paint.

function setAttribute(element, name, value) {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

/** Give an element its role's colour, which its style sheet knows as --nt-role. */
export function setRole(element, role) {
  const value = `var(--nt-${role})`;
  if (element.style.getPropertyValue("--nt-role") !== value)
    element.style.setProperty("--nt-role", value);
}

const filled = new WeakMap();

/** Fill a shape with a colour. */
export function setFill(shape, colour) {
  if (filled.get(shape) === colour) return;
  filled.set(shape, colour);
  shape.style.fill = colour;
}

/** Change an element's text, in the text node that it has: a new one would cost more. */
export function setText(element, text) {
  const node = element.firstChild;
  if (node?.nodeType === Node.TEXT_NODE && !node.nextSibling) {
    if (node.data !== text) node.data = text;
  } else if (element.textContent !== text) element.textContent = text;
}

/** An HTML element: h("p", { class: "note" }, "text", child). */
export function h(tag, attributes = {}, ...children) {
  const element = set(document.createElement(tag), attributes);
  element.append(...children.flat());
  return element;
}

/** An SVG element: s("circle", { r: 4 }). */
export function s(tag, attributes = {}, ...children) {
  const element = set(document.createElementNS(SVG, tag), attributes);
  element.append(...children.flat());
  return element;
}

const due = new Set();

/** Returns a function that asks for draw to run once in the next frame, however often called. */
export function frame(draw) {
  let asked = 0;
  const run = () => {
    cancelAnimationFrame(asked);
    asked = 0;
    due.delete(run);
    draw();
  };
  return () => {
    if (asked) return;
    asked = requestAnimationFrame(run);
    due.add(run);
  };
}

/** Do at once what waits for the next frame. */
export const settle = () => {
  for (const run of [...due]) run();
};

const unsaved = new WeakMap();

/** Set traits of the model; a kernel, where there is one, hears of them once a frame. */
export function change(model, values) {
  for (const [name, value] of Object.entries(values)) model.set(name, value);
  if (!unsaved.has(model))
    unsaved.set(
      model,
      frame(() => model.save_changes()),
    );
  unsaved.get(model)();
}

/** Draw now and again in the frame after any trait changes; returns the function that stops. */
export function follow(model, draw) {
  const redraw = frame(draw);
  model.on("change", redraw);
  draw();
  return () => model.off("change", redraw);
}

/** A polite live region, spoken when things have been quiet for a moment. */
export function announcer(quiet = 500) {
  const region = h("output", { class: "nt-said", "aria-live": "polite" });
  let timer = 0;
  let last = null;
  const say = (text) => {
    if (last === null) {
      last = text; // how the figure opens is no news
      return;
    }
    if (text === last) return;
    last = text;
    clearTimeout(timer);
    timer = setTimeout(() => setText(region, text), quiet);
  };
  return { region, say };
}

/** Whether the reader has asked for less motion. */
export const reducedMotion = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Runs tick(seconds since the last frame) while switched on and while the element is in view, or
 * anywhere when started so: what a link or a kernel asked for is not left half done. */
export function ticker(element, tick) {
  let [on, visible, anywhere, asked, before] = [false, true, false, 0, 0];
  const run = (now) => {
    asked = 0;
    if (!on) return;
    tick(before ? (now - before) / 1000 : 0);
    before = now;
    again();
  };
  const again = () => {
    if (on && (visible || anywhere) && !asked) asked = requestAnimationFrame(run);
  };
  const watcher = new IntersectionObserver((entries) => {
    visible = entries.at(-1).isIntersecting;
    before = 0;
    again();
  });
  watcher.observe(element);
  return {
    get on() {
      return on;
    },
    start(wherever = false) {
      on = true;
      anywhere = wherever;
      before = 0;
      again();
    },
    stop() {
      on = false;
    },
    destroy() {
      on = false;
      watcher.disconnect();
    },
  };
}

/** Draw or compute only when something in a list of what it depends on has changed. */
export function unlessSame(act) {
  let before = [];
  let made;
  return (now, ...rest) => {
    if (now.length !== before.length || now.some((each, i) => each !== before[i])) {
      before = now;
      made = act(...rest);
    }
    return made;
  };
}
