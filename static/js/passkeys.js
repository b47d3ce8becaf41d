// Passkeys: the browser is asked, and its answer sent by the form that the button is in.

import { all } from "./lierre.js";

const toBytes = (text) => {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
};
const toText = (bytes) =>
  bytes
    ? btoa(String.fromCharCode(...new Uint8Array(bytes)))
        .replaceAll("+", "-")
        .replaceAll("/", "_")
        .replaceAll("=", "")
    : undefined;
const withKeys = (keys = []) => keys.map((key) => ({ ...key, id: toBytes(key.id) }));

async function create(form) {
  const options = JSON.parse(form.dataset.options);
  const publicKey = {
    ...options,
    challenge: toBytes(options.challenge),
    user: { ...options.user, id: toBytes(options.user.id) },
    excludeCredentials: withKeys(options.excludeCredentials),
  };
  const made = await navigator.credentials.create({ publicKey });
  return {
    id: made.id,
    rawId: toText(made.rawId),
    type: made.type,
    response: {
      clientDataJSON: toText(made.response.clientDataJSON),
      attestationObject: toText(made.response.attestationObject),
    },
  };
}

async function get(form) {
  const body = new URLSearchParams({ csrf_token: form.elements.csrf_token.value });
  const asked = await fetch(form.dataset.ask, { method: "POST", body });
  if (!asked.ok) throw new Error(`the wiki answered ${asked.status}`);
  const options = await asked.json();
  const publicKey = {
    ...options,
    challenge: toBytes(options.challenge),
    allowCredentials: withKeys(options.allowCredentials),
  };
  const found = await navigator.credentials.get({ publicKey });
  return {
    id: found.id,
    rawId: toText(found.rawId),
    type: found.type,
    response: {
      clientDataJSON: toText(found.response.clientDataJSON),
      authenticatorData: toText(found.response.authenticatorData),
      signature: toText(found.response.signature),
      userHandle: toText(found.response.userHandle),
    },
  };
}

// "Stay signed in" is a box of the form for the password: what it says holds for the passkey too.
function carryRemember(form) {
  const box = form.dataset.remember && document.querySelector(form.dataset.remember);
  if (!box?.checked) return;
  const field = document.createElement("input");
  Object.assign(field, { type: "hidden", name: "remember", value: box.value });
  form.append(field);
}

for (const form of all("[data-passkey]")) {
  if (!window.PublicKeyCredential) continue;
  const failed = form.querySelector("[data-passkey-failed]");
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    failed.hidden = true;
    try {
      const answer = await (form.dataset.passkey === "create" ? create : get)(form);
      form.elements.credential.value = JSON.stringify(answer);
      carryRemember(form);
      form.submit();
    } catch {
      failed.hidden = false; // refused, given up, or too late: the browser does not say which
    }
  });
}
