// The dialog in which a file is chosen, and how it is shown: new at the cursor, or changed where the cursor is in one.

import "./file-keys.js";
import { ask, dialog, fill, nameOf, put, send, store, words } from "./editor-files.js";
import { chosen, form, text } from "./editor.js";
import { icon } from "./lierre.js";

const NEAR = 2000; // signs on both sides of the cursor that are looked through
const BRACES = "\\{\\{(?:[^}]|\\}(?!\\}))+\\}\\}";
const IMAGE = '!\\[(?:[^[\\]\\\\]|\\\\.)*\\]\\((?:[^()"\\\\\\n]|\\\\.|"(?:[^"\\\\]|\\\\.)*")*\\)';
const MARKS = { dokuwiki: new RegExp(BRACES, "g"), markdown: new RegExp(`${BRACES}|${IMAGE}`, "g") };
const KINDS = { png: "image", jpg: "image", jpeg: "image", gif: "image", webp: "image", svg: "image", avif: "image", webm: "video", ogv: "video", mp4: "video", ogg: "audio", mp3: "audio", wav: "audio" };
const WIDTHS = ["", "200", "400", "600"];
const KEPT = "lierre.insert";

const pane = dialog.querySelector("[data-step=choose]");
const options = dialog.querySelector("[data-step=options]");
const state = dialog.querySelector("[data-state]");
const title = dialog.querySelector("h2");
const part = (name) => options.querySelector(`[data-${name}]`);
const field = (name) => options.elements[name];
let goal = null; // what in the text is written over, and the mark that stands there
let file = null;
let turn = 0;
let aborter = null;

/* ---- opening */

function around(value, from, to) {
  const start = Math.max(0, from - NEAR);
  for (const found of value.slice(start, to + NEAR).matchAll(MARKS[chosen()])) {
    const begin = start + found.index;
    const end = begin + found[0].length;
    if (begin < from && to < end) return { from: begin, to: end, words: found[0] };
  }
  return null;
}

export async function open() {
  const { selectionStart: from, selectionEnd: to, value } = text;
  const there = around(value, from, to);
  const read = there && (await ask("read", { text: there.words }).catch(() => null));
  if (dialog.open) return;
  if (read?.mark) {
    goal = { ...there, mark: read.mark, known: read.file?.name ?? read.mark.name, markup: there.words.startsWith("{{") ? "dokuwiki" : chosen() };
    pick(read.file ?? { name: read.mark.name, mime: "", thumb: "", isMissing: !/^\w+:\/\/|>/.test(read.mark.name) });
    dialog.showModal();
    field("text").focus();
    return;
  }
  // Inside of braces that are something else, nothing can be put: it comes behind them.
  goal = there ? { from: there.to, to: there.to, said: "" } : { from, to, said: value.slice(from, to) };
  step("choose");
  dialog.showModal();
  title.focus();
  browse(form.dataset.fileSpace);
}

function step(name) {
  pane.hidden = name !== "choose";
  options.hidden = name !== "options";
  dialog.classList.toggle("is-choosing", name === "choose");
  title.textContent = goal.mark && name === "options" ? words.change : words.title;
}

const close = () => dialog.close();

/* ---- choosing: the list of files, as the wiki shows it everywhere */

const browse = (space) => load(`/_files?${new URLSearchParams({ pick: "1", ns: space })}`);

async function load(address) {
  const mine = ++turn;
  const focused = document.activeElement;
  state.textContent = words.loading;
  pane.setAttribute("aria-busy", "true");
  const list = await listed(address);
  if (mine !== turn) return;
  pane.removeAttribute("aria-busy");
  state.textContent = list ? "" : words.noList;
  if (!list) return void pane.replaceChildren(problem(words.noList));
  const before = focused && pane.contains(focused) ? focused : null;
  list.querySelector(".files-head")?.remove();
  for (const link of list.querySelectorAll("a:not([data-follow], [data-choose])")) link.target = "_blank"; // the text stays open
  pane.replaceChildren(list);
  pane.scrollTop = 0;
  if (before) (twin(before) ?? pane).focus();
}

async function listed(address) {
  try {
    const answer = await fetch(address);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const list = page.querySelector("[data-picker]");
    return answer.ok && list ? document.adoptNode(list) : null;
  } catch {
    return null;
  }
}

