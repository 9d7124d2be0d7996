// Acts at the door that outlive a missing signal. A form marked data-door is kept on this phone under the id
// that was made with it, and sent until the shop has noted it. Without JavaScript the form is simply posted.

import { keeper } from "./kept.js";

const box = document.querySelector("[data-kept]");

const forms = () => [...document.querySelectorAll("form[data-door]")];
const isOf = (form) => (act) => act.url === form.getAttribute("action") && act.body.kind === form.elements.kind.value;

function tell(form, words) {
  const place = form.querySelector(".desk__kept");
  place.textContent = words;
  place.hidden = words === "";
}

function shown(acts) {
  for (const form of forms()) {
    const waits = acts.some(isOf(form));
    if (waits) tell(form, box.dataset.wordsKept);
    form.querySelector("[type=submit]").setAttribute("aria-disabled", String(waits));
  }
}

function answered(act, said) {
  const form = forms().find((one) => isOf(one)(act));
  if (!form) return false; // of another day
  tell(form, said.message);
  if (said.noted) form.querySelectorAll("button, input").forEach((control) => { control.disabled = true; });
  return true;
}

if (box) {
  const acts = keeper(box, "door", { shown, answered });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form[data-door]")) return;
    event.preventDefault();
    if (acts.kept().some(isOf(form))) return;
    const { id, kind, code, knows_guest: knows, frees_nights: frees } = form.elements;
    const body = {
      id: id.value,
      kind: kind.value,
      happened_at: new Date().toISOString(),
      code: code?.value ?? "",
      knows_guest: knows?.checked ?? false,
      frees_nights: frees?.checked ?? false,
    };
    const isKept = acts.add({ url: form.getAttribute("action"), what: form.dataset.who, body });
    if (!isKept) form.submit();
  });

  acts.start();
}
