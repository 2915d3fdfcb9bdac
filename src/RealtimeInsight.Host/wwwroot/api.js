// The host's reading interface: JSON by GET, and the live stream.

const keyName = "realtime-insight.read-key";

export class ApiError extends Error {
  constructor(status, title, detail) {
    super(detail || title);
    this.status = status;
    this.title = title;
  }
}

export function setReadKey(key) {
  sessionStorage.setItem(keyName, key);
}

function headers() {
  const key = sessionStorage.getItem(keyName);
  return key ? { Authorization: `Bearer ${key}` } : {};
}

async function open(path, signal) {
  let response;
  try {
    response = await fetch(path, { headers: headers(), signal, cache: "no-store" });
  } catch (fault) {
    if (fault.name === "AbortError") throw fault;
    throw new ApiError(0, "No connection", "The host does not answer. It may have been stopped.");
  }

  if (response.ok) return response;
  const problem = await response.json().catch(() => ({}));
  throw new ApiError(response.status, problem.title || `Status ${response.status}`, problem.detail || "");
}

export async function get(path, signal) {
  return (await open(path, signal)).json();
}

export function customerPath(id) {
  return `/v1/customers/${encodeURIComponent(id)}`;
}

// Server-sent events by fetch, because the browser's own reader cannot send a key.
export async function* live(signal) {
  const response = await open("/v1/live", signal);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    text += value;
    let end;
    while ((end = text.indexOf("\n\n")) >= 0) {
      const event = parse(text.slice(0, end));
      text = text.slice(end + 2);
      if (event) yield event;
    }
  }
}

function parse(block) {
  const event = { name: "message", data: "" };
  for (const line of block.split("\n")) {
    if (line.startsWith("event: ")) event.name = line.slice(7);
    if (line.startsWith("data: ")) event.data += line.slice(6);
  }

  return event.data ? { name: event.name, data: JSON.parse(event.data) } : null;
}
