/* When the words of the bar do not fit (English is longer), the bar becomes the side menu. */
const nav = () => document.querySelector(".app-header nav");

function fit() {
  const root = document.documentElement;
  root.classList.remove("menu-only");
  const list = nav()?.querySelector(".topnav");
  if (list && list.clientWidth && list.scrollWidth > list.clientWidth + 1) root.classList.add("menu-only");
}

function start() {
  if (!nav()) return;
  fit();
  window.addEventListener("resize", fit);
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
else start();
