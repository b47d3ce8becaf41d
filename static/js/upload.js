// Sends files: short ones whole, long ones in parts that go on where a broken line left off, also after the page was left.
// What it must know and say stands in [data-upload-facts] of the page.

import { all, icon } from "./lierre.js";

const WAITS = [1, 2, 4, 8, 15, 30]; // seconds before each further try
const AT_ONCE = 2;

const facts = () => JSON.parse(document.querySelector("[data-upload-facts]").dataset.uploadFacts);
const fill = (words, values) => words.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
const megabytes = (bytes) =>
  new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit: "megabyte", maximumFractionDigits: 1 }).format(bytes / 1048576);

/** Why a file is not stored, in words for people. ``taken``: its name is; ``free``: one that is not. */
export class UploadError extends Error {
  constructor(words, { taken = "", free = "" } = {}) {
    super(words);
    this.taken = Boolean(taken);
    this.takenName = taken;
    this.free = free;
  }
}

const aborted = () => new DOMException("", "AbortError");

/* ---- one request, and how often it is tried */

// Resolves with status and answer, whatever they are; status 0: the line broke.
function ask(method, address, body, { headers = {}, signal, onprogress } = {}) {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(aborted());
    const request = new XMLHttpRequest();
    const stop = () => request.abort();
    const end = (status) => {
      signal?.removeEventListener("abort", stop);
      let answer = null;
      try {
        answer = request.responseText ? JSON.parse(request.responseText) : {};
      } catch {
        // an error page of something in between
      }
      resolve({ status, answer, wait: Number(request.getResponseHeader("Retry-After")) || 0 });
    };
    request.open(method, address);
    for (const [name, value] of Object.entries({ Accept: "application/json", "X-CSRFToken": facts().token, ...headers })) {
      request.setRequestHeader(name, value);
    }
    if (onprogress) request.upload.addEventListener("progress", (event) => onprogress(event.loaded));
    request.addEventListener("load", () => end(request.status));
    request.addEventListener("error", () => end(0));
    request.addEventListener("abort", () => reject(aborted()));
    signal?.addEventListener("abort", stop);
    request.send(body);
  });
}

// Until the time is over, the line is back, or nobody wants it any more.
function pause(seconds, signal) {
  return new Promise((resolve, reject) => {
    const end = (settle, value) => {
      clearTimeout(timer);
      removeEventListener("online", back);
      signal?.removeEventListener("abort", stop);
      settle(value);
    };
    const back = () => end(resolve);
    const stop = () => end(reject, aborted());
    const timer = setTimeout(back, seconds * 1000);
    addEventListener("online", back, { once: true });
    signal?.addEventListener("abort", stop, { once: true });
  });
}

// Tries again what the line or a busy wiki spoilt; everything else is an answer. ``onwait`` hears why it waits.
async function persist(send, { signal, onwait }) {
  const { words } = facts();
  for (let tries = 0; ; tries += 1) {
    const found = await send(tries);
    const passes = found.status === 0 || found.status === 502 || found.status === 503 || found.status === 504;
    const again = passes || (found.status === 429 && found.wait > 0 && found.wait <= 60);
    if (!again) {
      if (found.answer) return found;
      throw new UploadError(words.broken);
    }
    if (tries >= WAITS.length) throw new UploadError(found.answer?.error ?? (found.status ? words.busy : words.lost));
    onwait?.(found.status ? words.busy : words.offline);
    await pause(Math.max(found.wait, WAITS[tries]), signal);
    onwait?.("");
  }
}

function taken(found, what = found.answer) {
  return new UploadError(what.error || facts().words.broken, what);
}

/* ---- a file that comes whole */

