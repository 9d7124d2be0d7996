// Moves the bar of a file that is being read or listed, and shows the page anew when it is done.

const EVERY = 1_500;
const place = document.querySelector("[data-import]");
const bar = place.querySelector("progress");

setInterval(async () => {
  let said;
  try {
    said = await (await fetch(place.dataset.import)).json();
  } catch {
    return; // no signal: asked again
  }
  if (said.state !== place.dataset.state) location.reload();
  if (said.state === "running") {
    bar.max = said.rows;
    bar.value = said.done;
  }
  place.querySelector("[data-count]").textContent = said.state === "running" ? `${said.done} / ${said.rows}` : `${said.rows}`;
}, EVERY);
