"use strict";

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
