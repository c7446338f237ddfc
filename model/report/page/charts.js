"use strict";

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
