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

  // The address of a list says only what was chosen: no empty filters, no columns if they are the usual ones.
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("form.find")) return;
    const fields = [...event.target.elements];
    const boxes = fields.filter((field) => field.name === "columns");
    const usual = boxes.every((box) => box.checked === box.hasAttribute("data-usual"));
    fields.forEach((field) => {
      if (field.name && (field.value === "" || (usual && field.name === "columns"))) field.disabled = true;
    });
  });
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form.find :disabled").forEach((field) => { field.disabled = false; });
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
  });
})();
