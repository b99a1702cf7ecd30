// TeX to HTML with MathJax, while the book is built: built into vendor/mathjax/typeset.js, which
// mathematics.py runs in QuickJS.

import { liteAdaptor } from "mathjax-full/js/adaptors/liteAdaptor.js";
import { SerializedMmlVisitor } from "mathjax-full/js/core/MmlTree/SerializedMmlVisitor.js";
import { RegisterHTMLHandler } from "mathjax-full/js/handlers/html.js";
import { TeX } from "mathjax-full/js/input/tex.js";
import "mathjax-full/js/input/tex/ams/AmsConfiguration.js";
import "mathjax-full/js/input/tex/base/BaseConfiguration.js";
import "mathjax-full/js/input/tex/boldsymbol/BoldsymbolConfiguration.js";
import "mathjax-full/js/input/tex/cancel/CancelConfiguration.js";
import "mathjax-full/js/input/tex/html/HtmlConfiguration.js";
import "mathjax-full/js/input/tex/newcommand/NewcommandConfiguration.js";
import { mathjax } from "mathjax-full/js/mathjax.js";
import { CHTML } from "mathjax-full/js/output/chtml.js";

const adaptor = liteAdaptor();
RegisterHTMLHandler(adaptor);
const output = new CHTML({ adaptiveCSS: false, fontURL: "mathjax" });
const page = mathjax.document("", {
  InputJax: new TeX({
    packages: ["base", "ams", "boldsymbol", "cancel", "html", "newcommand"],
    formatError: (_, { message }) => {
      throw new Error(message);
    },
  }),
  OutputJax: output,
});
const visitor = new SerializedMmlVisitor();

/** What is seen, and the same as MathML for those who listen. */
export function typeset(tex, display) {
  const item = new page.options.MathItem(tex, page.inputJax[0], display);
  item.setMetrics(16, 8, 80 * 16, 1000000, 1);
  item.compile(page);
  item.typeset(page);
  const seen = adaptor.firstChild(item.typesetRoot);
  adaptor.setAttribute(seen, "aria-hidden", "true");
  const mathml = visitor.visitTree(item.root).replace(/\s*\n\s*/g, "");
  return { seen: adaptor.outerHTML(item.typesetRoot), mathml };
}

/** The style sheet for every character that MathJax has. */
export const sheet = () => adaptor.textContent(output.styleSheet(page));
