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

  // One click sends a form once; the server sees to it as well. The buttons come back with the page, and when a file was sent.
  const free = () => document.querySelectorAll("button[data-sent]").forEach((button) => {
    button.disabled = false;
    delete button.dataset.sent;
  });
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented || event.target.method !== "post") return;
    const buttons = event.target.querySelectorAll("button:not([type=button]):not(:disabled)");
    setTimeout(() => buttons.forEach((button) => { button.disabled = true; button.dataset.sent = ""; }));  // after its value went along
    setTimeout(free, 6000);
  });
  window.addEventListener("pageshow", free);

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
  });
})();
