// The shop on a phone without a signal: its frame, a page that says so, and the last orders of whoever is signed in.
// Notices that come while it is closed. Served at /sw.js with `const SHOP = {...}` before it (frontend/installed.py).

const SHELL = `shell-${SHOP.version}`;
const FILES = "files";
const PRIVATE = "private"; // what belongs to one reader: emptied as soon as another one comes, or nobody
const NOTES = "notes"; // who read last, and in which language
const KEPT_MOST = 30;
const FILES_MOST = 120;
const HASHED = /\.[0-9a-f]{12}\.\w+$/; // its content never changes

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(SHELL).then((cache) => cache.addAll(SHOP.shell)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(dropOldShells().then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (request.method === "POST" && url.pathname === SHOP.logout) event.waitUntil(caches.delete(PRIVATE));
  if (request.method !== "GET") return;
  if (request.mode === "navigate") event.respondWith(page(event, url));
  else if (url.pathname.startsWith(SHOP.files)) event.respondWith(file(event, url));
});

async function dropOldShells() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith("shell-") && name !== SHELL).map((name) => caches.delete(name)));
}

async function note(name) {
  const found = await (await caches.open(NOTES)).match(`/${name}`);
  return found ? found.text() : "";
}

async function write(name, text) {
  await (await caches.open(NOTES)).put(`/${name}`, new Response(text));
}

// --- Pages: always from the shop while there is a signal ---------------------------------------------------------

async function page(event, url) {
  let response;
  try {
    response = await fetch(event.request);
  } catch {
    return without(url);
  }
  if (response.type === "basic" && (response.headers.get("Content-Type") ?? "").startsWith("text/html")) {
    event.waitUntil(look(url, response.clone()));
  }
  return response;
}

async function look(url, response) {
  const reader = response.headers.get("X-Reader") ?? "";
  if (reader !== (await note("reader"))) {
    await caches.delete(PRIVATE);
    await write("reader", reader);
  }
  await write("language", response.headers.get("Content-Language") ?? "");
  if (response.status !== 200 || !SHOP.kept.some((pattern) => new RegExp(pattern).test(url.pathname))) return;
  const kept = new Headers(response.headers);
  kept.delete("Content-Encoding");
  kept.delete("Set-Cookie");
  const body = await response.text();
  const cache = await caches.open(PRIVATE);
  await cache.delete(url.pathname);
  await cache.put(url.pathname, new Response(body, { headers: kept }));
  await shorten(cache, KEPT_MOST);
}

async function without(url) {
  const language = (await note("language")) || SHOP.language;
  const cache = await caches.open(PRIVATE);
  const kept = await cache.match(url.pathname);
  if (!kept) return caches.match(SHOP.offline[language] ?? SHOP.offline[SHOP.language]);
  const html = await kept.text();
  const words = SHOP.stale[language] ?? SHOP.stale[SHOP.language];
  return new Response(html.replace(/<main[^>]*>/, `$&${words}`), { headers: kept.headers });
}

// --- Files: a hashed one is the same for ever, any other is asked for first --------------------------------------

async function file(event, url) {
  const found = await caches.match(event.request);
  if (found && HASHED.test(url.pathname)) return found;
  try {
    const response = await fetch(event.request);
    if (response.ok) event.waitUntil(keepFile(event.request, response.clone()));
    return response;
  } catch (error) {
    if (found) return found;
    throw error;
  }
}

async function keepFile(request, response) {
  const cache = await caches.open(FILES);
  await cache.put(request, response);
  await shorten(cache, FILES_MOST);
}

async function shorten(cache, most) {
  const keys = await cache.keys();
  await Promise.all(keys.slice(0, -most).map((key) => cache.delete(key)));
}

// --- Notices -----------------------------------------------------------------------------------------------------

self.addEventListener("push", (event) => {
  const said = event.data?.json();
  if (!said?.title) return;
  const shown = { body: said.text, tag: said.tag, icon: SHOP.icon, data: said.link };
  event.waitUntil(self.registration.showNotification(said.title, shown));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const link = new URL(event.notification.data || SHOP.notices, location.origin);
  event.waitUntil(self.clients.openWindow(link.origin === location.origin ? link.href : SHOP.notices));
});
