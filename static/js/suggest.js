// What the search field may mean, while it is being typed: the first hits of the page that searching would show.

const field = document.querySelector("[data-search]");
const list = document.createElement("ul");
const MOST = 8;
let waiting = 0;
let asked = 0;
let at = -1;

async function find(query) {
  const turn = ++asked;
  const answer = await fetch(`${field.form.action}?q=${encodeURIComponent(query)}`);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (turn !== asked || !answer.ok) return;
  const hits = [...page.querySelectorAll("main .exact, main .names li")].slice(0, MOST);
  show(hits.map(line).filter(Boolean));
}

function line(hit, number) {
  const link = hit.querySelector("a");
  if (!link) return null;
  const made = document.createElement("li");
  const name = document.createElement("code");
  made.id = `suggestion-${number}`;
  made.setAttribute("role", "option");
  made.dataset.address = link.getAttribute("href");
  name.textContent = hit.querySelector("code")?.textContent ?? "";
  made.append(link.textContent, name);
  return made;
}

function show(lines) {
  at = -1;
  list.replaceChildren(...lines);
  list.hidden = !lines.length;
  field.setAttribute("aria-expanded", String(!list.hidden));
  field.removeAttribute("aria-activedescendant");
}

function move(step) {
  const lines = [...list.children];
  lines[at]?.removeAttribute("aria-selected");
  at = ((at + 1 + step + lines.length + 1) % (lines.length + 1)) - 1; // one more place: the field itself
  lines[at]?.setAttribute("aria-selected", "true");
  if (at < 0) field.removeAttribute("aria-activedescendant");
  else field.setAttribute("aria-activedescendant", lines[at].id);
}

function onKey(event) {
  if (event.key === "Escape") show([]);
  if (list.hidden) return;
  if (event.key === "ArrowDown") move(1);
  else if (event.key === "ArrowUp") move(-1);
  else if (event.key === "Enter" && at >= 0) location.href = list.children[at].dataset.address;
  else return;
  event.preventDefault();
}

list.id = "suggestions";
list.className = "suggestions";
list.hidden = true;
list.setAttribute("role", "listbox");
list.setAttribute("aria-label", field.labels[0].textContent);
field.after(list);
field.setAttribute("role", "combobox");
field.setAttribute("aria-controls", list.id);
field.setAttribute("aria-expanded", "false");
field.setAttribute("aria-autocomplete", "list");
field.addEventListener("keydown", onKey);
field.addEventListener("blur", () => show([]));
field.addEventListener("input", () => {
  clearTimeout(waiting);
  const query = field.value.trim();
  if (query.length < 2) return void (asked++, show([]));
  waiting = setTimeout(() => find(query).catch(() => {}), 150);
});
// Before the field loses the focus, which would take the list away.
list.addEventListener("pointerdown", (event) => {
  const chosen = event.target.closest("li");
  if (chosen) location.href = chosen.dataset.address;
  event.preventDefault();
});
