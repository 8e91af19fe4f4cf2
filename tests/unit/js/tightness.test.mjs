// How closely a listener follows, and how far ahead they like to be.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Bob, server, time, tone } from "./bob.mjs";

const within = (value, expected, ms) => assert.ok(Math.abs(value - expected) <= ms, `${value}, not ${expected} ± ${ms}`);

/** Let the room be further ahead of this listener's player, which is not touched. */
function moveRoom(bob, byMs) {
  const now = bob.clock.now.bind(bob.clock);
  bob.clock.now = () => now() + byMs;
  server.skewMs += byMs;
}

for (const [tightness, offByMs, answer] of [
  ["tight", 175, "seek"],
  ["normal", 175, "nudge"],
  ["normal", 500, "seek"],
  ["loose", 500, "nudge"],
  ["normal", 27, "nudge"],
  ["loose", 27, "nothing"],
  ["off", 500, "nothing"],
]) {
  test(`a listener is corrected as closely as they like: ${tightness}, off by ${offByMs} ms`, async () => {
    const bob = new Bob();
    await bob.listens();
    bob.follower.tightness = tightness;
    const seen = bob.watch();
    moveRoom(bob, offByMs);
    if (answer === "nothing") {
      await time.pass(20_000);
      assert.deepEqual([seen.seeks, seen.rates], [[], []]);
    } else {
      await bob.until(() => seen.seeks.length + seen.rates.length > 0);
      assert.equal(seen.seeks.length > 0 ? "seek" : "nudge", answer);
      await bob.untilInStep(100);
    }
  });
}

test("who switches sync off still does what the host does and is corrected once it is on", async () => {
  const bob = new Bob();
  await bob.listens();
  bob.follower.tightness = "off";
  bob.hear(tone(1), { position_ms: 40_000 });
  await bob.until(() => bob.positionMs > 40_000);
  await bob.untilInStep();
  bob.hear(tone(1), { playing: false, position_ms: 20_000, leadMs: 0 });
  await bob.untilPhase("paused");
  bob.hear(tone(1), { position_ms: 20_000 });
  await bob.untilInStep();
  await time.pass(1_000);
  moveRoom(bob, 5_000);
  await time.pass(10_000);
  assert.ok(bob.errorMs < -4_500, `${bob.errorMs}`);
  bob.follower.tightness = "normal";
  await bob.untilInStep();
});

test("a listener who wants no corrections gets none", async () => {
  const bob = new Bob();
  bob.follower.tightness = "off";
  bob.hear(tone(1));
  await bob.untilInStep();
  await time.pass(1_000);
  bob.video.currentTime += 5;
  await time.pass(20_000);
  assert.ok(bob.errorMs > 4_000);
});

for (const nudgeMs of [60, -60, 600]) {
  test(`a nudge moves what plays by as many milliseconds and back: ${nudgeMs}`, async () => {
    const bob = new Bob();
    await bob.listens();
    const [seen, beforeMs] = [bob.watch(), bob.errorMs];
    bob.follower.nudgeMs = nudgeMs;
    await bob.until(() => Math.abs(bob.errorMs - nudgeMs) < 40);
    await bob.untilSettled();
    within(bob.errorMs - beforeMs, nudgeMs, 25);
    assert.ok(Math.abs(nudgeMs) > 200 || seen.seeks.length === 0, `${seen.seeks.length} seeks`);
    bob.follower.nudgeMs = 0;
    await bob.untilInStep(40);
    await bob.untilSettled();
    within(bob.errorMs - beforeMs, 0, 25);
  });
}

test("the drift that is shown is the true one", async () => {
  const bob = new Bob();
  assert.equal(bob.follower.status.driftMs, null);
  await bob.listens();
  bob.follower.tightness = "off";
  for (const offByMs of [300, -450]) {
    moveRoom(bob, offByMs);
    await time.pass(2_000);
    within(bob.follower.status.driftMs, bob.errorMs, 10);
  }
  within(bob.statuses.at(-1).driftMs, 150, 40);
  bob.follower.pause();
  await bob.untilPhase("alone");
  assert.equal(bob.follower.status.driftMs, null);
});
