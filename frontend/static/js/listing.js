// Lists something on one page, one question after the other, also where there is no signal. What is answered
// is kept on this phone with an id made here, and so is the photo; it is sent until the shop has noted it,
// and the shop notes an id once. Without JavaScript the shop asks page by page.

import { newId } from "./kept.js";

const AGAIN = 20_000;
const STORE = "listings";
const ORDER = ["photo", "crop", "name", "quantity", "unit", "price", "check", "done"];
const wizard = document.querySelector("[data-wizard]");
const waiting = document.querySelector("[data-waiting]");
const token = () => document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
let sending = false;

// --- What this phone keeps ---------------------------------------------------------------------

function opened() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open("muong-then", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: "id" });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

async function inStore(mode, act) {
  const database = await opened();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode);
      const asked = act(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(asked.result);
      transaction.onerror = () => reject(transaction.error);
      transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

const keep = (draft) => inStore("readwrite", (store) => store.put(draft));
const drop = (id) => inStore("readwrite", (store) => store.delete(id));
const all = () => inStore("readonly", (store) => store.getAll());

// --- Sending -------------------------------------------------------------------------------------

async function send(draft) {
  const body = new FormData();
  for (const [name, value] of Object.entries(draft.said)) body.append(name, value);
  body.append("id", draft.id);
  if (draft.photo) body.append("photo", draft.photo, draft.photoName ?? "photo");
  let response;
  try {
    const headers = { "X-CSRFToken": token() };
    response = await fetch(draft.url, { method: "POST", headers, body, redirect: "manual" });
  } catch {
    return null; // no signal: it stays
  }
  const said = await response.json().catch(() => null);
  if (said?.noted) {
    await drop(draft.id);
    return said;
  }
  if (said?.message && response.status < 500) {
    await keep({ ...draft, ready: false, wrong: said.message });
    return said;
  }
  return null;
}

async function sendAll() {
  if (sending) return;
  sending = true;
  try {
    const user = wizard?.dataset.user;
    for (const draft of await all()) {
      if (!draft.ready || (user && draft.user !== user)) continue;
      if ((await send(draft)) === null) break;
    }
  } finally {
    sending = false;
    await show();
  }
}

async function show() {
  if (!waiting) return;
  const kept = (await all()).filter((draft) => draft.ready || draft.wrong);
  waiting.hidden = kept.length === 0;
  waiting.querySelector("ul").replaceChildren(
    ...kept.map((draft) => {
      const line = document.createElement("li");
      line.textContent = [draft.label || draft.said.name, draft.wrong].filter(Boolean).join(": ");
      return line;
    }),
  );
}

// --- Asking -----------------------------------------------------------------------------------------

function ask() {
  const sections = new Map([...wizard.querySelectorAll("[data-step]")].map((each) => [each.dataset.step, each]));
  const progress = wizard.querySelector("progress");
  let draft = null;
  let step = "photo";

  function open(next) {
    step = next;
    for (const [name, section] of sections) section.hidden = name !== next;
    progress.value = Math.min(5, Math.max(0, ["photo", "crop", "quantity", "unit", "price", "check"].indexOf(next)));
    if (next === "unit") offerUnits();
    if (next === "price") hint();
    if (next === "check") sum();
    // A price is typed: its field has the cursor, which saves a tap.
    const first = sections.get(next).querySelector(next === "price" ? "#price" : "h1");
    first.focus({ preventScroll: true });
    scrollTo(0, 0);
  }

  function offerUnits() {
    const units = (draft.units ?? "").split(" ");
    for (const tile of sections.get("unit").querySelectorAll(".tile")) tile.hidden = !units.includes(tile.value);
  }

  async function hint() {
    const tile = sections.get("price").querySelector("[data-hinted]");
    tile.hidden = true;
    const query = new URLSearchParams({ crop: draft.said.crop, unit: draft.said.unit, seller: draft.said.seller });
    try {
      const said = await (await fetch(`${wizard.dataset.hint}?${query}`)).json();
      if (!said.price_vnd) return;
      tile.value = said.price_vnd;
      tile.querySelector("strong").textContent = `${said.price_vnd.toLocaleString("vi-VN")} ₫`;
      tile.querySelector("span").textContent = said.words;
      tile.hidden = false;
    } catch {
      // no signal: nobody can say what others got
    }
  }

  function sum() {
    const section = sections.get("check");
    const put = (name, words) => { section.querySelector(`[data-said=${name}]`).textContent = words; };
    put("name", draft.label || draft.said.name);
    put("quantity", [draft.said.quantity, draft.unitLabel].filter(Boolean).join(" "));
    const price = draft.said.price;
    put("price", /^\d+$/.test(price) ? `${Number(price).toLocaleString("vi-VN")} ₫` : price);
    const preview = section.querySelector(".ask__preview");
    preview.hidden = !draft.photo;
    if (draft.photo) preview.src = URL.createObjectURL(draft.photo);
    preview.onerror = () => { preview.hidden = true; }; // this browser cannot show it; the shop can
    tell(draft.wrong ?? "");
  }

  function tell(words) {
    const place = sections.get("check").querySelector("[data-wrong]");
    place.textContent = words;
    place.hidden = words === "";
  }

  function after(asked) {
    if (asked === "crop" && draft.said.crop !== "other") return "quantity";
    // "50 kg" says the unit as well.
    if (asked === "quantity" && /[a-zà-ỹ]/iu.test(draft.said.quantity)) return "price";
    return ORDER[ORDER.indexOf(asked) + 1];
  }

  async function hear(asked, form, pressed) {
    for (const field of form.elements) if (field.name && field.type !== "file" && field.type !== "submit" && field.value) draft.said[field.name] = field.value;
    if (pressed?.name && pressed.value) draft.said[pressed.name] = pressed.value;
    if (asked === "crop") Object.assign(draft, { units: pressed.dataset.units, label: pressed.dataset.name });
    if (asked === "name") draft.label = draft.said.name;
    if (asked === "unit") hearUnit(form, pressed);
    draft.step = after(asked);
    await keep(draft).catch(() => null); // a phone may forbid it; then it is in this page alone
    open(draft.step);
  }

  // A tile says the unit; what stands below the tiles says another one, or another weight.
  function hearUnit(form, pressed) {
    const other = form.elements.unit_other;
    if (pressed?.value) {
      delete draft.said.weight;
      draft.unitLabel = pressed.dataset.label;
    } else {
      draft.said.unit = other.value;
      draft.unitLabel = other.selectedOptions[0].textContent;
    }
  }

  async function begin(form, pressed) {
    const file = form.elements.photo.files[0];
    draft = { id: newId(), user: wizard.dataset.user, url: wizard.dataset.send, said: {}, ready: false, photo: null };
    draft.said.seller = form.elements.seller.value;
    if (file && pressed?.name !== "skip") Object.assign(draft, { photo: file, photoName: file.name });
    draft.step = "crop";
    await keep(draft).catch(() => null);
    open("crop");
  }

  async function finish() {
    draft.ready = true;
    delete draft.wrong;
    let kept = true;
    await keep(draft).catch(() => { kept = false; });
    const said = await send(draft);
    if (said && !said.noted) {
      draft.ready = false;
      tell(said.message);
      if (said.field && sections.has(said.field)) open(said.field);
      return;
    }
    if (!said && !kept) {
      tell(wizard.dataset.wordsKept);
      return;
    }
    sections.get("done").querySelector("[data-told]").textContent = said ? said.message : wizard.dataset.wordsKept;
    draft = null;
    open("done");
    await show().catch(() => null);
    if (said?.url) location.assign(said.url);
  }

  wizard.addEventListener("submit", (event) => {
    const section = event.target.closest("[data-step]");
    if (!section) return;
    const asked = section.dataset.step;
    const picked = event.target.elements.photo?.files?.length;
    if (asked === "photo" && !picked && event.submitter?.name !== "skip") return; // the shop says what is missing
    event.preventDefault();
    event.stopImmediatePropagation();
    if (asked === "photo") begin(event.target, event.submitter);
    else if (asked === "check") finish();
    else hear(asked, event.target, event.submitter);
  }, true);

  // A photo that was taken answers the question by itself.
  wizard.querySelector("[type=file]").addEventListener("change", (event) => {
    const form = event.target.form;
    if (event.target.files.length) form.requestSubmit(form.querySelector(".btn--primary"));
  });

  wizard.querySelector("[data-back]").addEventListener("click", (event) => {
    if (!draft || step === "photo") return;
    event.preventDefault();
    const steps = ORDER.filter((each) => each !== "name" || draft.said.crop === "other");
    open(steps[steps.indexOf(step) - 1]);
  });

  // A page that was closed in the middle goes on where it was.
  all().then((drafts) => {
    const begun = drafts.find((each) => !each.ready && each.user === wizard.dataset.user && each.step && each.step !== "done");
    if (!begun || draft) return;
    draft = begun;
    open(begun.wrong ? "check" : begun.step);
  }).catch(() => null);
}

if ("indexedDB" in window) {
  if (wizard) ask();
  addEventListener("online", () => { sendAll().catch(() => null); });
  document.querySelector("[data-send-now]")?.addEventListener("click", () => { sendAll().catch(() => null); });
  setInterval(() => { sendAll().catch(() => null); }, AGAIN);
  show().then(sendAll).catch(() => null);
}
