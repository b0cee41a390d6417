/* Single keys: "/" find, J K move, X choose, Enter open, E edit, N new, ? the table of keys.
   Quiet while an input method composes, inside fields, and where a person switched them off. */
import { eachTime, once } from "./each_time.js";

const KEPT = "single-keys";
const ROWS = "[data-rows] tbody tr";

const isOn = () => document.body.dataset.keys !== "off" && localStorage.getItem(KEPT) !== "off";
const composes = (event) => event.isComposing || event.keyCode === 229;
const holds = (event) => event.ctrlKey || event.metaKey || event.altKey;

function writes(element) {
  if (element.isContentEditable) return true;
  if (element.tagName === "INPUT") return !["checkbox", "radio", "button", "submit"].includes(element.type);
  return ["SELECT", "TEXTAREA"].includes(element.tagName);
}

function rows() {
  return [...document.querySelectorAll(ROWS)].filter((row) => row.offsetParent !== null);
}

function move(step) {
  const all = rows();
  if (!all.length) return;
  const at = all.findIndex((row) => row.classList.contains("cur"));
  const next = at < 0 ? 0 : Math.max(0, Math.min(all.length - 1, at + step));
  all[at]?.classList.remove("cur");
  all[next].classList.add("cur");
  all[next].querySelector("a")?.focus({ preventScroll: true });
  all[next].scrollIntoView({ block: "nearest" });
}

const current = () => document.querySelector(`${ROWS}.cur`);
const press = (selector, root = document) => root?.querySelector(selector)?.click();

const KEYS = {
  "/": () => {
    const field = document.querySelector('main [data-hotkey="/"]') ?? document.querySelector('[data-hotkey="/"]');
    field?.focus();
    field?.select?.();
  },
  j: () => move(1),
  k: () => move(-1),
  x: () => press("input[type=checkbox]", current()),
  e: () => press("[data-edit]", current()) ?? press('[data-hotkey="e"]'),
  n: () => press('[data-hotkey="n"]'),
  "?": () => press('[data-dialog="keys"]'),
};

document.addEventListener("keydown", (event) => {
  if (!isOn() || composes(event) || holds(event) || writes(event.target)) return;
  if (document.querySelector("dialog[open]")) return;
  if (event.key === "Enter") {
    if (event.target === document.body || event.target.tagName === "TR") press("a", current());
    return;
  }
  const act = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

eachTime("[data-keys-switch]", (box) => {
  if (!once(box, "Keys")) return;
  box.checked = isOn();
  box.addEventListener("change", () => localStorage.setItem(KEPT, box.checked ? "on" : "off"));
});
