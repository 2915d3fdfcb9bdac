// Sends a visit with Segment's own client: node send.mjs ADDRESS WRITE_KEY. Ends with one line of JSON: what the client saw.
import { Analytics } from "@segment/analytics-node";

const [host, writeKey] = process.argv.slice(2);
const seen = { delivered: 0, errors: [] };
const analytics = new Analytics({ writeKey, host, flushAt: 10, maxRetries: 2, httpRequestTimeout: 10000 });
analytics.on("error", (error) => seen.errors.push(String(error.code ?? error)));
const done = (error) => {
  if (error) seen.errors.push(String(error.message ?? error));
  else seen.delivered += 1;
};

const visitor = { anonymousId: "node-visitor" };
const customer = { userId: "node-customer", anonymousId: "node-visitor" };
const boots = { product_id: "boot-1", name: "Boot", category: "shoes", brand: "acme", price: 59.9, quantity: 1, currency: "EUR" };

analytics.page({ ...visitor, name: "Shoes", properties: { path: "/shoes" } }, done);
analytics.track({ ...visitor, event: "Product Viewed", properties: boots }, done);
analytics.identify({ ...customer, traits: { plan: "gold" } }, done);
analytics.track({ ...customer, event: "Product Added", properties: { cart_id: "node-cart", ...boots } }, done);
analytics.track({ ...customer, event: "Quiz Finished", properties: { score: 3 } }, done);
await analytics.closeAndFlush({ timeout: 15000 });
console.log(JSON.stringify(seen));
