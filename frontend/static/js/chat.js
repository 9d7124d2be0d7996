// Messages about an order. The socket only says: look again. While it is not open, we look every 20 seconds.

const LOOK_EVERY_MS = 20_000;
const RECONNECT_MS = 8_000;
const section = () => document.querySelector("[data-chat]");
let socket = null;
let looking = false;

async function look() {
  if (looking || !section()) return;
  looking = true;
  try {
    const address = new URL(section().dataset.here, location.href);
    address.searchParams.set("fragment", "1");
    const answer = await fetch(address, { headers: { Accept: "text/html" }, cache: "no-store" });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-chat]");
    if (!fresh || fresh.querySelectorAll("li").length === section().querySelectorAll("li").length) return;
    section().replaceWith(fresh);
    document.getElementById("newest")?.scrollIntoView({ block: "nearest" });
  } catch {
    // No connection: the next message or the next tick asks again.
  } finally {
    looking = false;
  }
}

function listen() {
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  socket = new WebSocket(`${scheme}//${location.host}${section().dataset.chat}`);
  socket.addEventListener("message", look);
  socket.addEventListener("close", () => {
    socket = null;
    setTimeout(listen, RECONNECT_MS);
  });
}

if (section()) {
  document.getElementById("newest")?.scrollIntoView({ block: "nearest" });
  listen();
  setInterval(() => {
    if (socket?.readyState !== WebSocket.OPEN && !document.hidden) look();
  }, LOOK_EVERY_MS);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) look();
  });
}
