/* Tells the server whether the window is as narrow as a phone, so that leaders begin with their short home there. */
const narrow = window.matchMedia("(max-width: 767.98px)");

function tell() {
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `narrow=${narrow.matches ? 1 : 0}; path=/; samesite=lax${secure}`;
}

tell();
narrow.addEventListener("change", tell);
