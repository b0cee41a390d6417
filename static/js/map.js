/* The county's own boundaries, to move and to enlarge; no tiles, nothing from elsewhere. The drawing that the
   server made gives colours, words and addresses, and stays for paper and for browsers without scripts.
   <div data-map="ID"> around svg.map, with json_script:"ID" = {code: geometry}. */
import "leaflet/dist/leaflet.css";
import "../css/map.css";
import { control, geoJSON, map as makeMap } from "leaflet";
import { eachTime, once } from "./each_time.js";

const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;

function labelOf(text) {
  const label = document.createElement("span");
  const [name, ...rest] = [...text.childNodes].map((node) => node.textContent.trim());
  const share = document.createElement("small");
  share.textContent = rest.join(" ");
  label.append(name, share);
  return label;
}

/* Links of a drawing have no click() of their own. */
function follow(link) {
  window.location.assign(link.getAttribute("href"));
}

/* A path that is reached and opened like the link that it stands for. */
function asLink(path, link) {
  path.setAttribute("tabindex", "0");
  path.setAttribute("role", "link");
  path.setAttribute("aria-label", link.getAttribute("aria-label"));
  path.addEventListener("keydown", (event) => {
    if (event.key === "Enter") follow(link);
  });
}

function areaLayer(link, geometry) {
  const tone = link.querySelector("path").getAttribute("class");
  const layer = geoJSON(geometry, { style: { className: tone, color: "#fff", weight: 2.5, fillOpacity: 1 } });
  layer.bindTooltip(labelOf(link.querySelector("text")), {
    permanent: true,
    direction: "center",
    className: `map-label ${tone}-label`,
  });
  layer.on("click", () => follow(link));
  layer.on("add", () => layer.eachLayer((part) => part.getElement() && asLink(part.getElement(), link)));
  return layer;
}

eachTime("[data-map]", (box) => {
  if (!once(box, "Map")) return;
  const geometries = JSON.parse(document.getElementById(box.dataset.map).textContent);
  const drawing = box.querySelector("svg.map");
  const place = document.createElement("div");
  place.className = "map-live";
  place.setAttribute("role", "group");
  place.setAttribute("aria-label", drawing.getAttribute("aria-label"));
  box.append(place);
  box.classList.add("is-live");
  const map = makeMap(place, {
    attributionControl: false,
    zoomControl: false,
    scrollWheelZoom: false,
    zoomSnap: 0.25,
    zoomAnimation: !still,
    fadeAnimation: !still,
  });
  control.zoom({ zoomInTitle: box.dataset.in, zoomOutTitle: box.dataset.out }).addTo(map);
  const all = geoJSON(Object.values(geometries));
  map.fitBounds(all.getBounds(), { padding: [4, 4], animate: false });
  for (const link of drawing.querySelectorAll("a[data-code]"))
    areaLayer(link, geometries[link.dataset.code]).addTo(map);
});
