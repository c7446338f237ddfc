/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// Written by tools/embed-pages.py from the files of model/report/page: change those.

#include "qkdn-page-files.h"

namespace ns3
{
namespace qkdn
{

// clang-format off
const std::vector<PageFile>&
GetPageFiles()
{
    static const std::vector<PageFile> files = {
{"campaign.css",
"sMFXFo784rJ7JVdSDCOtlosYGt6InjaR/GRsV8QMb08=",
R"page(/* Pages of campaigns. */
.controls { display: flex; flex-wrap: wrap; gap: .4rem 1rem; margin: .4rem 0; }
.controls label { display: flex; gap: .4rem; align-items: center; color: var(--quiet); min-width: 0; }
.controls select { color: var(--text); min-width: 0; max-width: min(100%, 26rem); }
.pair { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 0 2rem; }
.pair > :only-child, .pair > figure:has(+ [hidden]) { grid-column: 1 / -1; }
.pair figure { margin: .3rem 0; }
.chart-label .name { font-weight: 600; }
.chart-label .value { flex: none; max-width: 75%; }
.interval-row svg { display: block; width: 100%; height: auto; }
.dot { fill: var(--quiet); opacity: .7; }
.run-mark { fill: none; stroke: var(--bad); stroke-width: 2.4; }
.interval { stroke: var(--s0); stroke-width: 2.4; fill: none; }
.interval.halo { stroke: var(--panel); stroke-width: 7; opacity: .8; }
.mean { fill: var(--s0); stroke: var(--panel); stroke-width: 1.4; }
.bound { stroke: var(--s2); stroke-width: 2.4; stroke-dasharray: 7 3; }
.bound-head { fill: var(--s2); }
.reference-line { stroke: var(--text); stroke-width: 1.4; }
.quantile { stroke: var(--s0); fill: none; }
.quantile.thick { stroke-width: 8; opacity: .75; }
.quantile.thin { stroke-width: 3; opacity: .75; }
.median { fill: var(--ground); stroke: var(--s0); stroke-width: 3; }
.largest { stroke: var(--bad); stroke-width: 2.2; }
#marked { min-height: 1.5em; font-variant-numeric: tabular-nums; max-width: none; }

th button { background: none; border: 0; padding: 0; min-height: 1.5rem; font-weight: 600; border-radius: 0;
            text-align: inherit; overflow-wrap: normal; }
th button::after { content: "\00a0\2195"; color: var(--quiet); font-weight: 400; }
th[aria-sort="ascending"] button::after { content: "\00a0\2191"; color: var(--text); }
th[aria-sort="descending"] button::after { content: "\00a0\2193"; color: var(--text); }

#tables td:nth-child(-n+2) { white-space: nowrap; }

/* the restorability matrix */
.heat-frame { overflow-x: auto; margin: .5rem 0; }
.heat { width: auto; border-collapse: separate; border-spacing: 2px; }
.heat th, .heat td { border: 0; padding: 0; vertical-align: middle; }
.heat th { background: var(--ground); padding: .2rem .5rem .2rem 0; font-weight: 400; overflow-wrap: anywhere; }
.heat thead th { font-weight: 600; vertical-align: bottom; min-width: 5rem; max-width: 12rem; padding: .2rem .3rem; overflow-wrap: normal;
                 text-align: center; }
.heat thead th:first-child { text-align: left; }
.heat tbody th { position: sticky; left: 0; min-width: 4rem; max-width: 16rem; vertical-align: middle; }
.heat button { width: 100%; min-width: 4.5rem; min-height: 1.9rem; border: 0; border-radius: .2rem; padding: .1rem .3rem;
               white-space: nowrap; font-variant-numeric: tabular-nums; text-align: center; }
.heat button:hover { outline: 2px solid var(--text); }
.level-none { background: var(--ground); color: var(--quiet); }
.level0 { background: #d9efe6; color: #0b3d2c; } .level1 { background: #fdf0c4; color: #3d2f00; }
.level2 { background: #fbcf8a; color: #3d2400; } .level3 { background: #f2935c; color: #331200; }
.level4 { background: #9c2108; color: #ffffff; }
.swatch { display: inline-block; width: 1.5rem; height: .9rem; border-radius: .2rem; border: 1px solid var(--line); }
#cell { min-height: 3em; font-size: .95rem; max-width: none; }
@media (prefers-color-scheme: dark) {
  .level0 { background: #12392c; color: #c9f2e2; } .level1 { background: #4a3d10; color: #fff0bd; }
  .level2 { background: #704710; color: #ffe7c4; } .level3 { background: #a3470f; color: #ffffff; }
  .level4 { background: #ff9d7d; color: #2b0900; }
}
@media (max-width: 58rem) { .pair { grid-template-columns: minmax(0, 1fr); } }
@media (max-width: 40rem) {
  .controls label { flex: 1 1 100%; }
  .controls select { flex: 1 1 4rem; }
  .chart-label { display: block; }
  .chart-label span { display: block; }
  .chart-label .value { text-align: left; max-width: none; }
  .heat tbody th { max-width: 7rem; }
}
@media print {
  th button, .heat button { display: inline-block !important; }
  th button::after { content: none !important; }
  .heat button, .swatch { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  .heat-frame { overflow: visible; }
  #marked { display: none; }
}
)page"},
{"campaign.html",
"xDsZzkXt/LaY7y4K2GOGyXRVCKv4krEiN6x/I86hgSw=",
R"page(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src {{scripts}}">
<title>{{title}}</title>
<style>{{file:page.css}}{{file:campaign.css}}</style>
</head>
<body>
<header>
<h1>{{title}}</h1>
{{head}}
</header>
<div id="app" hidden>
<nav class="contents" aria-label="Contents">
<a href="#comparison">Comparison</a> <a href="#nines">Availability</a> <a href="#shares">Shares</a>
<a href="#times">Times</a> <a href="#tables">Tables</a>
</nav>
<div class="notes" id="notes" hidden>The drawings leave something out:<ul></ul></div>
<section id="comparison" aria-labelledby="comparison-heading">
<h2 id="comparison-heading">Comparison of the classes</h2>
<div class="controls">
<label>Metric <select id="metric"></select></label>
<label>Mark run <select id="run"><option value="">none</option></select></label>
</div>
<div class="pair">
<figure aria-labelledby="values-heading">
<h3 id="values-heading"></h3>
<div id="values"></div>
</figure>
<figure id="differences-figure" aria-labelledby="differences-heading">
<h3 id="differences-heading"></h3>
<div id="differences"></div>
</figure>
</div>
<ul class="legend">
<li><svg width="12" height="12" aria-hidden="true"><circle class="dot" cx="6" cy="6" r="2.8"/></svg>a run</li>
<li><svg width="30" height="16" aria-hidden="true"><path class="interval" d="M2 8H28M2 2V14M28 2V14"/><path class="mean" d="M9 8L15 2L21 8L15 14Z"/></svg>mean and its <span class="confidence"></span> interval</li>
<li><svg width="14" height="14" aria-hidden="true"><circle class="run-mark" cx="7" cy="7" r="5"/></svg>the run that is marked or pointed at, in all classes</li>
</ul>
<p class="hint" id="marked" role="status"></p>
</section>
<section id="nines" aria-labelledby="nines-heading">
<h2 id="nines-heading">Availability in nines</h2>
<p class="hint">Nines are -log10(1 - availability): 2 for 0.99. Where no interruption was seen, an arrow begins at the one-sided <span class="confidence"></span> bound: availability is there or higher.</p>
<div class="controls"><label>Session <select id="session"><option value="">all</option></select></label></div>
<figure aria-labelledby="nines-heading"><div id="nines-chart"></div></figure>
</section>
<section id="shares" aria-labelledby="shares-heading">
<h2 id="shares-heading">Shares</h2>
<div class="pair">
<figure aria-labelledby="recovered-heading">
<h3 id="recovered-heading">Failure episodes recovered in time</h3>
<div id="recovered"></div>
</figure>
<figure aria-labelledby="interrupted-heading">
<h3 id="interrupted-heading">Runs with an interruption</h3>
<div id="interrupted"></div>
</figure>
</div>
<p class="hint">With intervals of Wilson, <span class="confidence"></span>. Those of episodes take them for independent, which those of one failure are not.</p>
</section>
<section id="times" aria-labelledby="times-heading">
<h2 id="times-heading">Distribution of times</h2>
<div class="pair">
<figure aria-labelledby="recovery-heading">
<h3 id="recovery-heading">From fault to first key</h3>
<div id="recovery_s"></div>
</figure>
<figure aria-labelledby="interruption-heading">
<h3 id="interruption-heading">Interruptions of key supply</h3>
<div id="interruption_s"></div>
</figure>
</div>
<ul class="legend">
<li><svg width="70" height="16" aria-hidden="true"><path class="quantile thin" d="M34 8H52"/><path class="quantile thick" d="M8 8H34"/><circle class="median" cx="8" cy="8" r="5.5"/><path class="largest" d="M66 1V15"/></svg>median, thick to the 90 % quantile, thin to the 99 % quantile, stroke: the longest</li>
</ul>
</section>
</div>
<main id="tables">
{{tables}}</main>
<script type="application/json" id="data">{{data}}</script>
<script>{{file:charts.js}}</script>
<script>{{file:intervals.js}}</script>
<script>{{file:sorting.js}}</script>
<script>{{file:campaign.js}}</script>
</body>
</html>
)page"},
{"campaign.js",
"cydGchKD3VVmDg0iOFLwJhqLh/ytdK1x23ZmDFwDmFk=",
R"page("use strict";

// The page of a campaign of replications.
(() => {
  const { html } = Charts;
  const { number, withUnit } = Intervals;
  const byId = (id) => document.getElementById(id);
  const data = JSON.parse(byId("data").textContent);
  const base = data.classes[0];
  const percent = `${Number((data.confidence * 100).toPrecision(4))} %`;
  const isShare = (metric) => metric.name === "availability" || metric.name.endsWith("_ratio");
  const keys = data.shown.run.map((run, i) => i);
  let charts = [];
  let metric = data.metrics[0];
  const state = { chosen: null, pointed: null };

  const nameOf = (i) => data.scenarios.length > 1 ? `${data.shown.scenario[i]}, run ${data.shown.run[i]}`
                                                  : `run ${data.shown.run[i]}`;
  const signed = (text, value) => value > 0 ? `+${text}` : text;

  function empty(container, text = "There is nothing to show.") {
    container.replaceChildren(html("p", { class: "hint" }, text));
  }

  // ---- the metric

  // Mean and half width: the interval of Student's t is symmetric.
  function meanText(statistics, unit, sign = (text) => text) {
    const { mean, high, minimum, maximum, count } = statistics;
    if (minimum === maximum) {
      return `${withUnit(sign(number(mean), mean), unit)} in ${count > 1 ? `all ${count} runs` : "the one run"}`;
    }
    const half = high - mean;
    return withUnit(`${sign(number(mean, half), mean)} \u00b1 ${number(half, half)}`, unit);
  }

  function valueRow(entry) {
    const statistics = entry.statistics[metric.name];
    if (!statistics) {
      return { label: entry.name, text: "no run has it", points: [] };
    }
    const values = entry.values[metric.name];
    const points = keys.filter((i) => values[i] !== null).map((i) => ({ key: i, value: values[i] }));
    return { label: entry.name, text: meanText(statistics, metric.unit), points, ...statistics };
  }

  // What the interval of a difference says.
  function verdict(statistics) {
    const { mean, low, high, minimum, maximum } = statistics;
    const isSame = minimum === maximum;
    if (mean === 0 && isSame) {
      return "the same";
    }
    if (isSame ? statistics.count < 2 : low <= 0 && high >= 0) {
      return "not told apart";
    }
    return (mean < 0) === metric.less_is_better ? "better" : "worse";
  }

  function differenceRow(entry) {
    const found = data.differences.find((difference) => difference.class === entry.name);
    const statistics = found.statistics[metric.name];
    if (!statistics) {
      return { label: entry.name, text: "no run has it in both", points: [] };
    }
    const [values, from] = [entry.values[metric.name], base.values[metric.name]];
    const points = keys.filter((i) => values[i] !== null && from[i] !== null)
      .map((i) => ({ key: i, value: values[i] - from[i] }));
    return { label: entry.name, points, ...statistics,
      text: `${meanText(statistics, metric.unit, signed)}: ${verdict(statistics)}` };
  }

  function draw(container, rows, limits, options) {
    const values = rows.flatMap((row) => [...row.points.map((point) => point.value), row.mean, row.low,
      row.high]).filter((value) => typeof value === "number");
    if (values.length === 0) {
      empty(container, "No run has this metric.");
      return [];
    }
    if (options.reference !== undefined) {
      values.push(options.reference);
    }
    const scale = Intervals.axisFor(values, (value) => withUnit(number(value), metric.unit), ...limits);
    return [Intervals.chart(container, rows, scale, options)];
  }

  function showMetric(name) {
    metric = data.metrics.find((entry) => entry.name === name);
    byId("metric").value = name;
    const better = metric.less_is_better ? "less is better" : "more is better";
    byId("values-heading").textContent =
      `${metric.label[0].toUpperCase()}${metric.label.slice(1)}${metric.unit === "1" ? "" : `, ${metric.unit}`} (${better})`;
    byId("differences-heading").textContent = `Difference from ${base.name}, run by run`;
    const rows = data.classes.map(valueRow);
    const isPositive = rows.every((row) => row.minimum === undefined || row.minimum >= 0);
    const limits = [isPositive ? 0 : -Infinity, isShare(metric) ? 1 : Infinity];
    const point = (key) => mark({ pointed: key });
    charts = draw(byId("values"), rows, limits, { point });
    if (data.classes.length > 1) {
      const differences = data.classes.slice(1).map(differenceRow);
      charts.push(...draw(byId("differences"), differences, [], { point, reference: 0 }));
    }
    byId("differences-figure").hidden = data.classes.length < 2;
    mark({});
  }

  // A run in all charts, and its values in words.
  function mark(change) {
    Object.assign(state, change);
    const key = state.pointed ?? state.chosen;
    charts.forEach((chart) => chart.mark(key));
    const words = data.classes.map((entry) => {
      const value = key === null ? null : entry.values[metric.name][key];
      return `${entry.name} ${value === null ? "none" : withUnit(number(value), metric.unit)}`;
    });
    byId("marked").textContent = key === null ? "Point at a run, or mark one, for its values in all classes."
                                              : `${nameOf(key)}: ${words.join("; ")}`;
  }

  // ---- availability

  function ninesRow(entry, session) {
    const availability = session === "" ? entry.availability
      : entry.sessions.find((other) => other.id === session)?.availability;
    if (!availability) {
      return { label: entry.name, text: "nothing was measured" };
    }
    const bound = availability.no_outage_bound;
    if (bound) {
      return { label: entry.name, bound: bound.nines_lower, text: `no interruption in ${availability.count} ` +
        `${availability.count > 1 ? "runs" : "run"}: at least ${number(bound.availability_lower)}, ` +
        `${Number(bound.nines_lower.toPrecision(3))} nines` };
    }
    const { mean, low, high, nines, nines_low: from, nines_high: to } = availability;
    const short = (count) => count === null ? "inf" : Number(count.toPrecision(3));
    const text = low === null ? `${number(mean, 1 - mean)}, ${short(nines)} nines`
      : `${number(mean, high - low)} [${number(low, high - low)}, ${number(high, high - low)}], ` +
        `${short(nines)} nines [${short(from)}, ${short(to)}]`;
    return { label: entry.name, text, mean: nines, low: from, high: to ?? Infinity };
  }

  function showNines(session) {
    const rows = data.classes.map((entry) => ninesRow(entry, session));
    const values = rows.flatMap((row) => [row.bound, row.mean, row.low, row.high]).filter(Number.isFinite);
    if (values.length === 0) {
      empty(byId("nines-chart"));
      return;
    }
    const high = Math.max(1, Math.max(...values) * 1.15);
    const text = (value) => value === 0 ? "0" : Number.isInteger(value) ? `${value} (${1 - Math.pow(10, -value)})`
                                                                       : number(value);
    // beyond the axis, where it is infinite
    rows.forEach((row) => { row.high = row.high === Infinity ? high * 2 : row.high; });
    Intervals.chart(byId("nines-chart"), rows, Intervals.linear(0, high, text));
  }

  // ---- shares and times

  function showShare(id, name) {
    const rows = data.classes.map((entry) => {
      const { count, trials, proportion, low, high } = entry.proportions[name];
      const share = (value) => number(value * 100, (high - low) * 100);
      return { label: entry.name, mean: proportion, low, high, text: trials === 0 ? "there was none"
        : `${count} of ${trials}, ${share(proportion)} % [${share(low)}, ${share(high)}]` };
    });
    const scale = Intervals.linear(0, 1, (value) => `${number(value * 100)} %`);
    Intervals.chart(byId(id), rows, scale);
  }

  function showTimes(name, none) {
    const rows = data.classes.map((entry) => {
      const quantiles = entry.quantiles[name];
      return { label: entry.name, quantiles, text: !quantiles ? "there was none"
        : `of ${quantiles.count}: median ${Charts.duration(Number(quantiles.p50.toPrecision(3)))}, 90 % within ` +
          `${Charts.duration(Number(quantiles.p90.toPrecision(3)))}, longest ${Charts.duration(Number(quantiles.maximum.toPrecision(3)))}` };
    });
    const ends = rows.filter((row) => row.quantiles).map(({ quantiles }) => [quantiles.p50, quantiles.maximum]);
    if (ends.length === 0) {
      empty(byId(name), none);
      return;
    }
    const low = Math.min(...ends.map((end) => end[0]));
    const high = Math.max(...ends.map((end) => end[1]));
    const scale = low > 0 && high / low > 50 ? Intervals.logarithmic(low, high, Charts.duration)
      : Intervals.linear(0, high > 0 ? high : 1, Charts.duration);
    Intervals.chart(byId(name), rows, scale);
  }

  // ---- controls

  function addControls() {
    for (const { name, label, unit } of data.metrics) {
      if (data.classes.some((entry) => entry.statistics[name])) {
        byId("metric").append(html("option", { value: name }, unit === "1" ? label : `${label} (${unit})`));
      }
    }
    byId("metric").addEventListener("change", (event) => showMetric(event.target.value));
    byId("run").append(...keys.map((i) => html("option", { value: i }, nameOf(i))));
    byId("run").addEventListener("change", (event) =>
      mark({ chosen: event.target.value === "" ? null : Number(event.target.value) }));
    const ids = [...new Set(data.classes.flatMap((entry) => entry.sessions.map((session) => session.id)))];
    byId("session").append(...ids.map((id) => html("option", { value: id }, id)));
    byId("session").addEventListener("change", (event) => showNines(event.target.value));
  }

  function start() {
    byId("app").hidden = false;
    document.querySelectorAll(".confidence").forEach((element) => { element.textContent = percent; });
    document.querySelectorAll("#tables table").forEach(Sorting.addTo);
    Charts.addFilters();
    addControls();
    const notes = byId("notes");
    notes.hidden = data.notes.length === 0;
    notes.querySelector("ul").append(...data.notes.map((note) => html("li", {}, note)));
    const wanted = /^#metric=(\w+)$/.exec(window.location.hash);
    const names = [wanted ? wanted[1] : "", "outage_s", byId("metric").options[0]?.value];
    showMetric(names.find((name) => [...byId("metric").options].some((option) => option.value === name)));
    showNines("");
    showShare("recovered", "recovered_episodes");
    showShare("interrupted", "runs_with_outage");
    showTimes("recovery_s", "No failure episode came to an end.");
    showTimes("interruption_s", "There was no interruption.");
  }

  start();
})();
)page"},
{"charts.js",
"f9B2z59fIoj/plXqoxlYTYDIiPkAsNk2A9iBbgb0qU0=",
R"page("use strict";

// Small charts over time, of plain SVG. Nothing here knows of a run: all pages may use it.
const Charts = (() => {
  const SVG = "http://www.w3.org/2000/svg";

  // An element with attributes and children; texts are never taken for markup.
  function fill(element, attributes, children) {
    for (const [name, value] of Object.entries(attributes || {})) {
      if (value !== null && value !== undefined) {
        element.setAttribute(name, value);
      }
    }
    element.append(...children);
    return element;
  }
  const html = (tag, attributes, ...children) =>
    fill(document.createElement(tag), attributes, children);
  const svg = (tag, attributes, ...children) =>
    fill(document.createElementNS(SVG, tag), attributes, children);

  // A number with few digits, and a prefix of the SI where it is large.
  function number(value, unit = "") {
    const size = Math.abs(value);
    const [scale, prefix] =
      size >= 1e9 ? [1e9, "G"] : size >= 1e6 ? [1e6, "M"] : size >= 1e4 ? [1e3, "k"] : [1, ""];
    const text = String(Number((value / scale).toPrecision(4)));
    return prefix || unit ? `${text} ${prefix}${unit}` : text;
  }

  // A length of time: from microseconds to days.
  function duration(seconds) {
    if (seconds > 0 && seconds < 0.1) {
      return seconds < 1e-4 ? `${Number((seconds * 1e6).toPrecision(4))} us`
                            : `${Number((seconds * 1e3).toPrecision(4))} ms`;
    }
    if (seconds < 600) {
      return `${Number(seconds.toPrecision(5))} s`;
    }
    return seconds < 86400 ? clock(seconds) : `${Number((seconds / 86400).toPrecision(4))} d`;
  }

  function clock(seconds) {
    const two = (n) => String(n).padStart(2, "0");
    const whole = Math.floor(seconds);
    const days = Math.floor(whole / 86400);
    return `${days > 0 ? `${days} d ` : ""}${two(Math.floor(whole / 3600) % 24)}:` +
      `${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
  }

  // An instant of a run that ends at a time.
  function instant(seconds, end) {
    return end >= 7200 ? clock(seconds) : `${Number(seconds.toFixed(6))} s`;
  }

  // Round numbers from 0 to an end, about so many.
  function ticks(end, count) {
    const units = [1, 2, 5];
    const time = [60, 120, 300, 600, 1800, 3600, 7200, 21600, 43200, 86400];
    let step = Math.pow(10, Math.floor(Math.log10(end / count)));
    const decade = step;
    for (const unit of units) {
      step = decade * unit;
      if (end / step <= count) {
        break;
      }
    }
    if (end / step > count) {
      step = decade * 10;
    }
    if (end >= 7200) {
      step = time.find((s) => end / s <= count) || step;
    }
    const list = [];
    for (let i = 0; i * step <= end * (1 + 1e-9); ++i) {
      list.push(i * step);
    }
    return list;
  }

  // The last index whose time is not after an instant, or -1.
  function indexAt(times, instantS) {
    let low = 0;
    let high = times.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (times[middle] <= instantS) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low - 1;
  }

  // Call draw(width) now and whenever the width of an element has changed.
  function onWidth(element, draw) {
    let last = 0;
    const check = () => {
      const width = Math.floor(element.clientWidth);
      if (width > 0 && width !== last) {
        last = width;
        draw(width);
      }
    };
    new ResizeObserver(check).observe(element);
    check();
  }

  // A pattern of stripes, so that bands are not told by colour alone.
  function hatch(id) {
    return svg("defs", {}, svg("pattern", { id, width: 6, height: 6,
      patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
      svg("line", { x1: 0, y1: 0, x2: 0, y2: 6, class: "hatch" })));
  }

  function stepPath(curve, x, y, end, close) {
    let path = "";
    curve.x.forEach((time, i) => {
      path += i === 0 ? `M${x(time)} ${y(curve.y[i])}` : `H${x(time)}V${y(curve.y[i])}`;
    });
    path += `H${x(end)}`;
    return close ? `${path}V${y(0)}H${x(curve.x[0])}Z` : path;
  }

  // An axis of time.
  function timeAxis(container, end) {
    const holder = html("div", { class: "axis" });
    container.append(holder);
    onWidth(holder, (width) => {
      const list = ticks(end, Math.max(2, Math.floor(width / 90)));
      const root = svg("svg", { viewBox: `0 0 ${width} 20`, "aria-hidden": "true" });
      for (const time of list) {
        const at = (time / end) * width;
        const anchor = at < 20 ? "start" : at > width - 20 ? "end" : "middle";
        root.append(svg("line", { x1: at, x2: at, y1: 0, y2: 5, class: "tick" }),
          svg("text", { x: at, y: 17, class: "quiet", "text-anchor": anchor },
            instant(time, end)));
      }
      holder.replaceChildren(root);
    });
  }

  let hatches = 0;

  // One curve over time in a row of its own: {label, curve: {x, y}, reference: {x, y}, level,
  // bands: [{from, to, text}], top, read(time) -> {text, alert}}. pick(time) is called when the
  // reader points at an instant. Returns {element, setTime(time)}.
  function timeRow(row, end, pick) {
    const height = 46;
    const value = html("span", { class: "value" });
    const holder = html("div", { tabindex: 0, role: "slider", "aria-label": row.label,
      "aria-valuemin": 0, "aria-valuemax": end });
    const element = html("div", { class: "chart-row" },
      html("div", { class: "chart-label" }, html("span", {}, row.label), value), holder);
    let width = 1;
    let now = 0;
    let cursor = null;
    let pointer = null;
    const x = (time) => Number(((time / end) * width).toFixed(1));
    const y = (level) => Number((height - 2 - (level / row.top) * (height - 6)).toFixed(1));
    const show = (time) => {
      const { text, alert } = row.read(time);
      value.textContent = text;
      value.classList.toggle("alert", Boolean(alert));
      return text;
    };
    const setTime = (time) => {
      now = time;
      holder.setAttribute("aria-valuenow", Number(time.toFixed(6)));
      holder.setAttribute("aria-valuetext", `${instant(time, end)}: ${show(time)}`);
      if (cursor) {
        cursor.setAttribute("x1", x(time));
        cursor.setAttribute("x2", x(time));
      }
    };
    onWidth(holder, (newWidth) => {
      width = newWidth;
      const id = `hatch${++hatches}`;
      cursor = svg("line", { y1: 0, y2: height, class: "cursor" });
      pointer = svg("line", { y1: 0, y2: height, class: "pointer", visibility: "hidden" });
      const root = svg("svg", { viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" },
        hatch(id), svg("rect", { width, height, class: "plot-ground" }));
      for (const band of row.bands || []) {
        const box = { x: x(band.from), y: 0, width: Math.max(1.5, x(band.to) - x(band.from)), height };
        root.append(svg("rect", { ...box, class: "band" }, svg("title", {}, band.text)),
          svg("rect", { ...box, fill: `url(#${id})`, "pointer-events": "none" }));
      }
      if (row.curve && row.curve.x.length > 0) {
        root.append(svg("path", { d: stepPath(row.curve, x, y, end, true), class: "curve-area" }),
          svg("path", { d: stepPath(row.curve, x, y, end, false), class: "curve" }));
      }
      if (row.reference) {
        root.append(svg("path", { d: stepPath(row.reference, x, y, end, false), class: "reference" }));
      }
      root.append(pointer, cursor);
      holder.replaceChildren(root);
      setTime(now);
    });
    const timeAt = (event) => {
      const box = holder.getBoundingClientRect();
      return Math.min(end, Math.max(0, ((event.clientX - box.left) / box.width) * end));
    };
    holder.addEventListener("pointermove", (event) => {
      const time = timeAt(event);
      pointer.setAttribute("x1", x(time));
      pointer.setAttribute("x2", x(time));
      pointer.setAttribute("visibility", "visible");
      value.textContent = `${instant(Number(time.toPrecision(5)), end)}: ${row.read(time).text}`;
    });
    holder.addEventListener("pointerleave", () => {
      pointer.setAttribute("visibility", "hidden");
      show(now);
    });
    holder.addEventListener("click", (event) => pick(timeAt(event)));
    holder.addEventListener("keydown", (event) => {
      const moves = { ArrowLeft: -0.01, ArrowDown: -0.01, ArrowRight: 0.01, ArrowUp: 0.01,
        PageDown: -0.1, PageUp: 0.1, Home: -1, End: 1 };
      if (event.key in moves) {
        event.preventDefault();
        pick(Math.min(end, Math.max(0, now + moves[event.key] * end)));
      }
    });
    return { element, setTime };
  }

  // Rows of charts with one axis; more than `few` of them wait behind a button.
  function timeRows(container, rows, end, pick, few = 8) {
    const made = [];
    const list = html("div", {});
    container.append(list);
    let now = 0;
    const add = (from, to) => {
      for (const row of rows.slice(from, to)) {
        const chart = timeRow(row, end, pick);
        list.append(chart.element);
        chart.setTime(now);
        made.push(chart);
      }
    };
    add(0, few);
    timeAxis(container, end);
    if (rows.length > few) {
      const more = html("button", { type: "button", class: "more" }, `Show all ${rows.length}`);
      more.addEventListener("click", () => {
        add(few, rows.length);
        more.remove();
      });
      container.append(more);
    }
    return {
      setTime(time) {
        now = time;
        made.forEach((chart) => chart.setTime(time));
      },
    };
  }

  // Bars of pieces that add up: bars [{label, pieces: [[kind, size]], end, text}], kinds
  // [{name, style}]. Kinds have numbers, or, if the sizes are counts, pieces show these. pick(bar)
  // is called when the reader chooses a bar. Returns {mark(test)}.
  function stackedBars(container, bars, kinds, format, pick, few = 12, areCounts = false) {
    const holder = html("div", { class: "bars" });
    const rowHeight = 40;
    let shown = Math.min(few, bars.length);
    let marked = () => false;
    let rows = [];
    const sum = (bar) => bar.pieces.reduce((total, piece) => total + piece[1], 0);
    const used = kinds.filter((kind, i) => bars.some((bar) => bar.pieces.some((p) => p[0] === i)));
    container.append(html("ul", { class: "legend" }, ...used.map((kind) => html("li", {},
      svg("svg", { width: 18, height: 12, "aria-hidden": "true" },
        svg("rect", { width: 18, height: 12, style: kind.style })),
      areCounts ? kind.name : `${kinds.indexOf(kind) + 1} ${kind.name}`))), holder);
    const draw = (width) => {
      const longest = Math.max(...bars.map(sum), 1e-9);
      const room = Math.max(60, width - 110);
      const root = svg("svg", { viewBox: `0 0 ${width} ${shown * rowHeight}` });
      rows = bars.slice(0, shown).map((bar, row) => {
        const top = row * rowHeight;
        const words = bar.pieces.map((p) => `${kinds[p[0]].name} ${format(p[1])}`).join(", ");
        const group = svg("g", { class: "bar-row", tabindex: 0, role: "button",
          "aria-label": `${bar.label}: ${bar.end}. ${words}. ${bar.text}` },
          svg("title", {}, `${bar.label}\n${words}\n${bar.text}`),
          svg("rect", { x: 1, y: top + 17, width: width - 2, height: 18, class: "bar-ground" }),
          svg("text", { x: 2, y: top + 12, class: "bar-name" }, shorten(bar.label, width / 6.6)));
        let at = 1;
        for (const [kind, size] of bar.pieces) {
          const length = (size / longest) * room;
          group.append(svg("rect", { x: at, y: top + 18, width: Math.max(0.8, length), height: 16,
            class: "bar", style: kinds[kind].style }));
          if (length > (areCounts ? 9 * String(size).length : 16)) {
            group.append(svg("text", { x: at + length / 2, y: top + 30, "text-anchor": "middle",
              class: "bar-ink" }, String(areCounts ? size : kind + 1)));
          }
          at += length;
        }
        group.append(svg("text", { x: Math.min(at + 6, width - 104), y: top + 30 }, bar.end));
        const choose = () => pick(bar);
        group.addEventListener("click", choose);
        group.addEventListener("keydown", (event) => {
          if (event.key === "Enter" || event.key === " ") {
            event.preventDefault();
            choose();
          }
        });
        root.append(group);
        return group;
      });
      holder.replaceChildren(root);
      mark(marked);
    };
    const mark = (test) => {
      marked = test;
      rows.forEach((row, i) => row.classList.toggle("now", test(bars[i])));
    };
    onWidth(holder, draw);
    if (bars.length > few) {
      const more = html("button", { type: "button", class: "more" }, `Show all ${bars.length}`);
      more.addEventListener("click", () => {
        shown = bars.length;
        draw(Math.floor(holder.clientWidth));
        more.remove();
      });
      container.append(more);
    }
    return { mark };
  }

  function shorten(text, characters) {
    const most = Math.max(8, Math.floor(characters));
    return text.length > most ? `${text.slice(0, most - 3)}...` : text;
  }

  // Buttons that choose rows of the tables that ask for it (data-filter, and data-key of rows).
  function addFilters() {
    for (const table of document.querySelectorAll("table[data-filter]")) {
      const rows = [...table.querySelectorAll("tr[data-key]")];
      const keys = [...new Set(rows.map((row) => row.dataset.key))].sort();
      const name = table.dataset.filter;
      const buttons = ["", ...keys].map((key) => {
        const count = key ? rows.filter((row) => row.dataset.key === key).length : rows.length;
        const button = html("button", { type: "button", "aria-pressed": String(!key) },
          `${key || "all"} (${count})`);
        button.addEventListener("click", () => {
          rows.forEach((row) => { row.hidden = key !== "" && row.dataset.key !== key; });
          buttons.forEach((other) => other.setAttribute("aria-pressed", String(other === button)));
        });
        return button;
      });
      table.parentElement.before(html("fieldset", { class: "filter" },
        html("legend", {}, `${name}:`), ...buttons));
    }
  }

  return { html, svg, number, duration, instant, ticks, indexAt, onWidth, hatch, timeAxis, timeRows,
    stackedBars, shorten, addFilters };
})();
)page"},
{"intervals.js",
"TgNwDa/pExDvQKZXdcd/KeATmAJ+jzjnNUUStPzgwI8=",
R"page("use strict";

// Values of several series on one axis of numbers: points, means with their intervals, one-sided
// bounds and quantiles. Nothing here knows of a campaign: all pages may use it.
const Intervals = (() => {
  const { html, svg } = Charts;
  const POINT = 6;   // px from one point to the next
  const MARGIN = 10; // px at both ends of an axis

  // Round numbers between two limits, about so many.
  function steps(low, high, count) {
    const wanted = (high - low) / Math.max(1, count);
    const decade = Math.pow(10, Math.floor(Math.log10(wanted)));
    const step = [1, 2, 5, 10].map((unit) => unit * decade).find((s) => s >= wanted * (1 - 1e-9));
    const list = [];
    for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; ++i) {
      list.push(Number((i * step).toPrecision(12)));
    }
    return list;
  }

  function linear(low, high, text) {
    return { text, at: (value) => (value - low) / (high - low),
      ticks: (count) => steps(low, high, count) };
  }

  function logarithmic(low, high, text) {
    const first = Math.floor(Math.log10(low));
    const last = Math.max(first + 1, Math.ceil(Math.log10(high)));
    const decades = Array.from({ length: last - first + 1 }, (_, i) => Math.pow(10, first + i));
    return { text, at: (value) => (Math.log10(Math.max(value, Math.pow(10, first))) - first) / (last - first),
      ticks: (count) => decades.filter((_, i) => i % Math.ceil(decades.length / count) === 0) };
  }

  // An axis that has all these values, and 0 if it is not far from them. No limit of an interval
  // is shown that no value can have: below least, above most.
  function axisFor(values, text, least = -Infinity, most = Infinity) {
    let low = Math.max(least, Math.min(...values));
    let high = Math.min(most, Math.max(...values));
    if (low > 0 && low < high / 2) {
      low = 0;
    }
    if (!(high > low)) {
      const room = Math.abs(low) / 10 || 1;
      [low, high] = high + room > most ? [low - room, high] : [low, high + room];
    }
    return linear(low, high, text);
  }

  function grouped(text) {
    const [whole, rest] = text.split(".");
    const groups = whole.replace(/\B(?=(\d{3})+(?!\d))/g, "\u00a0");
    return (rest === undefined ? groups : `${groups}.${rest}`).replace("-", "\u2212");
  }

  // A number, exact to two digits of its uncertainty or to four digits.
  function number(value, uncertainty) {
    const scale = uncertainty > 0 ? uncertainty : Math.abs(value) / 100;
    const decimals = scale > 0 ? Math.min(9, Math.max(0, 1 - Math.floor(Math.log10(scale)))) : 0;
    const text = value.toFixed(decimals);
    const isExact = !(uncertainty > 0) && text.includes(".");
    return grouped(isExact ? text.replace(/\.?0+$/, "") : text);
  }

  function withUnit(text, unit) {
    return unit === "1" || !unit ? text : `${text} ${unit}`;
  }

  // Where points go: side by side with those at the same place, between top and bottom.
  function swarm(points, x, middle, half) {
    const columns = new Map();
    for (const point of points) {
      const column = Math.round(x(point.value) / POINT);
      columns.set(column, [...(columns.get(column) || []), point]);
    }
    const places = new Map();
    for (const list of columns.values()) {
      const gap = Math.min(POINT, (2 * half) / list.length);
      list.forEach((point, i) => {
        const side = i % 2 === 0 ? 1 : -1;
        places.set(point.key, { x: x(point.value), y: middle + side * Math.ceil(i / 2) * gap });
      });
    }
    return places;
  }

  const inside = (at, width) => Math.min(width - 2, Math.max(2, at));

  // Mean and interval; a limit that is beyond the axis has no cap.
  function drawMean(root, row, x, width, middle) {
    if (row.low !== null && row.low !== undefined) {
      const [from, to] = [inside(x(row.low), width), inside(x(row.high), width)];
      for (const look of ["interval halo", "interval"]) {
        root.append(svg("line", { x1: from, x2: to, y1: middle, y2: middle, class: look }));
      }
      for (const [limit, at] of [[row.low, from], [row.high, to]]) {
        if (Math.abs(x(limit) - at) < 1) {
          root.append(svg("line", { x1: at, x2: at, y1: middle - 7, y2: middle + 7, class: "interval" }));
        }
      }
    }
    if (row.mean !== null && row.mean !== undefined) {
      const at = inside(x(row.mean), width);
      root.append(svg("path", { class: "mean",
        d: `M${at - 6} ${middle}L${at} ${middle - 6}L${at + 6} ${middle}L${at} ${middle + 6}Z` }));
    }
  }

  // A bound: true values are at it or beyond, to the right.
  function drawBound(root, bound, x, width, middle) {
    const from = x(bound);
    const to = Math.max(from + 24, width - 4);
    root.append(svg("line", { x1: from, x2: to - 8, y1: middle, y2: middle, class: "bound" }),
      svg("line", { x1: from, x2: from, y1: middle - 8, y2: middle + 8, class: "bound" }),
      svg("path", { d: `M${to - 10} ${middle - 6}L${to} ${middle}L${to - 10} ${middle + 6}Z`, class: "bound-head" }));
  }

  // Median, then thinner lines to higher quantiles, and the largest value.
  function drawQuantiles(root, quantiles, x, middle) {
    const { p50, p90, p99, maximum } = quantiles;
    for (const [from, to, look] of [[p90, p99, "thin"], [p50, p90, "thick"]]) {
      root.append(svg("line", { x1: x(from), x2: Math.max(x(from) + 1, x(to)), y1: middle, y2: middle,
        class: `quantile ${look}` }));
    }
    root.append(svg("line", { x1: x(maximum), x2: x(maximum), y1: middle - 7, y2: middle + 7, class: "largest" }),
      svg("circle", { cx: x(p50), cy: middle, r: 5.5, class: "median" }));
  }

  function drawAxis(scale, x, width) {
    const root = svg("svg", { viewBox: `0 0 ${width} 20`, "aria-hidden": "true" });
    for (const value of scale.ticks(Math.max(2, Math.floor(width / 110)))) {
      const at = x(value);
      const text = scale.text(value);
      const half = text.length * 3.2;
      const anchor = at < half ? "start" : at > width - half ? "end" : "middle";
      root.append(svg("line", { x1: at, x2: at, y1: 0, y2: 5, class: "tick" }),
        svg("text", { x: anchor === "start" ? 0 : anchor === "end" ? width : at, y: 17, class: "quiet",
          "text-anchor": anchor }, text));
    }
    return root;
  }

  // Rows [{label, text, alert, points: [{key, value, text}], mean, low, high, bound, quantiles}]
  // above one axis. options: reference, a value with a line; point(key), called when the reader
  // points at one, with null when no longer. Returns {mark(key)}.
  function chart(container, rows, scale, options = {}) {
    const hasPoints = rows.some((row) => row.points && row.points.length > 0);
    const height = hasPoints ? 58 : 26;
    const middle = height - 13; // of intervals: points are above them
    const places = rows.map(() => new Map());
    const rings = [];
    let marked = null;
    const holders = rows.map(() => html("div", { class: "interval-row" }));
    const axis = html("div", { class: "axis" });
    const root = html("div", { class: "intervals" }, ...rows.map((row, i) =>
      html("div", { class: "chart-row" }, html("div", { class: "chart-label" },
        html("span", { class: "name" }, row.label),
        html("span", { class: row.alert ? "value alert" : "value" }, row.text)), holders[i])), axis);
    container.replaceChildren(root);

    const mark = (key) => {
      marked = key;
      rings.forEach((ring, i) => {
        const place = places[i].get(key);
        ring.setAttribute("visibility", place ? "visible" : "hidden");
        if (place) {
          ring.setAttribute("cx", place.x);
          ring.setAttribute("cy", place.y);
        }
      });
    };
    const drawRow = (row, i, x, width) => {
      const drawing = svg("svg", { viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" },
        svg("rect", { width, height, class: "plot-ground" }));
      for (const value of scale.ticks(Math.max(2, Math.floor(width / 110)))) {
        drawing.append(svg("line", { x1: x(value), x2: x(value), y1: 0, y2: height, class: "tick" }));
      }
      if (options.reference !== undefined) {
        const at = x(options.reference);
        drawing.append(svg("line", { x1: at, x2: at, y1: 0, y2: height, class: "reference-line" }));
      }
      places[i] = swarm(row.points || [], x, (height - 24) / 2 + 2, (height - 24) / 2 - 3);
      for (const { x: cx, y: cy } of places[i].values()) {
        drawing.append(svg("circle", { cx, cy, r: 2.8, class: "dot" }));
      }
      if (row.quantiles) {
        drawQuantiles(drawing, row.quantiles, x, middle);
      }
      if (row.bound !== null && row.bound !== undefined) {
        drawBound(drawing, row.bound, x, width, middle);
      } else {
        drawMean(drawing, row, x, width, middle);
      }
      rings[i] = svg("circle", { r: 5, class: "run-mark", visibility: "hidden" });
      drawing.append(rings[i]);
      holders[i].replaceChildren(drawing);
    };
    Charts.onWidth(root, (width) => {
      const x = (value) => Number((MARGIN + scale.at(value) * (width - 2 * MARGIN)).toFixed(1));
      rows.forEach((row, i) => drawRow(row, i, x, width));
      axis.replaceChildren(drawAxis(scale, x, width));
      mark(marked);
    });
    if (options.point) {
      holders.forEach((holder, i) => {
        holder.addEventListener("pointermove", (event) => {
          const box = holder.getBoundingClientRect();
          let [nearest, distance] = [null, 12];
          for (const [key, place] of places[i]) {
            const away = Math.hypot(event.clientX - box.left - place.x, event.clientY - box.top - place.y);
            [nearest, distance] = away < distance ? [key, away] : [nearest, distance];
          }
          options.point(nearest);
        });
        holder.addEventListener("pointerleave", () => options.point(null));
      });
    }
    return { mark };
  }

  return { linear, logarithmic, axisFor, number, withUnit, chart };
})();
)page"},
{"network.css",
"ZDTRy8fvhQaQR3vWM9TxYLaoFVpim86E9UPjQgOqzjU=",
R"page(/* The network over time. */
.timebar { position: sticky; top: 0; z-index: 2; background: var(--ground); padding: .5rem 0;
           border-bottom: 1px solid var(--line); }
.controls { display: flex; flex-wrap: wrap; gap: .4rem; align-items: center; }
.controls label { display: flex; gap: .35rem; align-items: center; font-size: .86rem;
                  color: var(--quiet); min-width: 0; }
.controls label select { color: var(--text); min-width: 0; }
#now { font-size: 1.15rem; font-weight: 700; font-variant-numeric: tabular-nums; margin-left: auto; }
#time { width: 100%; margin: .3rem 0 0; accent-color: var(--strong); min-height: 1.6rem; }
.strip { margin: 0 8px; cursor: pointer; }
.strip .fault { fill: var(--bad); }
.strip .event { stroke: var(--quiet); }
.network { display: grid; grid-template-columns: minmax(0, 2fr) minmax(0, 1fr); gap: 1.2rem; }
.map { margin: .6rem 0; }
.map svg { display: block; width: 100%; height: auto; background: var(--panel);
           border-radius: .5rem; }
.fibre { fill: none; stroke: var(--fibre); stroke-width: 8; stroke-linecap: round; }
.fibre.spare { stroke: var(--quiet); stroke-width: 3; stroke-dasharray: 1 8; }
.fibre.classical { stroke-width: 2; }
.fibre.broken { stroke: var(--bad); opacity: .45; }
.link { fill: none; stroke: var(--good); stroke-width: 2.2; }
.link.degraded { stroke: var(--warn); stroke-dasharray: 9 3; }
.link.down { stroke: var(--bad); stroke-dasharray: 3 5; }
.link.idle { stroke: var(--quiet); stroke-dasharray: 1 4; stroke-width: 2; }
.link.off { visibility: hidden; }
.flow { fill: none; stroke: var(--flow); stroke-linecap: round; }
.route { fill: none; stroke-width: 3; stroke-linecap: round; }
.route.chosen { stroke-width: 4.5; }
.route.r0 { stroke: var(--s0); } .route.r1 { stroke: var(--s1); stroke-dasharray: 12 5; }
.route.r2 { stroke: var(--s2); stroke-dasharray: 4 5; }
.route.r3 { stroke: var(--s3); stroke-dasharray: 14 4 2 4; }
.route.r4 { stroke: var(--s4); stroke-dasharray: 8 3 2 3 2 3; }
.route.r5 { stroke: var(--s5); stroke-dasharray: 2 4; }
.arrow.r0 { fill: var(--s0); } .arrow.r1 { fill: var(--s1); } .arrow.r2 { fill: var(--s2); }
.arrow.r3 { fill: var(--s3); } .arrow.r4 { fill: var(--s4); } .arrow.r5 { fill: var(--s5); }
.node circle, .node rect { fill: var(--ground); stroke: var(--text); stroke-width: 1.6; }
.node text { font-size: 9.5px; font-weight: 700; }
.node.end circle { stroke: var(--strong); stroke-width: 3.5; }
.node.broken circle, .node.broken rect { stroke: var(--bad); stroke-dasharray: 3 2; fill: var(--band); }
.node-label.large { font-weight: 600; }
.node-label { paint-order: stroke; stroke: var(--panel); stroke-width: 3px; stroke-linejoin: round; }
.marker path { stroke: var(--bad); stroke-width: 3.2; fill: none; stroke-linecap: round; }
.marker circle { fill: var(--ground); stroke: var(--bad); stroke-width: 2; }
.marker text { fill: var(--bad); font-weight: 700; font-size: 11px; }
.marker.crew circle { stroke: var(--strong); } .marker.crew text { fill: var(--strong); }
.side h3:first-child { margin-top: .6rem; }
.state { list-style: none; margin: 0; padding: 0; font-size: .9rem; }
.state li { padding: .12rem 0 .12rem 1.4rem; position: relative; }
.state li::before { position: absolute; left: 0; font-weight: 700; }
.state .failed::before { content: "\2715"; color: var(--bad); }
.state .waiting::before { content: "\2026"; color: var(--warn); }
.state .switched::before { content: "\21c4"; color: var(--strong); }
.state .crew::before { content: "\2692"; color: var(--strong); }
.state .supplied::before { content: "\2713"; color: var(--good); }
.state .interrupted::before { content: "\2715"; color: var(--bad); }
.state .silent::before { content: "\2013"; color: var(--quiet); }
.state .quiet { color: var(--quiet); }
.events { list-style: none; margin: 0; padding: 0; font-size: .84rem; }
.events button { width: 100%; text-align: left; border: 0; border-left: 3px solid transparent;
                 border-radius: 0; background: none; padding: .15rem .5rem; min-height: 0; }
.events button span { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 3;
                      line-clamp: 3; overflow: hidden; }
.events button:hover { background: var(--panel); }
.events [aria-current] { border-left-color: var(--strong); background: var(--panel);
                         font-weight: 600; }
.events .later { color: var(--quiet); }
@media (max-width: 58rem) { .network { grid-template-columns: minmax(0, 1fr); gap: 0; } }
@media (max-width: 40rem) {
  .controls button { padding: .2rem .55rem; }
  .controls label { flex: 1 1 45%; white-space: nowrap; }
  .controls label select { flex: 1 1 3rem; }
}
@media print { .timebar { position: static; border: 0; } #time, .strip { display: none; }
               .events button { display: block !important; } }
)page"},
{"network.js",
"MwMnCD9Cg30XjxgchlqN/QeV0d5EuJv4+PP5i+u712w=",
R"page("use strict";

// Draws the network of a run at any instant. It needs Charts.
const NetworkDrawing = (() => {
  const { svg } = Charts;
  const BROKEN = new Set(["fibre-cut", "classical-link-failure", "module-failure", "km-crash",
    "node-power", "controller-crash", "manager-crash", "optical-switch-failure",
    "station-failure"]);
  const FEW_SESSIONS = 6; // that are drawn each on its own
  const LANE = 5; // between lines that run side by side, pixels

  const measure = (() => {
    const context = document.createElement("canvas").getContext("2d");
    const family = "system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif";
    return (text, isBold) => {
      context.font = `${isBold ? "600 " : ""}12px ${family}`;
      return context.measureText(text).width;
    };
  })();

  function byId(list) {
    return new Map(list.map((item) => [item.id, item]));
  }

  // Where nodes are, in pixels.
  function place(map, width) {
    const turned = map.free && width < 600 && map.width > map.height;
    const [w, h] = turned ? [map.height, map.width] : [map.width, map.height];
    const side = Math.min(70, width * 0.12);
    const inner = width - 2 * side;
    const most = width < 600 ? 460 : map.nodes.length > 25 ? 640 : 480;
    const scale = Math.min(inner / Math.max(w, 1e-9), most / Math.max(h, 1e-9), inner * 2);
    const height = Math.max(170, h * scale) + 76;
    const left = (width - w * scale) / 2;
    const top = (height - h * scale) / 2;
    const places = new Map();
    for (const node of map.nodes) {
      const [x, y] = turned ? [node.y, node.x] : [node.x, node.y];
      places.set(node.id, { x: left + x * scale, y: top + y * scale });
    }
    return { places, height };
  }

  // A curve from one point to another, moved aside: parallel fibres bend away from each other,
  // and lines along one fibre run side by side.
  function curve(from, to, bend, lane) {
    const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
    const across = { x: -(to.y - from.y) / length, y: (to.x - from.x) / length };
    const shift = (point, by) => ({ x: point.x + across.x * by, y: point.y + across.y * by });
    const a = shift(from, lane);
    const b = shift(to, lane);
    const middle = shift({ x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 }, lane + bend * 2);
    const at = (t) => ({
      x: (1 - t) * (1 - t) * a.x + 2 * t * (1 - t) * middle.x + t * t * b.x,
      y: (1 - t) * (1 - t) * a.y + 2 * t * (1 - t) * middle.y + t * t * b.y,
    });
    const f = (n) => n.toFixed(1);
    return { d: `${f(a.x)} ${f(a.y)}Q${f(middle.x)} ${f(middle.y)} ${f(b.x)} ${f(b.y)}`, at };
  }

  // Places of labels that hide neither each other nor a node, and as few lines as can be; those
  // that find none stay away. Lines are given as points on them.
  function placeLabels(nodes, places, radius, size, points) {
    const boxes = nodes.map((node) => {
      const p = places.get(node.id);
      return { x: p.x - radius, y: p.y - radius, w: 2 * radius, h: 2 * radius };
    });
    const free = (box) => box.x >= 2 && box.y >= 2 && box.x + box.w <= size.width - 2 &&
      box.y + box.h <= size.height - 2 &&
      !boxes.some((o) => box.x < o.x + o.w && o.x < box.x + box.w && box.y < o.y + o.h &&
        o.y < box.y + box.h);
    const hidden = (box) => points.filter((point) => point.x > box.x - 4 &&
      point.x < box.x + box.w + 4 && point.y > box.y - 2 && point.y < box.y + box.h + 2).length;
    const labels = new Map();
    for (const node of nodes) {
      const p = places.get(node.id);
      const text = Charts.shorten(node.id, 24);
      const w = measure(text, radius > 8) + 6;
      const gap = radius + 3;
      const spots = [[gap, -8], [-w - gap, -8], [-w / 2, -gap - 16], [-w / 2, gap],
        [gap * 0.7, -gap - 12], [gap * 0.7, gap * 0.7 - 2], [-w - gap * 0.7, -gap - 12],
        [-w - gap * 0.7, gap * 0.7 - 2]];
      const found = spots.map(([dx, dy]) => ({ x: p.x + dx, y: p.y + dy, w, h: 16 })).filter(free)
        .map((box) => ({ box, cost: hidden(box) })).sort((a, b) => a.cost - b.cost)[0];
      if (found) {
        boxes.push(found.box);
        labels.set(node.id, { x: found.box.x + 3, y: found.box.y + 12, text });
      }
    }
    return labels;
  }

  // Which nodes are labelled first: ends of sessions and functions, then many links.
  function byImportance(map) {
    const ends = new Set(map.sessions.flatMap((session) => [session.master, session.slave]));
    const degree = new Map();
    for (const fibre of map.fibres) {
      for (const end of [fibre.a, fibre.b]) {
        degree.set(end, (degree.get(end) || 0) + 1);
      }
    }
    const rank = (node) => (ends.has(node.id) ? 100 : 0) + (node.functions.length > 0 ? 200 : 0) +
      (degree.get(node.id) || 0) - node.id.length / 100;
    return [...map.nodes].sort((a, b) => rank(b) - rank(a));
  }

  class Drawing {
    constructor(root, data) {
      this.root = root;
      this.map = data.map;
      this.status = data.status;
      this.nodes = byId(this.map.nodes);
      this.fibres = byId(this.map.fibres);
      this.links = byId(this.map.links);
      this.groups = byId(this.map.groups);
      this.order = this.map.sessions.map((session) => session.id);
      this.now = { faults: [], links: [], switched: [], uses: [], repairs: [] };
      this.session = "";
      Charts.onWidth(root.parentElement, (width) => this.draw(width));
    }

    // Fibres between the same nodes bend away from each other.
    bends() {
      const pairs = new Map();
      for (const fibre of this.map.fibres) {
        const key = JSON.stringify([fibre.a, fibre.b].sort());
        pairs.set(key, [...(pairs.get(key) || []), fibre]);
      }
      const bends = new Map();
      for (const list of pairs.values()) {
        const aside = list.length === 1 ? this.sideOf(list[0]) * 1.4 : 0;
        list.forEach((fibre, i) => bends.set(fibre.id, (i - (list.length - 1) / 2 + aside) * 26));
      }
      return bends;
    }

    // To which side a fibre has to bend so that it does not lead through a node that it does not
    // go to: 1 or -1, or 0 if there is none in its way.
    sideOf(fibre) {
      const [a, b] = [this.places.get(fibre.a), this.places.get(fibre.b)];
      const length = Math.hypot(b.x - a.x, b.y - a.y) || 1;
      for (const node of this.map.nodes) {
        const p = this.places.get(node.id);
        const along = ((p.x - a.x) * (b.x - a.x) + (p.y - a.y) * (b.y - a.y)) / length;
        const across = ((p.y - a.y) * (b.x - a.x) - (p.x - a.x) * (b.y - a.y)) / length;
        if (node.id !== fibre.a && node.id !== fibre.b && along > 0 && along < length &&
            Math.abs(across) < this.radius + 4) {
          return (across > 0 ? -1 : 1) * (fibre.a < fibre.b ? 1 : -1);
        }
      }
      return 0;
    }

    // Ways of a QKD link: its own fibres and those that its modules can be switched to.
    ways() {
      const ways = this.map.links.map((link) => ({ link, member: "", fibres: link.fibres }));
      for (const group of this.map.groups) {
        for (const spare of group.protection.filter((s) => s.same_modules)) {
          const link = this.links.get(spare.link);
          if (link) {
            ways.push({ link, member: spare.member, group, fibres: spare.fibres });
          }
        }
      }
      return ways;
    }

    // The curve of a fibre seen from a node, and the node at its other end.
    along(id, from, lane) {
      const fibre = this.fibres.get(id);
      const forward = fibre.a === from;
      const [a, b] = [this.places.get(fibre.a), this.places.get(fibre.b)];
      // the side of a lane does not depend on the direction of travel
      const bend = this.bend.get(id) * (fibre.a < fibre.b ? 1 : -1);
      const side = lane * (fibre.a < fibre.b ? 1 : -1);
      const line = forward ? curve(a, b, bend, side) : curve(b, a, -bend, -side);
      return { line, next: forward ? fibre.b : fibre.a };
    }

    path(fibres, from, lane) {
      let node = from;
      const lines = fibres.map((id) => {
        const { line, next } = this.along(id, node, lane);
        node = next;
        return line;
      });
      return { d: lines.map((line) => `M${line.d}`).join(""), lines };
    }

    draw(width) {
      const { places, height } = place(this.map, width);
      this.places = places;
      this.radius = this.map.nodes.length > 60 ? 4 : this.map.nodes.length > 25 ? 6 : 12;
      this.bend = this.bends();
      this.root.setAttribute("viewBox", `0 0 ${width} ${height.toFixed(0)}`);
      this.layers = {};
      this.root.replaceChildren();
      for (const name of ["fibre", "flow", "link", "route", "node", "marker", "label"]) {
        this.layers[name] = svg("g", { class: `layer-${name}` });
        this.root.append(this.layers[name]);
      }
      this.drawFibres();
      this.drawLinks();
      this.drawNodes({ width, height });
      this.update(this.now, this.session);
    }

    drawFibres() {
      const spares = this.map.groups.flatMap((group) => group.protection);
      const used = new Set(this.map.links.flatMap((link) => link.fibres));
      const spare = new Set(spares.flatMap((entity) => entity.fibres));
      const looks = (id) => (used.has(id) ? "" : spare.has(id) ? " spare" : " classical");
      this.fibreLines = new Map();
      for (const fibre of this.map.fibres) {
        const line = this.along(fibre.id, fibre.a, 0).line;
        const groups = fibre.risk_groups.length > 0 ? `, shares ${fibre.risk_groups.join(", ")}` : "";
        const path = svg("path", { d: `M${line.d}`, "data-fibre": fibre.id,
          class: `fibre${looks(fibre.id)}` },
          svg("title", {}, `fibre ${fibre.id}, ${Charts.number(fibre.length_km)} km${groups}`));
        this.fibreLines.set(fibre.id, { path, line });
        this.layers.fibre.append(path);
      }
    }

    drawLinks() {
      const lanes = new Map();
      this.wayLines = this.ways().map((way) => {
        const lane = Math.max(0, ...way.fibres.map((id) => lanes.get(id) || 0));
        way.fibres.forEach((id) => lanes.set(id, lane + 1));
        const shift = (lane % 2 === 0 ? -1 : 1) * Math.ceil(lane / 2) * LANE;
        const { d, lines } = this.path(way.fibres, way.link.tx, shift);
        const title = svg("title", {});
        const path = svg("path", { d, class: "link", "data-link": way.link.id,
          "data-member": way.member }, title);
        this.layers.link.append(path);
        return { ...way, path, lines, title };
      });
    }

    drawNodes(size) {
      const points = [...this.fibreLines.values()].flatMap(({ line }) =>
        Array.from({ length: 41 }, (unused, i) => line.at(i / 40)));
      const labels = placeLabels(byImportance(this.map), this.places, this.radius, size, points);
      this.nodeMarks = new Map();
      for (const node of this.map.nodes) {
        const p = this.places.get(node.id);
        const r = this.radius;
        const letters = node.functions.map((name) => ({ c: "C", m: "M", o: "S" })[name[0]] || "");
        const shape = node.km ? svg("circle", { cx: p.x, cy: p.y, r })
                              : svg("rect", { x: p.x - r, y: p.y - r, width: 2 * r, height: 2 * r });
        const text = [...new Set(letters)].join("");
        const mark = svg("g", { class: "node", "data-node": node.id },
          svg("title", {}, [node.id, ...node.functions].join(", ")), shape);
        if (text && r > 8) {
          mark.append(svg("text", { x: p.x, y: p.y + 3.5, "text-anchor": "middle" },
            text.slice(0, 2)));
        }
        this.layers.node.append(mark);
        this.nodeMarks.set(node.id, mark);
        const label = labels.get(node.id);
        if (label) {
          const large = this.radius > 8 ? " large" : "";
          this.layers.label.append(svg("text", { x: label.x, y: label.y, class: `node-label${large}` },
            label.text));
        }
      }
    }

    // The network as it is: lists of what holds now, and the session to point out.
    update(now, session) {
      this.now = now;
      this.session = session;
      if (!this.layers) {
        return;
      }
      this.layers.marker.replaceChildren();
      this.updateLinks();
      this.updateFaults();
      this.updateRoutes();
      this.updateEnds();
    }

    updateLinks() {
      const states = new Map(this.now.links.map((entry) => [entry.link, entry.state]));
      const chosen = new Map();
      for (const entry of this.now.switched) {
        const group = this.groups.get(entry.group);
        if (group) {
          chosen.set(group.working[entry.working], entry.member);
        }
      }
      for (const way of this.wayLines) {
        const state = states.get(way.link.id) || "Running";
        const selected = chosen.get(way.link.id) || "";
        // a spare module pair that was chosen is another QKD link: then the own way stays
        const other = selected && this.wayLines.some((o) => o.link === way.link &&
          o.member === selected);
        const here = way.member === (other ? selected : "");
        const looks = { Running: "", Degraded: " degraded", Standby: " idle", Off: " idle" };
        way.path.setAttribute("class", here ? `link${looks[state] ?? " down"}` : "link off");
        way.title.textContent =
          `QKD link ${way.link.id}${way.member ? ` on ${way.fibres.join(", ")}` : ""}: ` +
          state.toLowerCase();
        way.here = here;
        way.running = here && (state === "Running" || state === "Degraded");
      }
    }

    // The middle of a QKD link, or a place near one of its ends.
    pointOn(link, share) {
      const way = this.wayLines.find((o) => o.link.id === link && o.here) ||
        this.wayLines.find((o) => o.link.id === link);
      if (!way || way.lines.length === 0) {
        return null;
      }
      const at = Math.min(way.lines.length - 1, Math.floor(share * way.lines.length));
      return way.lines[at].at(Math.min(1, share * way.lines.length - at));
    }

    pointOf(fault) {
      const target = fault.target;
      if (this.fibreLines.has(target)) {
        const fibre = this.fibres.get(target);
        const line = this.fibreLines.get(target).line;
        return line.at(fault.position ?? (fibre ? 0.5 : 0));
      }
      if (this.nodes.has(target)) {
        return this.places.get(target);
      }
      const module = /^(.*)\/(tx|rx)$/.exec(target);
      if (module && this.links.has(module[1])) {
        return this.pointOn(module[1], module[2] === "tx" ? 0.16 : 0.84);
      }
      if (this.links.has(target)) {
        return this.pointOn(target, 0.5);
      }
      const words = { "controller-crash": `controller ${target}`, "manager-crash": "manager",
        "optical-switch-failure": `optical switch ${target}` };
      const place = this.map.nodes.find((node) => node.functions.includes(words[fault.type]));
      return place ? this.places.get(place.id) : null;
    }

    mark(point, kind, text, title) {
      const { x, y } = point;
      const group = svg("g", { class: `marker ${kind}` }, svg("title", {}, title),
        svg("circle", { cx: x, cy: y, r: 9 }));
      group.append(text
        ? svg("text", { x, y: y + 4, "text-anchor": "middle" }, text)
        : svg("path", { d: `M${x - 4} ${y - 4}l8 8m0 -8l-8 8` }));
      this.layers.marker.append(group);
    }

    updateFaults() {
      const down = new Set();
      const cut = new Set();
      for (const fault of this.now.faults) {
        const point = this.pointOf(fault);
        if (this.fibreLines.has(fault.target) && fault.type === "fibre-cut") {
          cut.add(fault.target);
        }
        if (this.nodes.has(fault.target)) {
          down.add(fault.target);
        }
        if (point) {
          const isNode = point === this.places.get(fault.target);
          const shifted = isNode ? { x: point.x + this.radius + 4, y: point.y - this.radius - 4 }
                                 : point;
          this.mark(shifted, "fault", BROKEN.has(fault.type) ? "" : "!",
            `${fault.type} ${fault.target} (${fault.id})`);
        }
      }
      for (const repair of this.now.repairs) {
        const point = this.pointOf({ target: repair.component, type: "" });
        if (point && repair.crew > 0) {
          this.mark({ x: point.x + 17, y: point.y + 9 }, "crew", String(repair.crew),
            `crew ${repair.crew}: ${repair.component}`);
        }
      }
      for (const [id, { path }] of this.fibreLines) {
        path.classList.toggle("broken", cut.has(id));
      }
      for (const [id, mark] of this.nodeMarks) {
        mark.classList.toggle("broken", down.has(id));
      }
    }

    // The way between two KMs that neighbour: over a QKD link that runs if there is one.
    hop(from, to) {
      const joins = (way) => way.here &&
        ((way.link.tx === from && way.link.rx === to) ||
         (way.link.tx === to && way.link.rx === from));
      const way = this.wayLines.find((o) => joins(o) && o.running) || this.wayLines.find(joins);
      if (!way) {
        return null;
      }
      return way.link.tx === from ? way.fibres : [...way.fibres].reverse();
    }

    routeLines(kms, lane) {
      const lines = [];
      let d = "";
      for (let i = 0; i + 1 < kms.length; ++i) {
        const fibres = this.hop(kms[i], kms[i + 1]);
        if (fibres) {
          const path = this.path(fibres, kms[i], lane);
          d += path.d;
          lines.push(...path.lines);
        }
      }
      return { d, lines };
    }

    updateRoutes() {
      this.layers.route.replaceChildren();
      this.layers.flow.replaceChildren();
      const many = this.order.length > FEW_SESSIONS;
      const counts = new Map();
      for (const use of this.now.uses) {
        for (let i = 0; i + 1 < use.kms.length; ++i) {
          const key = JSON.stringify([use.kms[i], use.kms[i + 1]].sort());
          counts.set(key, (counts.get(key) || 0) + 1);
        }
      }
      if (many) {
        for (const [key, count] of counts) {
          const { d } = this.routeLines(JSON.parse(key), 0);
          this.layers.flow.append(svg("path", { d, class: "flow",
            "stroke-width": 7 + 2 * Math.min(count, 9) }));
        }
      }
      const shown = this.now.uses.filter((use) => !many || use.session === this.session);
      shown.forEach((use, number) => {
        const index = Math.max(0, this.order.indexOf(use.session)) % FEW_SESSIONS;
        const lane = (number - (shown.length - 1) / 2) * LANE + (shown.length % 2 ? LANE * 1.2 : 0);
        const { d, lines } = this.routeLines(use.kms, lane);
        const chosen = use.session === this.session ? " chosen" : "";
        this.layers.route.append(svg("path", { d, class: `route r${index}${chosen}`,
          "data-session": use.session }, svg("title", {}, `session ${use.session} over ` +
          `${use.kms.join(" \u2192 ")} (${use.role})`)));
        for (const line of lines) {
          const a = line.at(0.52);
          const b = line.at(0.58);
          const angle = (Math.atan2(b.y - a.y, b.x - a.x) * 180) / Math.PI;
          this.layers.route.append(svg("path", { d: "M7 0L-5 -6L-5 6Z", class: `arrow r${index}`,
            transform: `translate(${a.x.toFixed(1)} ${a.y.toFixed(1)}) rotate(${angle.toFixed(1)})` }));
        }
      });
    }

    updateEnds() {
      const session = this.map.sessions.find((entry) => entry.id === this.session);
      for (const [id, mark] of this.nodeMarks) {
        mark.classList.toggle("end",
          Boolean(session) && (id === session.master || id === session.slave));
      }
    }
  }

  Drawing.FEW_SESSIONS = FEW_SESSIONS;
  return Drawing;
})();
)page"},
{"page.css",
"MPG62neICdqE5s3gO/tvpdx4GwhNt8D5YrvqqjzYDUs=",
R"page(/* The look of all pages. Series colours are those of Okabe and Ito ("Color Universal Design",
   2008), lighter on dark ground. */
:root {
  color-scheme: light dark;
  --ground: #ffffff; --panel: #f4f6f8; --text: #1b1f24; --quiet: #57606a; --line: #ccd2d9;
  --strong: #0b5cad; --on-strong: #ffffff; --good: #00694f; --bad: #a8320a; --warn: #7a5200;
  --band: #f6d3c4; --fibre: #d3d9e0; --flow: #9cc7ea;
  --s0: #0072b2; --s1: #c24e00; --s2: #00805d; --s3: #a8437f; --s4: #8a6100; --s5: #3a7ca5;
  --stage0: #d55e00; --stage1: #cc79a7; --stage2: #e8dc3a; --stage3: #20242a; --stage4: #b4bac1;
  --stage5: #e69f00; --stage6: #56b4e9; --stage7: #0072b2; --stage8: #009e73; --stage9: #882255;
  --stage10: #332288;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #10151b; --panel: #1a212a; --text: #e7ecf1; --quiet: #a4aeb9; --line: #3a444f;
    --strong: #6cb8f5; --on-strong: #0b1117; --good: #4fd0a5; --bad: #ff9166; --warn: #e9b44c;
    --band: #5a2a17; --fibre: #3b4550; --flow: #24557d;
    --s0: #56b4e9; --s1: #ff8d4a; --s2: #3fc796; --s3: #e59ac6; --s4: #e9b44c; --s5: #9bd0f0;
    --stage1: #dd93ba; --stage3: #f2f4f6; --stage4: #6d7782; --stage7: #3d93d0; --stage8: #2bb98f;
    --stage9: #c05a90; --stage10: #8f83e0;
  }
}
* { box-sizing: border-box; }
body {
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif;
  color: var(--text); background: var(--ground); margin: 0 auto; padding: 1.2rem 1rem 4rem;
  max-width: 82rem; overflow-wrap: anywhere;
}
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .4rem; }
h2 { font-size: 1.2rem; margin: 2.2rem 0 .6rem; padding-bottom: .2rem;
     border-bottom: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 1rem 0 .3rem; }
p { margin: .4rem 0; max-width: 75ch; }
[hidden] { display: none !important; }
a { color: var(--strong); }
nav.contents { display: flex; flex-wrap: wrap; gap: .2rem 1rem; font-size: .9rem; margin: .8rem 0; }
.verdict { font-size: 1.1rem; font-weight: 600; }
.good::before { content: "\2713\00a0"; color: var(--good); font-weight: 700; }
.bad { color: var(--bad); font-weight: 600; }
.bad::before { content: "\2717\00a0"; }
.run, .description, .hint, .notes { color: var(--quiet); font-size: .9rem; }
.notes ul { margin: .3rem 0; padding-left: 1.2rem; }

button, select, input { font: inherit; color: inherit; }
button, select {
  background: var(--panel); border: 1px solid var(--line); border-radius: .4rem;
  padding: .25rem .7rem; min-height: 2.1rem; max-width: 100%;
}
button { cursor: pointer; }
button:hover { border-color: var(--strong); }
button[aria-pressed="true"] { background: var(--strong); color: var(--on-strong);
                              border-color: var(--strong); }
:focus-visible { outline: 3px solid var(--strong); outline-offset: 2px; }
.filter { display: flex; flex-wrap: wrap; gap: .4rem; margin: .4rem 0 .6rem; border: 0; padding: 0; }
.filter legend { float: left; padding: .25rem .4rem .25rem 0; color: var(--quiet); }

.table { overflow-x: auto; max-height: 34rem; overflow-y: auto; border: 1px solid var(--line);
         border-radius: .4rem; }
table { border-collapse: collapse; font-size: .86rem; width: 100%; overflow-wrap: normal; }
th, td { padding: .3rem .6rem; text-align: left; vertical-align: top;
         border-bottom: 1px solid var(--line); }
tbody tr:last-child td { border-bottom: 0; }
th { background: var(--panel); position: sticky; top: 0; font-weight: 600; }
td:first-child, td.key { white-space: nowrap; }
th.figure { text-align: right; }
td.figure { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
tr[data-key="violated"] td, tr[data-key="not-followed"] td { background: var(--band); }
tr[data-key="not-exercised"] td, tr[data-key="not-used"] td { color: var(--quiet); }
figure { margin: 1rem 0; }
noscript svg { max-width: 100%; height: auto; background: #fff; }

/* charts over time */
.chart-row { margin: 0 0 .5rem; }
.chart-label { display: flex; justify-content: space-between; gap: 1rem; font-size: .86rem; }
.chart-label .value { color: var(--quiet); font-variant-numeric: tabular-nums; text-align: right; }
.chart-label .value.alert { color: var(--bad); font-weight: 600; }
.chart-row svg, .bars svg, .axis svg, .strip svg { display: block; width: 100%; height: auto; }
.plot-ground { fill: var(--panel); }
.curve { fill: none; stroke: var(--s0); stroke-width: 1.6; }
.curve-area { fill: var(--s0); opacity: .16; }
.reference { fill: none; stroke: var(--quiet); stroke-width: 1.1; stroke-dasharray: 4 3; }
.band { fill: var(--band); stroke: var(--bad); stroke-width: .8; }
.hatch { stroke: var(--bad); stroke-width: 1.4; }
.cursor { stroke: var(--text); stroke-width: 1.4; }
.pointer { stroke: var(--quiet); stroke-width: 1; stroke-dasharray: 2 2; }
.tick { stroke: var(--line); }
svg text { fill: var(--text); font-size: 12px; }
svg text.quiet { fill: var(--quiet); font-size: 11px; }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1rem; font-size: .84rem; margin: .4rem 0;
          padding: 0; list-style: none; }
.legend li { display: flex; align-items: center; gap: .4rem; }
.legend svg { flex: none; }
.bar { stroke: var(--ground); stroke-width: 1; }
.bar-ink { fill: #000; stroke: #fff; stroke-width: 3px; paint-order: stroke; font-weight: 600; }
.bar-row { cursor: pointer; }
.bar-row:focus { outline: none; }
.bar-row:focus-visible .bar-ground, .bar-row:hover .bar-ground { stroke: var(--strong);
                                                                stroke-width: 2; }
.bar-ground { fill: var(--panel); }
.bar-row.now .bar-name { font-weight: 700; }

@media (max-width: 40rem) {
  body { padding: .8rem .7rem 3rem; font-size: 14px; }
  h1 { font-size: 1.35rem; }
}
@media print {
  :root { color-scheme: light; font-size: 11px; }
  body { max-width: none; padding: 0; font-size: 10px; }
  .controls, .filter, .contents, .more, button { display: none !important; }
  .table { max-height: none; overflow: visible; border: 0; }
  table { font-size: 8px; }
  th { position: static; }
  th, td { padding: .1rem .25rem; overflow-wrap: anywhere; }
  h2 { break-after: avoid; }
  tr, figure, .chart-row, .bars { break-inside: avoid; }
}
)page"},
{"report.html",
"/WI6yAktgwAtRZ2RphX2UgEQqm99jiRy8x8TzfBMyEo=",
R"page(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src {{scripts}}">
<title>{{title}}</title>
<style>{{file:page.css}}{{file:network.css}}</style>
</head>
<body>
<header>
<h1>{{title}}</h1>
{{head}}
</header>
<div id="app" hidden>
<nav class="contents" aria-label="Contents">
<a href="#network">Network</a> <a href="#supply">Key supply</a> <a href="#pools">Key pools</a>
<a href="#recoveries">Recoveries</a> <a href="#tables">Tables</a>
</nav>
<div class="notes" id="notes" hidden>The drawings leave something out:<ul></ul></div>
<section id="network" aria-labelledby="network-heading">
<h2 id="network-heading">The network over time</h2>
<div class="timebar">
<div class="controls">
<button type="button" id="previous" title="Previous event (p)">Previous</button>
<button type="button" id="play" aria-pressed="false" title="Play or pause (space)">Play</button>
<button type="button" id="next" title="Next event (n)">Next</button>
<label>Stop at <select id="step">
<option value="0">failures and switching</option>
<option value="1">what leads to them, too</option>
<option value="2">all listed events</option>
</select></label>
<label>Run in <select id="speed">
<option value="10">10 s</option>
<option value="30" selected>30 s</option>
<option value="120">2 min</option>
<option value="600">10 min</option>
</select></label>
<label>Session <select id="session"><option value="">all</option></select></label>
<output id="now" for="time"></output>
</div>
<input type="range" id="time" min="0" step="any" value="0" aria-label="Instant of the run">
<div class="strip" id="strip"></div>
</div>
<p class="hint" id="no-map" hidden>The network was not described to whoever measured this run, so there is no map.</p>
<div class="network">
<div id="map">
<div class="map"><svg id="map-drawing" role="img" aria-label="Map of the network at the chosen instant; the lists beside it say the same"></svg></div>
<ul class="legend">
<li><svg width="26" height="12" aria-hidden="true"><path class="fibre" d="M4 6H22"/><path class="link" d="M1 6H25"/></svg>QKD link generating</li>
<li><svg width="26" height="12" aria-hidden="true"><path class="fibre" d="M4 6H22"/><path class="link down" d="M1 6H25"/></svg>not generating</li>
<li><svg width="26" height="12" aria-hidden="true"><path class="fibre" d="M4 6H22"/><path class="link idle" d="M1 6H25"/></svg>standing by</li>
<li id="legend-spare"><svg width="26" height="12" aria-hidden="true"><path class="fibre spare" d="M4 6H22"/></svg>spare fibre</li>
<li id="legend-classical"><svg width="26" height="12" aria-hidden="true"><path class="fibre classical" d="M2 6H24"/></svg>fibre without QKD link</li>
<li id="legend-flow"><svg width="26" height="12" aria-hidden="true"><path class="flow" stroke-width="9" d="M5 6H21"/></svg>keys of many sessions</li>
<li><svg width="26" height="12" aria-hidden="true"><path class="route r0" d="M1 6H25"/><path class="arrow r0" d="M18 6L11 1V11Z"/></svg>keys of a session</li>
<li><svg width="22" height="22" aria-hidden="true"><g class="marker"><circle cx="11" cy="11" r="9"/><path d="M7 7l8 8m0 -8l-8 8"/></g></svg>broken</li>
<li><svg width="22" height="22" aria-hidden="true"><g class="marker"><circle cx="11" cy="11" r="9"/><text x="11" y="15" text-anchor="middle">!</text></g></svg>disturbed or read by an attacker</li>
<li id="legend-crew"><svg width="22" height="22" aria-hidden="true"><g class="marker crew"><circle cx="11" cy="11" r="9"/><text x="11" y="15" text-anchor="middle">1</text></g></svg>repair crew</li>
<li>C controller, M manager, S optical switch</li>
</ul>
</div>
<div class="side">
<h3>At <span id="instant"></span></h3>
<ul class="state" id="failures"></ul>
<h3>Keys</h3>
<ul class="state" id="sessions-now"></ul>
<h3>Events near this instant</h3>
<ul class="events" id="events-now"></ul>
</div>
</div>
</section>
<section id="supply" aria-labelledby="supply-heading">
<h2 id="supply-heading">Key supply</h2>
<p class="hint">Keys that each session was handed, over time; dashed: asked for; hatched: interruptions. Point at a curve for its values, click to go to that instant.</p>
</section>
<section id="pools" aria-labelledby="pools-heading">
<h2 id="pools-heading">Key pools</h2>
<p class="hint">Level of the KMA pool of each QKD link, the lower one of its two ends; dashed: its reserve.</p>
</section>
<section id="recoveries" aria-labelledby="recoveries-heading">
<h2 id="recoveries-heading">Stages of recovery</h2>
<p class="hint">From each fault to the first usable key. A bar leads to the instant of the fault.</p>
</section>
</div>
<noscript>
<p>Without script there are these plots instead of the network over time.</p>
{{plots}}</noscript>
<main id="tables">
{{tables}}</main>
<script type="application/json" id="data">{{data}}</script>
<script>{{file:charts.js}}</script>
<script>{{file:network.js}}</script>
<script>{{file:report.js}}</script>
</body>
</html>
)page"},
{"report.js",
"VREBN1ixoI8TG3KrZFTJEoB/Asa7PNtpARFHE4UpY5o=",
R"page("use strict";

// The page of a run: one instant, which all parts of the page show. It needs Charts and
// NetworkDrawing.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const { html, svg } = Charts;
  const end = data.simulated_s;
  const byId = (id) => document.getElementById(id);
  const events = data.events.list.map(([id, time, kind, weight, entity, incident, detail]) =>
    ({ id, time, kind: data.events.kinds[kind], weight, entity, incident, detail }));
  const supply = new Map(data.supply.sessions.map((session) => [session.id, session]));
  const NEAR = 4; // events shown before and after the instant
  const FEW = 10; // sessions named in words
  const state = { time: 0, session: "", step: 0, playing: false };
  const listeners = [];

  const holds = (entry, time) => entry.from <= time && time < (entry.to ?? Infinity);
  const instant = (time) => Charts.instant(time, end);

  // What holds at an instant.
  function snapshot(time) {
    const { faults, links, switched, uses, repairs } = data.status;
    const at = (list) => list.filter((entry) => holds(entry, time));
    return {
      faults: at(faults), links: at(links), switched: at(switched),
      uses: uses.filter((use) => use.from <= time && time <= use.to),
      repairs: repairs.filter((repair) => repair.ordered <= time &&
        time < (repair.done ?? Infinity)),
    };
  }

  function interruptionOf(session, time) {
    return (supply.get(session)?.interruptions || []).find((entry) => holds(entry, time));
  }

  function setTime(time) {
    state.time = Math.min(end, Math.max(0, time));
    const now = snapshot(state.time);
    listeners.forEach((listener) => listener(state.time, now));
  }

  function showTime(time, now) {
    const slider = byId("time");
    slider.value = time;
    byId("now").textContent = instant(time);
    byId("instant").textContent = instant(time);
    const failed = now.faults.map((fault) => `${fault.type} ${fault.target}`).slice(0, 3).join(", ");
    slider.setAttribute("aria-valuetext", `${instant(time)}, ${failed || "nothing has failed"}`);
  }

  // ---- what holds now, in words

  function item(kind, text, note) {
    return html("li", { class: kind }, text, note ? html("span", { class: "quiet" }, ` ${note}`) : "");
  }

  function listNetwork(time, now) {
    const since = (entry) => `since ${instant(entry.from)}`;
    const items = now.faults.map((f) => item("failed", `${f.type} ${f.target}`, since(f)));
    const crew = (repair) => {
      if (repair.crew === 0 || repair.dispatched === null || time < repair.dispatched) {
        return ["crew", `repair of ${repair.component} ordered`, "no crew yet"];
      }
      const works = repair.arrived !== null && time >= repair.arrived;
      return ["crew", `crew ${repair.crew} ${works ? "works at" : "travels to"} ${repair.component}`, ""];
    };
    items.push(...now.repairs.map((repair) => item(...crew(repair))));
    const names = { Initialising: "starts or resynchronises", Off: "is off", Standby: "stands by",
      Aborted: "has stopped", Failed: "is broken", Degraded: "warns of errors" };
    const links = now.links.filter((link) => link.state !== "Standby");
    items.push(...links.slice(0, FEW).map((link) =>
      item("waiting", `QKD link ${link.link} ${names[link.state] || link.state}`, since(link))));
    if (links.length > FEW) {
      items.push(item("waiting", `and ${links.length - FEW} more QKD links do not run`));
    }
    items.push(...now.switched.map((entry) =>
      item("switched", `group ${entry.group} uses ${entry.member}`, since(entry))));
    byId("failures").replaceChildren(...(items.length > 0 ? items
      : [html("li", { class: "quiet" }, "Nothing has failed, all QKD links run.")]));
  }

  function listSessions(time, now) {
    const routes = new Map();
    for (const use of now.uses) {
      routes.set(use.session, [...(routes.get(use.session) || []), use]);
    }
    const rows = data.supply.sessions.map(({ id }) => {
      const broken = interruptionOf(id, time);
      const uses = routes.get(id) || [];
      const over = uses.map((use) => `${use.kms.join(" \u2192 ")} (${use.role})`).join(", ");
      const kind = broken ? "interrupted" : uses.length > 0 ? "supplied" : "silent";
      const text = broken ? `no key for ${Charts.duration(time - broken.from)}: ${broken.cause}` : over;
      return { id, kind, text: text || "no key under way", rank: id === state.session ? 0 : broken ? 1 : 2 };
    });
    const first = [...rows].sort((a, b) => a.rank - b.rank)
      .slice(0, rows.length > FEW ? FEW / 2 : FEW);
    const items = rows.filter((row) => first.includes(row)).map((row) =>
      item(row.kind, `${row.id}: ${row.text}`));
    const rest = rows.filter((row) => !first.includes(row));
    const without = rest.filter((row) => row.kind === "interrupted").length;
    if (rest.length > 0) {
      items.push(html("li", { class: "quiet" }, `and ${rest.length} more sessions, ` +
        `${without} of them interrupted`));
    }
    byId("sessions-now").replaceChildren(...items);
  }

  function listEvents(time) {
    const list = events.filter((event) => event.weight <= state.step);
    const at = Charts.indexAt(list.map((event) => event.time), time);
    const first = Math.max(0, at - NEAR);
    const items = list.slice(first, at + 1 + NEAR).map((event, i) => {
      const isNow = event.time === time;
      const who = event.entity.startsWith(`${event.kind}/`) ? event.entity.replace("/", " ")
                                                           : `${event.kind} ${event.entity}`;
      const text = `${instant(event.time)} ${who}${event.detail ? `: ${event.detail}` : ""}`;
      const button = html("button", { type: "button", class: first + i > at ? "later" : "earlier",
        "aria-current": isNow ? "time" : null, "data-event": event.id, title: text },
        html("span", {}, text));
      button.addEventListener("click", () => setTime(event.time));
      return html("li", {}, button);
    });
    byId("events-now").replaceChildren(...(items.length > 0 ? items
      : [html("li", { class: "quiet" }, "There is none.")]));
  }

  // ---- controls

  function stepTo(direction) {
    const times = events.filter((event) => event.weight <= state.step).map((event) => event.time);
    const found = direction > 0 ? times.find((time) => time > state.time)
                                : times.reverse().find((time) => time < state.time);
    setTime(found ?? (direction > 0 ? end : 0));
  }

  function play() {
    state.playing = !state.playing;
    const button = byId("play");
    button.setAttribute("aria-pressed", String(state.playing));
    button.textContent = state.playing ? "Pause" : "Play";
    if (!state.playing) {
      return;
    }
    if (state.time >= end) {
      setTime(0);
    }
    let last = performance.now();
    const frame = (now) => {
      if (!state.playing) {
        return;
      }
      const speed = end / Number(byId("speed").value);
      setTime(state.time + (speed * Math.max(0, now - last)) / 1000);
      last = now;
      if (state.time >= end) {
        play();
      } else {
        requestAnimationFrame(frame);
      }
    };
    requestAnimationFrame(frame);
  }

  function chooseSession(id) {
    state.session = id;
    byId("session").value = id;
    setTime(state.time);
  }

  function addControls() {
    const slider = byId("time");
    slider.max = end;
    slider.addEventListener("input", () => setTime(Number(slider.value)));
    byId("previous").addEventListener("click", () => stepTo(-1));
    byId("next").addEventListener("click", () => stepTo(1));
    byId("play").addEventListener("click", play);
    byId("step").addEventListener("change", (event) => {
      state.step = Number(event.target.value);
      setTime(state.time);
    });
    for (const session of data.map.sessions.length > 0 ? data.map.sessions : data.supply.sessions) {
      byId("session").append(html("option", { value: session.id }, session.id));
    }
    byId("session").addEventListener("change", (event) => chooseSession(event.target.value));
    document.addEventListener("keydown", (event) => {
      const typing = event.target.closest("input, select, button, [role=slider], [role=button]");
      if (event.ctrlKey || event.altKey || event.metaKey || typing) {
        return;
      }
      const keys = { n: () => stepTo(1), p: () => stepTo(-1), " ": play };
      if (event.key in keys) {
        event.preventDefault();
        keys[event.key]();
      }
    });
  }

  // Faults and important events below the slider.
  function addStrip() {
    const strip = byId("strip");
    Charts.onWidth(strip, (width) => {
      const x = (time) => Math.min(width - 1, (time / end) * width);
      const root = svg("svg", { viewBox: `0 0 ${width} 16`, "aria-hidden": "true" });
      const columns = new Set();
      for (const event of events.filter((entry) => entry.weight === 0)) {
        const at = Math.round(x(event.time));
        if (!columns.has(at)) {
          columns.add(at);
          root.append(svg("line", { x1: at, x2: at, y1: 0, y2: 7, class: "event" }));
        }
      }
      for (const fault of data.status.faults) {
        root.append(svg("rect", { x: x(fault.from), y: 9, class: "fault", height: 6,
          width: Math.max(2, x(fault.to ?? end) - x(fault.from)) },
          svg("title", {}, `${fault.type} ${fault.target}`)));
      }
      strip.replaceChildren(root);
    });
    strip.addEventListener("click", (event) => {
      const box = strip.getBoundingClientRect();
      setTime(((event.clientX - box.left) / box.width) * end);
    });
  }

  // ---- charts

  function supplyRow(session) {
    const width = data.supply.width_s;
    const bands = session.interruptions.map((entry) => ({ ...entry,
      text: `${session.id}: no key from ${instant(entry.from)} to ${instant(entry.to)}, ${entry.cause}` }));
    const row = { label: `${session.id} (${session.class})`, bands, top: 1 };
    const rates = (counts) => ({ x: counts.map((count, i) => i * width), y: counts.map((count, i) =>
      count / (Math.min(end, (i + 1) * width) - i * width)) });
    if (width !== null) {
      row.curve = rates(session.supplied);
      row.reference = rates(session.requested);
      row.top = Math.max(1e-9, ...row.curve.y, ...row.reference.y);
    }
    row.read = (time) => {
      const broken = session.interruptions.find((entry) => holds(entry, time));
      if (broken) {
        return { text: `interrupted: ${broken.cause}`, alert: true };
      }
      const i = width === null ? -1 : Math.min(row.curve.y.length - 1, Math.floor(time / width));
      const none = data.supply.steady ? "all that it asks for" : "no request";
      return { text: i < 0 ? none : `${Charts.number(row.curve.y[i])} keys/s supplied, ` +
        `${Charts.number(row.reference.y[i])} asked for` };
    };
    return row;
  }

  function poolRow(pool) {
    const curve = { x: pool.time, y: pool.bits };
    const row = { label: `QKD link ${pool.link}`, curve, top: Math.max(1, ...pool.bits, pool.reserve) };
    if (pool.reserve > 0) {
      row.reference = { x: [0], y: [pool.reserve] };
    }
    row.read = (time) => {
      const i = Charts.indexAt(pool.time, time);
      return { text: i < 0 ? "no sample yet" : Charts.number(pool.bits[i], "bit") +
        (pool.reserve > 0 ? `, reserve ${Charts.number(pool.reserve, "bit")}` : "") };
    };
    return row;
  }

  function addCharts() {
    const pick = (time) => setTime(time);
    for (const [id, rows] of [["supply", data.supply.sessions.map(supplyRow)],
                              ["pools", data.pools.map(poolRow)]]) {
      if (rows.length === 0 || !(end > 0)) {
        byId(id).append(html("p", {}, "There is nothing to show."));
      } else {
        const chart = Charts.timeRows(byId(id), rows, end, pick);
        listeners.push((time) => chart.setTime(time));
      }
    }
    addRecoveries();
  }

  function addRecoveries() {
    const stages = data.recoveries.stages.map((name, i) =>
      ({ name, style: `fill: var(--stage${i})` }));
    const bars = data.recoveries.bars.map((bar) => ({ ...bar,
      label: `${bar.name} (${bar.mechanism}): ${bar.fault} at ${instant(bar.at)}`,
      end: bar.total !== null ? Charts.duration(bar.total)
                              : bar.detected ? "not recovered" : "not detected",
      text: bar.outcome }));
    if (bars.length === 0) {
      byId("recoveries").append(html("p", {}, "There was no recovery."));
      return;
    }
    const chart = Charts.stackedBars(byId("recoveries"), bars, stages, Charts.duration, (bar) => {
      if (data.map.sessions.some((session) => session.id === bar.name)) {
        state.session = bar.name;
        byId("session").value = bar.name;
      }
      setTime(bar.at);
      byId("network").scrollIntoView({ block: "start" });
    });
    const lasts = (bar, time) => bar.at <= time &&
      time <= bar.at + bar.pieces.reduce((sum, piece) => sum + piece[1], 0);
    listeners.push((time) => chart.mark((bar) => lasts(bar, time)));
  }

  function addNetwork() {
    if (data.map.nodes.length === 0) {
      byId("map").remove();
      byId("no-map").hidden = false;
      return;
    }
    const used = new Set(data.map.links.flatMap((link) => link.fibres));
    const spare = new Set(data.map.groups.flatMap((group) => group.protection)
      .flatMap((entity) => entity.fibres));
    byId("legend-spare").hidden = spare.size === 0;
    byId("legend-classical").hidden =
      data.map.fibres.every((fibre) => used.has(fibre.id) || spare.has(fibre.id));
    byId("legend-flow").hidden = data.map.sessions.length <= NetworkDrawing.FEW_SESSIONS;
    byId("legend-crew").hidden = data.status.repairs.length === 0;
    const drawing = new NetworkDrawing(byId("map-drawing"), data);
    listeners.push((time, now) => drawing.update(now, state.session));
  }

  function start() {
    byId("app").hidden = false;
    Charts.addFilters();
    addControls();
    addStrip();
    addNetwork();
    addCharts();
    listeners.push(showTime, listNetwork, listSessions, listEvents);
    const notes = byId("notes");
    notes.hidden = data.notes.length === 0;
    notes.querySelector("ul").append(...data.notes.map((note) => html("li", {}, note)));
    const wanted = /^#t=([0-9.]+)$/.exec(window.location.hash);
    setTime(wanted ? Number(wanted[1]) : data.status.faults[0]?.from ?? 0);
  }

  start();
})();
)page"},
{"restorability.html",
"+ulysch0W03gV88dnOxw5aMApclFs9g6n+9qU3lJIcs=",
R"page(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src {{scripts}}">
<title>{{title}}</title>
<style>{{file:page.css}}{{file:campaign.css}}</style>
</head>
<body>
<header>
<h1>{{title}}</h1>
{{head}}
</header>
<div id="app" hidden>
<nav class="contents" aria-label="Contents">
<a href="#sums">Classes</a> <a href="#matrix">Matrix</a> <a href="#tables">Tables</a>
</nav>
<div class="notes" id="notes" hidden>The drawings leave something out:<ul></ul></div>
<section id="sums" aria-labelledby="sums-heading">
<h2 id="sums-heading">Sessions that failures hit</h2>
<p class="hint">Over all failures: a session counts once for each failure that hits it. A bar sorts the matrix by its class.</p>
<figure id="bars"></figure>
</section>
<section id="matrix" aria-labelledby="matrix-heading">
<h2 id="matrix-heading">Restorability matrix</h2>
<div class="controls">
<label>Show <select id="measure">
<option value="recovered">sessions recovered in time, of those hit</option>
<option value="interrupted_s">interrupted time of all sessions</option>
<option value="longest_s">longest interruption</option>
</select></label>
<label>Order <select id="order">
<option value="">as enumerated</option>
<option value="worst">worst in all classes first</option>
</select></label>
</div>
<ul class="legend" id="levels"></ul>
<p id="cell" role="status">Choose a cell, or point at it, for what became of the sessions.</p>
<div class="heat-frame"><table class="heat" id="heat" aria-labelledby="matrix-heading"><thead></thead><tbody></tbody></table></div>
</section>
</div>
<main id="tables">
{{tables}}</main>
<script type="application/json" id="data">{{data}}</script>
<script>{{file:charts.js}}</script>
<script>{{file:sorting.js}}</script>
<script>{{file:restorability.js}}</script>
</body>
</html>
)page"},
{"restorability.js",
"y1zYbYzYOuhHLVsF1BKdIcsGFmv09IpcOxLbb5U6m+k=",
R"page("use strict";

// The page of an enumeration of failures.
(() => {
  const { html } = Charts;
  const byId = (id) => document.getElementById(id);
  const data = JSON.parse(byId("data").textContent);
  const FEW = 60; // rows that are shown before the reader asks for all
  const state = { measure: "recovered", order: "", all: false };
  const time = (seconds) => Charts.duration(Number(seconds.toPrecision(4)));

  // How bad a cell is: from 0 to 1, and null if the failure hit no session.
  const measures = {
    recovered: { text: (cell) => `${cell.recovered}/${cell.sessions_hit}`,
      share: (cell) => cell.sessions_hit === 0 ? null : 1 - cell.recovered / cell.sessions_hit,
      level: (share) => `${Math.round(share * 100)} % not recovered in time` },
    interrupted_s: measureOfTime("interrupted_s"),
    longest_s: measureOfTime("longest_s"),
  };

  function measureOfTime(name) {
    const most = Math.max(...data.classes.flatMap((entry) => entry.cells.map((cell) => cell[name])), 0);
    return { text: (cell) => time(cell[name]), level: (share) => time(share * most),
      share: (cell) => most === 0 ? 0 : cell[name] / most };
  }

  // 0: nothing of it, then quarters of the worst.
  const levelOf = (share) => share === 0 ? 0 : Math.min(4, Math.max(1, Math.ceil(share * 4 - 1e-9)));

  function describe(failure, entry, cell) {
    const ended = failure.sessions_ended.length;
    const hit = cell.sessions_hit === 0 ? "no session is hit"
      : `of ${cell.sessions_hit} ${cell.sessions_hit > 1 ? "sessions" : "session"} hit, ${cell.recovered} recovered in ` +
        `time, ${cell.late} late, ${cell.not_recovered} not or by repair only`;
    const broken = cell.interrupted_s > 0 ? `; interrupted for ${time(cell.interrupted_s)} in all, ` +
      `${time(cell.longest_s)} at most` : "; no interruption";
    const without = ended > 0 ? `; ${ended} ended there and ${ended > 1 ? "do" : "does"} not count` : "";
    return `${failure.name} (${failure.type}), ${entry.name}: ${hit}${broken}${without}.`;
  }

  function showLevels() {
    const measure = measures[state.measure];
    const items = [html("li", {}, html("span", { class: "swatch level0" }),
      state.measure === "recovered" ? "all recovered in time" : "none")];
    for (let level = 1; level <= 4; ++level) {
      items.push(html("li", {}, html("span", { class: `swatch level${level}` }),
        `up to ${measure.level(level / 4)}`));
    }
    if (state.measure === "recovered") {
      items.push(html("li", {}, html("span", { class: "swatch level-none" }), "\u2013: no session hit"));
    }
    byId("levels").replaceChildren(...items);
  }

  // The rows in the order that the reader wants.
  function orderOfRows() {
    const rows = data.failures.map((failure, i) => i);
    const columns = data.classes.filter((entry, k) => state.order === "worst" || state.order === String(k));
    const badness = (i) => columns.reduce((sum, entry) =>
      sum + (measures[state.measure].share(entry.cells[i]) ?? -1e-9), 0);
    return state.order === "" ? rows : rows.sort((a, b) => badness(b) - badness(a) || a - b);
  }

  function makeCell(i, entry) {
    const cell = entry.cells[i];
    const measure = measures[state.measure];
    const share = measure.share(cell);
    const words = describe(data.failures[i], entry, cell);
    const button = html("button", { type: "button", "aria-label": words, tabindex: -1,
      class: share === null ? "level-none" : `level${levelOf(share)}` },
      share === null ? "\u2013" : measure.text(cell));
    const tell = () => { byId("cell").textContent = words; };
    for (const kind of ["focus", "pointerenter", "click"]) {
      button.addEventListener(kind, tell);
    }
    return html("td", {}, button);
  }

  function showMatrix() {
    const table = byId("heat");
    table.tHead.replaceChildren(html("tr", {}, html("th", { scope: "col" }, "failure"),
      ...data.classes.map((entry) => html("th", { scope: "col" }, entry.name))));
    const order = orderOfRows();
    const shown = state.all ? order : order.slice(0, FEW);
    table.tBodies[0].replaceChildren(...shown.map((i) => html("tr", { "data-failure": i },
      html("th", { scope: "row" }, data.failures[i].name),
      ...data.classes.map((entry) => makeCell(i, entry)))));
    table.querySelector("td button")?.setAttribute("tabindex", "0");
    showLevels();
  }

  // One cell can be reached by Tab, the others from it by arrow keys.
  function moveFocus(event) {
    const moves = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0],
      Home: [0, -Infinity], End: [0, Infinity] };
    const cell = event.target.closest("td");
    if (!cell || !(event.key in moves)) {
      return;
    }
    event.preventDefault();
    const rows = byId("heat").tBodies[0].rows;
    const clamp = (value, most) => Math.min(most, Math.max(0, value));
    const [down, right] = moves[event.key];
    const row = rows[clamp([...rows].indexOf(cell.parentElement) + down, rows.length - 1)];
    const next = row.querySelectorAll("button")[clamp(cell.cellIndex - 1 + right, data.classes.length - 1)];
    event.target.setAttribute("tabindex", "-1");
    next.setAttribute("tabindex", "0");
    next.focus();
  }

  function addBars() {
    const kinds = [{ name: "recovered in time", style: "fill: var(--stage8)" },
      { name: "recovered late", style: "fill: var(--stage5)" },
      { name: "not recovered, or by repair only", style: "fill: var(--stage0)" }];
    const bars = data.classes.map(({ name, total }) => ({ label: name,
      pieces: [total.recovered, total.late, total.not_recovered].map((count, kind) => [kind, count])
        .filter((piece) => piece[1] > 0),
      end: `${total.recovered} of ${total.sessions_hit}`,
      text: `interrupted for ${time(total.interrupted_s)} in all, ${time(total.longest_s)} at most` }));
    Charts.stackedBars(byId("bars"), bars, kinds, String, (bar) => {
      byId("order").value = String(bars.indexOf(bar));
      byId("order").dispatchEvent(new Event("change"));
      byId("matrix").scrollIntoView({ block: "start" });
    }, bars.length, true);
  }

  function addControls() {
    byId("order").append(...data.classes.map((entry, k) =>
      html("option", { value: k }, `worst under ${entry.name} first`)));
    for (const name of ["measure", "order"]) {
      byId(name).addEventListener("change", (event) => {
        state[name] = event.target.value;
        showMatrix();
      });
    }
    byId("heat").addEventListener("keydown", moveFocus);
    if (data.failures.length > FEW) {
      const more = html("button", { type: "button", class: "more" }, `Show all ${data.failures.length}`);
      more.addEventListener("click", () => {
        state.all = true;
        showMatrix();
        more.remove();
      });
      byId("heat").parentElement.after(more);
    }
  }

  function start() {
    byId("app").hidden = false;
    document.querySelectorAll("#tables table").forEach(Sorting.addTo);
    Charts.addFilters();
    addBars();
    addControls();
    showMatrix();
    const notes = byId("notes");
    notes.hidden = data.notes.length === 0;
    notes.querySelector("ul").append(...data.notes.map((note) => html("li", {}, note)));
  }

  start();
})();
)page"},
{"sorting.js",
"YQWuNCj2P2kTBHGnK6RNOdiOohZCKZqdJgaFEMUSxj8=",
R"page("use strict";

// Lets readers sort the rows of tables by a column.
const Sorting = (() => {
  const { html } = Charts;

  // Numbers before texts, and what is missing last whichever the order.
  function keyOf(row, column) {
    const text = row.cells[column].textContent;
    const value = Number(text);
    return text === "" || text === "-" ? null : Number.isFinite(value) ? value : text;
  }

  function compare(a, b, direction) {
    if (a === null || b === null) {
      return (a === null ? 1 : 0) - (b === null ? 1 : 0);
    }
    if (typeof a === typeof b) {
      return direction * (typeof a === "number" ? a - b : a.localeCompare(b));
    }
    return direction * (typeof a === "number" ? -1 : 1);
  }

  function sort(table, header, direction) {
    const body = table.tBodies[0];
    const column = header.cellIndex;
    const rows = [...body.rows].map((row) => ({ row, key: keyOf(row, column) }));
    rows.sort((a, b) => compare(a.key, b.key, direction));
    body.append(...rows.map(({ row }) => row));
    for (const other of table.tHead.rows[0].cells) {
      other.setAttribute("aria-sort", other !== header ? "none" : direction > 0 ? "ascending" : "descending");
    }
  }

  function addTo(table) {
    for (const header of table.tHead.rows[0].cells) {
      const button = html("button", { type: "button", title: "Sort by this column" }, header.textContent);
      button.addEventListener("click", () =>
        sort(table, header, header.getAttribute("aria-sort") === "ascending" ? -1 : 1));
      header.setAttribute("aria-sort", "none");
      header.replaceChildren(button);
    }
  }

  return { addTo };
})();
)page"},
    };
    return files;
}

} // namespace qkdn
} // namespace ns3
