// Plus and minus beside a number field. Markup:
//   <div class="stepper"><button type="button" data-step="-1">…</button>
//   <input class="stepper__input" type="number" min="1" max="9" step="1"><button type="button" data-step="1">…</button></div>
// Without JavaScript the field itself is enough; the buttons then stay hidden (attribute "hidden").

function refresh(stepper) {
  const input = stepper.querySelector("input");
  for (const button of stepper.querySelectorAll("[data-step]")) {
    const down = Number(button.dataset.step) < 0;
    button.hidden = false;
    button.disabled = input.disabled || (down ? input.min !== "" && Number(input.value) <= Number(input.min)
                                               : input.max !== "" && Number(input.value) >= Number(input.max));
  }
}

function onClick(event) {
  const button = event.target.closest(".stepper [data-step]");
  if (!button) return;
  const stepper = button.closest(".stepper");
  const input = stepper.querySelector("input");
  if (Number(button.dataset.step) < 0) input.stepDown();
  else input.stepUp();
  input.dispatchEvent(new Event("input", { bubbles: true }));
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

function onInput(event) {
  const stepper = event.target.closest(".stepper");
  if (stepper) refresh(stepper);
}

document.addEventListener("click", onClick);
document.addEventListener("input", onInput);
document.querySelectorAll(".stepper").forEach(refresh);
