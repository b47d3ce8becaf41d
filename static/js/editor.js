// The editor: a toolbar that writes markup at the cursor, a preview beside the text, and a question before words are lost.

import { answersForm, button, words } from "./lierre.js";
import "./draft.js";

export const form = document.querySelector("[data-editor]");
export const text = form.querySelector("textarea[name=text]");
const wide = matchMedia("(min-width: 1000px)");
const before = text.defaultValue;
let leaving = false;

/* ---- writing at the cursor; the browser's own undo takes it back */

export function write(start, end, words, from, to) {
  text.focus();
  text.setSelectionRange(start, end);
  if (!document.execCommand("insertText", false, words)) text.setRangeText(words, start, end, "end");
  text.setSelectionRange(from, to);
}

function wrap(opening, closing, filling) {
  const { selectionStart: start, selectionEnd: end, value } = text;
  const inner = value.slice(start, end) || filling;
  const from = start + opening.length;
  const outside = value.slice(start - opening.length, start) === opening && value.slice(end, end + closing.length) === closing;
  if (outside) write(start - opening.length, end + closing.length, inner, start - opening.length, end - opening.length);
  else write(start, end, opening + inner + closing, from, from + inner.length);
}

function lines(change) {
  const { selectionStart, selectionEnd, value } = text;
  const start = value.lastIndexOf("\n", selectionStart - 1) + 1;
  const found = value.indexOf("\n", Math.max(selectionEnd - 1, start));
  const end = found < 0 ? value.length : found;
  const changed = value.slice(start, end).split("\n").map(change).join("\n");
  write(start, end, changed, start, start + changed.length);
}

/* ---- what the buttons write, by markup */

export const chosen = () => (form.querySelector("[name=markup]:checked") ?? form.querySelector("[name=markup]"))?.value ?? "dokuwiki";
const bare = (line) => line.replace(/^ *(?:[*-]|\d+\.) (?:\[[ x]\] )?/, "");
const mark = (sign) => (line) => `${sign} ${bare(line)}`;

// A link or picture of Markdown: what was chosen are its words, then the target is there to be typed over.
function target(opening, filling, place) {
  const { selectionStart: start, selectionEnd: end, value } = text;
  const inner = value.slice(start, end);
  const words = `${opening}${inner || filling}](${place})`;
  const from = start + (inner ? words.length - place.length - 1 : opening.length);
  write(start, end, words, from, from + (inner ? place : filling).length);
}

const WRITTEN = {
  dokuwiki: {
    bold: () => wrap("**", "**", words.text),
    italic: () => wrap("//", "//", words.text),
    underline: () => wrap("__", "__", words.text),
    code: () => wrap("''", "''", words.text),
    heading: () => lines((line) => `===== ${line.replace(/^[= ]+|[= ]+$/g, "") || words.heading} =====`),
    list: () => lines(mark("  *")),
    ordered: () => lines(mark("  -")),
    quote: () => lines((line) => `> ${line}`),
    link: () => wrap("[[", "]]", words.linkText),
    image: () => choose(() => wrap("{{", "}}", words.image)),
    rule: () => lines((line) => `${line}\n\n----\n`),
  },
  markdown: {
    bold: () => wrap("**", "**", words.text),
    italic: () => wrap("*", "*", words.text),
    underline: () => wrap("<u>", "</u>", words.text),
    code: () => wrap("`", "`", words.text),
    heading: () => lines((line) => `## ${line.replace(/^[# ]+|[# ]+$/g, "") || words.heading}`),
    list: () => lines(mark("-")),
    ordered: () => lines(mark("1.")),
    tasks: () => lines(mark("- [ ]")),
    quote: () => lines((line) => `> ${line}`),
    link: () => target("[", words.linkText, "page"),
    image: () => choose(() => target("![", words.image, "file.png")),
    rule: () => lines((line) => `${line}\n\n---\n`),
  },
};

// picture, name, key
const TOOLS = [
  ["bold", "bold", "b"],
  ["italic", "italic", "i"],
  ["underline", "underline", ""],
  ["code", "code", ""],
  null,
  ["heading", "heading", ""],
  ["list", "list", ""],
  ["list-ordered", "ordered", ""],
  ["circle-check", "tasks", ""],
  ["quote", "quote", ""],
  null,
  ["link", "link", "k"],
  ["image", "image", ""],
  ["minus", "rule", ""],
];

function toolbar(bar) {
  const writes = WRITTEN[chosen()];
  bar.replaceChildren();
  for (const tool of TOOLS) {
    if (!tool) {
      const gap = document.createElement("span");
      gap.className = "gap";
      bar.append(gap);
      continue;
    }
    const [picture, name, key] = tool;
    if (writes[name]) bar.append(button(picture, words[name] + (key ? ` (Ctrl+${key.toUpperCase()})` : ""), writes[name]));
  }
}

