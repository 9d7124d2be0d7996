// Acts that outlive a missing signal: each is kept on this phone under an id of its own, and sent until the shop
// has noted it; the shop notes an id once. It answers {noted, message}: what it cannot note, it never will.

const AGAIN = 15_000;

// Not every phone speaks HTTPS to us while it is tried out, and crypto.randomUUID wants it.
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [8, 12, 16, 20].reduceRight((text, at) => `${text.slice(0, at)}-${text.slice(at)}`, hex);
}

function post(act) {
  const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
  return fetch(act.url, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": token },
    body: JSON.stringify(act.body),
    redirect: "manual",
  });
}

function item(...words) {
  const row = document.createElement("li");
  row.textContent = words.filter(Boolean).join(": ");
  return row;
}

// Returns what keeps and sends the acts {url, what, body: {id, ...}} of one kind, and shows in `box` what waits.
// The page is told by `shown(acts)` of what waits now, by `answered(act, said)` of each answer of the shop, and
// by `sent()` when a round of sending is over. `answered` returns whether a refusal could be shown where it belongs.
export function keeper(box, kind, { shown = () => {}, answered, sent = () => {} }) {
  const key = `${kind}.${box.dataset.user}`;
  let sending = false;

  function kept() {
    try {
      return JSON.parse(localStorage.getItem(key)) ?? [];
    } catch {
      return [];
    }
  }

  // Returns whether this phone can keep anything: some forbid it.
  function keep(acts) {
    try {
      localStorage.setItem(key, JSON.stringify(acts));
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
    shown(acts);
  }

  // Returns whether there is any sense in going on with the next.
  async function send(act) {
    let response;
    try {
      response = await post(act);
    } catch {
      return false; // no signal: it stays
    }
    const said = await response.json().catch(() => null);
    if (typeof said?.noted === "boolean" && response.status < 500) {
      keep(kept().filter((each) => each.body.id !== act.body.id));
      if (!answered(act, said) && !said.noted) {
        box.hidden = false; // of another page: say here that it could not be
        box.querySelector("ul").append(item(act.what, said.message));
      }
      return true;
    }
    if (response.type === "opaqueredirect" || response.status === 403) {
      keep(kept().map((each) => ({ ...each, words: box.dataset.wordsSignIn })));
    }
    return false;
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
    sent();
  }

  addEventListener("online", sendAll);
  box.querySelector("[data-send]").addEventListener("click", sendAll);
  setInterval(() => { if (kept().length) sendAll(); }, AGAIN);
  return {
    kept,
    // Keeps an act and begins to send. Returns false if this phone keeps nothing: then the form has to be posted.
    add(act) {
      if (!keep([...kept(), act])) return false;
      sendAll();
      return true;
    },
    start() {
      show();
      sendAll();
    },
  };
}
