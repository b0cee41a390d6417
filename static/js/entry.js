/* form[data-entry]: sections by Alt and a digit, Ctrl+S, Enter to the next field, rows of new members,
   and what an ID number says as it is typed. Everything works without it, with a button more. */
import htmx from "htmx.org";
import { eachTime, once } from "./each_time.js";

const FIELDS = "input:not([type=hidden]):not([tabindex='-1']), select, textarea";
const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const seen = (field) => field.offsetParent !== null && !field.disabled;

function goTo(section) {
  section.scrollIntoView({ block: "start" });
  [...section.querySelectorAll(FIELDS)].find(seen)?.focus({ preventScroll: true });
}

function toNext(form, field) {
  const all = [...form.querySelectorAll(`${FIELDS}, [data-save]`)].filter(seen);
  const next = all.slice(all.indexOf(field) + 1).find((one) => one.type !== "radio" || one.name !== field.name);
  next?.focus();
}

function onKey(form, event) {
  if (event.isComposing || event.keyCode === 229) return;
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") {
    event.preventDefault();
    form.requestSubmit(form.querySelector("[data-save]"));
  } else if (event.altKey && /^Digit[1-5]$/.test(event.code)) {
    event.preventDefault();
    goTo(form.querySelector(`#s${event.code.slice(-1)}`));
  } else if (event.key === "Enter" && !event.ctrlKey && event.target.matches?.("#entry input, #entry select")) {
    event.preventDefault();
    toNext(form, event.target);
  }
}

function checkCharacter(body) {
  const total = [...body].reduce((sum, digit, at) => sum + Number(digit) * WEIGHTS[at], 0);
  return "10X98765432"[total % 11];
}

/* Fills in what the number says; only a whole number that holds is believed. */
function readNumber(input) {
  const number = input.value.normalize("NFKC").replace(/\s/g, "").toUpperCase();
  const whole = /^\d{17}[\dX]$/.test(number);
  const holds = whole && checkCharacter(number.slice(0, 17)) === number[17];
  input.classList.toggle("is-err", number.length >= 18 && !holds);
  if (!holds) return;
  const part = input.dataset.idNumber;
  const born = document.getElementById(`id_${part}-birth_date`);
  const sex = document.getElementById(`id_${part}-sex`);
  born.value = `${number.slice(6, 10)}-${number.slice(10, 12)}-${number.slice(12, 14)}`;
  sex.value = Number(number[16]) % 2 ? "1" : "2";
}

function addMember(form) {
  const box = form.querySelector("[data-members]");
  const used = [...box.querySelectorAll("[name^=n][name$='-name']")].map((one) => parseInt(one.name.slice(1), 10));
  const part = `n${Math.max(-1, ...used) + 1}`;
  const copy = form.querySelector("[data-new-member]").content.cloneNode(true);
  for (const one of copy.querySelectorAll("*")) {
    for (const { name, value } of [...one.attributes]) {
      if (/\bn00-|^n00$|_n00-/.test(value)) one.setAttribute(name, value.replace(/n00(?=-|$)/g, part));
    }
  }
  const row = copy.firstElementChild;
  box.append(row);
  htmx.process(row);
  document.body.dispatchEvent(new CustomEvent("htmx:load", { detail: { elt: row } }));
  row.querySelector(FIELDS)?.focus();
}

eachTime("form[data-entry]", (form) => {
  if (!once(form, "Entry")) return;
  document.body.classList.add("has-script");
  document.addEventListener("keydown", (event) => form.isConnected && onKey(form, event));
  form.addEventListener("input", (event) => {
    if (event.target.dataset.idNumber) readNumber(event.target);
  });
  form.querySelector("[data-add-member]").addEventListener("click", (event) => {
    event.preventDefault();
    addMember(form);
  });
  const wrong = form.querySelector("[aria-invalid=true]") ?? form.querySelector(".fld .err")?.parentElement.querySelector("input, select");
  wrong?.closest("details")?.setAttribute("open", "");
  wrong?.focus();
});
