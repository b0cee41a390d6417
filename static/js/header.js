/* When the words of the bar do not fit (English is longer), first its parts move together, then the search and
   the day give way, then the bar becomes the side menu. */
const nav = () => document.querySelector(".app-header nav");

function fit() {
  const steps = document.documentElement.classList;
  const list = nav().querySelector(".topnav");
  const tight = () => list.clientWidth && list.scrollWidth > list.clientWidth + 1;
  steps.remove("bar-close", "bar-tight", "menu-only");
  if (tight()) steps.add("bar-close");
  if (tight()) steps.add("bar-tight");
  if (tight()) steps.add("menu-only");
}

function start() {
  if (!nav()) return;
  fit();
  window.addEventListener("resize", fit);
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
else start();
