// Builds the committed bundles: one self-contained script a figure, the core alone, one style sheet.
//
// They are classic scripts that add themselves to the global backpropLive, because a page opened
// from file:// may not load a module.  In JupyterLab, base.py makes a module of them with one line.
//
//   npm run build              everything
//   npm run build -- neuron    one figure (and the style sheet)
//
// `npm run build` also builds what sets the book's mathematics, bookkit/mathematics.js.
//
// Each bundle's first line names its sources and their hash; tests/test_live.py computes it again.

import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const bundles = join(here, "..", "bundles");
const bookkit = join(here, "..", "..", "..", "bookkit");
const figures = readdirSync(join(here, "figures"));

/** SHA-256 over the names and the contents of the sources, in order of their names. */
function stamp(sources) {
  const hash = createHash("sha256");
  for (const source of sources) hash.update(`${source}\n`).update(readFileSync(join(here, source)));
  return `/*! sources ${sources.join(" ")} sha256 ${hash.digest("hex")} */\n`;
}

async function bundle(options, name) {
  const { outputFiles, metafile } = await build({
    absWorkingDir: here,
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    target: ["es2022", "chrome111", "firefox113", "safari16.4"],
    logLevel: "warning",
    outfile: resolve(bundles, name),
    ...options,
  });
  const sources = Object.keys(metafile.inputs)
    .filter((source) => !source.startsWith("<") && !source.includes("node_modules/"))
    .map((source) => relative(here, join(here, source)))
    .sort();
  const text = stamp(sources) + outputFiles[0].text;
  writeFileSync(resolve(bundles, name), text);
  console.error(`${basename(name).padEnd(24)} ${(text.length / 1024).toFixed(1)} kB`);
}

const asked = process.argv.slice(2);
const scripts = figures.filter((file) => file.endsWith(".js")).map((file) => file.slice(0, -3));
for (const name of asked.length ? asked : scripts) {
  const globalName = `backpropLive.${name}`;
  await bundle(
    { entryPoints: [`figures/${name}.js`], format: "iife", globalName },
    `live-${name}.js`,
  );
}
if (!asked.length) {
  await bundle(
    { entryPoints: ["core.js"], format: "iife", globalName: "backpropLive.core" },
    "live-core.js",
  );
  await bundle(
    { entryPoints: [join(bookkit, "mathematics.js")], format: "iife", globalName: "mathematics" },
    join(bookkit, "vendor", "mathjax", "typeset.js"),
  );
}
const sheets = [
  "live.css",
  ...figures
    .filter((file) => file.endsWith(".css"))
    .sort()
    .map((f) => `figures/${f}`),
];
const contents = sheets.map((sheet) => `@import "./${sheet}";`).join("\n");
await bundle({ stdin: { contents, resolveDir: here, loader: "css" } }, "live.css");
