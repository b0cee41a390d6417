/* Toasts: one sentence, six seconds, longer while the pointer or the focus is on it. */
import { eachTime, once } from "./each_time.js";

const SECONDS = 6;

eachTime("[data-toast]", (toast) => {
  if (!once(toast, "Toast")) return;
  let clock;
  const wait = () => { clock = setTimeout(() => toast.remove(), SECONDS * 1000); };
  const stay = () => clearTimeout(clock);
  toast.addEventListener("mouseenter", stay);
  toast.addEventListener("mouseleave", wait);
  toast.addEventListener("focusin", stay);
  toast.addEventListener("focusout", wait);
  toast.querySelector("[data-toast-close]")?.addEventListener("click", () => toast.remove());
  wait();
});

export function showToast(words, good = true) {
  const made = document.getElementById(good ? "toast-good" : "toast-bad").content.cloneNode(true);
  const toast = made.querySelector("[data-toast]");
  toast.querySelector("div").textContent = words;
  document.querySelector("[data-toasts]").append(made);
  window.htmx.process(toast);
  document.body.dispatchEvent(new CustomEvent("htmx:load", { detail: { elt: toast } }));
}

/* An answer of the server may bring one: core.htmx.toast(). */
document.addEventListener("toast", (event) => showToast(event.detail.words, event.detail.good));
