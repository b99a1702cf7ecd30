// What every figure shares.  A figure imports from here and from core.js, and from nowhere else.

export * from "./ui/address.js";
export * from "./ui/card.js";
export * from "./ui/colours.js";
export * from "./ui/controls.js";
export * from "./ui/dom.js";
export * from "./ui/drawing.js";
export * from "./ui/numbers.js";
export * from "./ui/pointer.js";
