"use strict";

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
