// Follows the day's figures. Markup, replaced in place: <div data-board="/ws/board/<key>/">
// A message on the socket only says: look again. While it is not open, we look every 30 seconds instead.

const LOOK_EVERY_MS = 30_000;
const RECONNECT_MS = 8_000;
const PAUSE_MS = 3_000; // between two looks, however many sales there are
const section = () => document.querySelector("[data-board]");
let socket = null;
let looking = false;
let lookAgain = false;

async function look() {
  if (document.hidden || !section()) return;
  if (looking) {
    lookAgain = true;
    return;
  }
  looking = true;
  try {
    const address = new URL(location.href);
    address.searchParams.set("fragment", "1");
    const answer = await fetch(address, { headers: { Accept: "text/html" }, cache: "no-store" });
    if (answer.ok) replace(await answer.text());
  } catch {
    // No connection: the next message or the next tick asks again.
  }
  setTimeout(() => {
    looking = false;
    if (lookAgain) look();
    lookAgain = false;
  }, PAUSE_MS);
}

function replace(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html").querySelector("[data-board]");
  const old = section();
  if (!fresh || old.contains(document.activeElement)) return; // nobody loses the place they are at
  const open = [...old.querySelectorAll("details")].map((each) => each.open);
  fresh.querySelectorAll("details").forEach((each, place) => (each.open = open[place] ?? false));
  old.replaceWith(fresh);
}

function listen() {
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  socket = new WebSocket(`${scheme}//${location.host}${section().dataset.board}`);
  socket.addEventListener("message", look);
  socket.addEventListener("close", () => {
    socket = null;
    setTimeout(listen, RECONNECT_MS);
  });
}

if (section()?.dataset.board) {
  listen();
  setInterval(() => {
    if (socket?.readyState !== WebSocket.OPEN) look();
  }, LOOK_EVERY_MS);
  document.addEventListener("visibilitychange", look);
}
