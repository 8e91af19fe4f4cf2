// What makes the room quieter for one listener alone: the sleep timer, which stops it as well, and what is heard beside it.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Bob, time, tone } from "./bob.mjs";
import { players } from "./static.mjs";

const { SleepTimer } = await players("follow/sleep_timer.js");
const MINUTE_MS = 60_000;

/** Where a timer that was set at 0 is at an instant. */
function told(timer, atMs, { entryId = 1, leftMs = Infinity } = {}) {
  const { leftMs: left, loudness, isOver } = timer.at(atMs, { entryId, leftMs });
  return [left, loudness, isOver];
}

function set(choice) {
  const timer = new SleepTimer();
  timer.set(choice, 0, 1);
  return timer;
}

test("it counts down, fades for ten seconds, and is over", () => {
  const timer = set(15);
  assert.deepEqual(told(timer, 0), [15 * MINUTE_MS, 1, false]);
  assert.deepEqual(told(timer, 15 * MINUTE_MS - 10_000), [10_000, 1, false]);
  assert.deepEqual(told(timer, 15 * MINUTE_MS - 4_000), [4_000, 0.4, false]);
  assert.deepEqual(told(timer, 15 * MINUTE_MS), [0, 0, true]);
});

test("without a choice nothing fades and nothing ends", () => {
  assert.deepEqual(told(set(null), 24 * 60 * MINUTE_MS), [null, 1, false]);
});

test("it ends with the track, whatever a host does with that", () => {
  const timer = set("track");
  assert.deepEqual(told(timer, 0, { leftMs: 30_000 }), [30_000, 1, false]);
  assert.deepEqual(told(timer, 25_000, { leftMs: 5_000 }), [5_000, 0.5, false]);
  assert.deepEqual(told(timer, 26_000, { leftMs: 60_000 }), [60_000, 1, false], "a seek back");
  assert.deepEqual(told(timer, 27_000), [null, 1, false], "paused, or live");
  assert.deepEqual(told(timer, 86_900, { leftMs: 100 }), [100, 0, true]);
});

test("a track that is skipped has ended, and fades out all the same", () => {
  const timer = set("track");
  told(timer, 0, { leftMs: 90_000 });
  assert.deepEqual(told(timer, 1_000, { entryId: 2, leftMs: 90_000 }), [10_000, 1, false]);
  assert.deepEqual(told(timer, 6_000, { entryId: 3, leftMs: 90_000 }), [5_000, 0.5, false]);
  assert.deepEqual(told(timer, 11_000, { entryId: 3, leftMs: 90_000 }), [0, 0, true]);
});

test("a listener falls asleep: quieter, then paused, and as loud as before once they are back", async () => {
  const bob = new Bob();
  bob.follower.volume = 0.8;
  await bob.listens();
  let asleep = 0;
  bob.follower.addEventListener("asleep", () => (asleep += 1));
  bob.follower.sleep = "track";
  await bob.until(() => bob.follower.status.sleepLeftMs <= 5_000, 60_000);
  assert.ok(bob.video.volume < 0.45 && bob.video.volume > 0.3, `${bob.video.volume}`);
  await bob.untilPhase("alone");
  assert.deepEqual([asleep, bob.follower.sleep, bob.follower.volume], [1, null, 0.8]);
  bob.hear(tone(2));
  await time.pass(3_000);
  assert.equal(bob.phase, "alone");
  bob.follower.backToLive();
  await bob.untilInStep();
  assert.equal(bob.video.volume, 0.8);
});

test("who falls asleep while the room is paused does not hear it go on", async () => {
  const bob = new Bob();
  await bob.listens(tone(1, { length_ms: null }));
  bob.hear(tone(1), { playing: false, position_ms: 5_000 });
  bob.follower.sleep = 0.1;
  await time.pass(8_000);
  assert.equal(bob.follower.status.sleepLeftMs, 0);
  bob.hear(tone(1), { position_ms: 5_000 });
  await bob.untilPhase("alone");
  assert.equal(bob.video.isMoving, false);
});

test("the room steps back beneath something else, whatever plays, and the listener's own volume stays", async () => {
  const bob = new Bob();
  bob.follower.volume = 0.8;
  await bob.listens();
  bob.follower.isDucked = true;
  assert.ok(bob.video.volume < 0.2 && bob.video.volume > 0, `${bob.video.volume}`);
  bob.hear(tone(2));
  await bob.untilInStep();
  assert.ok(bob.video.volume < 0.2, "the next track does not step back");
  bob.follower.volume = 0.4;
  assert.ok(bob.video.volume < 0.1 && bob.video.volume > 0, `${bob.video.volume}`);
  assert.equal(bob.follower.volume, 0.4);
  bob.follower.isDucked = false;
  assert.equal(bob.video.volume, 0.4);
});