/* What has the place of ``before`` in the new list. */
function twin(before) {
  if (before.closest("form[data-follow]")) return pane.querySelector("form[data-follow] input[type=search]");
  const label = before.textContent.trim();
  return [...pane.querySelectorAll("a[data-follow]")].find((link) => link.textContent.trim() === label);
}

function problem(sentence) {
  const made = document.createElement("p");
  made.className = "error";
  made.setAttribute("role", "alert");
  made.append(icon("circle-alert"), sentence);
  return made;
}

/* ---- uploading from the dialog */

async function take(files, made = false) {
  const list = pane.querySelector("[data-picker]");
  if (!files.length || pane.hidden || list?.dataset.mayUpload !== "yes") return;
  const place = pane.querySelector("input[type=file]")?.form ?? list;
  const space = list.dataset.namespace;
  if (files.length > 1) {
    close();
    return send(files, { from: goal.from, to: goal.to, made, space });
  }
  place.querySelector(".error")?.remove();
  const bar = document.createElement("progress");
  place.append(bar);
  aborter = new AbortController();
  try {
    const more = { summary: place.elements?.summary?.value, replace: place.elements?.replace?.checked, signal: aborter.signal };
    const stored = await store(files[0], { space, name: nameOf(files[0], 0, made), ...more, onprogress: (sent, total) => tell(bar, files[0], sent / total) });
    const read = await ask("read", { text: `{{:${stored.name}}}`, markup: "dokuwiki" });
    pick(read.file ?? stored);
    field("text").focus();
  } catch (error) {
    if (aborter.signal.aborted) return;
    place.append(problem(error instanceof TypeError ? words.network : error.message));
    place.querySelector("input[type=file]").value = "";
  } finally {
    bar.remove();
    state.textContent = "";
  }
}

function tell(bar, { name }, share) {
  if (!Number.isFinite(share)) return;
  const percent = new Intl.NumberFormat(document.documentElement.lang, { style: "percent" }).format(share);
  bar.value = share;
  bar.setAttribute("aria-label", name);
  state.textContent = fill(words.uploading, { name, percent });
}

/* ---- how it is shown */

