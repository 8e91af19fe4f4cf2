/**
 * As much of a browser as the pages' modules need to follow a room: a document, a server that tells its time, and
 * elements that play what they are given, all of it in virtual time.
 */

import { setMaxListeners } from "node:events";
import { register } from "node:module";

import { FakeVideo } from "./fake_video.mjs";
import { time } from "./virtual_time.mjs";

// Both apps' scripts are served below /static/, where a relative import leads from one to the other.
register(
  `data:text/javascript,${encodeURIComponent(`
    export const resolve = (specifier, context, next) => {
      const isOurs = specifier.startsWith(".") && /\\/(players|rooms)\\/static\\/\\1\\//.test(context.parentURL);
      const url = isOurs ? new URL(specifier, context.parentURL).href : specifier;
      return next(url.replace(/\\/(players|rooms)\\/static\\/(players|rooms)\\//, "/$2/static/$2/"), context);
    };
  `)}`,
);

class FakeElement extends EventTarget {
  style = {};
  dataset = {};
  children = [];
  setAttribute() {}
  append(...children) {
    for (const child of children) {
      child.parent?.children.splice(child.parent.children.indexOf(child), 1);
      child.parent = this;
      this.children.push(child);
    }
  }
  remove() {
    this.parent?.children.splice(this.parent.children.indexOf(this), 1);
  }
}

class FakeDocument extends EventTarget {
  hidden = false;
  documentElement = { lang: "en" };
  createElement(name) {
    return name === "video" ? new FakeVideo() : new FakeElement();
  }
  getElementById() {
    return null;
  }
}

/** The server, as far as its clock is asked. */
export const server = {
  skewMs: 0,
  /** How long it takes to tell the time, which it reads in the middle. */
  takesMs: 10,
  isAway: false,
  asked: 0,
  now: () => performance.now() + 1_700_000_000_000 + server.skewMs,
};

async function fetchTime() {
  server.asked += 1;
  if (server.isAway) throw new TypeError("Failed to fetch");
  await new Promise((done) => setTimeout(done, server.takesMs / 2));
  const told = { server_now_ms: Math.floor(server.now()) };
  await new Promise((done) => setTimeout(done, server.takesMs / 2));
  return { ok: true, status: 200, json: async () => told };
}

class Unobserving {
  observe() {}
  disconnect() {}
  takeRecords() {
    return [];
  }
}

/** A new page; what the last one waited for is forgotten. */
export function open() {
  time.reset();
  Object.assign(server, { skewMs: 0, takesMs: 10, isAway: false, asked: 0 });
  FakeVideo.reset();
  globalThis.document = new FakeDocument();
  globalThis.window = new EventTarget();
  return document.createElement("div");
}

export function storage() {
  const kept = new Map();
  return { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, String(value)) };
}

setMaxListeners(0); // one signal ends all that an element is listened to for
time.install();
Object.assign(globalThis, {
  fetch: fetchTime,
  location: new URL("http://musicrooms.test/r/lounge"),
  PerformanceObserver: Unobserving,
  PerformanceResourceTiming: class {},
  HTMLMediaElement: { HAVE_METADATA: 1, HAVE_FUTURE_DATA: 3 },
});
globalThis.CustomEvent ??= class extends Event {
  constructor(type, { detail = null } = {}) {
    super(type);
    this.detail = detail;
  }
};
open();
