// The Overview: one filter for charts, tiles and tables.

import { draw, nameOf } from "./chart.js";
import { ScrollingTable } from "./table.js";

const API = "/v1/overview";
const DAY = 24 * 60 * 60 * 1000;
const at = (id) => document.getElementById(id);

const token = takeToken();
const remembered = remember();
let charts = new AbortController();
let retention = new AbortController();

const tables = [
  table("users", (row) => [row.name ?? row.id, row.email_address, row.phone_number, time(row.created_at), classOf(row)]),
  table("organizations", (row) => [row.name, row.id, String(row.members_count), time(row.created_at)]),
  table("waitlist", (row) => [row.email_address, row.status, time(row.created_at), classOf(row)]),
];

at("filter").addEventListener("click", () => {
  setFiltered(!isFiltered());
  showAll();
});
at("range").addEventListener("change", showCharts);
at("interval").addEventListener("change", showCharts);
at("incomplete").addEventListener("change", showCharts);
at("controls").addEventListener("submit", (event) => event.preventDefault());

setFiltered(remembered.load());
if (token === null) alarm("This page needs its token: open the whole address that the host printed.");
else showAll();

function showAll() {
  showCharts();
  showRetention();
  for (const each of tables) each.restart();
}

async function showCharts() {
  charts.abort();
  const { signal } = charts = new AbortController();
  alarm(null);
  at("tiles").setAttribute("aria-busy", "true");
  const today = at("incomplete").checked;
  const from = new Date(Date.now() - Number(at("range").value) * DAY).toISOString().slice(0, 10);
  try {
    const interval = at("interval").value;
    const overview = await ask("", { from, interval, include_incomplete: today }, signal);
    if (!signal.aborted) show(overview);
  } catch (error) {
    if (!signal.aborted) alarm(`The charts could not be loaded: ${error.message}.`);
  } finally {
    if (!signal.aborted) at("tiles").removeAttribute("aria-busy");
  }
}

function show({ interval, periods, tiles, complete_through, rule, identifiers, filter_test_users }) {
  draw(at("chart-sign-ups"), periods, "sign_ups", `Sign-ups by ${interval}`);
  draw(at("chart-active-users"), periods, "active_users", `Active users by ${interval}`);
  at("numbers").replaceChildren(...periods.map(numbers));
  at("tile-sign-ups").textContent = tiles.sign_ups.toLocaleString("en");
  at("tile-active-users").textContent = tiles.active_users.toLocaleString("en");
  const share = tiles.new_among_active_basis_points;
  at("tile-new").textContent = share === null ? "–" : `${(share / 100).toFixed(1)} %`;
  at("status").textContent = `${filter_test_users ? "Without test users" : "With test users"}. ` +
    `Complete through ${complete_through} (UTC). Rule ${rule}, looking at ${identifiers} identifier of a user.`;
}

function numbers(period) {
  const line = document.createElement("tr");
  const name = period.complete ? nameOf(period) : `${nameOf(period)} (incomplete)`;
  for (const text of [name, period.sign_ups, period.active_users]) {
    line.insertCell().textContent = text;
  }
  return line;
}

/** One line for each week of sign-up: how many, and which share of them came back in exactly each later week. */
async function showRetention() {
  retention.abort();
  const { signal } = retention = new AbortController();
  const shown = at("retention");
  shown.setAttribute("aria-busy", "true");
  try {
    const { cohorts } = await ask("/retention", { interval: "week" }, signal);
    if (!signal.aborted) fillRetention(shown, cohorts);
  } catch (error) {
    if (!signal.aborted) alarm(`Retention could not be loaded: ${error.message}.`);
  } finally {
    if (!signal.aborted) shown.removeAttribute("aria-busy");
  }
}

function fillRetention(shown, cohorts) {
  const head = ["Signed up (UTC)", "Users", ...cohorts.map((_, week) => `Week ${week}`)].map((text) => {
    const cell = document.createElement("th");
    cell.scope = "col";
    cell.textContent = text;
    return cell;
  });
  shown.tHead.rows[0].replaceChildren(...head);
  shown.tBodies[0].replaceChildren(...cohorts.map(cohortLine));
}

function cohortLine(cohort) {
  const line = document.createElement("tr");
  const name = document.createElement("th");
  name.scope = "row";
  name.textContent = nameOf(cohort);
  line.append(name);
  line.insertCell().textContent = cohort.size.toLocaleString("en");
  for (const { basis_points, complete } of cohort.periods) {
    const cell = line.insertCell();
    cell.textContent = basis_points === null ? "–" : `${(basis_points / 100).toFixed(1)} %${complete ? "" : " so far"}`;
    if (!complete) cell.className = "incomplete";
  }
  return line;
}

function table(name, cells) {
  const fetchPage = ({ cursor, limit }, signal) => ask(`/${name}`, { limit, ...(cursor && { cursor }) }, signal);
  return new ScrollingTable(at(name), fetchPage, cells);
}

/** Asks a route under the filter; an error has the server's message, and whether only a first page can help. */
async function ask(path, parameters, signal) {
  const query = new URLSearchParams({ ...parameters, filter_test_users: isFiltered() });
  const response = await fetch(`${API}${path}?${query}`, { headers: { authorization: `Bearer ${token}` }, signal });
  const body = await response.json().catch(() => null);
  if (response.ok && body !== null) return body;
  const refusal = body?.errors?.[0];
  const error = new Error(refusal?.message ?? `the server answered ${response.status}`);
  error.startAgain = refusal?.code?.startsWith("cursor_") ?? false;
  throw error;
}

function isFiltered() { return at("filter").getAttribute("aria-checked") === "true"; }

function setFiltered(filtered) {
  at("filter").setAttribute("aria-checked", String(filtered));
  remembered.store(filtered);
}

/** The switch's last state on this browser, where it may be kept. */
function remember() {
  const key = "vestibule.filter_test_users";
  return {
    load() { try { return localStorage.getItem(key) === "true"; } catch { return false; } },
    store(filtered) { try { localStorage.setItem(key, String(filtered)); } catch { /* not kept */ } },
  };
}

/** The token of the address's fragment, which is then taken out of the address; kept for this tab, so that it can be reloaded. */
function takeToken() {
  const key = "vestibule.token";
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  try {
    if (given === null) return sessionStorage.getItem(key);
    sessionStorage.setItem(key, given);
  } catch { /* not kept */ }
  if (given !== null) history.replaceState(null, "", location.pathname + location.search);
  return given;
}

function alarm(text) {
  at("alert").hidden = text === null;
  at("alert").textContent = text ?? "";
}

function time(millis) { return new Date(millis).toISOString().slice(0, 16).replace("T", " "); }

function classOf(row) { return row.class === "test" ? `test (${row.reason.replaceAll("_", " ")})` : row.class; }
