// Files on their way into the text: uploaded one after the other, then written where the cursor was.
// Until a file is there the text holds nothing of it: no placeholder can be saved, previewed or kept in the draft.

import { chosen, form, stay, text, write } from "./editor.js";
import { button, icon } from "./lierre.js";
import { upload } from "./upload.js";

export const dialog = document.querySelector("[data-insert]");
export const words = JSON.parse(dialog.dataset.words);
export const fill = (sentence, facts) => sentence.replace(/\{(\w+)\}/g, (place, name) => facts[name] ?? place);
const MOST_TRIES = 5;
const jobs = new Set();
let queue = Promise.resolve();
let before = text.value;
let composing = false;
let own = false; // what is written just now is written here

/* ---- what the wiki says */

export async function ask(what, asked) {
  const given = Object.entries({ page: dialog.dataset.page, markup: chosen(), ...asked }).filter(([, value]) => value != null);
  const answer = await fetch(`/_file-syntax/${what}?${new URLSearchParams(given)}`);
  if (!answer.ok) throw new Error(words.network);
  return answer.json();
}

/* Stored under a name that is free. ``made``: it came without a name of its own. */
export async function store(file, { space = form.dataset.fileSpace, name = "", ...more }) {
  for (let tries = 1; ; tries++) {
    try {
      return await upload(file, { ns: space, name, ...more });
    } catch (error) {
      if (!error.free || tries === MOST_TRIES) throw error;
      // Which somebody may take meanwhile. It comes with its namespace, and is asked for without.
      name = space && error.free.startsWith(`${space}:`) ? error.free.slice(space.length + 1) : error.free;
    }
  }
}

const two = (number) => String(number).padStart(2, "0");

/* Pictures from the clipboard are all called the same, so they are named after the page and the moment. */
export function nameOf(file, number, made) {
  if (file.name && !(made && /^image\.\w+$/i.test(file.name))) return "";
  const now = new Date();
  const day = `${now.getFullYear()}${two(now.getMonth() + 1)}${two(now.getDate())}`;
  const clock = `${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`;
  const ending = /\.\w+$/.exec(file.name)?.[0] ?? `.${file.type.split("/")[1]?.replace(/\W.*/, "") || "bin"}`;
  return `${dialog.dataset.page.split(":").at(-1)}-${day}-${clock}${number ? `-${number + 1}` : ""}${ending}`;
}

/* ---- places in the text, which move as it is written on */

function follow() {
  const { value } = text;
  if (own || !jobs.size) return (before = value);
  const most = Math.min(before.length, value.length);
  let head = 0;
  let tail = 0;
  while (head < most && before[head] === value[head]) head++;
  while (tail < most - head && before[before.length - 1 - tail] === value[value.length - 1 - tail]) tail++;
  const end = before.length - tail;
  const change = value.length - before.length;
  const moved = (at) => (at <= head ? at : at >= end ? at + change : head);
  for (const job of jobs) [job.from, job.to] = [moved(job.from), moved(job.to)];
  return (before = value);
}

/* One step of the browser's own undo. Whoever writes elsewhere goes on writing there. */
export function put(from, to, written) {
  const { selectionStart, selectionEnd, scrollTop } = text;
  const focused = document.activeElement;
  const change = written.length - (to - from);
  const moved = (at) => (at < from ? at : at > to ? at + change : from + written.length);
  own = true;
  write(from, to, written, moved(selectionStart), moved(selectionEnd));
  own = false;
  if (text.value !== before) text.dispatchEvent(new Event("input", { bubbles: true })); // where the browser told nobody
  before = text.value;
  text.scrollTop = scrollTop;
  if (focused !== text && focused !== document.body) focused?.focus({ preventScroll: true });
}

function place(job, written) {
  const { from, to, batch } = job;
  const at = batch.indexOf(job);
  const gap = /(^|\n)$/.test(text.value.slice(0, batch[0].from)) ? "\n" : " ";
  const ahead = at && /\S/.test(text.value[from - 1] ?? "") ? gap : "";
  const behind = batch.slice(at + 1).some((other) => other.state === "there") && /\S/.test(text.value[to] ?? "") ? gap : "";
  const whole = ahead + written + behind;
  put(from, to, whole);
  for (const other of jobs) {
    const isLater = other.from > from || (other.from === from && other !== job && (other.batch !== batch || batch.indexOf(other) > at));
    if (isLater) other.from = other.to = Math.max(other.to, to) + whole.length - (to - from);
  }
  job.from += ahead.length;
  job.to = job.from + written.length;
}

const closed = () => new Promise((resolve) => (dialog.open ? dialog.addEventListener("close", resolve, { once: true }) : resolve()));
const composed = () => new Promise((resolve) => (composing ? text.addEventListener("compositionend", () => setTimeout(resolve), { once: true }) : resolve()));

