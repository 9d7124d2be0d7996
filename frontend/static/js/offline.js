// On the page without a signal: the pages of one's own that this phone kept, by their titles.

const section = document.querySelector("[data-kept-pages]");

document.querySelector("[data-again]")?.addEventListener("click", (event) => {
  event.preventDefault();
  location.reload();
});
addEventListener("online", () => location.reload());

if (section && "caches" in window) {
  const cache = await caches.open("private");
  for (const request of (await cache.keys()).reverse()) {
    const html = await (await cache.match(request)).text();
    const title = new DOMParser().parseFromString(html, "text/html").title.split(" · ")[0].trim();
    const link = document.createElement("a");
    link.href = new URL(request.url).pathname;
    link.textContent = title || link.pathname;
    const row = document.createElement("li");
    row.append(link);
    section.querySelector("ul").append(row);
    section.hidden = false;
  }
}
