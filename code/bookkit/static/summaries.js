// What stands under a page that a search has found is taken from the page's own text, and not from
// the buttons and the contents that the theme puts around it.

addEventListener("DOMContentLoaded", () => {
  const textOf = Search.htmlToText;
  Search.htmlToText = (html, anchor) => {
    const page = new DOMParser().parseFromString(html, "text/html");
    const article = page.querySelector("article");
    // The title stands above the summary.
    article.querySelector("h1")?.remove();
    article.setAttribute("role", "main");
    return textOf(article.outerHTML, anchor);
  };
});