function startToolbar() {
  const bar = form.querySelector("[data-toolbar]");
  if (!bar) return;
  bar.setAttribute("role", "toolbar");
  bar.setAttribute("aria-controls", text.id);
  toolbar(bar);
  bar.hidden = false;
  for (const radio of form.querySelectorAll("[type=radio][name=markup]")) {
    radio.addEventListener("change", () => {
      toolbar(bar);
      text.dispatchEvent(new Event("input", { bubbles: true })); // the preview and the draft follow
    });
  }
}

function startKeys() {
  form.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    const key = event.key.toLowerCase();
    const tool = TOOLS.find((each) => each && each[2] === key);
    if (key === "s") form.querySelector("[value=save]").click();
    else if (tool && event.target === text) WRITTEN[chosen()][tool[1]]();
    else return;
    event.preventDefault();
  });
}

/* ---- leaving with unsaved words */

export const stay = () => (leaving = false);

function startLeaving() {
  form.addEventListener("submit", () => (leaving = true));
  addEventListener("pageshow", () => (leaving = false));
  addEventListener("beforeunload", (event) => {
    if (!leaving && (answersForm || text.value !== before)) event.preventDefault();
  });
}

/* ---- the preview beside the text, on screens that have room for it */

let pane = null;
let waiting = 0;
let asked = 0;

async function preview() {
  const turn = ++asked;
  const data = new FormData(form);
  data.set("do", "preview");
  const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(data) });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const body = page.querySelector(".preview .page-body");
  if (!answer.ok || !body) throw new Error("no preview");
  if (turn !== asked) return;
  show(body);
}

function show(body) {
  if (!pane) {
    pane = document.createElement("section");
    pane.className = "preview live-preview";
    pane.setAttribute("aria-label", form.querySelector("[value=preview]").textContent.trim());
    text.after(pane);
    form.classList.add("has-preview");
    pane.tabIndex = 0;
    text.addEventListener("scroll", () => follow(text, pane));
  }
  pane.replaceChildren(body);
  follow(text, pane);
}

function follow(leader, other) {
  const room = leader.scrollHeight - leader.clientHeight;
  if (room > 0) other.scrollTop = (leader.scrollTop / room) * (other.scrollHeight - other.clientHeight);
}

function startPreview() {
  const ask = form.querySelector("[value=preview]");
  if (!ask) return;
  ask.addEventListener("click", (event) => {
    if (!wide.matches || form.closest(".conflict")) return;
    event.preventDefault();
    // Whatever goes wrong, the plain way says what.
    preview().catch(() => ((leaving = true), form.requestSubmit(ask)));
  });
  text.addEventListener("input", () => {
    if (!pane) return;
    clearTimeout(waiting);
    waiting = setTimeout(() => preview().catch(() => {}), 700);
  });
}

/* ---- pictures and files that are pasted or dropped; whoever pastes none loads nothing for it */

const files = () => import("./editor-files.js");
// Where files are switched off there is nothing to choose from: the signs are written, to be filled by hand.
const choose = (otherwise) => ("hasFiles" in form.dataset ? files().then((module) => module.choose()) : otherwise());

// Text wins where there is both (a piece of a table brings its picture along), but the names of the files are no text.
function carried(data) {
  const found = [...(data?.files ?? [])];
  const said = data?.getData("text/plain").trim() ?? "";
  return !said || said.split(/\s*\n\s*/).every((line) => found.some((file) => file.name && line.endsWith(file.name))) ? found : [];
}

function startFiles() {
  const take = (event, found, made) => {
    const { selectionStart: from, selectionEnd: to } = text;
    event.preventDefault();
    files().then(({ send }) => send(found, { from, to, made }));
  };
  text.addEventListener("paste", (event) => {
    const found = carried(event.clipboardData);
    if (found.length) take(event, found, true);
  });
  form.addEventListener("dragover", (event) => {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    form.classList.add("is-over");
  });
  form.addEventListener("dragleave", (event) => form.contains(event.relatedTarget) || form.classList.remove("is-over"));
  form.addEventListener("drop", (event) => {
    form.classList.remove("is-over");
    if (!event.dataTransfer.files.length) return;
    const place = document.caretPositionFromPoint?.(event.clientX, event.clientY);
    if (place?.offsetNode === text) text.setSelectionRange(place.offset, place.offset);
    take(event, [...event.dataTransfer.files], false);
  });
}

startFiles();
startToolbar();
startKeys();
startLeaving();
startPreview();