async function sendWhole(file, { ns, name, summary, replace, onprogress, ...how }) {
  const send = () => {
    const data = new FormData();
    for (const [key, value] of Object.entries({ ns, name, summary, replace: replace ? "yes" : "" })) data.append(key, value);
    data.append("file", file, file.name);
    return ask("POST", "/_upload", data, { ...how, onprogress: (sent) => onprogress(Math.min(sent, file.size), file.size) });
  };
  let tries = 0;
  const found = await persist((nth) => ((tries = nth), send()), how);
  const one = found.answer.files?.[0];
  if (!one) throw taken(found);
  if (one.stored) return one;
  // The answer to an earlier try may have been lost on its way, and the file that is there is this one.
  if (tries && one.taken && (await isSame(file, `/_media/${one.taken}`))) return stored(one.taken, file);
  throw taken(found, one);
}

async function isSame(file, address) {
  const answer = await fetch(address, { cache: "no-store" }).catch(() => null);
  if (!answer?.ok) return false;
  const [there, here] = [await answer.arrayBuffer(), await file.arrayBuffer()].map((bytes) => new Uint8Array(bytes));
  return there.length === here.length && there.every((byte, at) => byte === here[at]);
}

const stored = (name, file) => ({
  name,
  stored: true,
  url: `/_media/${name}`,
  detail: `/_detail/${name}`,
  mime: file.type,
  width: null,
  height: null,
  size: file.size,
  note: "",
});

/* ---- a file that comes in parts */

const memory = {
  key: (file, { ns, name }) => `upload:${ns}:${name}:${file.name}:${file.size}:${file.lastModified}`,
  get: (key) => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null; // a browser that keeps nothing
    }
  },
  set: (key, value) => {
    try {
      if (value) localStorage.setItem(key, value);
      else localStorage.removeItem(key);
    } catch {
      // it starts from the beginning then
    }
  },
};

async function sendInParts(file, how) {
  const { ns, name, summary, replace, onprogress, onchecking } = how;
  const key = memory.key(file, how);
  const tell = async (address, given) => {
    const body = JSON.stringify(given);
    return persist(() => ask("POST", address, body, { signal: how.signal, headers: { "Content-Type": "application/json" } }), how);
  };
  let id = memory.get(key);
  let received = 0;
  const begin = async () => {
    const found = await tell("/_upload/parts", { ns, name, file: file.name, size: file.size, replace });
    if (found.status !== 201) throw taken(found);
    ({ id, received } = found.answer);
    memory.set(key, id);
  };
  const address = () => `/_upload/parts/${encodeURIComponent(id)}`;
  try {
    if (id) {
      const found = await persist(() => ask("GET", address(), null, how), how);
      if (found.status === 200) received = found.answer.received;
      else id = null;
    }
    if (!id) await begin();
    onprogress(received, file.size);
    while (received < file.size) {
      const found = await persist(() => sendPart(file, address(), received, how), how);
      if (found.status !== 200) throw taken(found);
      received = found.answer.received;
      onprogress(received, file.size);
    }
    onchecking?.();
    const found = await tell(`${address()}/finish`, { summary, replace });
    if (found.status === 200) memory.set(key, "");
    if (found.status === 200) return found.answer;
    throw taken(found);
  } catch (error) {
    if (error.name === "AbortError" && id) ask("POST", `${address()}/cancel`, "{}", { headers: { "Content-Type": "application/json" } });
    const goesOn = error.taken || [facts().words.lost, facts().words.busy].includes(error.message);
    if (!goesOn) memory.set(key, "");
    throw error;
  }
}

async function sendPart(file, address, start, { signal, onprogress }) {
  let bytes;
  try {
    bytes = await file.slice(start, start + facts().step).arrayBuffer();
  } catch {
    throw new UploadError(facts().words.gone); // it was changed or removed meanwhile
  }
  return ask("POST", `${address}?start=${start}`, bytes, {
    signal,
    headers: { "Content-Type": "application/octet-stream" },
    onprogress: (sent) => onprogress(Math.min(start + sent, file.size), file.size),
  });
}

/**
 * Sends one file; resolves with {name, url, detail, mime, width, height, size, note}, rejects with an UploadError, or
 * with an AbortError once ``signal`` says so. ``onprogress(sent, total)``: bytes; ``onwait(words)``: why nothing happens, or "".
 */