function kind() {
  const mime = (file.mime || KINDS[file.name.split(/[?#]/)[0].split(".").at(-1).toLowerCase()]) ?? "";
  return { image: "picture", video: "film", audio: "sound" }[mime.split("/")[0]] ?? "file";
}

function remembered() {
  try {
    return JSON.parse(localStorage.getItem(KEPT)) ?? {};
  } catch {
    return {};
  }
}

function remember(given) {
  try {
    localStorage.setItem(KEPT, JSON.stringify(given));
  } catch {
    // a browser that keeps nothing begins anew each time
  }
}

function pick(found) {
  file = found;
  step("options");
  const { mark } = goal;
  const given = mark ? shownBy(mark) : { size: "", align: "", linking: "details", ...(kind() === "picture" ? remembered() : {}) };
  for (const name of ["size", "align", "linking"]) for (const radio of field(name)) radio.checked = radio.value === (given[name] ?? "");
  for (const name of ["width", "height"]) field(name).value = given[name] ?? "";
  field("text").value = mark ? (mark.text ?? "") : (goal.said ?? "").split("\n").length === 1 ? (goal.said ?? "") : "";
  field("hint").value = mark?.hint ?? "";
  field("decoration").checked = mark?.text === "";
  part("name").textContent = file.name;
  part("facts").textContent = file.isMissing ? words.notThere : file.width ? `${file.width} × ${file.height}` : "";
  part("do").textContent = mark ? words.changeIt : words.insert;
  part("refused").hidden = true;
  part("thumb").replaceChildren(picture());
  sync();
}

function shownBy({ width, height, align, linking }) {
  const size = height || !WIDTHS.includes(String(width || "")) ? "own" : String(width || "");
  return { size, align, linking, width: size === "own" ? width || "" : "", height: size === "own" ? height || "" : "" };
}

function picture() {
  if (!file.thumb) return icon({ picture: "image", film: "film", sound: "music" }[kind()] ?? "file");
  const made = document.createElement("img");
  made.src = file.thumb;
  made.alt = "";
  return made;
}

/* Only what makes sense is asked: a document has no width, a link no place. */
function sync() {
  const what = kind();
  const isShown = what === "picture" && field("linking").value !== "linkonly";
  const inMarkdown = (goal.markup ?? chosen()) === "markdown";
  const asked = { link: what === "picture", size: isShown || what === "film", align: what === "sound" || what === "film" || isShown, decoration: isShown, hint: isShown && inMarkdown };
  for (const [name, is] of Object.entries(asked)) {
    const block = options.querySelector(`[data-for=${name}]`);
    block.hidden = !is;
    for (const each of block.querySelectorAll("input")) each.disabled = !is;
  }
  const silent = isShown && field("decoration").checked;
  field("text").disabled = silent;
  field("text").required = isShown && !silent;
  const [label, help] = isShown ? [words.seen, inMarkdown ? words.seenHelp : words.seenHelpShown] : what === "film" || what === "sound" ? [words.about, words.aboutHelp] : [words.wordsOf, words.wordsHelp];
  part("text-label").textContent = label;
  part("text-help").textContent = help;
}

async function insert() {
  const { mark } = goal;
  const isSame = mark && file.name === goal.known;
  const [size, align, linking, width, height] = ["size", "align", "linking", "width", "height"].map((name) => field(name).value);
  const isPicture = kind() === "picture";
  if (isPicture) remember({ size, align, linking, width, height });
  const enabled = (name) => !options.querySelector(`[data-for=${name}]`).hidden;
  const asked = {
    ...(isSame ? { name: mark.name, as_typed: "yes", markup: goal.markup, cache: mark.cache } : { name: file.name }),
    text: field("text").value.trim() || null,
    decoration: enabled("decoration") && field("decoration").checked ? "yes" : null,
    hint: enabled("hint") ? field("hint").value : (mark?.hint ?? null),
    align: enabled("align") ? align : null,
    linking: isPicture ? linking : (mark?.linking ?? null),
    ...(enabled("size") ? { width: size === "own" ? width : size, height: size === "own" ? height : "" } : {}),
  };
  try {
    const { syntax } = await ask("write", asked);
    close();
    text.focus();
    text.setSelectionRange(goal.to, goal.to);
    put(goal.from, goal.to, syntax);
  } catch {
    part("refused").hidden = false;
    part("refused").lastElementChild.textContent = words.network;
  }
}

/* ---- what is done in it */

dialog.addEventListener("click", (event) => {
  const at = (selector) => event.target.closest(selector);
  if (event.target === dialog || at("[data-close]")) return close();
  if (at("[data-another]")) {
    step("choose");
    title.focus();
    return browse(file.name.includes(":") && !goal.mark ? file.name.split(":").slice(0, -1).join(":") : form.dataset.fileSpace);
  }
  const link = at("a[data-choose], a[data-follow]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (!link.matches("[data-choose]")) return load(link.href);
  const { name, mime, width, height, thumb } = link.closest("[data-file]").dataset;
  pick({ name, mime, width, height, thumb });
  field("text").focus();
});
dialog.addEventListener("submit", (event) => {
  event.preventDefault();
  if (event.target === options) insert();
  else if (event.target.elements.file) take([...event.target.elements.file.files]);
  else load(`${event.target.action}?${new URLSearchParams(new FormData(event.target))}`);
});
dialog.addEventListener("change", (event) => {
  if (options.contains(event.target)) sync();
  else if (event.target.type === "file") take([...event.target.files]);
});
dialog.addEventListener("input", (event) => {
  if (event.target !== field("width") && event.target !== field("height")) return;
  for (const radio of field("size")) radio.checked = radio.value === "own";
  sync();
});
dialog.addEventListener("dragover", (event) => event.dataTransfer.types.includes("Files") && event.preventDefault());
dialog.addEventListener("drop", (event) => {
  if (!event.dataTransfer.files.length) return;
  event.preventDefault();
  take([...event.dataTransfer.files]);
});
dialog.addEventListener("paste", (event) => {
  if (event.target.matches("input") || !event.clipboardData.files.length) return;
  event.preventDefault();
  take([...event.clipboardData.files], true);
});
dialog.addEventListener("close", () => {
  aborter?.abort();
  turn++;
  if (document.activeElement === document.body) text.focus(); // what opened it is gone
});
