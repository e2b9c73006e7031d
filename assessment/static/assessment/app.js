// Comfort only: every page works without it.
"use strict";
(() => {
  // Panels (details with data-closes) close on Escape and on a click elsewhere, so also when another one opens.
  const open = () => document.querySelectorAll("details[data-closes][open]");
  document.addEventListener("click", (event) => {
    open().forEach((panel) => { if (!panel.contains(event.target)) panel.open = false; });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    open().forEach((panel) => {
      if (panel.contains(document.activeElement)) panel.querySelector("summary").focus();
      panel.open = false;
    });
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
  });
})();
