/* Lines and grouped bars, one look for all: canvas, rich-text tooltips, printed values, no gradients.
   <div class="chart" data-chart="ID"> with {{ data|json_script:"ID" }}:
   {kind: "line" | "bar", names: […], unit, series: [{name, values, tone: "own" | "other" | "limit"}],
   limit: {value, words}}. An unknown value is null and leaves a gap. */
import { BarChart, LineChart } from "echarts/charts";
import { AriaComponent, GridComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import * as echarts from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { eachTime, once } from "./each_time.js";

echarts.use([AriaComponent, BarChart, CanvasRenderer, GridComponent, LineChart, MarkLineComponent, TooltipComponent]);

const root = getComputedStyle(document.documentElement);
const token = (name) => root.getPropertyValue(name).trim();
const TONES = { own: token("--accent"), other: "#6b97be", limit: token("--not-fill") };
const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
const shown = (value) => (value === null || value === undefined ? "—" : Number(value).toLocaleString("en"));

function limitLine(limit) {
  if (!limit) return undefined;
  return {
    silent: true,
    symbol: "none",
    lineStyle: { color: token("--not-fill"), type: "dashed", width: 1.5 },
    label: { formatter: limit.words, position: "insideEndTop", color: token("--not"), fontSize: 12 },
    data: [{ yAxis: limit.value }],
  };
}

function seriesOf(data) {
  return data.series.map((one, at) => ({
    type: data.kind,
    name: one.name,
    data: one.values,
    connectNulls: false,
    barMaxWidth: 72,
    symbol: "circle",
    symbolSize: 6,
    itemStyle: { color: TONES[one.tone ?? "own"] },
    lineStyle: { color: TONES[one.tone ?? "own"], width: 2, type: one.tone === "limit" ? "dashed" : "solid" },
    label: { show: one.tone !== "limit", position: "top", color: token("--ink"), formatter: (p) => shown(p.value) },
    markLine: at === 0 ? limitLine(data.limit) : undefined,
  }));
}

function optionsOf(data) {
  const text = token("--ink-2");
  return {
    animation: !still,
    animationDuration: 300,
    aria: { enabled: true },
    textStyle: { fontFamily: token("--font"), color: text, fontSize: 12 },
    grid: { left: 48, right: 16, top: 24, bottom: 24 },
    tooltip: { renderMode: "richText", trigger: "axis", valueFormatter: (v) => `${shown(v)} ${data.unit ?? ""}` },
    xAxis: { type: "category", data: data.names, axisTick: { show: false }, axisLabel: { color: text } },
    yAxis: { type: "value", axisLabel: { color: text }, splitLine: { lineStyle: { color: token("--line") } } },
    series: seriesOf(data),
  };
}

eachTime("[data-chart]", (place) => {
  if (!once(place, "Chart")) return;
  const data = JSON.parse(document.getElementById(place.dataset.chart).textContent);
  const chart = echarts.init(place, null, { renderer: "canvas" });
  chart.setOption(optionsOf(data));
  new ResizeObserver(() => chart.resize()).observe(place);
});
