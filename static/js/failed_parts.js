/* A part that cannot be read says so and offers to read again; the rest of the page stays.
   A part is whatever loads by itself, or carries data-part. Other failures become a toast. */
import { words } from "./each_time.js";
import { showToast } from "./toasts.js";

/* The number of the request stands on the body of every error page. */
const NUMBER = /<body[^>]* data-number="([^"]+)"/;
const LOADS_ITSELF = /\b(load|revealed|intersect|every)\b/;

function isPart(element, target) {
  return target.hasAttribute("data-part") || LOADS_ITSELF.test(element.getAttribute("hx-trigger") ?? "");
}

function showFailed(element, target, number) {
  const part = document.getElementById("failed-fragment").content.cloneNode(true);
  if (number) part.querySelector("[data-failed-number]").textContent = ` ${words("number")} ${number}`;
  const retry = part.querySelector("[data-retry]");
  target.replaceChildren(part);
  retry?.addEventListener("click", () => {
    const from = element.isConnected ? element : target;
    window.htmx.ajax("GET", element.getAttribute("hx-get"), { source: from, target, swap: "innerHTML" });
  });
}

function failed(event) {
  const { elt, target, xhr } = event.detail;
  if (elt.hasAttribute("data-quiet")) return;
  const number = NUMBER.exec(xhr?.responseText ?? "")?.[1] ?? "";
  if (elt.getAttribute("hx-get") && target && isPart(elt, target)) {
    showFailed(elt, target, number);
  } else {
    showToast(xhr?.status ? words("failed") + (number ? ` ${words("number")} ${number}` : "") : words("offline"), false);
  }
}

document.addEventListener("htmx:responseError", failed);
document.addEventListener("htmx:sendError", failed);
document.addEventListener("htmx:timeout", failed);
