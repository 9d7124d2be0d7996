// Shows the part of a form that fits the chosen radio button. Markup:
//   <input type="radio" name="method" value="home"> … <div data-when-method="home">…</div>
// Without JavaScript all parts stay in sight.

function show(name) {
  const chosen = document.querySelector(`input[name="${name}"]:checked`)?.value;
  for (const part of document.querySelectorAll(`[data-when-${name}]`)) {
    part.hidden = part.getAttribute(`data-when-${name}`) !== chosen;
  }
}

show("method");
document.addEventListener("change", (event) => {
  if (event.target.name === "method") show("method");
});
