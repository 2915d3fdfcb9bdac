// Small building blocks. Text only ever becomes a text node: nothing that a customer sends is read as HTML.

export function el(name, attributes, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    node.setAttribute(key, value === true ? "" : value);
  }

  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}

const count = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const percent = new Intl.NumberFormat("en", { style: "percent", maximumFractionDigits: 0 });

export const format = {
  count: (value) => count.format(value),
  percent: (value) => (value === null || value === undefined ? "–" : percent.format(value)),
  words: (name) => String(name).replaceAll("_", " "),

  money(value, currency) {
    if (value === null || value === undefined) return "–";
    if (!currency) return new Intl.NumberFormat("en", { minimumFractionDigits: 2 }).format(value);
    try {
      return new Intl.NumberFormat("en", { style: "currency", currency }).format(value);
    } catch {
      return `${value} ${currency}`;
    }
  },

  time(iso) {
    const at = new Date(iso);
    const isToday = at.toDateString() === new Date().toDateString();
    return isToday ? at.toLocaleTimeString("en-GB") : at.toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" });
  },

  span(seconds) {
    if (seconds === null || seconds === undefined) return "–";
    if (seconds < 90) return `${Math.round(seconds)} s`;
    if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
    if (seconds < 172800) return `${Math.round(seconds / 3600)} h`;
    return `${Math.round(seconds / 86400)} days`;
  },
};

export function time(iso) {
  return el("time", { datetime: iso, title: iso }, format.time(iso));
}

export function chip(text, kind) {
  return el("span", { class: "chip", "data-kind": kind || text }, format.words(text));
}

export function empty(text) {
  return el("p", { class: "empty" }, text);
}

// A probability as a bar with its number; the kind decides the colour.
export function bar(value, kind, label) {
  if (value === null || value === undefined) return el("span", { class: "quiet" }, "–");
  const fill = el("span", { class: "bar-fill" });
  fill.style.width = `${Math.round(Math.min(1, Math.max(0, value)) * 100)}%`;
  return el("span", { class: "bar", "data-kind": kind, role: "img", "aria-label": `${label} ${format.percent(value)}` },
    el("span", { class: "bar-track" }, fill), el("span", { class: "bar-text", "aria-hidden": "true" }, format.percent(value)));
}

export function facts(rows) {
  const list = el("dl", { class: "facts" });
  for (const [name, value] of rows) {
    if (value !== null && value !== undefined) list.append(el("dt", {}, name), el("dd", {}, value));
  }

  return list;
}

export function card(title, ...children) {
  return el("section", { class: "card" }, el("h2", {}, title), ...children);
}

const svg = "http://www.w3.org/2000/svg";

// A line of the last values, scaled to the largest of them.
export function sparkline(values, width = 120, height = 28) {
  const root = document.createElementNS(svg, "svg");
  root.setAttribute("viewBox", `0 0 ${width} ${height}`);
  root.setAttribute("class", "spark");
  root.setAttribute("aria-hidden", "true");
  root.setAttribute("preserveAspectRatio", "none");
  const line = document.createElementNS(svg, "polyline");
  const most = Math.max(1, ...values);
  const step = width / Math.max(1, values.length - 1);
  const y = (value) => (height - 2 - (value / most) * (height - 4)).toFixed(1);
  line.setAttribute("points", values.map((value, i) => `${(i * step).toFixed(1)},${y(value)}`).join(" "));
  root.append(line);
  return root;
}

// Asks now and then every few seconds, until the page is left.
export async function poll(signal, ask, live, place) {
  while (!signal.aborted) {
    try {
      await ask();
    } catch (fault) {
      if (signal.aborted) return;
      if (!live.refused(fault)) place.replaceChildren(el("p", { class: "error", role: "alert" }, fault.message));
    }

    await new Promise((done) => setTimeout(done, 3000));
  }
}
