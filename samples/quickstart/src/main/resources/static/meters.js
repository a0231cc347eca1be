"use strict";

const SECONDS_SHOWN = 60;
const lastMinute = [];
let lastScrape = null;

const ofAnotherCache = /(span_name|cache)="(?!reports")/;

/** The samples of Prometheus' text format, without those of other caches than the reports. */
function parseScrape(text) {
  return [...text.matchAll(/^(\w+)(?:\{(.*)\})? (\S+)$/gm)]
      .map(([, name, labels = "", value]) => ({ name, labels, value: Number(value) }))
      .filter((sample) => !ofAnotherCache.test(sample.labels));
}

function metersOf(samples) {
  const values = (name, label) =>
      samples.filter((each) => each.name === name && each.labels.includes(label)).map((each) => each.value);
  const sum = (name, label = "") => values(name, label).reduce((total, value) => total + value, 0);
  return {
    hits: sum("psycache_hits_total"),
    misses: sum("psycache_misses_total"),
    gets: sum("psycache_get_duration_seconds_count"),
    getSeconds: sum("psycache_get_duration_seconds_sum"),
    quickGets: sum("psycache_get_duration_seconds_bucket", 'le="0.005"'),
    slowestGet: sum("psycache_get_duration_seconds_max"),
    puts: sum("psycache_put_duration_seconds_count"),
    fenced: sum("psycache_puts_fenced_total"),
    dropped: sum("psycache_puts_dropped_total"),
    entries: sum("psycache_entries"),
    log: sum("psycache_log_entries"),
    cleanup: sum("psycache_cleanup_last_run_timestamp_seconds"),
    deleted: sum("psycache_cleanup_deleted_entries"),
  };
}

const whole = (number) => number.toLocaleString();
const millis = (seconds) => `${(1000 * seconds).toFixed(seconds < 0.01 ? 2 : 0)} ms`;
const share = (part, all) => (all === 0 ? "–" : `${((100 * part) / all).toFixed(part === all ? 0 : 1)} %`);

function ago(timestamp) {
  if (timestamp === 0) return "not yet";
  const seconds = Math.max(0, Math.round(Date.now() / 1000 - timestamp));
  return seconds < 120 ? `${seconds} s ago` : `${Math.floor(seconds / 60)} min ago`;
}

function show(id, text) {
  byId(id).textContent = text;
}

function showMeters(now) {
  const asked = now.hits + now.misses;
  show("hits", whole(now.hits));
  show("misses", whole(now.misses));
  show("ratio", share(now.hits, asked));
  byId("ratio-share").setAttribute("stroke-dasharray", `${asked ? (100 * now.hits) / asked : 0} 100`);
  show("get-average", now.gets ? millis(now.getSeconds / now.gets) : "–");
  show("get-quick", share(now.quickGets, now.gets));
  show("get-slowest", now.slowestGet ? millis(now.slowestGet) : "–");
  show("puts", whole(now.puts));
  show("fenced", whole(now.fenced));
  show("dropped", whole(now.dropped));
  byId("dropped").className = now.dropped ? "alarm" : "";
  show("entries", whole(now.entries));
  show("log", whole(now.log));
  show("cleanup", ago(now.cleanup));
  show("deleted", whole(now.deleted));
}

function bar(className, column, from, to) {
  const created = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  const attributes = { class: className, x: column * 10 + 1, width: 8, y: 130 - to, height: to - from };
  Object.entries(attributes).forEach(([name, value]) => created.setAttribute(name, value));
  return created;
}

/** Hits above misses, the newest second at the right. */
function showHistory() {
  const most = Math.max(...lastMinute.map((each) => each.hits + each.misses), 1);
  const height = (calls) => (120 * calls) / most;
  const first = SECONDS_SHOWN - lastMinute.length;
  byId("history").replaceChildren(...lastMinute.flatMap(({ hits, misses }, i) => [
    bar("miss", first + i, 0, height(misses)),
    bar("hit", first + i, height(misses), height(misses + hits)),
  ]));
  show("most", whole(most));
}

function remember(now) {
  if (lastScrape) {
    lastMinute.push({ hits: now.hits - lastScrape.hits, misses: now.misses - lastScrape.misses });
    lastMinute.splice(0, lastMinute.length - SECONDS_SHOWN);
  }
  lastScrape = now;
}

async function refresh() {
  try {
    const response = await fetch("actuator/prometheus");
    if (!response.ok) throw new Error(`answered ${response.status}`);
    const now = metersOf(parseScrape(await response.text()));
    remember(now);
    showMeters(now);
    showHistory();
    byId("scraped").className = "badge hit";
    show("scraped", "live");
  } catch {
    byId("scraped").className = "badge miss";
    show("scraped", "no answer");
  }
}

/** Once a second, one scrape at a time, and none where nobody looks. */
async function keepRefreshing() {
  if (document.visibilityState === "visible") await refresh();
  else lastScrape = null;
  setTimeout(keepRefreshing, 1000);
}

document.addEventListener("visibilitychange", () => { lastScrape = null; });
keepRefreshing();
