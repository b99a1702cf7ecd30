// Numbers: how they are kept in bounds, rounded and written.

/** x, kept between min and max. */
export const clamp = (x, min, max) => Math.min(max, Math.max(min, x));

/** x rounded to a multiple of step, free of the last digits that binary fractions leave. */
export const snap = (x, step) => Number((Math.round(x / step) * step).toFixed(10));

/** A number as the book writes it: a true minus sign, and never "−0.00". */
export function format(x, digits = 2) {
  if (!Number.isFinite(x)) return Number.isNaN(x) ? "undefined" : x > 0 ? "∞" : "−∞";
  const text = Math.abs(x) >= 1e6 ? x.toExponential(1) : x.toFixed(digits);
  return /^-0(\.0*)?$/.test(text) ? text.slice(1) : text.replaceAll("-", "−");
}

/** The same with its sign always shown. */
export const signed = (x, digits = 2) => {
  const text = format(x, digits);
  return text.startsWith("−") ? text : `+${text}`;
};

/** A straight scale from data to the drawing, with its inverse. */
export function linear([d0, d1], [r0, r1]) {
  const slope = (r1 - r0) / (d1 - d0);
  const scale = (x) => r0 + (x - d0) * slope;
  scale.invert = (r) => d0 + (r - r0) / slope;
  scale.slope = slope;
  scale.domain = [d0, d1];
  return scale;
}

/** Round places for ticks within [min, max], about count of them. */
export function ticks([min, max], count = 5) {
  const rough = (max - min) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((m) => m * power).find((each) => each >= rough);
  const first = Math.ceil(min / step);
  const last = Math.floor(max / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => snap((first + i) * step, step));
}
