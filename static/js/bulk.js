// Lists in which many can be ticked: one box ticks all, and the bar says how many are.

import { all } from "./lierre.js";

export function startBulk(form) {
  const boxes = all("tbody input[type=checkbox], [data-file] input[type=checkbox]", form);
  const whole = form.querySelector("[data-bulk-all]");
  const count = form.querySelector("[data-bulk-count]");
  const show = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    if (count) count.textContent = ticked || "";
    if (!whole) return;
    whole.checked = ticked > 0 && ticked === boxes.length;
    whole.indeterminate = ticked > 0 && ticked < boxes.length;
  };
  whole?.closest("[hidden]")?.removeAttribute("hidden");
  whole?.addEventListener("change", () => {
    boxes.forEach((box) => (box.checked = whole.checked));
    show();
  });
  form.addEventListener("change", show);
  show();
}

all("[data-bulk]").forEach(startBulk);
