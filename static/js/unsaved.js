/* form[data-guard]: leaving with something typed and not saved asks first. */
import { eachTime, once, words } from "./each_time.js";

const typed = new Set();

eachTime("form[data-guard]", (form) => {
  if (!once(form, "Guard")) return;
  form.addEventListener("input", () => typed.add(form));
  form.addEventListener("submit", () => typed.delete(form));
  form.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.elt === form && event.detail.successful) typed.delete(form);
  });
});

const waiting = () => [...typed].filter((form) => form.isConnected);

window.addEventListener("beforeunload", (event) => {
  if (!waiting().length) return;
  event.preventDefault();
  event.returnValue = "";
});

/* htmx leaves a page without unloading it. */
document.addEventListener("htmx:beforeRequest", (event) => {
  const leaves = event.detail.boosted && event.detail.target === document.body;
  if (!leaves || !waiting().length) return;
  if (window.confirm(words("unsaved"))) typed.clear();
  else event.preventDefault();
});
