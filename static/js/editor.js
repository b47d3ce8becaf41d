// The editor: a toolbar that writes markup at the cursor, a preview beside the text, and a question before words are lost.

import { answersForm, button, words } from "./lierre.js";
import "./draft.js";

const form = document.querySelector("[data-editor]");
const text = form.querySelector("textarea[name=text]");
const wide = matchMedia("(min-width: 1000px)");
const before = text.defaultValue;
let leaving = false;

/* ---- writing at the cursor; the browser's own undo takes it back */

function write(start, end, words, from, to) {
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

const heading = (line) => `===== ${line.replace(/^[= ]+|[= ]+$/g, "") || words.heading} =====`;
const mark = (sign) => (line) => `  ${sign} ${line.replace(/^ +[*-] /, "")}`;

const TOOLS = [
  ["bold", "bold", "b", () => wrap("**", "**", words.text)],
  ["italic", "italic", "i", () => wrap("//", "//", words.text)],
  ["underline", "underline", "", () => wrap("__", "__", words.text)],
  ["code", "code", "", () => wrap("''", "''", words.text)],
  null,
  ["heading", "heading", "", () => lines(heading)],
  ["list", "list", "", () => lines(mark("*"))],
  ["list-ordered", "ordered", "", () => lines(mark("-"))],
  ["quote", "quote", "", () => lines((line) => `> ${line}`)],
  null,
  ["link", "link", "k", () => wrap("[[", "]]", words.linkText)],
  ["image", "image", "", () => wrap("{{", "}}", words.image)],
  ["minus", "rule", "", () => lines((line) => `${line}\n\n----\n`)],
];

function startToolbar() {
  const bar = form.querySelector("[data-toolbar]");
  if (!bar) return;
  bar.setAttribute("role", "toolbar");
  bar.setAttribute("aria-controls", text.id);
  for (const tool of TOOLS) {
    if (!tool) {
      const gap = document.createElement("span");
      gap.className = "gap";
      bar.append(gap);
      continue;
    }
    const [picture, name, key, act] = tool;
    bar.append(button(picture, words[name] + (key ? ` (Ctrl+${key.toUpperCase()})` : ""), act));
  }
  bar.hidden = false;
}

function startKeys() {
  form.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    const key = event.key.toLowerCase();
    const tool = TOOLS.find((each) => each && each[2] === key);
    if (key === "s") form.querySelector("[value=save]").click();
    else if (tool && event.target === text) tool[3]();
    else return;
    event.preventDefault();
  });
}

/* ---- leaving with unsaved words */

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

startToolbar();
startKeys();
startLeaving();
startPreview();
