// What makes every page better and none depend on it. Parts that few pages need are loaded by those.

const root = document.documentElement;
export const words = JSON.parse(document.body.dataset.words);
export const answersForm = "answersForm" in document.body.dataset; // it was sent, and not taken
export const all = (selector, within = document) => [...within.querySelectorAll(selector)];

export function icon(name) {
  const sprite = document.querySelector("svg use").getAttribute("href").split("#")[0];
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", `icon icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  svg.append(document.createElementNS("http://www.w3.org/2000/svg", "use"));
  svg.firstChild.setAttribute("href", `${sprite}#${name}`);
  return svg;
}

export function button(name, label, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.title = label;
  made.setAttribute("aria-label", label);
  made.append(icon(name));
  made.addEventListener("click", act);
  return made;
}

export const isTyping = (event) =>
  event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, [contenteditable]");

/* ---- theme and language: a cookie for everybody, the account too for whoever is signed in */

async function prefer(cookie, field, value) {
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `${cookie}=${value}; path=/; max-age=31536000; samesite=lax${secure}`;
  const token = document.querySelector("form[action='/_logout'] input[name=csrf_token]");
  if (!token) return;
  const body = new URLSearchParams({ [field]: value, csrf_token: token.value, next: "/_preferences" });
  await fetch("/_preferences", { method: "POST", body });
}

function startTheme() {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const show = () => root.classList.toggle("is-dark", root.dataset.theme ? root.dataset.theme === "dark" : dark.matches);
  show();
  dark.addEventListener("change", show);
  for (const link of all("[data-theme-switch]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      const theme = root.classList.contains("is-dark") ? "light" : "dark";
      root.dataset.theme = theme;
      document.querySelector("meta[name=color-scheme]").content = theme;
      show();
      prefer("theme", "theme", theme);
    });
  }
}

function startLanguages() {
  for (const link of all("[data-language]")) {
    link.addEventListener("click", async (event) => {
      event.preventDefault();
      await prefer("lang", "language", link.dataset.language);
      location.reload();
    });
  }
}

/* ---- menus close when something else is meant */

function startMenus() {
  const close = (except) => all("details.menu[open]").forEach((menu) => menu.contains(except) || (menu.open = false));
  document.addEventListener("click", (event) => close(event.target));
  document.addEventListener("focusin", (event) => close(event.target));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = document.querySelector("details.menu[open]");
    if (!open) return;
    open.open = false;
    open.querySelector("summary").focus();
  });
}

function startSearch() {
  const field = document.querySelector("[data-search]");
  if (!field) return; // search is switched off
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || isTyping(event)) return;
    event.preventDefault();
    if (field.offsetParent) field.select();
    else location.href = "/_search";
  });
  field.addEventListener("focus", () => import("./suggest.js"), { once: true });
}

/* ---- times: near ones as a distance, others in the reader's own zone */

const STEPS = [[60, "minute", 60], [24, "hour", 3600], [7, "day", 86400]];

function distance(seconds, format) {
  for (const [limit, unit, length] of STEPS) {
    const count = Math.round(seconds / length);
    if (count < limit) return format.format(-count, unit);
  }
  return "";
}

function startTimes() {
  const near = new Intl.RelativeTimeFormat(root.lang, { numeric: "auto" });
  const exact = new Intl.DateTimeFormat(root.lang, { dateStyle: "medium", timeStyle: "short" });
  const times = all("time[data-relative]");
  for (const time of times) {
    if (time.title.endsWith("UTC")) time.title = exact.format(new Date(time.dateTime));
  }
  const show = () => {
    for (const time of times) {
      const seconds = (Date.now() - Date.parse(time.dateTime)) / 1000;
      time.textContent = (seconds > -60 && distance(Math.max(seconds, 0), near)) || time.title;
    }
  };
  show();
  if (times.length) setInterval(show, 30000);
}

/* ---- contents follow the reader */

function startContents() {
  const links = new Map(all(".aside .contents a").map((link) => [decodeURIComponent(link.hash.slice(1)), link]));
  const headings = [...links.keys()].map((id) => document.getElementById(id)).filter(Boolean);
  if (!headings.length) return;
  let marked = null;
  const follow = () => {
    const passed = headings.filter((heading) => heading.getBoundingClientRect().top < 140);
    const link = links.get((passed.at(-1) ?? headings[0]).id);
    if (link === marked) return;
    marked?.removeAttribute("aria-current");
    link.setAttribute("aria-current", "location");
    link.scrollIntoView?.({ block: "nearest" });
    marked = link;
  };
  const observer = new IntersectionObserver(follow, { rootMargin: "-140px 0px 0px 0px", threshold: [0, 1] });
  headings.forEach((heading) => observer.observe(heading));
}

