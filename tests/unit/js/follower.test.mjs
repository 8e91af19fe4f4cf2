// Direct media follow the room: every millisecond of it, in virtual time.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Bob, FakeVideo, TRACK_LEAD_MS, time, tone } from "./bob.mjs";

const within = (value, expected, ms) => assert.ok(Math.abs(value - expected) <= ms, `${value}, not ${expected} ± ${ms}`);

test("a new track starts at its instant and not before", async () => {
  const bob = new Bob();
  bob.hear(tone(1), { leadMs: TRACK_LEAD_MS });
  await bob.untilInStep();
  await time.pass(500);
  assert.deepEqual(bob.phases.filter((one) => one !== "loading"), ["waiting", "playing"]);
  const early = bob.statuses.filter((one) => one.phase === "playing" && one.atMs < bob.player.effective_at_ms - 150);
  assert.deepEqual(early, []);
});

test("a late joiner lands in step", async () => {
  const bob = new Bob();
  bob.hear(tone(1), { leadMs: -7_000 });
  await bob.untilInStep();
  assert.ok(bob.positionMs > 7_000);
});

for (const hours of [1, 5, -5]) {
  test(`a machine whose clock is wrong by hours is in step: ${hours}`, async () => {
    const bob = new Bob({ skewMs: hours * 3_600_000 });
    bob.hear(tone(1), { leadMs: -7_000 });
    await bob.untilInStep();
    await bob.untilSettled();
    within(bob.errorMs, 0, 40);
  });
}

test("what is loaded after the room's end of it is not begun any more", async () => {
  const bob = new Bob();
  FakeVideo.takes.loadMs = 3_000;
  bob.hear(tone(1), { position_ms: 59_000, leadMs: 0 });
  await time.pass(500);
  let begun = 0;
  bob.video.addEventListener("play", () => (begun += 1));
  await time.pass(8_000);
  assert.deepEqual([begun, bob.phase], [0, "waiting"]);
});

test("a seek is followed forwards and back", async () => {
  const bob = new Bob();
  await bob.listens();
  for (const position_ms of [40_000, 3_000]) {
    bob.hear(tone(1), { position_ms });
    await bob.until(() => bob.positionMs >= position_ms && bob.positionMs < position_ms + 2_000);
    await bob.untilInStep();
  }
});

test("a seek is made in silence and lands where the room is", async () => {
  const bob = new Bob();
  await bob.listens();
  const seen = bob.watch();
  bob.hear(tone(1), { position_ms: 40_000 });
  await bob.until(() => bob.positionMs > 40_000 && bob.video.isMoving);
  within(bob.positionMs, 40_000, 500);
  assert.ok(seen.seeks.length > 0);
  assert.ok(seen.seeks.every((isPaused) => isPaused));
});

test("a seek lands close once the player is known", async () => {
  const bob = new Bob();
  for (const position_ms of [10_000, 20_000, 30_000]) {
    bob.hear(tone(1), { position_ms });
    await bob.untilInStep();
    await bob.until(() => bob.follower.status.driftMs !== null);
  }
  await bob.untilInStep(20);
});

test("a pause stands where the room stands", async () => {
  const bob = new Bob();
  await bob.listens();
  bob.hear(tone(1), { playing: false, position_ms: 12_345, leadMs: 0 });
  await bob.untilPhase("paused");
  await time.pass(3_000);
  assert.equal(bob.video.isMoving, false);
  within(bob.positionMs, 12_345, 1);
  assert.equal(bob.phase, "paused");
});

test("a room that is paused is joined paused and then plays", async () => {
  const bob = new Bob();
  bob.hear(tone(1), { playing: false, position_ms: 20_000, leadMs: 0 });
  await bob.untilPhase("paused");
  await bob.until(() => Math.abs(bob.positionMs - 20_000) < 30);
  bob.hear(tone(1), { position_ms: 20_000 });
  await bob.untilInStep();
});

test("a rate is followed without a break", async () => {
  const bob = new Bob();
  await bob.listens();
  bob.hear(tone(1), { position_ms: Math.round(bob.positionMs), rate: 1.5, leadMs: 0 });
  const seen = bob.watch();
  await bob.until(() => bob.video.playbackRate > 1.4);
  await bob.untilInStep();
  assert.deepEqual([seen.seeks, seen.pauses], [[], 0]);
  await time.pass(1_000);
  assert.equal(bob.phases.at(-1), "playing");
  assert.equal(bob.phases.filter((one) => one === "playing").length, 1);
});

test("the next track is loaded before it is due and takes over", async () => {
  const bob = new Bob();
  await bob.listens();
  bob.follower.next(tone(2));
  await bob.until(() => FakeVideo.all.some((one) => one.src === tone(2).url && one.readyState === 4));
  assert.equal(bob.video.src, tone(1).url);
  bob.hear(tone(2), { leadMs: TRACK_LEAD_MS });
  await bob.untilInStep();
  assert.equal(bob.video.src, tone(2).url);
});

test("the same player again does nothing", async () => {
  const bob = new Bob();
  await bob.listens();
  const [seen, told] = [bob.watch(), bob.phases];
  for (let version = 100; version < 105; version++) bob.follow({ ...bob.player, version });
  await time.pass(3_000);
  assert.deepEqual(seen, { seeks: [], rates: [], pauses: 0 });
  assert.deepEqual(bob.phases, told);
});

