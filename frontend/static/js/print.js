// A button marked data-print opens the printer; without JavaScript it is not there.

for (const button of document.querySelectorAll("button[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
