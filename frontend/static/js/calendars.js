// A host's month: a tapped night changes in its place. Without this the whole page comes again.
document.addEventListener("submit", async (event) => {
  const form = event.target;
  const month = form.closest("#month");
  const night = event.submitter;
  if (!month || !night?.value) return;
  event.preventDefault();
  if (month.getAttribute("aria-busy") === "true") return;
  month.setAttribute("aria-busy", "true");
  const body = new FormData(form);
  body.append(night.name, night.value);
  try {
    const answer = await fetch(form.action, { method: "POST", body });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("month");
    if (!answer.ok || !fresh) throw new Error(`The month did not come: ${answer.status}`);
    month.replaceWith(fresh);
    document.getElementById(night.closest("td").id)?.querySelector("button")?.focus({ preventScroll: true });
  } catch {
    // No signal, or signed out: the browser says so better.
    month.removeAttribute("aria-busy");
    const tapped = document.createElement("input");
    Object.assign(tapped, { type: "hidden", name: night.name, value: night.value });
    form.append(tapped);
    form.submit();
  }
});
