// Minutes and seconds until a moment. Markup: <time data-until="2026-01-31T15:04:05+07:00">15:04</time>
// What stands there without JavaScript is the time of day at which it ends. When it has ended, the
// element gets data-ended and sends the event "countdown:end".

const SECOND = 1000;

function remaining(element) {
  return Math.max(0, Math.ceil((Date.parse(element.dataset.until) - Date.now()) / SECOND));
}

function words(seconds) {
  const pair = (number) => String(number).padStart(2, "0");
  const minutes = Math.floor(seconds / 60);
  const start = minutes < 60 ? pair(minutes) : `${Math.floor(minutes / 60)}:${pair(minutes % 60)}`;
  return `${start}:${pair(seconds % 60)}`;
}

function tick() {
  // Looked up each time: a part of the page may have been replaced.
  for (const element of document.querySelectorAll("[data-until]:not([data-ended])")) {
    const seconds = remaining(element);
    element.textContent = words(seconds);
    // The words around it make sense only while it counts.
    element.closest("[hidden]")?.removeAttribute("hidden");
    if (seconds > 0) continue;
    element.dataset.ended = "";
    element.dispatchEvent(new CustomEvent("countdown:end", { bubbles: true }));
  }
}

// A screen reader must not hear every second: the region around it may be live, this is not.
document.querySelectorAll("[data-until]").forEach((element) => element.setAttribute("aria-live", "off"));
tick();
setInterval(tick, SECOND);