export async function upload(file, { ns, name = "", summary = "", replace = false, onprogress = () => {}, onchecking, onwait, signal } = {}) {
  const { largest, long, words } = facts();
  if (file.size > largest) throw new UploadError(fill(words.tooLarge, { size: megabytes(largest) }));
  if (!file.size) throw new UploadError(words.empty);
  const how = { ns: ns ?? "", name, summary, replace, onprogress, onchecking, onwait, signal };
  return file.size > long ? sendInParts(file, how) : sendWhole(file, how);
}

/* ---- a place to drop, paste and choose files, with a row for each */

const two = (number) => String(number).padStart(2, "0");

// A picture from the clipboard has no name of its own.
function named(file) {
  if (file.name && !/^image\.\w+$/.test(file.name)) return file;
  const now = new Date();
  const day = `${now.getFullYear()}${two(now.getMonth() + 1)}${two(now.getDate())}`;
  const time = `${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`;
  const ending = file.name.split(".")[1] ?? file.type.split("/")[1] ?? "png";
  return new File([file], `pasted-${day}-${time}.${ending}`, { type: file.type, lastModified: file.lastModified });
}

function made(tag, className, text = "") {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}

function action(label, act) {
  const element = made("button", "button", label);
  element.type = "button";
  element.addEventListener("click", act);
  return element;
}

class Row {
  constructor(file, zone) {
    this.file = file;
    this.zone = zone;
    this.how = {};
    this.item = made("li", "upload-row");
    this.name = made("span", "upload-name");
    const label = document.createElement("bdi");
    label.textContent = file.name;
    this.name.append(label);
    this.bar = made("progress", "upload-progress");
    this.bar.max = file.size || 1;
    this.bar.value = 0;
    this.bar.setAttribute("aria-label", file.name);
    this.words = made("span", "upload-words");
    this.actions = made("span", "upload-actions");
    this.item.append(this.name, this.bar, this.words, this.actions);
    this.wait();
  }

  say(text, className = "upload-words") {
    this.words.className = className;
    this.words.textContent = text;
  }

  offer(...buttons) {
    const had = this.actions.contains(document.activeElement);
    this.actions.replaceChildren(...buttons);
    if (had) (buttons[0] ?? this.zone.input).focus();
  }

  wait() {
    const { words } = this.zone;
    this.stop = new AbortController();
    this.item.className = "upload-row";
    this.bar.hidden = false;
    this.say(fill(words.waiting, { name: this.file.name }));
    this.offer(action(words.cancel, () => this.cancel()));
  }

  cancel() {
    this.stop.abort();
    this.zone.drop(this);
    this.ended("is-cancelled", fill(this.zone.words.cancelled, { name: this.file.name }));
    this.offer(action(this.zone.words.retry, () => this.again({})));
  }

  again(how) {
    Object.assign(this.how, how);
    this.wait();
    this.zone.add(this);
  }

  ended(className, text) {
    this.item.className = `upload-row ${className}`;
    this.bar.hidden = true;
    this.say(text, className === "is-refused" ? "upload-error" : "upload-words");
    this.zone.announce(text);
  }

  async send() {
    const { words } = this.zone;
    const { stop } = this;
    try {
      const answer = await upload(this.file, {
        ...this.zone.options(),
        ...this.how,
        signal: stop.signal,
        onprogress: (sent, total) => this.progress(sent, total),
        onchecking: () => this.say(fill(words.checking, { name: this.file.name })),
        onwait: (why) => why && this.say(why),
      });
      this.name.replaceChildren(icon("circle-check"), this.link(answer));
      this.ended("is-stored", [fill(words.stored, { name: answer.name }), answer.note].filter(Boolean).join(" "));
      this.offer();
      this.zone.stored(answer);
    } catch (error) {
      if (error.name !== "AbortError") this.failed(error);
    }
  }

  progress(sent, total) {
    const { words, percent } = this.zone;
    this.bar.value = sent;
    this.bar.max = total;
    const text = sent < total ? words.sending : words.checking;
    this.say(fill(text, { name: this.file.name, percent: percent.format(sent / total) }));
  }

