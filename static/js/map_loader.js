/* Leaflet is fetched only for a page whose map has real boundaries, named by data-maps of our own script. */
import { eachTime } from "./each_time.js";

let asked = false;

eachTime("[data-map]", () => {
  const { maps, mapsSheet } = document.querySelector("script[data-app]").dataset;
  if (asked || !maps) return;
  asked = true;
  const sheet = document.createElement("link");
  sheet.rel = "stylesheet";
  sheet.href = mapsSheet;
  document.head.append(sheet);
  const script = document.createElement("script");
  script.src = maps;
  sheet.addEventListener("load", () => document.head.append(script));
});
