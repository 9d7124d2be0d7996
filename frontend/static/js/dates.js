// Arrival and departure: leaving is at least one night after arriving. Markup, in one form:
//   <input type="date" data-arrival>  <input type="date" data-departure>
// The server checks the same; this only saves a round trip.

function dayAfter(day) {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + 1);
  return date.toISOString().slice(0, 10);
}

function follow(arrival) {
  const departure = arrival.form?.querySelector("[data-departure]");
  if (!departure || !arrival.value) return;
  const earliest = dayAfter(arrival.value);
  departure.min = earliest;
  if (!departure.value || departure.value < earliest) departure.value = earliest;
}

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-arrival]")) follow(event.target);
});
document.querySelectorAll("[data-arrival]").forEach((arrival) => {
  if (arrival.value) follow(arrival);
});
