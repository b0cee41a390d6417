/* <dialog>: [data-dialog="id"] opens it, [data-close] inside closes it.
   A dialog that htmx swaps in with data-open opens by itself; when closed it leaves the page. */
import { eachTime, once } from "./each_time.js";

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener) {
    const dialog = document.getElementById(opener.dataset.dialog);
    if (!dialog) return;
    event.preventDefault();
    document.querySelector("details[data-menu][open]")?.removeAttribute("open");
    if (!dialog.open) dialog.showModal();
    return;
  }
  const closer = event.target.closest("[data-close]");
  if (closer?.closest("dialog")) {
    event.preventDefault();
    closer.closest("dialog").close();
  } else if (event.target.matches?.("dialog.side[open]")) {
    event.target.close();
  }
});

eachTime("dialog[data-open]", (dialog) => {
  if (!once(dialog, "Open")) return;
  dialog.showModal();
  dialog.addEventListener("close", () => dialog.remove());
});