/* ---- one file after the other */

export function send(files, { from, to = from, made = false, space } = {}) {
  clean();
  if (form.dataset.mayUpload !== "yes" && space === undefined) return say(words.mayNot, true);
  before = text.value;
  const batch = files.map((file, number) => ({ file, name: nameOf(file, number, made), from: number ? to : from, to, space, state: "waits" }));
  for (const job of batch) {
    job.batch = batch;
    jobs.add(job);
    show(job);
    queue = queue.then(() => run(job));
  }
  return queue;
}

async function run(job) {
  if (!jobs.has(job)) return; // cancelled while it waited
  job.aborter = new AbortController();
  job.state = "goes";
  show(job);
  const { file, name, space, aborter } = job;
  try {
    const stored = await store(file, {
      space,
      name,
      signal: aborter.signal,
      onprogress: (sent, total) => progress(job, sent / total),
      onwait: (why) => show(job, why),
    });
    const { syntax } = await ask("write", { name: stored.name });
    await closed();
    await composed();
    if (aborter.signal.aborted) return;
    job.state = "there";
    job.stored = stored;
    place(job, syntax);
    show(job);
  } catch (error) {
    if (aborter.signal.aborted) return;
    job.state = "failed";
    job.why = error instanceof TypeError ? words.network : error.message;
    show(job);
  }
}

function cancel(job) {
  job.aborter?.abort();
  job.row.remove();
  jobs.delete(job);
  clean(false);
}

const isBusy = () => [...jobs].some((job) => job.state === "waits" || job.state === "goes");

/* ---- what is said of it, beside the text */

let list = null;
let status = null;

function board() {
  if (list) return;
  const frame = document.createElement("section");
  frame.className = "sending";
  frame.setAttribute("aria-label", words.files);
  status = document.createElement("p");
  status.setAttribute("role", "status");
  list = document.createElement("ul");
  frame.append(status, list);
  form.querySelector(".editor-bar").prepend(frame);
}

/* ``seen``: to everybody, not only to those who hear it. */
function say(sentence, seen = false) {
  board();
  status.className = seen ? "error" : "visually-hidden";
  status.replaceChildren(...(seen ? [icon("circle-alert"), " "] : []), sentence);
}

function act(label, does) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "button";
  made.append(label);
  made.addEventListener("click", does);
  return made;
}

/* ``instead``: why nothing happens just now. */
function show(job, instead = "") {
  board();
  const { file, state, stored } = job;
  const name = stored?.name ?? (job.name || file.name);
  const line = text.value.slice(0, job.from).split("\n").length;
  const sentence = instead ? `${name}: ${instead}` : state === "waits" ? `${name}: ${words.waits}` : fill(words[state], { name, line, why: job.why });
  const said = document.createElement("span");
  said.append(sentence);
  job.row ??= list.appendChild(document.createElement("li"));
  job.row.className = `sending-${state}`;
  job.row.replaceChildren(said);
  if (state === "waits" || state === "goes") {
    if (state === "goes") job.row.append(bar(name));
    job.row.append(act(words.cancel, () => cancel(job)));
  } else {
    job.row.prepend(icon(state === "there" ? "circle-check" : "circle-alert"));
    if (state === "failed") job.row.append(act(words.retry, () => retry(job)));
    else if (file.type.startsWith("image/")) job.row.append(act(words.describe, () => describe(job)));
    job.row.append(button("x", words.dismiss, () => cancel(job)));
  }
  if (state !== "waits") say(sentence);
}

function bar(name) {
  const made = document.createElement("progress");
  made.max = 1;
  made.setAttribute("aria-label", name);
  return made;
}

function progress(job, share) {
  const made = job.row.querySelector("progress");
  if (made && Number.isFinite(share)) made.value = share;
}

function retry(job) {
  job.state = "waits";
  show(job);
  queue = queue.then(() => run(job));
}

async function describe(job) {
  text.focus();
  text.setSelectionRange(job.from + 2, job.from + 2);
  (await import("./insert-dialog.js")).open();
  cancel(job);
}

/* Rows that say what is done go when something else begins. */
function clean(all = true) {
  if (all) for (const job of jobs) if (job.state === "there") (job.row.remove(), jobs.delete(job));
  if (status) say("");
}

export const choose = async () => (await import("./insert-dialog.js")).open();

/* ---- neither saved nor left while something is on its way */

text.addEventListener("input", follow);
text.addEventListener("compositionstart", () => (composing = true));
text.addEventListener("compositionend", () => (composing = false));
form.addEventListener(
  "submit",
  (event) => {
    if (event.submitter?.value === "cancel" || !isBusy()) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    say(words.stay, true);
  },
  true,
);
addEventListener("beforeunload", (event) => {
  if (!isBusy()) return;
  event.preventDefault();
  setTimeout(stay);
});
