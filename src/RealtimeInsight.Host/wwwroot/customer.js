// One customer: state, scores, cart, decisions and timeline, refreshed while it is open.

import { customerPath, get } from "./api.js";
import { bar, card, chip, el, empty, facts, format, time } from "./dom.js";

const refreshMs = 3000;
const timelineMax = 100;

export function customer(root, id, live) {
  const stop = new AbortController();
  const title = el("h1", { tabindex: "-1", class: "id" }, id);
  const body = el("div", { id: "customer" }, empty("Loading…"));
  root.replaceChildren(el("p", {}, el("a", { href: "#/" }, "← All customers")), title, body);
  refresh(stop.signal, id, body, live);
  return () => stop.abort();
}

async function refresh(signal, id, body, live) {
  while (!signal.aborted) {
    try {
      const [insight, timeline] = await Promise.all([
        get(customerPath(id), signal),
        get(`${customerPath(id)}/timeline?limit=${timelineMax}`, signal),
      ]);
      const opened = new Set([...body.querySelectorAll("details[open]")].map((node) => node.dataset.key));
      body.replaceChildren(...show(insight, timeline));
      for (const node of body.querySelectorAll("details")) node.open = opened.has(node.dataset.key);
      for (const node of body.querySelectorAll("details.why")) explain(node, signal);
    } catch (fault) {
      if (signal.aborted) return;
      if (fault.status === 404) {
        body.replaceChildren(el("div", { class: "empty", role: "alert" },
          el("p", {}, el("strong", {}, "No such customer.")), el("p", {}, fault.message)));
      } else if (!live.refused(fault)) {
        body.replaceChildren(el("p", { class: "error", role: "alert" }, fault.message));
      }
    }

    await new Promise((done) => setTimeout(done, refreshMs));
  }
}

function show(insight, timeline) {
  const segments = el("p", { class: "chips", id: "segments" },
    insight.segments.length ? insight.segments.map((name) => chip(name, "segment")) : el("span", { class: "quiet" }, "in no segment"));
  return [
    segments,
    el("div", { class: "cards" },
      scores(insight.scores, insight.customer_id), cart(insight.cart), session(insight.session), profile(insight),
      insight.texts ? texts(insight.texts) : null),
    el("div", { class: "columns" }, history(timeline), decisions(insight.last_decisions)),
  ];
}

function scores(values, id) {
  if (!values) return card("Scores", empty("Not scored yet."));
  return card("Scores",
    facts([
      ["Churn", bar(values.churn, "churn", "Churn")],
      ["Abandonment", values.abandonment === null
        ? el("span", { class: "quiet" }, "no open cart")
        : bar(values.abandonment, "abandonment", "Abandonment")],
      ["Purchase", bar(values.purchase, "purchase", "Purchase")],
      ["Model", values.model],
      ["Age", format.span(values.age_seconds)],
    ]),
    values.is_degraded ? el("p", { class: "warning" }, `Degraded: ${values.degraded_reason || "the model could not run"}`) : null,
    why("churn", `${customerPath(id)}/explain?head=churn`), why("purchase", `${customerPath(id)}/explain?head=purchase`));
}

// A closed question about a score; opened, it is asked and answered in place.
function why(head, path) {
  return el("details", { class: "why", "data-key": path, "data-path": path }, el("summary", {}, `why this ${head}?`), el("div", {}));
}

const answers = new Map();
const answersMax = 50;

function explain(node, signal) {
  const { path } = node.dataset;
  const place = node.lastElementChild;
  const fill = async () => {
    if (answers.has(path)) place.replaceChildren(...contributions(answers.get(path)));
    try {
      const answer = await get(path, signal);
      if (answers.size >= answersMax) answers.clear();
      answers.set(path, answer);
      place.replaceChildren(...contributions(answer));
    } catch (fault) {
      if (!signal.aborted) place.replaceChildren(el("p", { class: "quiet" }, fault.message));
    }
  };
  node.addEventListener("toggle", () => { if (node.open) fill(); }, { once: true });
  if (node.open) fill();
}

function contributions(answer) {
  const points = (value) => `${value < 0 ? "−" : "+"}${(Math.abs(value) * 100).toFixed(1)}`;
  return [
    el("p", { class: "quiet" },
      `${(answer.reference * 100).toFixed(1)} % for an unknown visitor, ${(answer.score * 100).toFixed(1)} % here; in points:`),
    facts(answer.contributions.filter((one) => Math.abs(one.value) >= 0.0005)
      .map((one) => [format.words(one.group), points(one.value)])),
  ];
}

function texts(value) {
  const topics = (names) => names.length ? names.join(", ") : el("span", { class: "quiet" }, "none");
  return card("Words",
    facts([
      ["Newest is positive", value.sentiment === null
        ? el("span", { class: "quiet" }, "not told")
        : `${(value.sentiment * 100).toFixed(0)} %`],
      ["About", topics(value.topics)],
      ["Written", time(value.at)],
      ["Texts", String(value.texts)],
      ["Complaints", String(value.complaints)],
      ...(value.complaints ? [["Last complaint", topics(value.complaint_topics)]] : []),
    ]));
}