test("an empty room is silent", async () => {
  const bob = new Bob();
  await bob.listens();
  bob.hear(null, { playing: false });
  await bob.untilPhase("empty");
  assert.ok(FakeVideo.all.length > 0);
  assert.ok(FakeVideo.all.every(({ paused }) => paused));
});

test("a trim ends where it ends", async () => {
  const bob = new Bob();
  bob.hear(tone(1, { start_ms: 5_000, end_ms: 7_000 }), { position_ms: 5_000 });
  await bob.untilInStep();
  await bob.untilPhase("waiting");
  await time.pass(2_000);
  within(bob.positionMs, 7_000, 300);
  assert.equal(bob.video.isMoving, false);
});

test("a push in the middle is corrected", async () => {
  const bob = new Bob();
  await bob.listens();
  bob.video.currentTime += 5;
  await bob.until(() => bob.errorMs > 3_000);
  await bob.untilInStep();
});

test("a small error is nudged away without a seek", async () => {
  const bob = new Bob();
  await bob.listens();
  bob.video.currentTime += 0.2 - bob.errorMs / 1000;
  await time.pass(100);
  const seen = bob.watch();
  await bob.until(() => Math.abs(bob.video.playbackRate - 1) > 0.004);
  await bob.untilSettled();
  within(bob.errorMs, 0, 25);
  assert.deepEqual(seen.seeks, []);
});

test("a hidden page is left alone and brought back with one seek", async () => {
  const bob = new Bob();
  await bob.listens();
  document.hidden = true;
  bob.video.currentTime += 5;
  await time.pass(20_000);
  assert.ok(bob.errorMs > 4_000);
  const seen = bob.watch();
  document.hidden = false;
  document.dispatchEvent(new Event("visibilitychange"));
  await bob.untilInStep();
  await bob.untilSettled();
  assert.equal(seen.seeks.length, 1);
});

test("a local pause is left by going back to live, and outlasts seeks and tracks", async () => {
  const bob = new Bob();
  await bob.listens();
  bob.follower.pause();
  await bob.untilPhase("alone");
  bob.hear(tone(1), { position_ms: 30_000 });
  await time.pass(5_000);
  bob.hear(tone(2), { leadMs: TRACK_LEAD_MS });
  await time.pass(5_000);
  assert.equal(bob.phase, "alone");
  assert.equal(bob.video.isMoving, false);
  bob.follower.backToLive();
  await bob.untilInStep();
  assert.equal(bob.video.src, tone(2).url);
});

test("a pause by the keyboard's media keys is a local one", async () => {
  const bob = new Bob();
  await bob.listens();
  bob.video.pause();
  await bob.untilPhase("alone");
  await bob.video.play();
  await bob.untilInStep();
  await bob.untilPhase("playing");
});

test("what the browser paused while nobody looked plays on when the listener looks again", async () => {
  const bob = new Bob();
  await bob.listens();
  document.hidden = true;
  bob.video.pause();
  await bob.untilPhase("alone");
  document.hidden = false;
  document.dispatchEvent(new Event("visibilitychange"));
  await bob.untilInStep();
});

test("a player that is held up by an advertisement is waited for and then sought once", async () => {
  const bob = new Bob();
  await bob.listens();
  const [seen, atS] = [bob.watch(), bob.video.currentTime];
  // It says that it plays, and stands still.
  Object.defineProperty(bob.video, "currentTime", { get: () => atS, configurable: true });
  await bob.untilPhase("hold");
  await time.pass(6_000);
  assert.deepEqual([seen.seeks, bob.phase, bob.follower.status.driftMs], [[], "hold", null]);
  delete bob.video.currentTime;
  bob.video.currentTime = atS; // where the advertisement has kept it
  await time.pass(100);
  seen.seeks.length = 0;
  await bob.untilInStep();
  assert.equal(seen.seeks.length, 1);
});

test("volume and muting reach the player and outlive the page", async () => {
  const bob = new Bob();
  await bob.listens();
  Object.assign(bob.follower, { volume: 0.25, muted: true });
  assert.deepEqual([bob.video.volume, bob.video.muted], [0.25, true]);
  const { stage, clock, storage } = bob;
  const again = new bob.follower.constructor({ stage, clock, storage });
  assert.deepEqual([again.volume, again.muted], [0.25, true]);
});

test("a follower that is destroyed leaves nothing behind", async () => {
  const bob = new Bob();
  await bob.listens();
  const { video } = bob;
  bob.follower.destroy();
  bob.statuses.length = 0;
  await time.pass(5_000);
  assert.deepEqual([bob.stage.children.length, video.paused, bob.statuses.length], [0, true, 0]);
});

test("a follower sees to hundreds of tracks with two elements", async () => {
  const bob = new Bob();
  for (let number = 1; number < 200; number++) {
    bob.hear(tone(number), { leadMs: TRACK_LEAD_MS });
    bob.follower.next(tone(number + 1));
    await time.pass(100);
  }
  await bob.untilInStep();
  assert.equal(FakeVideo.all.length, 2);
});
