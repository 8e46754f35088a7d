// The little that pages need beside HTMX: menus that close, and keys for people who decide many pairs.
"use strict";
document.addEventListener("click", (event) => {
  for (const open of document.querySelectorAll("details.me[open]")) {
    if (!open.contains(event.target)) open.removeAttribute("open");
  }
});
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) return;
  const key = CSS.escape(event.key.toLowerCase());
  const target = document.querySelector(`[data-key="${key}"]`);
  if (target) {
    event.preventDefault();
    target.click();
  }
});
