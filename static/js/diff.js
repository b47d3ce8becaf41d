// The next and the previous change, by the keys n and p or by two buttons.

import { all, button, isTyping, words } from "./lierre.js";

let at = -1;

function changes() {
  const rows = all("table.diff tbody tr").filter((row) => row.offsetParent);
  return rows.filter((row, index) => isChange(row) && !isChange(rows[index - 1]));
}

function isChange(row) {
  return row && !row.matches(".diff-same, .diff-fold");
}

function go(step) {
  const places = changes();
  if (!places.length) return;
  at = Math.min(Math.max(at + step, 0), places.length - 1);
  all(".diff-here").forEach((row) => row.classList.remove("diff-here"));
  places[at].classList.add("diff-here");
  places[at].scrollIntoView({ block: "center" });
}

document.addEventListener("keydown", (event) => {
  if (isTyping(event)) return;
  if (event.key === "n") go(1);
  if (event.key === "p") go(-1);
});

const bar = document.querySelector(".diff-views");
if (bar && changes().length) {
  const pair = document.createElement("span");
  pair.className = "diff-steps";
  pair.append(
    button("chevron-up", `${words.previous} (p)`, () => go(-1)),
    button("chevron-down", `${words.next} (n)`, () => go(1)),
  );
  bar.append(pair);
}
