/* ECharts is large: it is fetched only for a page that draws, named by data-charts of our own script. */
import { eachTime } from "./each_time.js";

let asked = false;

eachTime("[data-chart]", () => {
  if (asked) return;
  asked = true;
  const script = document.createElement("script");
  script.src = document.querySelector("script[data-app]").dataset.charts;
  document.head.append(script);
});
