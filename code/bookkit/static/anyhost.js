// The host of the live figures on a page without a kernel.
//
// Python has put each figure's still picture and its traits into <div class="live-figure"
// data-figure="neuron" data-state="{…}">.  This script loads the figure's own script, which lies
// beside it, gives it the traits as a model (the interface that anywidget gives a front end), and
// shows what it draws instead of the still picture.  If anything fails, the picture stays.
//
// All are classic scripts, because a page opened from file:// may not load a module.  Nothing is
// asked of any other machine.

(() => {
  const here = document.currentScript.src;

  /** What anywidget calls a model, without a kernel behind it. */
  function makeModel(traits) {
    const listeners = new Map();
    const listenersOf = (name) => {
      if (!listeners.has(name)) listeners.set(name, new Set());
      return listeners.get(name);
    };
    const model = {
      get: (name) => traits[name],
      set(name, value) {
        if (traits[name] === value) return;
        traits[name] = value;
        for (const listener of [...listenersOf(`change:${name}`)]) listener(model, value);
        for (const listener of [...listenersOf("change")]) listener(model);
      },
      on(names, listener) {
        for (const name of names.split(" ")) listenersOf(name).add(listener);
      },
      off(names, listener) {
        for (const name of names?.split(" ") ?? [...listeners.keys()]) {
          if (listener) listenersOf(name).delete(listener);
          else listeners.delete(name);
        }
      },
      save_changes() {},
      send() {},
    };
    return model;
  }

  const scripts = new Map();

  /** Load the script of a kind of figure, once for all figures of that kind. */
  function load(name) {
    const loaded = () => globalThis.backpropLive?.[name]?.default;
    if (!scripts.has(name)) {
      const loading = new Promise((resolve, reject) => {
        // The page brings that of its first figure along: it is here, or on its way.
        if (loaded()) return resolve(loaded());
        const there = document.querySelector(`script[src*="/live-${name}.js"]`);
        const script = document.createElement("script");
        script.src = there?.src ?? new URL(`live-${name}.js`, here).href;
        script.onload = () => resolve(loaded());
        script.onerror = () => reject(new Error(`${script.src} cannot be loaded`));
        return document.head.append(script);
      });
      scripts.set(name, loading);
    }
    return scripts.get(name);
  }

  /** Bring one figure to life. */
  async function wake(figure) {
    const { figure: name, key, state } = figure.dataset;
    const box = document.createElement("div");
    box.className = "live-figure-box";
    box.dataset.address = key;
    try {
      const widget = await load(name);
      figure.append(box);
      figure.classList.add("is-live");
      await widget.render({ model: makeModel(JSON.parse(state)), el: box });
      frame.observe(box.firstElementChild);
      performance.mark(`awake: ${key}`);
    } catch (error) {
      box.remove();
      figure.classList.remove("is-live");
      console.error(`The figure ${key} stays a still picture:`, error);
    }
  }

  // A box as high as what is in it: a change within need not lay out the page around it.
  const frame = new ResizeObserver((changes) => {
    for (const { target, borderBoxSize } of changes) {
      const { blockSize } = borderBoxSize[0];
      target.parentElement.style.blockSize = blockSize ? `${blockSize}px` : "";
      target.parentElement.classList.toggle("is-framed", blockSize > 0);
    }
  });

  /** Which figures are in view? Asking for their places would lay out the whole page at once. */
  const inView = (figures) =>
    new Promise((resolve) => {
      if (!figures.length) resolve([]);
      const watch = new IntersectionObserver((entries) => {
        watch.disconnect();
        resolve(entries.filter((entry) => entry.isIntersecting).map((entry) => entry.target));
      });
      for (const figure of figures) watch.observe(figure);
    });

  /** The next moment in which the page has nothing else to do. */
  const rest = () =>
    new Promise((resolve) => {
      if ("requestIdleCallback" in window) requestIdleCallback(resolve, { timeout: 500 });
      else setTimeout(resolve, 50);
    });

  const reading = () => document.readyState === "loading";

  /** Has all of an element been read? Then something stands behind it, or behind what it is in. */
  const isRead = (element) => element && (element.nextSibling || isRead(element.parentElement));

  /** While the rest of the page is still being read, the first figure comes alive; then those that
   * the address names or that are in view, and then the others. */
  async function start() {
    const asleep = () => [...document.querySelectorAll(".live-figure[data-state]:not(.is-live)")];
    while (reading()) {
      const [first] = asleep();
      if (isRead(first) && !location.hash) {
        await wake(first);
        break;
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    if (reading()) await new Promise((resolve) => addEventListener("DOMContentLoaded", resolve));
    const figures = asleep();
    for (const figure of figures) load(figure.dataset.figure).catch(() => {});
    const named = figures.filter(({ dataset }) => location.hash.includes(`${dataset.key}.`));
    for (const figure of named) await wake(figure);
    const seen = await inView(figures);
    const later = (figure) => !named.includes(figure) && !seen.includes(figure);
    for (const figure of seen.filter((each) => !named.includes(each))) await wake(figure);
    for (const figure of figures.filter(later)) {
      await rest();
      await wake(figure);
    }
    document.documentElement.dataset.liveFigures = "ready";
  }

  start();
})();
