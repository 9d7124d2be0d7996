// Packing that outlives a missing signal. A form marked data-act is kept on this phone under an id of its own,
// and sent until the shop has noted it; the shop notes an id once. Without JavaScript the form is simply posted.

const AGAIN = 15_000;
const box = document.querySelector("[data-kept]");
const KEY = `packing.${box?.dataset.user ?? ""}`;
let sending = false;

function kept() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? [];
  } catch {
    return [];
  }
}

// Returns whether this phone can keep anything: some forbid it.
function keep(acts) {
  try {
    localStorage.setItem(KEY, JSON.stringify(acts));
  } catch {
    return false;
  }
  show();
  return true;
}

function show() {
  const acts = kept();
  box.hidden = acts.length === 0;
  box.querySelector("[data-count]").textContent = String(acts.length);
  box.querySelector("ul").replaceChildren(...acts.slice(-5).map((act) => item(act.what, act.words)));
}

function item(...words) {
  const row = document.createElement("li");
  row.textContent = words.filter(Boolean).join(": ");
  return row;
}

function tell(act, words, noted) {
  const form = [...document.querySelectorAll("form[data-act]")].find(
    (one) => one.getAttribute("action") === act.url && (one.elements.line?.value ?? "") === (act.body.line ?? ""),
  );
  const place = form?.querySelector(".packing__told");
  if (place) {
    place.textContent = words;
    place.hidden = words === "";
  } else if (!noted) {
    box.hidden = false; // of another page: say here that it could not be
    box.querySelector("ul").append(item(act.what, words));
  }
}

function drop(act) {
  keep(kept().filter((each) => each.body.id !== act.body.id));
}

// Not every phone speaks HTTPS to us while it is tried out, and crypto.randomUUID wants it.
function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

// Returns whether there is any sense in going on with the next.
async function send(act) {
  const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
  let response;
  try {
    response = await fetch(act.url, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": token },
      body: JSON.stringify(act.body),
      redirect: "manual",
    });
  } catch {
    return false; // no signal: it stays
  }
  const said = await response.json().catch(() => null);
  if (said && typeof said.noted === "boolean" && response.status < 500) {
    drop(act); // noted; or it cannot be, and will never be
    if (said.noted) after(act);
    else undo(act);
    tell(act, said.message, said.noted);
    return true;
  }
  if (response.type === "opaqueredirect" || response.status === 403) {
    keep(kept().map((each) => ({ ...each, words: box.dataset.wordsSignIn })));
  }
  return false;
}

// What concerns the whole order changes the page: it is loaded again, once nothing waits any more.
function after(act) {
  const isOfOrder = act.body.kind === "accept" || act.body.kind === "ready";
  if (isOfOrder || act.body.kind === "weigh" || act.reloads) reloadWhenEmpty = true;
}

let reloadWhenEmpty = false;

function undo(act) {
  if (act.body.kind === "pack" || act.body.kind === "unpack") mark(act.body.line, act.body.kind === "unpack");
}

async function sendAll() {
  if (sending) return;
  sending = true;
  try {
    for (let acts = kept(); acts.length; acts = kept()) {
      if (!(await send(acts[0]))) break;
    }
  } finally {
    sending = false;
  }
  if (reloadWhenEmpty && !kept().length) location.reload();
}

function mark(line, isPacked) {
  const row = document.querySelector(`[data-line="${CSS.escape(line)}"]`);
  const button = row?.querySelector("[data-toggle]");
  if (!button) return;
  row.dataset.packed = isPacked ? "yes" : "no";
  button.value = isPacked ? "unpack" : "pack";
  button.setAttribute("aria-pressed", String(isPacked));
  button.classList.toggle("btn--primary", isPacked);
  button.classList.toggle("btn--ghost", !isPacked);
  const words = button.querySelector("[data-words]");
  words.textContent = isPacked ? words.dataset.yes : words.dataset.no;
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form[data-act]") || !box) return;
  const body = Object.fromEntries(new FormData(form, event.submitter));
  delete body.csrfmiddlewaretoken;
  delete body.back;
  body.id = newId();
  body.happened_at = new Date().toISOString();
  const reloads = "reloads" in form.dataset; // what it shows is another thing afterwards
  const act = { url: form.getAttribute("action"), what: form.dataset.what, words: "", reloads, body };
  if (!keep([...kept(), act])) return; // it cannot be kept: posted as it is
  event.preventDefault();
  if (body.kind === "pack" || body.kind === "unpack") mark(body.line, body.kind === "pack");
  else event.submitter?.setAttribute("aria-disabled", "true");
  sendAll();
});

if (box) {
  addEventListener("online", sendAll);
  box.querySelector("[data-send]").addEventListener("click", sendAll);
  setInterval(() => { if (kept().length) sendAll(); }, AGAIN);
  // What waits was done already: the page shows it so.
  for (const act of kept()) {
    if (act.body.kind === "pack" || act.body.kind === "unpack") mark(act.body.line, act.body.kind === "pack");
  }
  show();
  sendAll();
}
