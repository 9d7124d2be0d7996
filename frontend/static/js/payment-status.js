// Follows a payment. Markup, replaced in place:
//   <section id="…" data-socket="/ws/payments/<id>/" data-fragment="/payments/<id>/status/" data-state="pending">
// A message on the socket only says: look again. The section is fetched anew and put in place of the old
// one. While the socket is not open, we look every 4 seconds instead. When the state is final the page is
// loaded again, so that everything around the section is right too.

const LOOK_EVERY_MS = 4000;
const RECONNECT_MS = 8000;
const OPEN_STATES = new Set(["created", "pending"]);

let section = document.querySelector("[data-socket][data-fragment]");
let socket = null;
let looking = false;
let lookAgain = false;

const isOpen = () => section !== null && OPEN_STATES.has(section.dataset.state);

async function look() {
  if (looking) {
    lookAgain = true; // something changed while we were asking
    return;
  }
  looking = true;
  try {
    do {
      lookAgain = false;
      const answer = await fetch(section.dataset.fragment, { headers: { Accept: "text/html" }, cache: "no-store" });
      if (answer.ok) replace(await answer.text());
    } while (lookAgain && isOpen());
  } catch {
    // No connection: the next message or the next tick asks again.
  } finally {
    looking = false;
  }
}

function replace(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html").querySelector("[data-socket][data-fragment]");
  if (!fresh || fresh.dataset.state === section.dataset.state) return;
  const wasOpen = isOpen();
  section.replaceWith(fresh);
  section = fresh;
  if (wasOpen && !isOpen()) {
    socket?.close();
    location.reload();
  }
}

function listen() {
  if (!isOpen()) return;
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  socket = new WebSocket(`${scheme}//${location.host}${section.dataset.socket}`);
  socket.addEventListener("message", look);
  socket.addEventListener("close", () => {
    socket = null;
    if (isOpen()) setTimeout(listen, RECONNECT_MS);
  });
}

function watch() {
  if (!isOpen()) return;
  if (socket?.readyState !== WebSocket.OPEN && !document.hidden) look();
  setTimeout(watch, LOOK_EVERY_MS);
}

if (isOpen()) {
  listen();
  setTimeout(watch, LOOK_EVERY_MS);
  // A phone that comes back from the wallet's app may have slept through the message.
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && isOpen()) look();
  });
}