/* ---- copying */

function copier(text, label) {
  const made = button("copy", label, async () => {
    await navigator.clipboard.writeText(text());
    made.replaceChildren(icon("check"), words.copied);
    setTimeout(() => made.replaceChildren(icon("copy")), 2000);
  });
  made.className = "copy";
  return made;
}

export function startCopying(within = document) {
  if (!navigator.clipboard) return;
  for (const place of all("[data-copy]", within)) place.append(copier(() => place.dataset.copy, words.copy));
  for (const pre of all(".page-body pre", within)) {
    const frame = document.createElement("div");
    frame.className = "code-frame";
    pre.replaceWith(frame);
    frame.append(pre, copier(() => pre.innerText, words.copy));
  }
}

/* ---- the link that edits a section stands at its heading */

function startSections() {
  for (const place of all("#page-body .secedit")) {
    const anchor = new URL(place.querySelector("a").href).searchParams.get("section");
    const heading = document.getElementById(anchor);
    if (!heading || heading.closest(".section-head")) continue;
    const line = document.createElement("div");
    line.className = "section-head";
    heading.replaceWith(line);
    line.append(heading, place);
    place.firstChild.prepend(icon("pencil"), " ");
  }
}

/* ---- what scrolls sideways can be reached by keyboard */

function startFrames() {
  const frames = all(".page-body pre, .page-body div.table, .diff-frame, .table-frame");
  const reach = () => {
    for (const frame of frames) if (frame.scrollWidth > frame.clientWidth) frame.tabIndex = 0;
  };
  reach();
  addEventListener("resize", reach);
}

/* ---- drafts end when their text was taken, and when somebody signs out */

function startDrafts() {
  if (answersForm || document.querySelector("[data-editor]")) return;
  try {
    localStorage.removeItem(sessionStorage.getItem("lierre.sent"));
    sessionStorage.removeItem("lierre.sent");
  } catch {
    // a browser that keeps nothing has no drafts
  }
}

function forgetDrafts() {
  Object.keys(localStorage)
    .filter((key) => key.startsWith("lierre.draft."))
    .forEach((key) => localStorage.removeItem(key));
}

/* ---- pages read lately, known to this browser alone and forgotten at sign-out */

const TRACE = "lierre.trace";

function readTrace() {
  try {
    return JSON.parse(localStorage.getItem(TRACE)) ?? [];
  } catch {
    return [];
  }
}

function keepTrace(trace) {
  try {
    localStorage.setItem(TRACE, JSON.stringify(trace));
  } catch {
    // a browser that keeps nothing
  }
}

function startTrace() {
  const here = document.querySelector(".page-name[data-copy]")?.dataset.copy;
  const others = readTrace().filter((page) => page.name !== here);
  const place = document.querySelector("[data-trace]");
  if (place && others.length) {
    place.hidden = false;
    place.querySelector("ul").append(...others.slice(0, 5).map(traceLine));
  }
  if (here && !location.search) {
    const title = document.querySelector("#page-body h1")?.textContent ?? here;
    keepTrace([{ name: here, title, address: location.pathname }, ...others].slice(0, 8));
  }
  document.querySelector("form[action='/_logout']")?.addEventListener("submit", () => {
    keepTrace([]);
    forgetDrafts();
  });
}

function traceLine(page) {
  const line = document.createElement("li");
  const link = document.createElement("a");
  link.href = page.address.startsWith("/") && !page.address.startsWith("//") ? page.address : "/";
  link.title = page.name;
  link.textContent = page.title;
  line.append(link);
  return line;
}

for (const start of [
  startTheme, startLanguages, startMenus, startSearch, startTimes, startSections, startContents, startCopying, startFrames,
  startTrace,
]) start();
if (document.querySelector("[data-editor]")) import("./editor.js");
if (document.querySelector("table.diff")) import("./diff.js");
if (document.querySelector("[data-bulk]")) import("./bulk.js");
if (document.querySelector("[data-passkey]")) import("./passkeys.js");
