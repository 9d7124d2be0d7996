// What every page may use. Every page works without it.

// A form marked data-autosubmit (filters) is sent as soon as something in it changes.
document.addEventListener("change", (event) => {
  if (event.target.form?.matches("form[data-autosubmit]")) event.target.form.requestSubmit();
});

// A form that moves money or places an order is sent once, however often the button is pressed.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form[data-once]")) return;
  if (form.dataset.sent !== undefined) event.preventDefault();
  form.dataset.sent = "";
  form.querySelectorAll("[type=submit]").forEach((button) => button.setAttribute("aria-disabled", "true"));
});
// Coming back with the browser's button shows the old page as it was left: it may be sent again.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-once]")) {
    delete form.dataset.sent;
    form.querySelectorAll("[type=submit]").forEach((button) => button.removeAttribute("aria-disabled"));
  }
});

// A form that came back with errors says so first, also to those who do not see the page.
document.querySelector("main form [role=alert][tabindex]")?.focus();

// Filters stand open beside a list on a wide screen, and folded above it on a phone.
if (matchMedia("(min-width: 64em)").matches) {
  document.querySelectorAll("details[data-wide-open]").forEach((details) => { details.open = true; });
}

// A menu closes when one looks elsewhere or presses Escape.
document.addEventListener("click", (event) => {
  document.querySelectorAll("details.menu[open]").forEach((menu) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
});
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && document.querySelector("details.menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});
