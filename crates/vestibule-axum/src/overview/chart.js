// Bar charts as inline SVG.

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 640, HEIGHT = 200, LEFT = 44, RIGHT = 8, TOP = 12, BOTTOM = 22;

/** Draws one bar for each of `days` (`{day, complete, [field]}`) into a figure, and says the gist of it to a screen reader. */
export function draw(figure, days, field, caption) {
  const top = niceTop(Math.max(1, ...days.map((day) => day[field])));
  const svg = make("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": gist(days, field, caption) });
  const y = (value) => HEIGHT - BOTTOM - (value / top) * (HEIGHT - TOP - BOTTOM);
  for (const value of [0, top / 2, top]) {
    svg.append(make("line", { x1: LEFT, x2: WIDTH - RIGHT, y1: y(value), y2: y(value) }));
    svg.append(make("text", { x: LEFT - 6, y: y(value) + 4, "text-anchor": "end" }, String(value)));
  }
  const step = (WIDTH - LEFT - RIGHT) / days.length;
  days.forEach((day, index) => svg.append(bar(day, field, { x: LEFT + index * step, step, y })));
  if (days.length > 0) {
    svg.append(make("text", { x: LEFT, y: HEIGHT - 6 }, days[0].day));
    svg.append(make("text", { x: WIDTH - RIGHT, y: HEIGHT - 6, "text-anchor": "end" }, days[days.length - 1].day));
  }
  figure.querySelector("svg")?.remove();
  figure.append(svg);
}

function bar(day, field, { x, step, y }) {
  const width = Math.max(1, step * 0.8);
  const rect = make("rect", { x, y: y(day[field]), width, height: Math.max(0, y(0) - y(day[field])) });
  if (!day.complete) rect.setAttribute("class", "incomplete");
  rect.append(make("title", {}, `${day.day}: ${day[field]}${day.complete ? "" : " so far"}`));
  return rect;
}

function gist(days, field, caption) {
  if (days.length === 0) return `${caption}: no days`;
  const values = days.map((day) => day[field]);
  const most = values.indexOf(Math.max(...values));
  return `${caption}, ${days[0].day} to ${days[days.length - 1].day}: most on ${days[most].day} with ${values[most]}, ` +
    `${values[values.length - 1]} on the last day`;
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
