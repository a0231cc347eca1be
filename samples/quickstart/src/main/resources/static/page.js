"use strict";

const byId = (id) => document.getElementById(id);

/** An element with text or children; text is never read as HTML. */
function element(tag, className, ...content) {
  const created = document.createElement(tag);
  if (className) created.className = className;
  created.append(...content.map((each) => each ?? "–"));
  return created;
}

const cell = (content, className) => element("td", className, content);
const badge = (text) => element("span", `badge ${text}`, text);
const percent = (share) => (share === null ? "–" : `${share.toFixed(1)} %`);

function fill(id, rows, columns, nothing) {
  const empty = element("tr", null, element("td", "empty", nothing));
  empty.firstChild.colSpan = columns;
  byId(id).replaceChildren(...(rows.length ? rows : [empty]));
}

async function call(path, options) {
  const response = await fetch(path, options);
  if (response.ok) return response;
  const problem = await response.json().catch(() => ({}));
  throw new Error(problem.detail ?? problem.message ?? `${path} answered ${response.status}`);
}

const json = async (path) => (await call(path)).json();

async function showCalls() {
  const calls = await json("api/calls");
  const slowest = Math.max(...calls.map((each) => each.millis));
  fill("calls", calls.map((each) => {
    const outcome = each.outcome.toLowerCase();
    const bar = element("span", `bar ${outcome}`);
    bar.style.width = `${(100 * each.millis) / slowest}%`;
    return element("tr", null, cell(new Date(each.time).toLocaleTimeString()), cell(each.what), cell(badge(outcome)),
        cell(each.millis.toFixed(1), "number"), cell(bar));
  }), 5, "No call yet.");
}

async function showCache() {
  const rows = await json("api/cache");
  fill("rows", rows.map((row) => {
    const state = row.valid ? "valid" : "evicted";
    return element("tr", state, cell(element("code", null, row.key)), cell(badge(state)), cell(timeLeft(row.ttl), "number"),
        cell(`${row.size.toLocaleString()} B`, "number"),
        cell(element("div", null, row.json + (row.shortened ? " …" : "")), "json"));
  }), 5, "Empty.");
}

function timeLeft(seconds) {
  if (seconds === null) return "never ends";
  if (seconds >= 7200) return `${Math.floor(seconds / 3600)} h`;
  return seconds >= 120 ? `${Math.floor(seconds / 60)} min` : `${Math.max(seconds, 0)} s`;
}

async function showFlights() {
  const flights = await json("api/flights");
  fill("flights", flights.map((flight) => {
    const input = element("input");
    Object.assign(input, { type: "number", min: -120, max: 2880, required: true, value: flight.delay });
    input.setAttribute("aria-label", `Delay of flight ${flight.id} in minutes`);
    const form = element("form", null, input, element("button", null, "Save"));
    form.addEventListener("submit", (event) => run(event, () => correct(flight.id, Number(input.value))));
    return element("tr", null, cell(String(flight.id)), cell(`${flight.origin} → ${flight.destination}`),
        cell(flight.departure.replace("T", " ").slice(0, 16)), cell(form));
  }), 4, "No flights.");
}

function showReport(report) {
  fill("report", report.map((row) => element("tr", null,
      element("td", null, `${row.origin} → ${row.destination} `,
          element("span", "city", `${row.originCity} to ${row.destinationCity}`)),
      cell(String(row.flights), "number"), cell(percent(row.late), "number"), cell(percent(row.rush), "number"),
      cell(percent(row.quiet), "number"), cell(percent(row.streak), "number"),
      cell(`${row.medianDelay} min`, "number"),
      cell(`${row.worstTenth} min`, "number"),
      cell(row.bestHour === null ? "–" : `${String(row.bestHour).padStart(2, "0")}:00`, "number"))),
  9, "Load the report to see it.");
}

function showResult(outcome, millis, note) {
  byId("outcome").className = `badge ${outcome}`;
  byId("outcome").textContent = outcome || "–";
  byId("time").firstElementChild.textContent = millis ?? "–";
  byId("note").textContent = note;
}

async function loadReport() {
  showResult("", null, "Asking …");
  const response = await call(`api/report?late=${byId("late").value}`);
  showReport(await response.json());
  showResult(response.headers.get("X-Cache"), millisOf(response),
      views(response));
}

/** One after the other, as a page that many people open. */
async function loadReportOften() {
  const times = [];
  for (let i = 0; i < 100; i++) {
    const response = await call(`api/report?late=${byId("late").value}`);
    await response.arrayBuffer();
    times.push(Number(millisOf(response)));
  }
  times.sort((one, other) => one - other);
  showResult("", times[50].toFixed(1), "The median of 100 calls.");
}

const millisOf = (response) => response.headers.get("Server-Timing").replace("report;dur=", "");

function views(response) {
  const count = Number(response.headers.get("X-Views"));
  if (count === 0) {
    return "How often it has been asked for could not be counted.";
  }
  return `The report has been asked for ${count === 1 ? "once" : `${count.toLocaleString()} times`} today.`;
}

async function correct(id, delay) {
  await call(`api/flights/${id}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ delay }),
  });
  await showFlights();
  showResult("", null, `Flight ${id} was changed, the reports were evicted.`);
}

async function clear() {
  await call("api/cache", { method: "DELETE" });
  showResult("", null, "The reports were cleared.");
}

/** Runs one action at a time, and shows what it has changed. */
async function run(event, action) {
  event.preventDefault();
  const buttons = document.querySelectorAll("button");
  buttons.forEach((button) => { button.disabled = true; });
  byId("error").hidden = true;
  document.body.setAttribute("aria-busy", "true");
  try {
    await action();
    await Promise.all([showCalls(), showCache()]);
  } catch (error) {
    byId("error").textContent = error.message;
    byId("error").hidden = false;
  } finally {
    document.querySelectorAll("button").forEach((button) => { button.disabled = false; });
    document.body.removeAttribute("aria-busy");
  }
}

byId("report-form").addEventListener("submit", (event) => run(event, loadReport));
byId("many").addEventListener("click", (event) => run(event, loadReportOften));
byId("clear").addEventListener("click", (event) => run(event, clear));

showReport([]);
run(new Event("start"), showFlights);
