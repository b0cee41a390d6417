/* htmx: no styles and no code made at run time, 422 is an answer, every write carries the token. */
import htmx from "htmx.org";

window.htmx = htmx;
Object.assign(htmx.config, {
  includeIndicatorStyles: false,
  allowEval: false,
  allowScriptTags: false,
  historyCacheSize: 0,
  scrollIntoViewOnBoost: false,
  responseHandling: [
    { code: "204", swap: false },
    { code: "[23]..", swap: true },
    { code: "422", swap: true },
    { code: "409", swap: true },
    { code: "429", swap: true },
    { code: "[45]..", swap: false, error: true },
  ],
});

document.addEventListener("htmx:configRequest", (event) => {
  const token = document.querySelector('meta[name="csrf-token"]')?.content;
  if (token && event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = token;
});

/* What asks by itself in the frame leads nobody away from what they type, and says nothing when it fails. */
document.addEventListener("htmx:beforeOnLoad", (event) => {
  const { elt, xhr } = event.detail;
  if (elt.hasAttribute("data-quiet") && xhr.status >= 400) event.preventDefault();
});

/* A session that ended answers with the whole sign-in page: go there instead of swapping it in. */
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, requestConfig } = event.detail;
  if (!xhr.responseURL || requestConfig.verb !== "get") return;
  if (xhr.getResponseHeader("X-Page") === "sign-in" || xhr.responseText.includes("data-sign-in-page")) {
    event.detail.shouldSwap = false;
    location.reload();
  }
});
