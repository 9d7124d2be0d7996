// Draws sales day by day over a long period, with uPlot. Markup: templates/board/_days.html.
// Where the library or the figures do not come the section stays hidden: the bars by month tell the same.

const HEIGHT_PX = 260;
const DAY_S = 86_400;
const WEEK = 7;
const section = document.querySelector("[data-days]");

function meanOfWeek(values) {
  let sum = 0;
  return values.map((value, place) => {
    sum += value - (place >= WEEK ? values[place - WEEK] : 0);
    return place >= WEEK - 1 ? Math.round(sum / WEEK) : null;
  });
}

function drawn(UPlot, figures) {
  const { language, sales, week, day } = section.dataset;
  const colour = (name) => getComputedStyle(section).getPropertyValue(name).trim();
  const money = new Intl.NumberFormat(language, { style: "currency", currency: "VND", maximumFractionDigits: 0 });
  const short = new Intl.NumberFormat(language, { notation: "compact" });
  const date = new Intl.DateTimeFormat("vi", { dateStyle: "short", timeZone: "UTC" });
  const month = new Intl.DateTimeFormat("vi", { month: "numeric", year: "numeric", timeZone: "UTC" });
  const first = Date.parse(`${figures.from}T00:00:00Z`) / 1000;
  const place = section.querySelector(".board__plot");
  const said = (_, value) => (value === null ? "–" : money.format(value));
  const axis = { stroke: colour("--ink-soft"), grid: { stroke: colour("--line"), width: 1 } };
  const options = {
    width: place.clientWidth,
    height: HEIGHT_PX,
    tzDate: (seconds) => UPlot.tzDate(new Date(seconds * 1000), "Etc/UTC"),
    axes: [
      { ...axis, space: 70, values: (_, marks, __, ___, step) => marks.map((at) => (step < 28 * DAY_S ? date : month).format(at * 1000)) },
      { ...axis, size: 64, values: (_, marks) => marks.map((mark) => short.format(mark)) },
    ],
    series: [
      { label: day, value: (_, at) => (at === null ? "–" : date.format(at * 1000)) },
      { label: sales, value: said, stroke: colour("--accent"), width: 1, points: { show: false } },
      { label: week, value: said, stroke: colour("--gold-deep") || colour("--ink"), width: 2, points: { show: false } },
    ],
  };
  const at = figures.net_vnd.map((_, number) => first + number * DAY_S);
  const chart = new UPlot(options, [at, figures.net_vnd, meanOfWeek(figures.net_vnd)], place);
  new ResizeObserver(() => chart.setSize({ width: place.clientWidth, height: HEIGHT_PX })).observe(place);
  const whole = () => chart.setScale("x", { min: at[0], max: at[at.length - 1] });
  section.querySelector("[data-days-whole]").addEventListener("click", whole);
}

async function begin() {
  const [library, answer] = await Promise.all([
    import(section.dataset.uplot),
    fetch(section.dataset.days, { headers: { Accept: "application/json" }, cache: "no-store" }),
  ]);
  if (!answer.ok) return;
  const figures = await answer.json();
  section.hidden = false;
  drawn(library.default, figures);
}

if (section) begin().catch(() => (section.hidden = true));
