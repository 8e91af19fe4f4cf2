/** A stream that something on the way holds back is asked for instead, until it comes. */

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { open } from "./browser.mjs";
import { rooms } from "./static.mjs";
import { time } from "./virtual_time.mjs";

const { RoomStream } = await rooms("stream/room_stream.js");

const URL_OF_ROOM = "/api/v1/rooms/lounge";

/** @type {FakeSource[]} */
let sources;
/** What was asked of the snapshot: the ETag that was sent, or "". */
let asked;
let version;
let isAway;

class FakeSource extends EventTarget {
  static OPEN = 1;
  static CLOSED = 2;
  readyState = 1;
  constructor() {
    super();
    sources.push(this);
  }
  close() {
    this.readyState = 2;
  }
  tell(name, data) {
    this.dispatchEvent(Object.assign(new Event(name), { data: JSON.stringify(data) }));
  }
}

async function answer(url, { headers = {} } = {}) {
  assert.equal(url, URL_OF_ROOM);
  asked.push(headers["If-None-Match"] ?? "");
  if (isAway) throw new TypeError("Failed to fetch");
  const etag = `"7-${version}"`;
  const isKnown = headers["If-None-Match"] === etag;
  const found = { get: (name) => (name === "ETag" ? etag : null) };
  return { ok: !isKnown, status: isKnown ? 304 : 200, headers: found, json: async () => snapshot(version) };
}

const snapshot = (at) => ({
  version: at,
  room: { name: `Lounge ${at}`, created_at_ms: 7 },
  player: { version: at, entry_id: null, playing: false, position_ms: 0, rate: 1, effective_at_ms: 0, entry: null },
  queue: [],
});

function connected() {
  const stream = new RoomStream(`${URL_OF_ROOM}/events`, { snapshot: snapshot(1) });
  stream.connect();
  return stream;
}

beforeEach(() => {
  open();
  Object.defineProperty(globalThis, "navigator", { value: { onLine: true }, configurable: true });
  Object.assign(globalThis, { EventSource: FakeSource, BroadcastChannel: undefined, fetch: answer });
  [sources, asked, version, isAway] = [[], [], 1, false];
});

test("a stream whose first event comes is never asked for", async () => {
  const stream = connected();
  await time.pass(500);
  sources[0].tell("resumed", { version: 1 });
  await time.pass(30_000);
  assert.equal(stream.connection, "live");
  assert.deepEqual(asked, []);
});

test("without a first event within 10 s the snapshot is asked for, by its tag, and changes come within 5 s", async () => {
  const stream = connected();
  await time.pass(9_900);
  assert.deepEqual(asked, []);
  await time.pass(200);
  assert.equal(stream.connection, "polling");
  await time.pass(9_000);
  assert.ok(asked.length >= 3 && asked.length <= 5, `${asked.length} questions`);
  assert.deepEqual([...new Set(asked.slice(1))], ['"7-1"']);
  version = 2;
  await time.pass(5_000);
  assert.equal(stream.state?.room.name, "Lounge 2");
  assert.equal(stream.connection, "polling");
});

test("the stream is tried all the while, and ends the asking when it comes", async () => {
  const stream = connected();
  await time.pass(60_000);
  assert.ok(sources.length > 1);
  assert.equal(stream.connection, "polling");
  sources.at(-1)?.tell("resumed", { version: 1 });
  assert.equal(stream.connection, "live");
  const count = asked.length;
  await time.pass(30_000);
  assert.equal(asked.length, count);
});

test("a server that does not answer either is said to be lost", async () => {
  isAway = true;
  const stream = connected();
  await time.pass(30_000);
  assert.equal(stream.connection, "lost");
  isAway = false;
  await time.pass(5_000);
  assert.equal(stream.connection, "polling");
  isAway = true;
  await time.pass(20_000);
  assert.equal(stream.connection, "lost");
});

test("a page that is closed asks no more", async () => {
  const stream = connected();
  await time.pass(15_000);
  stream.close();
  const count = asked.length;
  await time.pass(60_000);
  assert.equal(asked.length, count);
});
