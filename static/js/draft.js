// What is being written is kept in this browser until it is saved or given up.

import { answersForm, words } from "./lierre.js";

const form = document.querySelector("[data-editor]");
const text = form.querySelector("textarea[name=text]");
const base = form.querySelector("[name=based_on]");
const section = form.querySelector("[name=section]")?.value ?? "";
const markups = [...form.querySelectorAll("[type=radio][name=markup]")];
const writer = document.querySelector(".menu-head code")?.textContent ?? "";
const key = `lierre.draft.${writer}.${new URL(form.action).pathname}#${section}`;
const MONTH = 30 * 24 * 3600 * 1000;
let waiting = 0;

const clock = (moment, style) => new Intl.DateTimeFormat(document.documentElement.lang, style).format(moment);

function read() {
  try {
    const draft = JSON.parse(localStorage.getItem(key));
    return draft && Date.now() - draft.at < MONTH ? draft : null;
  } catch {
    return null;
  }
}

function keep() {
  try {
    const markup = markups.find((radio) => radio.checked)?.value;
    localStorage.setItem(key, JSON.stringify({ text: text.value, base: base?.value ?? "", markup, at: Date.now() }));
    state.textContent = words.draftKept.replace("{when}", clock(Date.now(), { timeStyle: "short" }));
  } catch {
    state.textContent = ""; // full, or a browser that keeps nothing
  }
}

/* Taken up with the revision it began with: if the page changed since, saving says so and shows both. */
function offer(draft) {
  const notice = document.createElement("div");
  const said = document.createElement("p");
  const when = clock(draft.at, { dateStyle: "medium", timeStyle: "short" });
  notice.className = "notice notice-draft";
  notice.setAttribute("role", "status");
  said.textContent = words.draftFound.replace("{when}", when);
  notice.append(
    said,
    answer(words.takeUp, () => {
      text.value = draft.text;
      if (base) base.value = draft.base;
      markups.find((radio) => radio.value === draft.markup && !radio.checked)?.click();
      text.dispatchEvent(new Event("input", { bubbles: true }));
    }),
    answer(words.throwAway, () => localStorage.removeItem(key)),
  );
  form.before(notice);

  function answer(label, act) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "button";
    made.textContent = label;
    made.addEventListener("click", () => {
      act();
      notice.remove();
      text.focus();
    });
    return made;
  }
}

const state = document.createElement("p");
state.className = "editor-state";
form.querySelector(".editor-bar")?.append(state);
text.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(keep, 1000);
});
// The next page tells whether it was taken: one without an editor ends the draft, see lierre.js.
form.addEventListener("submit", (event) => {
  clearTimeout(waiting);
  if (event.submitter?.value !== "preview") sessionStorage.setItem("lierre.sent", key);
});

// Sent from here, and the page is another since: it was taken, though its page was left before scripts ran.
function wasTaken(draft) {
  const sent = sessionStorage.getItem("lierre.sent") === key;
  if (!answersForm) sessionStorage.removeItem("lierre.sent");
  return sent && draft.base !== base?.value;
}

const sameWords = (one, other) => one.replace(/\s+$/, "") === other.replace(/\s+$/, "");
const draft = read();
if (draft && !answersForm) {
  if (wasTaken(draft) || sameWords(draft.text, text.value)) localStorage.removeItem(key);
  else offer(draft);
}
