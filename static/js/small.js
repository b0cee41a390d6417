/* Small things: print, where the focus goes after an error, the projector's size. */
import { eachTime, once } from "./each_time.js";

eachTime("[data-print]", (button) => {
  if (once(button, "Print")) button.addEventListener("click", () => window.print());
});

/* What scrolls sideways can be reached and scrolled by keys. */
eachTime(".scroll-x", (box) => {
  if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
});

eachTime("[data-focus]", (place) => {
  if (once(place, "Focus")) place.focus({ preventScroll: false });
});

eachTime("[data-projector]", (button) => {
  if (!once(button, "Projector")) return;
  button.addEventListener("click", () => {
    button.setAttribute("aria-pressed", document.documentElement.classList.toggle("is-projector"));
    window.dispatchEvent(new Event("resize"));
  });
});
