// Searches a site of plain files. No server, no fetch: the index comes as scripts, which also load from a file system.
"use strict";

(() => {
  const place = document.getElementById("search");
  const said = JSON.parse(place.dataset.words);
  const MOST = 50; // pages shown
  const BEFORE = 60; // characters of an excerpt before the first word found
  const EXCERPT = 240;
  const DENSE = "\\u0e00-\\u0eff\\u1000-\\u109f\\u1780-\\u17ff\\u3040-\\u30ff\\u3400-\\u9fff\\uf900-\\ufaff\\uac00-\\ud7af\\u{20000}-\\u{3ffff}";
  const kinds = new RegExp(`[${DENSE}]+|[^${DENSE}]+`, "gu");
  const isDense = new RegExp(`^[${DENSE}]`, "u");
  const isInWord = new RegExp(`(?![${DENSE}])[\\p{L}\\p{N}]$`, "u");
  const waiting = new Map(); // name of a file to who waits for it
  const had = new Map(); // name of a file to what it held

  const hold = (kind) => (key, content) => had.set(`${kind}-${key}`, content);
  window.lierreSearch = { pages: hold("pages"), texts: hold("texts"), words: hold("words") };

  function load(name) {
    if (!waiting.has(name)) {
      waiting.set(name, new Promise((done) => {
        const script = document.createElement("script");
        script.src = `_search/${name}.js`;
        script.onload = () => done(had.get(name));
        script.onerror = () => done(undefined);
        document.head.append(script);
      }));
    }
    return waiting.get(name);
  }

  const plain = { œ: "oe", æ: "ae", ß: "ss", ø: "o", ł: "l", đ: "d", ð: "d", þ: "th", ı: "i" };

  const bare = (text) => text.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "").normalize("NFC");
  const fold = (text) => bare(text).replace(/[œæßøłđðþı]/g, (sign) => plain[sign]);

  function wordsOf(text) {
    const found = [];
    for (const run of fold(text).match(/[\p{L}\p{N}]+/gu) || []) {
      for (const kind of run.match(kinds)) {
        const signs = [...kind];
        if (!isDense.test(kind)) found.push(signs.slice(0, 40).join(""));
        else if (signs.length === 1) found.push(kind);
        else for (let at = 0; at < signs.length - 1; at++) found.push(signs[at] + signs[at + 1]);
      }
    }
    return [...new Set(found)];
  }

  function partOf(word) {
    const [first, second] = [...word].map((sign) => sign.codePointAt(0));
    return (first * 31 + (second || 0)) % said.parts;
  }

  // Page numbers, each with how often the words stand there that begin with this one.
  async function pagesWith(word) {
    const held = (await load(`words-${partOf(word)}`)) || {};
    const counts = new Map();
    for (const each of Object.keys(held)) {
      if (!each.startsWith(word)) continue;
      const weight = each === word ? 2 : 1;
      for (let at = 0; at < held[each].length; at += 2) {
        counts.set(held[each][at], (counts.get(held[each][at]) || 0) + weight * held[each][at + 1]);
      }
    }
    return counts;
  }

  async function search(words) {
    const each = await Promise.all(words.map(pagesWith));
    if (!each.length) return [];
    const [first, ...others] = each;
    const found = [...first].filter(([page]) => others.every((counts) => counts.has(page)));
    const scored = found.map(([page, count]) => [page, others.reduce((sum, counts) => sum + counts.get(page), count)]);
    scored.sort((a, b) => b[1] - a[1] || a[0] - b[0]);
    return Promise.all(scored.slice(0, MOST).map(async ([page]) => {
      const [pages, texts] = await Promise.all([load(`pages-${Math.floor(page / said.pages)}`), load(`texts-${Math.floor(page / said.texts)}`)]);
      return [...pages[page % said.pages], texts[page % said.texts]];
    }));
  }

  // Begin, end and number of each word where it stands in the text, in order.
  function standing(text, words) {
    const from = []; // where each unit of the folded text comes from
    let whole = "";
    let at = 0;
    for (const sign of text) {
      const folded = sign < "\x80" ? sign.toLowerCase() : fold(sign);
      whole += folded;
      for (let unit = 0; unit < folded.length; unit++) from.push(at);
      at += sign.length;
    }
    from.push(at);
    const found = [];
    words.forEach((word, number) => {
      const begins = isDense.test(word) ? () => true : (unit) => !isInWord.test(whole.slice(Math.max(0, unit - 2), unit));
      for (let unit = whole.indexOf(word); unit >= 0; unit = whole.indexOf(word, unit + word.length)) {
        if (begins(unit)) found.push([from[unit], from[unit + word.length], number]);
      }
    });
    return found.sort((a, b) => a[0] - b[0] || b[1] - a[1]);
  }

  // Where the most of the words stand close together.
  function densest(found) {
    let best = 0;
    let most = 0;
    const some = found.slice(0, 200);
    for (const [begin] of some) {
      const near = new Set(some.filter((each) => each[0] >= begin && each[1] <= begin + EXCERPT - BEFORE).map((each) => each[2]));
      if (near.size > most) [best, most] = [begin, near.size];
    }
    return best;
  }

  // A part of the text between blanks, the words in it marked.
  function excerpt(text, words) {
    const found = standing(text, words);
    const middle = densest(found);
    let begin = Math.max(0, middle - BEFORE);
    if (begin) begin = Math.min(middle, text.indexOf(" ", begin) + 1 || begin);
    let end = Math.min(text.length, begin + EXCERPT);
    if (end < text.length && text.lastIndexOf(" ", end) > middle) end = text.lastIndexOf(" ", end);
    const shown = document.createElement("p");
    shown.dir = "auto";
    shown.className = "soft";
    let last = begin;
    for (const [from, to] of found) {
      if (from < last || to > end || to <= from) continue;
      shown.append(text.slice(last, from), made("mark", text.slice(from, to)));
      last = to;
    }
    shown.append(text.slice(last, end));
    if (begin) shown.prepend("… ");
    if (end < text.length) shown.append(" …");
    return shown;
  }

  function made(name, text, attributes = {}) {
    const element = document.createElement(name);
    element.textContent = text;
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return element;
  }

  function item([path, title, name, text], words) {
    const entry = document.createElement("li");
    entry.append(made("a", title || name, { href: path.split("/").map(encodeURIComponent).join("/") }));
    if (title) entry.append(" ", made("code", name, { class: "name" }));
    entry.append(excerpt(text, words));
    return entry;
  }

  const label = made("label", said.label, { for: "q", class: "visually-hidden" });
  const input = made("input", "", { id: "q", type: "search", maxlength: "200", autocomplete: "off", dir: "auto", placeholder: said.label });
  const status = made("p", "", { role: "status", class: "soft" });
  const list = made("ul", "", { class: "site-results" });
  place.replaceChildren(label, input, status, list);
  let asked = 0;

  async function show() {
    const mine = ++asked;
    const words = wordsOf(input.value);
    const found = await search(words);
    if (mine !== asked) return; // another word was typed meanwhile
    status.textContent = input.value.trim() && !found.length ? said.none : "";
    list.replaceChildren(...found.map((each) => item(each, words)));
  }

  // Whoever comes back from a page finds what was found.
  function remember() {
    try {
      history.replaceState(null, "", `?q=${encodeURIComponent(input.value)}`);
    } catch {
      // A browser that gives files no history.
    }
  }

  input.addEventListener("input", () => {
    remember();
    show();
  });
  input.value = new URLSearchParams(location.search).get("q") || "";
  input.focus();
  show();
})();
