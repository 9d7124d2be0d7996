// Looks every few seconds whether somebody asks for money. Markup:
//   <main data-look-again="3">
// Only what changed is put in place, so that nobody's reading is lost. A page with a question on it has no
// data-look-again: what is being typed there stays. Beside a form only a list is looked after:
//   <ul data-renew="2">

const main = document.querySelector("main[data-look-again]");

async function look() {
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" }, cache: "no-store" });
    if (answer.ok && replace(await answer.text())) return;
  } catch {
    // the operator cannot be reached: look again later
  }
  later();
}

// Returns whether there is a question now, and so nothing more to look for.
function replace(html) {
  const found = new DOMParser().parseFromString(html, "text/html");
  const screen = found.querySelector("main");
  const asked = screen.querySelector("[data-prompt]") !== null;
  const shown = document.querySelector("main");
  if (screen.innerHTML !== shown.innerHTML) {
    shown.innerHTML = screen.innerHTML;
    document.querySelector("nav").innerHTML = found.querySelector("nav").innerHTML;
    document.title = found.title;
  }
  return asked;
}

function later() {
  setTimeout(look, Number(main.dataset.lookAgain) * 1000);
}

if (main) later();

const list = document.querySelector("[data-renew]");

async function renew() {
  try {
    const answer = await fetch(location.pathname.replace(/messages\/$/, "") + "?tab=messages", { cache: "no-store" });
    const found = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-renew]");
    if (answer.ok && found && found.innerHTML !== list.innerHTML) list.innerHTML = found.innerHTML;
  } catch {
    // the operator cannot be reached: look again later
  }
  setTimeout(renew, Number(list.dataset.renew) * 1000);
}

if (list) setTimeout(renew, Number(list.dataset.renew) * 1000);
