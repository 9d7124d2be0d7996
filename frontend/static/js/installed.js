// The shop as an app: its service worker, and the offer to put it on the home screen.

if ("serviceWorker" in navigator) {
  addEventListener("load", () => navigator.serviceWorker.register("/sw.js").catch(() => {}));
}

const offer = document.querySelector("[data-install]");
let asked;

addEventListener("beforeinstallprompt", (event) => {
  if (!offer) return;
  event.preventDefault();
  asked = event;
  offer.hidden = false;
});
offer?.querySelector("button").addEventListener("click", async () => {
  offer.hidden = true;
  await asked?.prompt();
  asked = undefined;
});
addEventListener("appinstalled", () => { if (offer) offer.hidden = true; });
