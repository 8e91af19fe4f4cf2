// A page plays what the server told, whatever it shows ahead of it.

import assert from "node:assert/strict";
import { test } from "node:test";

import { FakeVideo, server, time, tone } from "./bob.mjs";
import { open } from "./browser.mjs";
import { rooms } from "./static.mjs";

const { Clock } = await rooms("clock/clock.js");
const { playAlong } = await rooms("page/room/play_along.js");
const { Session } = await rooms("page/room/session.js");

/** A page that plays the first of four tracks. */
function page() {
  const stage = open();
  const clock = new Clock();
  const about = { version: 1, playing: true, position_ms: 0, rate: 1, effective_at_ms: Math.round(server.now()) };
  const player = { ...about, entry_id: 1, entry: tone(1) };
  const queue = [1, 2, 3, 4].map((id) => tone(id));
  const state = { version: 1, room: { rules: { at_end: "stop" } }, queue, player, advance_at_ms: null };
  const session = new Session(state, clock);
  const connection = Object.assign(new EventTarget(), { clock, session, api: { slug: "lounge" } });
  const follower = playAlong(connection, stage, undefined, { isMute: true });
  const tell = (name) => connection.dispatchEvent(new Event(name));
  return { session, state, follower, tell, loaded: () => FakeVideo.all.map(({ src }) => /-(\d)/.exec(src)?.[1]) };
}

test("what is prepared follows what the server told, not what a host's page shows ahead of it", async () => {
  const { session, state, tell, loaded } = page();
  await time.pass(3_000);
  void session.foresee({ entry_id: 3, entry: tone(3) }, new Promise(() => {}));
  session.told({ ...state });
  tell("told");
  await time.pass(1_000);
  assert.deepEqual(loaded().sort(), ["1", "2"]);
});

for (const before of ["playing", "alone", "unplayable"]) {
  test(`when the room is over nothing begins again, whatever is pressed: ${before}`, async () => {
    const { session, follower, tell } = page();
    await time.pass(3_000);
    if (before === "alone") follower.pause();
    if (before === "unplayable") follower.follow({ ...session.state.player, entry_id: 9, entry: tone(9, { url: "about:blank" }) });
    await time.pass(1_000);
    assert.equal(follower.status.phase, before);
    tell("end");
    FakeVideo.links = { "": { seconds: 60, arrivedS: Infinity, isSeekable: true } };
    for (const press of ["backToLive", "listen", "pause", "backToLive"]) {
      follower[press]();
      await time.pass(2_000);
      assert.ok(FakeVideo.all.every(({ isMoving }) => !isMoving), press);
    }
  });
}
