/* Choosing rows of a list: one by one, the whole page, and how many are chosen.
   [data-rows] around the table and the bar; input[data-row] in each row; [data-rows-all] in the head;
   [data-chosen] shows the number; [data-bulk] is there only while something is chosen. */
import { eachTime, once } from "./each_time.js";

eachTime("[data-rows]", (list) => {
  if (!once(list, "Rows")) return;
  const boxes = () => [...list.querySelectorAll("input[data-row]")];

  const show = () => {
    const all = boxes();
    const chosen = all.filter((box) => box.checked).length;
    all.forEach((box) => box.closest("tr")?.classList.toggle("sel", box.checked));
    list.querySelectorAll("[data-chosen]").forEach((place) => { place.textContent = chosen; });
    list.querySelectorAll("[data-bulk]").forEach((bar) => { bar.hidden = !chosen; });
    const head = list.querySelector("[data-rows-all]");
    if (!head) return;
    head.checked = all.length > 0 && chosen === all.length;
    head.indeterminate = chosen > 0 && chosen < all.length;
  };

  const choose = (on) => {
    boxes().forEach((box) => { box.checked = on; });
    show();
  };

  list.addEventListener("change", (event) => {
    if (event.target.matches("[data-rows-all]")) choose(event.target.checked);
    else if (event.target.matches("input[data-row]")) show();
  });
  list.addEventListener("click", (event) => {
    if (event.target.closest("[data-choose-none]")) choose(false);
  });
  show();
});
