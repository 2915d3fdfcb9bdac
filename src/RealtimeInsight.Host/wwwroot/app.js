// Start, routes, the live stream shared by the pages, and the dialog for the key.

import { live as stream, setReadKey } from "./api.js";
import { customer } from "./customer.js";
import { models } from "./models.js";
import { overview } from "./overview.js";

const main = document.getElementById("main");
const state = document.getElementById("state");
const banner = document.getElementById("banner");
const dialog = document.getElementById("key");
const reconnectMs = 2000;
const ratesMax = 60;

// One stream for all pages; it comes back by itself.
class Live {
  #listeners = { status: new Set(), notice: new Set() };
  #last = null;
  #wakeUp = null;
  rates = [];

  on(name, listener) {
    this.#listeners[name].add(listener);
    if (name === "status" && this.#last) listener(this.#last);
    return () => this.#listeners[name].delete(listener);
  }

  rate() {
    const recent = this.rates.slice(-5);
    return recent.length ? recent.reduce((sum, value) => sum + value, 0) / recent.length : 0;
  }

  // True where the fault was a missing key, which the dialog takes care of.
  refused(fault) {
    if (fault.status !== 401) return false;
    if (!dialog.open) dialog.showModal();
    return true;
  }

  wake() {
    this.#wakeUp?.();
  }

  async run() {
    for (;;) {
      try {
        for await (const event of stream()) this.#take(event);
        show("waiting", "reconnecting");
      } catch (fault) {
        if (!this.refused(fault)) tell(fault.message || "The live stream broke off.");
        show("waiting", fault.status === 401 ? "key needed" : "reconnecting");
      }

      this.#last = null;
      await new Promise((done) => {
        this.#wakeUp = done;
        setTimeout(done, reconnectMs);
      });
    }
  }

  #take({ name, data }) {
    if (name === "status") this.#takeStatus(data);
    for (const listener of this.#listeners[name] ?? []) listener(data);
  }

  #takeStatus(status) {
    if (this.#last) {
      const seconds = (Date.parse(status.now) - Date.parse(this.#last.now)) / 1000;
      const events = status.engine.events_accepted - this.#last.engine.events_accepted;
      if (seconds > 0) this.rates = [...this.rates, Math.max(0, events / seconds)].slice(-ratesMax);
    }

    this.#last = status;
    document.getElementById("demo").hidden = !status.is_demo;
    const problems = status.engine.problems;
    if (!status.engine.is_ready) show("waiting", "starting");
    else show(problems.length ? "degraded" : "live", problems.length ? "degraded" : "live");
    tell(problems.join(" "));
  }
}

function show(kind, text) {
  if (state.textContent === text) return;
  state.dataset.state = kind;
  state.textContent = text;
}

function tell(text) {
  if (banner.textContent !== text) banner.textContent = text;
  banner.hidden = !text;
}

const live = new Live();
let leave = null;

function route(isFirst) {
  leave?.();
  const match = /^#\/customers\/(.+)$/.exec(location.hash);
  let id = null;
  try {
    id = match ? decodeURIComponent(match[1]) : null;
  } catch {
    // A broken escape in the address is no id; the first page is shown.
  }

  const isModels = location.hash === "#/models";
  leave = id ? customer(main, id, live) : isModels ? models(main, live) : overview(main, live);
  document.title = id ? `${id} · RealtimeInsight` : isModels ? "Models · RealtimeInsight" : "RealtimeInsight";
  if (!isFirst) main.querySelector("h1")?.focus();
}

document.getElementById("search").addEventListener("submit", (event) => {
  event.preventDefault();
  const id = event.target.elements.id.value.trim();
  if (id) location.hash = `#/customers/${encodeURIComponent(id)}`;
});

document.getElementById("key-form").addEventListener("submit", () => {
  const input = document.getElementById("key-input");
  setReadKey(input.value.trim());
  input.value = "";
  live.wake();
  route(true);
});

window.addEventListener("hashchange", () => {
  if (location.hash !== "#main") route(false);
});
route(true);
live.run();
