"use strict";

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
