// What a host does: what is seen before the answer, and what an undo takes back.

import assert from "node:assert/strict";
import { test } from "node:test";

import { open } from "./browser.mjs";
import { rooms } from "./static.mjs";
import { time } from "./virtual_time.mjs";

const { Host } = await rooms("page/room/host.js");
const { Api } = await rooms("page/lib/api.js");
const { Session } = await rooms("page/room/session.js");

const NOW_MS = 600_000;
const entry = (id) => ({ id, title: `Track ${id}`, url: `u${id}`, length_ms: 60_000, start_ms: null, end_ms: null });

/** Alice, who hosts a room of four tracks. */
function alice(player = {}) {
  open();
  const about = { version: 1, entry_id: 1, entry: entry(1), playing: true, position_ms: 0, rate: 1, effective_at_ms: NOW_MS };
  const room = { rules: { at_end: "stop" } };
  const state = { version: 1, room, queue: [1, 2, 3, 4].map(entry), player: { ...about, ...player }, advance_at_ms: null };
  const session = new Session(state, { now: () => NOW_MS + 10_000 });
  const calls = [];
  const api = new Proxy({}, { get: (_, name) => async () => void calls.push(name) });
  const offers = [];
  const withdraw = (undo) => () => offers.includes(undo) && offers.splice(offers.indexOf(undo), 1);
  const toasts = { say() {}, offer: (_text, undo) => void offers.push(undo) ?? withdraw(undo) };
  const host = new Host(session, api, () => {}, toasts);
  const undoLast = async () => {
    calls.length = 0;
    offers.at(-1)();
    await time.settle();
    return calls;
  };
  return { host, session, state, undoLast, offers };
}

test("one row that is moved on is one thing to take back", async () => {
  const { host, undoLast } = alice();
  await host.moveBy(4, -1);
  await host.moveBy(4, -1);
  assert.deepEqual(await undoLast(), ["undo", "undo"]);
});

for (const [what, act] of Object.entries({
  removal: (host) => host.remove(entry(3)),
  skip: (host) => host.next(),
  "new name": (host) => host.rename(entry(2), { title: "Two", artist: "" }),
  undo: (host) => host.undo(),
})) {
  test(`to take a move back undoes nothing from before it: ${what}`, async () => {
    const { host, undoLast } = alice();
    await host.move(4, 1);
    await act(host);
    await host.move(4, 2);
    assert.deepEqual(await undoLast(), ["undo"]);
  });
}

for (const [what, act] of Object.entries({ seek: (host) => host.seek(5_000), "first track": (host) => host.previous() })) {
  test(`what is undone next is not offered as what was done before: ${what}`, async () => {
    const { host, offers } = alice();
    await host.remove(entry(3));
    assert.equal(offers.length, 1);
    await act(host);
    assert.equal(offers.length, 0);
  });
}

test("back to the beginning of the first track is seen at once", () => {
  const { host, session } = alice({ position_ms: 20_000 });
  void host.previous();
  assert.equal(session.positionMs, 0);
});

for (const act of ["togglePlaying", "jump"]) {
  test(`what was paused is seen to go on from where it stands: ${act}`, () => {
    const { host, session } = alice({ playing: false, position_ms: 5_000 });
    void host[act](entry(1));
    assert.deepEqual([session.player.playing, session.positionMs], [true, 5_000]);
  });
}

test("without an answer the room is shown as the server tells it, and the host is told", async () => {
  const { session, state } = alice();
  const said = [];
  const host = new Host(session, new Api("lounge"), () => {}, { say: (text) => said.push(text), offer: () => () => {} });
  Object.assign(document, { cookie: "", querySelector: () => null });
  const fetch = globalThis.fetch;
  globalThis.fetch = (_url, { signal } = {}) =>
    new Promise((_, refuse) => signal?.addEventListener("abort", () => refuse(signal.reason)));
  void host.togglePlaying();
  assert.equal(session.player.playing, false);
  session.told({ ...state, player: { ...state.player, version: 2, entry_id: 2, entry: entry(2) } });
  await time.pass(10_000);
  assert.deepEqual([session.isForeseen, session.player.playing, session.player.entry_id], [false, true, 2]);
  await time.pass(50_000);
  globalThis.fetch = fetch;
  assert.equal(said.length, 1);
});
