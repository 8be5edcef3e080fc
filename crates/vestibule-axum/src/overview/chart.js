// Bar charts as inline SVG.

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 640, HEIGHT = 200, LEFT = 44, RIGHT = 8, TOP = 12, BOTTOM = 22;

/** Draws one bar for each of `periods` (`{from, to, complete, [field]}`) into a figure, and says the gist of it to a screen reader. */
export function draw(figure, periods, field, caption) {
  figure.querySelector("figcaption").textContent = caption;
  const top = niceTop(Math.max(1, ...periods.map((period) => period[field])));
  const svg = make("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": gist(periods, field, caption) });
  const y = (value) => HEIGHT - BOTTOM - (value / top) * (HEIGHT - TOP - BOTTOM);
  for (const value of [0, top / 2, top]) {
    svg.append(make("line", { x1: LEFT, x2: WIDTH - RIGHT, y1: y(value), y2: y(value) }));
    svg.append(make("text", { x: LEFT - 6, y: y(value) + 4, "text-anchor": "end" }, String(value)));
  }
  const step = (WIDTH - LEFT - RIGHT) / periods.length;
  periods.forEach((period, index) => svg.append(bar(period, field, { x: LEFT + index * step, step, y })));
  if (periods.length > 0) {
    svg.append(make("text", { x: LEFT, y: HEIGHT - 6 }, periods[0].from));
    svg.append(make("text", { x: WIDTH - RIGHT, y: HEIGHT - 6, "text-anchor": "end" }, periods[periods.length - 1].to));
  }
  figure.querySelector("svg")?.remove();
  figure.append(svg);
}

/** What a reader calls a period: its day, or its first and last. */
export function nameOf({ from, to }) {
  return from === to ? from : `${from} to ${to}`;
}

function bar(period, field, { x, step, y }) {
  const width = Math.max(1, step * 0.8);
  const rect = make("rect", { x, y: y(period[field]), width, height: Math.max(0, y(0) - y(period[field])) });
  if (!period.complete) rect.setAttribute("class", "incomplete");
  rect.append(make("title", {}, `${nameOf(period)}: ${period[field]}${period.complete ? "" : " so far"}`));
  return rect;
}

function gist(periods, field, caption) {
  if (periods.length === 0) return `${caption}: nothing`;
  const values = periods.map((period) => period[field]);
  const most = values.indexOf(Math.max(...values));
  return `${caption}, ${periods[0].from} to ${periods[periods.length - 1].to}: most in ${nameOf(periods[most])} with ${values[most]}, ` +
    `${values[values.length - 1]} in the last`;
}

/** The least of 2, 4, 10, 20, 40, 100, … that is not below `value`, so that half of it is whole. */
function niceTop(value) {
  for (let unit = 1; ; unit *= 10) {
    for (const factor of [2, 4, 10]) if (factor * unit >= value) return factor * unit;
  }
}

function make(name, attributes, text) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  return element;
}
