/* [data-expires="30"]: a revealed value goes back to its mask, data-mask, after so many seconds. */
import { eachTime, once } from "./each_time.js";

eachTime("[data-expires]", (place) => {
  if (!once(place, "Expires")) return;
  setTimeout(() => { place.textContent = place.dataset.mask; }, Number(place.dataset.expires) * 1000);
});