  failed(error) {
    const { words } = this.zone;
    this.ended("is-refused", error.message);
    const buttons = [action(words.retry, () => this.again({}))];
    if (error.free) {
      const [space, leaf] = [this.zone.options().ns, error.free];
      const inside = space && leaf.startsWith(`${space}:`) ? leaf.slice(space.length + 1) : leaf;
      buttons.unshift(action(fill(words.rename, { name: inside }), () => this.again({ name: inside })));
    }
    if (error.taken) buttons.unshift(action(words.replace, () => this.again({ replace: true })));
    this.offer(...buttons);
  }

  link(answer) {
    const link = document.createElement("a");
    link.href = answer.detail;
    const label = document.createElement("bdi");
    label.textContent = answer.name;
    link.append(label);
    return link;
  }
}

class Zone {
  constructor(element, settings) {
    this.element = element;
    this.settings = settings;
    this.words = facts().words;
    this.percent = new Intl.NumberFormat(document.documentElement.lang, { style: "percent" });
    this.input = element.querySelector("input[type=file]");
    this.queue = [];
    this.running = 0;
    this.count = { all: 0, stored: 0, fresh: 0 };
    this.list = made("ul", "upload-list");
    this.list.setAttribute("aria-label", this.words.list);
    this.list.hidden = true;
    this.voice = made("p", "visually-hidden");
    this.voice.setAttribute("aria-live", "polite");
    element.classList.add("is-dropzone");
    element.append(made("p", "upload-hint", this.words.drop), this.list, this.voice);
    this.listen();
  }

  listen() {
    const { element, input } = this;
    element.addEventListener("submit", (event) => event.preventDefault());
    for (const each of all("button:not([type=button])", element)) each.hidden = true; // choosing is enough
    input.required = false;
    input.addEventListener("change", () => {
      this.take([...input.files]);
      input.value = "";
    });
    const area = element.closest("dialog, main") ?? element;
    const brings = (event) => event.dataTransfer?.types.includes("Files");
    area.addEventListener("dragover", (event) => {
      if (!brings(event) || event.defaultPrevented) return;
      event.preventDefault();
      element.classList.add("is-over");
    });
    for (const name of ["dragleave", "drop"]) area.addEventListener(name, () => element.classList.remove("is-over"));
    area.addEventListener("drop", (event) => {
      if (!brings(event) || event.defaultPrevented) return;
      event.preventDefault();
      this.take([...event.dataTransfer.files]);
    });
    document.addEventListener("paste", (event) => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (!files.length || event.defaultPrevented || !element.isConnected || !element.offsetParent) return;
      event.preventDefault();
      this.take(files);
    });
    addEventListener("beforeunload", (event) => this.running && element.isConnected && event.preventDefault());
  }

  options() {
    const { ns, summary } = this.settings;
    return {
      ns: (typeof ns === "function" ? ns() : ns) ?? "",
      summary: summary?.() ?? "",
      replace: Boolean(this.element.elements?.replace?.checked),
    };
  }

  take(files) {
    for (const file of files) {
      const row = new Row(named(file), this);
      this.list.append(row.item);
      this.count.all += 1;
      this.add(row);
    }
    this.list.hidden = !this.list.children.length;
  }

  add(row) {
    this.queue.push(row);
    this.next();
  }

  drop(row) {
    this.queue = this.queue.filter((each) => each !== row);
  }

  async next() {
    if (this.running >= AT_ONCE || !this.queue.length) return;
    this.running += 1;
    const row = this.queue.shift();
    await row.send();
    this.running -= 1;
    this.next();
    if (!this.running && !this.queue.length) this.done();
  }

  stored(answer) {
    this.count.stored += 1;
    this.count.fresh += 1;
    this.settings.onstored?.(answer);
  }

  done() {
    if (this.count.all > 1) this.announce(fill(this.words.done, this.count));
    if (this.count.fresh) this.settings.ondone?.();
    this.count.fresh = 0;
  }

  announce(text) {
    this.voice.textContent = text;
  }
}

/** Makes ``element``, a form with an input of files, a place that sends what is chosen, dropped or pasted at once. */
export const dropzone = (element, settings = {}) => new Zone(element, settings);
