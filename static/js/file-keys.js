// Arrow keys among files, in the manager and in the dialog of the editor.

import { all, isTyping } from "./lierre.js";

const KEYS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: "up", ArrowDown: "down", Home: "first", End: "last" };

/* ---- the arrows lead from file to file, as they stand on the screen */

function target(links, from, key) {
  const at = links.indexOf(from);
  if (key === "first") return links[0];
  if (key === "last") return links.at(-1);
  if (typeof key === "number") return links[at + (document.documentElement.dir === "rtl" ? -key : key)];
  const box = (link) => (link.closest("[data-file]") ?? link).getBoundingClientRect();
  const here = box(from);
  const beyond = links.filter((link) => (key === "up" ? box(link).bottom <= here.top + 1 : box(link).top >= here.bottom - 1));
  const away = (link) => Math.abs(box(link).top - here.top) * 10 + Math.abs(box(link).left - here.left);
  return beyond.sort((one, other) => away(one) - away(other))[0];
}

document.addEventListener("keydown", (event) => {
  const from = event.target.closest?.("a[data-choose]");
  const key = KEYS[event.key];
  if (!from || key === undefined || isTyping(event)) return;
  const to = target(all("a[data-choose]", from.closest(".files") ?? document), from, key);
  if (!to) return;
  event.preventDefault();
  to.focus();
});
