/* Long or multiple lists become searchable: <select data-select>. */
import TomSelect from "tom-select/base";
import removeButton from "tom-select/dist/esm/plugins/remove_button/plugin.js";
import { eachTime, once, words } from "./each_time.js";

TomSelect.define("remove_button", removeButton);

function nothingFound() {
  const row = document.createElement("div");
  row.className = "no-results";
  row.textContent = words("noneFound");
  return row;
}

eachTime("select[data-select]", (select) => {
  if (!once(select, "Select")) return;
  select.setAttribute("aria-hidden", "true");
  new TomSelect(select, {
    plugins: select.multiple ? ["remove_button"] : [],
    maxItems: select.multiple ? Number(select.dataset.most) || null : 1,
    maxOptions: null,
    searchField: ["text", "pinyin"],
    render: { no_results: nothingFound },
  });
});
