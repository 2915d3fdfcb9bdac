// What the models' scores turned out to be worth, and how far the traffic is from what they learned from.

import { get } from "./api.js";
import { card, chip, el, empty, facts, format, poll } from "./dom.js";

const digits = new Intl.NumberFormat("en", { minimumFractionDigits: 3, maximumFractionDigits: 3 });
const driftLarge = 0.25;
const driftsShown = 8;

function figure(value) {
  return value === null || value === undefined ? "–" : digits.format(value);
}

function table(columns, rows) {
  return el("table", { class: "rows" },
    el("thead", {}, el("tr", {}, columns.map((name) => el("th", { scope: "col" }, name)))),
    el("tbody", {}, rows.map((cells) => el("tr", {}, cells.map((cell, i) => el("td", { "data-label": columns[i] }, cell))))));
}

function live(version) {
  const rows = version.heads.map((head) => [
    format.words(head.head),
    head.live ? format.count(head.live.n) : "0",
    figure(head.live?.auc),
    figure(head.trained?.auc),
    figure(head.live?.log_loss),
    figure(head.trained?.log_loss),
    figure(head.live?.brier),
    figure(head.live?.calibration_error),
  ]);
  return table(["Head", "Outcomes", "AUC", "in training", "Log loss", "in training", "Brier", "Calibration error"], rows);
}

function drift(found) {
  const moved = [...found.scores, ...found.inputs].filter((input) => input.psi !== null).sort((a, b) => b.psi - a.psi);
  const large = moved.filter((input) => input.psi > driftLarge).length;
  const missing = found.missing.filter((field) => field.rate !== null)
    .map((field) => [`${field.field} missing`, `${format.percent(field.rate)}, ${format.percent(field.trained)} in training`]);
  return [
    el("p", { class: "quiet" },
      `${format.count(found.samples)} events compared; ${large} of ${moved.length} inputs and scores are far (above ${driftLarge}).`),
    table(["Input or score", "Stability index", "Out of range"], moved.slice(0, driftsShown).map((input) => [
      el("span", {}, format.words(input.name), " ", input.psi > driftLarge ? chip("far", "no") : null),
      figure(input.psi), format.percent(input.out_of_range),
    ])),
    facts(missing),
  ];
}

function show(place, watch, listing) {
  if (watch.versions.length === 0) {
    place.replaceChildren(empty("No model has scored yet."));
    return;
  }

  place.replaceChildren(...watch.versions.flatMap((version) => {
    const role = listing.versions.find((one) => one.version === version.version)?.role;
    const title = `${version.model}${role ? `, ${role}` : ""}`;
    const isKnown = (one) => one?.from !== undefined && one.from !== null;
    const against = version.heads.filter((head) => isKnown(head.against_serving)).map((head) => {
      const { log_loss_difference: difference, from, to } = head.against_serving;
      return [`${head.head} log loss against who serves`, `${figure(difference)} (${figure(from)} to ${figure(to)})`];
    });
    return [
      card(title, live(version), facts(against)),
      version.drift ? card(`${version.model}: traffic against its training data`, ...drift(version.drift)) : null,
    ].filter((one) => one !== null);
  }), el("p", { class: "quiet" }, watch.waiting.map((head) => {
    const open = `${format.count(head.open)} scores wait for their outcome`;
    return `${format.words(head.head)}: ${open}, ${format.percent(head.share)} are followed`;
  }).join(" · ")));
}

function retraining(state) {
  const rows = [
    ["Now", state.version ? `version ${state.version} is ${state.phase}: ${state.reason}` : "nothing under way"],
    ["Comparison", state.comparison],
    ...state.results.map((result) => [format.time(result.at), `version ${result.version}: ${result.result}`]),
  ];
  return card("Retraining", facts(rows), state.phase === "proposed"
    ? el("p", { class: "warning" }, "It proved better and waits: approve or reject it over /v1/models/retraining.") : null);
}

export function models(root, shared) {
  const place = el("div", { id: "models" }, empty("Loading…"));
  const trained = el("div", { id: "retraining" });
  root.replaceChildren(el("p", {}, el("a", { href: "#/" }, "All customers")), el("h1", { tabindex: "-1" }, "Models"),
    el("p", { class: "quiet" }, "By the customers' own outcomes, and against the training data."), trained, place);
  const stop = new AbortController();
  poll(stop.signal, async () => {
    const watch = await get("/v1/models/watch", stop.signal);
    // Who serves is another's to say where the engine has no registry.
    const listing = await get("/v1/models", stop.signal).catch(() => ({ versions: [] }));
    show(place, watch, listing);
    const { state } = await get("/v1/models/retraining", stop.signal);
    trained.replaceChildren(...(state ? [retraining(state)] : []));
  }, shared, place);
  return () => stop.abort();
}
