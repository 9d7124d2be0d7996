// Acts at the door that outlive a missing signal. A form marked data-door is kept on this phone under the id
// that was made with it, and sent until the shop has noted it; the shop notes an id once. Without JavaScript
// the form is simply posted.

const AGAIN = 15_000;
const box = document.querySelector("[data-kept]");
const user = box?.dataset.user ?? "";
const KEY = `door.${user}`;
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
  if (!box) return;
  const acts = kept();
  box.hidden = acts.length === 0;
  box.querySelector("ul").replaceChildren(...acts.map((act) => line(act.who, act.words)));
  for (const form of document.querySelectorAll("form[data-door]")) {
    const waiting = acts.some((act) => act.url === form.getAttribute("action") && act.body.kind === form.elements.kind.value);
    if (waiting) tell(form, box.dataset.wordsKept);
    form.querySelector("[type=submit]").setAttribute("aria-disabled", String(waiting));
  }
}

function line(...words) {
  const item = document.createElement("li");
  item.textContent = words.filter(Boolean).join(": ");
  return item;
}

function tell(form, words) {
  const place = form.querySelector(".desk__kept");
  place.textContent = words;
  place.hidden = words === "";
}

function formOf(act) {
  return [...document.querySelectorAll("form[data-door]")].find(
    (form) => form.getAttribute("action") === act.url && form.elements.kind.value === act.body.kind,
  );
}

function drop(act) {
  keep(kept().filter((each) => each.body.id !== act.body.id));
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
  const form = formOf(act);
  if (response.ok && said?.noted) {
    drop(act);
    if (form) {
      tell(form, said.message);
      form.querySelectorAll("button, input").forEach((control) => { control.disabled = true; });
    }
    return true;
  }
  if (said?.message && response.status < 500) {
    drop(act); // it cannot be noted, and will not be
    if (form) tell(form, said.message);
    else if (box) {
      box.hidden = false; // of another day: its form is not on this page
      box.querySelector("ul").append(line(act.who, said.message));
    }
    return true;
  }
  if (response.type === "opaqueredirect" || response.status === 403) {
    keep(kept().map((each) => ({ ...each, words: box?.dataset.wordsSignIn })));
  }
  return false;
}

async function sendAll() {
  if (sending) return;
  sending = true;
  try {
    for (const act of kept()) {
      if (!(await send(act))) break;
    }
  } finally {
    sending = false;
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form[data-door]") || !box) return;
  event.preventDefault();
  if (kept().some((act) => act.url === form.getAttribute("action") && act.body.kind === form.elements.kind.value)) return;
  const body = {
    id: form.elements.id.value,
    kind: form.elements.kind.value,
    happened_at: new Date().toISOString(),
    code: form.elements.code?.value ?? "",
    knows_guest: form.elements.knows_guest?.checked ?? false,
    frees_nights: form.elements.frees_nights?.checked ?? false,
  };
  const act = { url: form.getAttribute("action"), who: form.dataset.who, words: "", body };
  if (keep([...kept(), act])) sendAll();
  else form.submit();
});

addEventListener("online", sendAll);
document.querySelector("[data-send]")?.addEventListener("click", sendAll);
setInterval(() => { if (kept().length) sendAll(); }, AGAIN);
show();
sendAll();
