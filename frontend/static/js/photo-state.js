// Tells when the worker has made the pictures of a photo. Without JavaScript the next page says it.

const EVERY = 1_500;
const LONGEST = 60_000;

for (const place of document.querySelectorAll("[data-photo]")) {
  const began = Date.now();
  const timer = setInterval(async () => {
    if (Date.now() - began > LONGEST) clearInterval(timer);
    let said;
    try {
      said = await (await fetch(place.dataset.photo)).json();
    } catch {
      return; // no signal: asked again
    }
    if (said.state === "waiting") return;
    clearInterval(timer);
    place.querySelector(".ask__spin")?.remove();
    place.querySelector("p").textContent = said.words;
  }, EVERY);
}
