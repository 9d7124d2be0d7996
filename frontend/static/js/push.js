// Notices while the page is closed: asks the browser for leave, and tells the shop where its notices go.

const box = document.querySelector("[data-push]");

function bytes(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

function say(words) {
  const told = box.querySelector("[data-told]");
  told.textContent = words;
  told.hidden = false;
}

async function tell(body) {
  const answer = await fetch(box.dataset.url, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      "X-CSRFToken": document.querySelector("[name=csrfmiddlewaretoken]").value,
    },
    body: JSON.stringify(body),
  });
  const said = await answer.json();
  say(said.message);
  return said.noted;
}

async function begin(registration) {
  if ((await Notification.requestPermission()) !== "granted") return say(box.dataset.wordsRefused);
  const key = { userVisibleOnly: true, applicationServerKey: bytes(box.dataset.key) };
  const subscription = await registration.pushManager.subscribe(key);
  const { endpoint, keys } = subscription.toJSON();
  if (!(await tell({ endpoint, p256dh: keys.p256dh, auth: keys.auth }))) await subscription.unsubscribe();
}

async function end(registration) {
  const subscription = await registration.pushManager.getSubscription();
  if (!subscription) return;
  await tell({ endpoint: subscription.endpoint, off: "1" });
  await subscription.unsubscribe();
}

async function show(registration) {
  const running = Boolean(await registration.pushManager.getSubscription());
  box.querySelector("[data-offer]").hidden = running;
  box.querySelector("[data-running]").hidden = !running;
}

if (box && "serviceWorker" in navigator && "PushManager" in window && "Notification" in window) {
  const registration = await navigator.serviceWorker.ready;
  box.querySelector("[data-none]").hidden = true;
  await show(registration);
  for (const [name, act] of [["[data-on]", begin], ["[data-off]", end]]) {
    box.querySelector(name).addEventListener("click", async () => {
      try {
        await act(registration);
      } catch {
        say(box.dataset.wordsFailed);
      }
      await show(registration);
    });
  }
}
