// Packing that outlives a missing signal. A form marked data-act is kept on this phone and sent until the shop has
// noted it. Without JavaScript the form is simply posted.

import { keeper, newId } from "./kept.js";

const box = document.querySelector("[data-kept]");
let reloadWhenEmpty = false;

const isTick = (act) => act.body.kind === "pack" || act.body.kind === "unpack";

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

function answered(act, said) {
  // What concerns the whole order changes the page: it is loaded again, once nothing waits any more.
  if (said.noted) reloadWhenEmpty ||= act.reloads || ["accept", "ready", "weigh"].includes(act.body.kind);
  else if (isTick(act)) mark(act.body.line, act.body.kind === "unpack");
  const form = [...document.querySelectorAll("form[data-act]")].find(
    (one) => one.getAttribute("action") === act.url && (one.elements.line?.value ?? "") === (act.body.line ?? ""),
  );
  const place = form?.querySelector(".packing__told");
  if (!place) return false;
  place.textContent = said.message;
  place.hidden = said.message === "";
  return true;
}

if (box) {
  const acts = keeper(box, "packing", {
    answered,
    sent: () => { if (reloadWhenEmpty && !acts.kept().length) location.reload(); },
  });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form[data-act]")) return;
    const body = Object.fromEntries(new FormData(form, event.submitter));
    delete body.csrfmiddlewaretoken;
    delete body.back;
    body.id = newId();
    body.happened_at = new Date().toISOString();
    const reloads = "reloads" in form.dataset; // what it shows is another thing afterwards
    const act = { url: form.getAttribute("action"), what: form.dataset.what, reloads, body };
    if (!acts.add(act)) return; // it cannot be kept: posted as it is
    event.preventDefault();
    if (isTick(act)) mark(body.line, body.kind === "pack");
    else event.submitter?.setAttribute("aria-disabled", "true");
  });

  // What waits was done already: the page shows it so.
  for (const act of acts.kept().filter(isTick)) mark(act.body.line, act.body.kind === "pack");
  acts.start();
}
