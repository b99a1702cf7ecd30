// What stands under a page that a search has found is taken from the page's own sentences, and not
// from its code, nor from the buttons and the contents that the theme puts around them.

addEventListener("DOMContentLoaded", () => {
  const textOf = Search.htmlToText;
  Search.htmlToText = (html, anchor) => {
    const page = new DOMParser().parseFromString(html, "text/html");
    const article = page.querySelector("article");
    // The title stands above the summary.
    for (const each of article.querySelectorAll("h1, pre")) each.remove();
    article.setAttribute("role", "main");
    return textOf(article.outerHTML, anchor);
  };
});
