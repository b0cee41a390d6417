/* form[data-auto]: a changed list or tick asks at once; its "show" button is then not needed. */
import { eachTime, once } from "./each_time.js";

eachTime("form[data-auto]", (form) => {
  if (!once(form, "Auto")) return;
  form.querySelectorAll("[data-auto-button]").forEach((button) => { button.hidden = true; });
  form.addEventListener("change", (event) => {
    if (event.target.matches("select, input[type=checkbox], input[type=radio], input[type=date]")) form.requestSubmit();
  });
});
