"use strict";

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