function cart(value) {
  if (!value) return card("Cart", empty("No cart."));
  const lines = value.lines.map((line) => el("li", {},
    el("span", {}, `${line.quantity} × ${line.name || line.product_id}`),
    el("span", { class: "quiet" }, format.money(line.price, value.currency))));
  return card("Cart",
    facts([
      ["State", chip(value.state, `cart_${value.state}`)],
      ["Value", format.money(value.value, value.currency)],
      ["Opened", time(value.opened_at)],
      ["Changed", time(value.changed_at)],
    ]),
    lines.length ? el("ul", { class: "lines" }, lines) : null);
}

function session(value) {
  if (!value) return card("Session", empty("No session yet."));
  return card("Session", facts([
    ["Number", String(value.number)],
    ["State", chip(value.is_open ? "open" : "ended", value.is_open ? "session_open" : "session_ended")],
    ["Started", time(value.started_at)],
    ["Last activity", time(value.last_activity_at)],
    ["Events", format.count(value.events)],
    ["Products viewed", format.count(value.products_viewed)],
  ]));
}

function names(affinities) {
  return affinities.length ? affinities.map((one) => one.name).join(", ") : null;
}

function profile({ profile: value }) {
  const consents = Object.entries(value.consents)
    .map(([purpose, granted]) => chip(`${purpose} ${granted ? "granted" : "withdrawn"}`, granted ? "yes" : "no"));
  const traits = Object.entries(value.traits).map(([name, text]) => `${name}: ${text}`).join(", ");
  return card("Profile",
    facts([
      ["First seen", time(value.first_seen)],
      ["Last seen", time(value.last_seen)],
      ["Events", format.count(value.events)],
      ["Sessions", format.count(value.sessions)],
      ["Orders", format.count(value.rfm.frequency)],
      ["Spent", value.rfm.frequency ? format.money(value.rfm.monetary_value, value.rfm.currency) : null],
      ["Last order", value.rfm.recency_seconds === null ? null : `${format.span(value.rfm.recency_seconds)} ago`],
      ["Categories", names(value.categories)],
      ["Brands", names(value.brands)],
      ["Traits", traits || null],
      ["Consent", consents.length ? el("span", { class: "chips" }, consents) : null],
      ["Time zone", value.time_zone],
      ["Hold-out", value.is_held_out ? "never treated" : null],
      ["Also known as", value.linked_visitors.length ? value.linked_visitors.join(", ") : null],
    ]));
}

function decisions(list) {
  if (list.length === 0) return card("Decisions", empty("No decision yet."));
  return card("Decisions", el("ol", { class: "feed", id: "decisions" }, list.map((one) => el("li", {},
    time(one.decided_at), chip(one.status, `decision_${one.status}`), el("span", {}, `${one.action} by ${one.rule}`),
    one.suppression_reason ? el("span", { class: "quiet" }, format.words(one.suppression_reason)) : null,
    one.outcome ? chip(one.outcome, one.outcome === "recovered" ? "yes" : "no") : null))));
}

function history(entries) {
  if (entries.length === 0) return card("Timeline", empty("No events are kept."));
  return card("Timeline", el("ol", { class: "feed", id: "timeline" }, entries.map((entry) => {
    const detail = summary(entry.detail);
    return el("li", {}, time(entry.at), chip(entry.name, entry.type), detail ? el("span", {}, detail) : null,
      el("details", { "data-key": `${entry.at} ${entry.type} ${entry.name}` },
        el("summary", {}, "details"), el("pre", {}, JSON.stringify(entry.detail, null, 2))),
      entry.detail?.decision_id && entry.type === "decision"
        ? why("decision", `/v1/decisions/${encodeURIComponent(entry.detail.decision_id)}/explain?head=${headOf(entry.detail)}`) : null);
  })));
}

// A cart's decision is about its abandonment, any other about the customer's churn.
function headOf(decision) {
  return String(decision.episode).startsWith("cart:") ? "abandonment" : "churn";
}

// The few members of an entry that tell most, in one line.
function summary(detail) {
  if (detail === null || typeof detail !== "object") return null;
  const parts = [];
  if (detail.subject) parts.push(detail.subject);
  const products = (detail.products ?? []).slice(0, 3).map((line) => line.name || line.product_id);
  if (products.length) parts.push(products.join(", "));
  if (detail.custom_name) parts.push(detail.custom_name);
  if (detail.value) parts.push(format.money(detail.value, detail.currency));
  if (detail.text) parts.push(`“${String(detail.text).slice(0, 80)}”`);
  for (const name of ["action", "status", "outcome", "reason"]) {
    if (typeof detail[name] === "string") parts.push(format.words(detail[name]));
  }

  return parts.length ? parts.join(" · ") : null;
}
