"use strict";

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
