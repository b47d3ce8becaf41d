// Two versions of a picture: beside each other, one through the other, or half and half, by a slider.

import { all } from "./lierre.js";

const place = document.querySelector("[data-picture-diff]");
const bar = document.querySelector("[data-picture-views]");
const range = document.querySelector("[data-picture-range]");
const slider = range.querySelector("input");
const newer = place.querySelector("figure:last-child img");

function slide() {
  const view = place.dataset.pictureDiff;
  newer.style.opacity = view === "opacity" ? slider.value / 100 : "";
  newer.style.clipPath = view === "swipe" ? `inset(0 0 0 ${100 - slider.value}%)` : "";
}

function choose(view) {
  place.dataset.pictureDiff = view;
  range.hidden = view === "side";
  for (const link of all("[data-view]", bar)) {
    if (link.dataset.view === view) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  place.classList.toggle("is-stacked", view !== "side");
  slide();
}

bar.hidden = false;
choose(place.dataset.pictureDiff);
slider.addEventListener("input", slide);
bar.addEventListener("click", (event) => {
  const link = event.target.closest("[data-view]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  choose(link.dataset.view);
  history.replaceState(null, "", link.href);
});
