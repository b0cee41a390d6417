/* On phones a row becomes a record: an outcome without a label of its own takes the head of its column. */
import { eachTime } from "./each_time.js";

eachTime("table.stack", (table) => {
  const heads = [...(table.tHead?.rows[0]?.cells ?? [])].map((cell) => cell.firstChild?.textContent.trim() ?? "");
  table.querySelectorAll("tbody td:not([data-l])").forEach((cell) => {
    if (cell.querySelector(".oc") && heads[cell.cellIndex]) cell.dataset.l = heads[cell.cellIndex];
  });
});
