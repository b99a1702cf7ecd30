// One colour for each quantity, taken from the page's own custom properties.
//
// Where CSS can mix (SVG and HTML), a colour is an expression such as color-mix(…, var(--nt-positive)
// 40%, …), and the dark page needs no redraw.  A canvas cannot read those: it uses palette().

const ROLES = ["activation", "positive", "negative", "gradient", "target", "ink", "muted", "paper"];

/** The CSS colour of a role: "activation", "positive", "negative", "gradient", "target", … */
export const colour = (role) => `var(--nt-${role})`;

/** A tint of a role on the page's paper; share runs from 0 (paper) to 1 (the full colour). */
export const tint = (role, share) =>
  `color-mix(in srgb, var(--nt-${role}) ${(100 * Math.min(1, Math.max(0, share))).toFixed(1)}%, var(--nt-paper))`;

/** The role of a signed quantity such as a weight. */
export const signRole = (w) => (w < 0 ? "negative" : "positive");

/** A weight on the diverging scale: blue for positive, paper for 0, vermillion for negative. */
export const weightTint = (w, max) => tint(signRole(w), Math.abs(w) / max);

/** Line style of a weight: colour and dashes say its sign, width its size. */
export function weightStroke(w, max, widest = 7) {
  const share = Math.min(1, Math.abs(w) / max);
  return {
    stroke: colour(signRole(w)),
    "stroke-width": (0.75 + (widest - 0.75) * share).toFixed(2),
    "stroke-dasharray": w < 0 ? "7 4" : null,
    "stroke-opacity": (0.35 + 0.65 * share).toFixed(2),
  };
}

/** The page's colours as [r, g, b] from 0 to 255, for a canvas.
 *
 * They are the body's: a figure that waits far from the window may still have those of before. */
export function palette() {
  const styles = getComputedStyle(document.body);
  return Object.fromEntries(
    ROLES.map((role) => {
      const hex = styles.getPropertyValue(`--nt-${role}`).trim().slice(1);
      return [role, [0, 2, 4].map((i) => Number.parseInt(hex.slice(i, i + 2), 16))];
    }),
  );
}

/** One colour between two of the palette, as [r, g, b]. */
export const mix = (from, to, share) => from.map((c, i) => c + (to[i] - c) * share);

/** Call redraw whenever the page turns light or dark; returns the function that stops. */
export function onTheme(redraw) {
  const watcher = new MutationObserver(redraw);
  const attributes = { attributes: true, attributeFilter: ["data-theme", "data-jp-theme-light"] };
  watcher.observe(document.documentElement, attributes);
  watcher.observe(document.body, attributes);
  return () => watcher.disconnect();
}
