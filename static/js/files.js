// What makes the list of files better: uploads with progress, and arrow keys.

import "./file-keys.js";
import { startCopying } from "./lierre.js";

/* ---- files that are dropped, pasted or chosen are sent at once; then the list is fetched anew */

async function renew() {
  const answer = await fetch(location.href).catch(() => null);
  if (!answer?.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const place of ["[data-files-shown]", ".files-tree nav"]) {
    const fresh = page.querySelector(place);
    const old = document.querySelector(place);
    if (fresh && old) old.replaceWith(document.adoptNode(fresh));
  }
  const shown = document.querySelector("[data-files-shown]");
  startCopying(shown);
  const many = shown.querySelector("[data-bulk]");
  if (many) (await import("./bulk.js")).startBulk(many);
}

const form = document.querySelector(".files form[data-upload]");
if (form) {
  const { dropzone } = await import("./upload.js");
  const { namespace: ns } = form.dataset;
  dropzone(form, { ns, summary: () => form.elements.summary?.value ?? "", ondone: renew });
}
