/* Run once when the page is read and again for every part that htmx swaps in. */
export function eachTime(selector, bind) {
  const run = (root) => {
    if (root.matches?.(selector)) bind(root);
    root.querySelectorAll(selector).forEach(bind);
  };
  const start = () => {
    run(document);
    document.body.addEventListener("htmx:load", (event) => run(event.detail.elt));
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
}

/* Bind an element once, however often it is met. */
export function once(element, name) {
  const mark = `bound${name}`;
  if (element.dataset[mark]) return false;
  element.dataset[mark] = "1";
  return true;
}

/* The page's own words, so that no script holds a language. */
export function words(name) {
  return document.getElementById("words")?.dataset[name] ?? "";
}
