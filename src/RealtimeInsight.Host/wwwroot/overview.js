// The first page: counters, customers at risk now, and what happens.

import { get } from "./api.js";
import { bar, card, chip, el, empty, format, poll, sparkline, time } from "./dom.js";

const tiles = [
  ["events", "Events", (engine) => engine.events_accepted],
  ["customers", "Customers", (engine) => engine.customers],
  ["sessions", "Sessions open", (engine) => engine.sessions_open],
  ["carts-open", "Carts open", (engine) => engine.carts_open],
  ["carts-at-risk", "Carts at risk", (engine) => engine.carts_at_risk],
  ["carts-abandoned", "Carts abandoned", (engine) => engine.carts_abandoned],
  ["carts-recovered", "Carts recovered", (engine) => engine.carts_recovered],
  ["carts-converted", "Carts converted", (engine) => engine.carts_converted],
  ["scores", "Scores", (engine) => engine.scores],
  ["actions", "Actions sent", (engine) => engine.actions_delivered],
  ["dead-letters", "Dead letters", (engine) => engine.dead_letters],
  ["rejects", "Events rejected", (engine) => engine.events_rejected],
];

const notices = {
  cart_opened: "cart opened",
  cart_at_risk: "cart at risk",
  cart_abandoned: "cart abandoned",
  cart_recovered: "cart recovered",
  cart_converted: "cart converted",
  cart_emptied: "cart emptied",
  session_started: "session started",
  session_ended: "session ended",
  dormant: "went dormant",
  decision: "action decided",
  delivered: "action sent",
};

const feedMax = 40;
const quietFeed = new Set(["session_started", "session_ended"]);

export function customerLink(id) {
  return el("a", { href: `#/customers/${encodeURIComponent(id)}`, class: "id" }, id);
}

export function overview(root, live) {
  const numbers = new Map();
  const grid = el("div", { class: "tiles", id: "tiles" });
  const spark = el("div", { class: "spark-box" });
  const rate = el("span", { class: "quiet", id: "rate" }, "");
  for (const [id, title] of tiles) {
    const value = el("strong", { id: `tile-${id}` }, "–");
    numbers.set(id, value);
    grid.append(el("div", { class: "tile", "data-tile": id }, el("span", {}, title), value, id === "events" ? [rate, spark] : []));
  }

  const model = el("p", { class: "quiet", id: "model" }, "");
  const risk = el("div", { id: "at-risk" }, empty("Loading…"));
  const feed = el("ol", { class: "feed", id: "feed" });
  const feedEmpty = empty("Nothing has happened yet. Sessions, carts and actions appear here as they change.");
  root.replaceChildren(
    el("h1", { tabindex: "-1" }, "Customers now"), model, grid,
    el("div", { class: "columns" },
      card("Customers at risk now", risk),
      card("What happens", feedEmpty, feed)));

  const stop = new AbortController();
  const off = [
    live.on("status", (status) => {
      for (const [id, , read] of tiles) numbers.get(id).textContent = format.count(read(status.engine));
      rate.textContent = `${format.count(live.rate())}/s`;
      spark.replaceChildren(sparkline(live.rates));
      model.replaceChildren(status.engine.model
        ? el("a", { href: "#/models" }, `Scored by ${status.engine.model}`)
        : "No model is loaded: events are taken, scores are degraded.");
    }),
    live.on("notice", (notice) => {
      if (!(notice.type in notices) || quietFeed.has(notice.type)) return;
      feedEmpty.hidden = true;
      feed.prepend(el("li", {}, time(notice.at), chip(notices[notice.type], notice.type), customerLink(notice.customer_id),
        el("span", { class: "quiet" }, notice.text)));
      while (feed.children.length > feedMax) feed.lastChild.remove();
    }),
  ];
  poll(stop.signal, async () => showRisk(risk, await get("/v1/customers?view=at_risk&limit=25", stop.signal)), live, risk);
  return () => {
    stop.abort();
    off.forEach((remove) => remove());
  };
}

const columns = ["Customer", "Cart", "Value", "Abandonment", "Churn", "Purchase", "Last seen"];

function showRisk(place, rows) {
  if (rows.length === 0) {
    place.replaceChildren(empty("Nobody has an open cart or a recent session. Send events to /v1/batch, or start the host with its demo."));
    return;
  }

  // A row that has the focus keeps it over the refresh.
  const focused = document.activeElement?.getAttribute("href");
  const body = el("tbody", {}, rows.map((row) => el("tr", {},
    ...[
      customerLink(row.customer_id),
      row.cart_state ? chip(row.cart_state, `cart_${row.cart_state}`) : el("span", { class: "quiet" }, "none"),
      row.cart_state ? format.money(row.cart_value, row.currency) : el("span", { class: "quiet" }, "–"),
      bar(row.abandonment, "abandonment", "Abandonment"),
      bar(row.churn, "churn", "Churn"),
      bar(row.purchase, "purchase", "Purchase"),
      time(row.last_seen),
    ].map((cell, i) => el("td", { "data-label": columns[i] }, cell)))));
  place.replaceChildren(el("table", { class: "rows" },
    el("thead", {}, el("tr", {}, columns.map((name) => el("th", { scope: "col" }, name)))), body));
  for (const row of body.rows) {
    row.addEventListener("click", (event) => {
      if (!event.target.closest("a")) row.querySelector("a").click();
    });
    if (focused && row.querySelector("a").getAttribute("href") === focused) row.querySelector("a").focus();
  }
}
