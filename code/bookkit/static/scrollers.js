// What is wider than the window scrolls in its own box. A box that does is a stop of the Tab key, so
// that the arrow keys can move it; one that fits is none.

(() => {
  const BOXES =
    "div.math mjx-container, pre, .pst-scrollable-table-container, .cell_output > .output, figure.wide";

  /** Does anything in it take the focus and so scroll into view? A figure's caption stays in view. */
  const hasStops = (box) =>
    !box.matches("figure") &&
    box.querySelector("a[href], button, input, select, textarea, [tabindex]");

  function mark(box) {
    const wide = box.scrollWidth > box.clientWidth + 1 && box.clientWidth > 0;
    if (wide && !box.hasAttribute("tabindex") && !hasStops(box)) {
      box.tabIndex = 0;
      box.dataset.scrolls = "";
    } else if (!wide && "scrolls" in box.dataset) {
      box.removeAttribute("tabindex");
      delete box.dataset.scrolls;
    }
  }

  /** Look again whenever a box changes its size; the observer also looks once at the start. */
  function start() {
    const observer = new ResizeObserver((changes) => {
      for (const { target } of changes) mark(target);
    });
    for (const box of document.querySelectorAll(BOXES)) observer.observe(box);
  }

  addEventListener("load", start);
})();
