// What listeners meet: stalls, sleep, wrong clocks, media without an end, blocked sound, links that lead nowhere.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Bob, FakeVideo, TRACK_LEAD_MS, server, time, tone } from "./bob.mjs";

const HOUR_MS = 3_600_000;
const within = (value, expected, ms) => assert.ok(Math.abs(value - expected) <= ms, `${value}, not ${expected} ± ${ms}`);

// Stalls, sleep and wrong clocks

test("a network that stalls is waited for and then one seek catches up", async () => {
  const bob = new Bob();
  FakeVideo.links[".wav"].arrivedS = 40;
  bob.hear(tone(1), { position_ms: 28_000 });
  await bob.untilInStep();
  const seen = bob.watch();
  await bob.untilPhase("loading");
  await time.pass(3_000);
  assert.deepEqual([seen.seeks, bob.phase], [[], "loading"]);
  assert.ok(bob.errorMs < -2_000);
  FakeVideo.links[".wav"].arrivedS = Infinity;
  bob.video.arrived();
  await bob.untilInStep();
  await bob.untilPhase("playing");
  await bob.untilSettled();
  assert.equal(seen.seeks.length, 1);
});

test("a machine that slept is where the room is when it wakes", async () => {
  const bob = new Bob();
  await bob.listens();
  const seen = bob.watch();
  bob.sleep(25_000);
  await bob.until(() => bob.positionMs > 25_000);
  await bob.untilInStep();
  await bob.untilPhase("playing");
  await bob.untilSettled();
  within(bob.errorMs, 0, 40);
  assert.ok(seen.seeks.length > 0 && seen.seeks.length <= 2);
});

for (const hours of [5, -5]) {
  test(`a machine whose clock is set by hours plays on: ${hours}`, async () => {
    // It is not to be told from a sleep before the server has answered, which takes a while.
    const bob = new Bob();
    await bob.listens();
    const seen = bob.watch();
    server.takesMs = 600;
    bob.setCalendar(hours * HOUR_MS);
    await time.pass(10_000);
    assert.deepEqual([bob.phase, seen.seeks], ["playing", []]);
    within(bob.errorMs, 0, 60);
  });
}

// Media without an end that is known

const UNMEASURED = { ".wav": { told: Infinity, arrivedS: Infinity, isSeekable: false } };

test("a file without a length is played once more and then its end is told", async () => {
  const bob = new Bob();
  FakeVideo.links = { ".wav": { ...UNMEASURED[".wav"], seconds: 6 } };
  bob.hear(tone(1, { length_ms: null }), { leadMs: TRACK_LEAD_MS });
  await bob.untilInStep();
  await bob.until(() => bob.hints.length > 1);
  assert.deepEqual(bob.hints, [{ kind: "live", entry_id: 1 }, { kind: "ended", entry_id: 1 }]);
  within(bob.positionMs, 6_000, 1);
  await bob.untilPhase("waiting");
});

for (const seconds of [Infinity, 60]) {
  test(`what cannot be sought is heard from its beginning and is not fought: ${seconds} s`, async () => {
    const bob = new Bob();
    FakeVideo.links = { ".wav": { ...UNMEASURED[".wav"], seconds } };
    bob.hear(tone(1, { length_ms: null }), { leadMs: -20_000 });
    await bob.until(() => bob.video?.isMoving && bob.positionMs > 500);
    const [seen, beforeMs] = [bob.watch(), bob.positionMs];
    await time.pass(30_000);
    within(bob.positionMs - beforeMs, 30_000, 1);
    assert.deepEqual(seen, { seeks: [], rates: [], pauses: 0 });
    const { driftMs, lengthMs } = bob.follower.status;
    assert.deepEqual([bob.phase, driftMs, lengthMs], ["playing", null, null]);
    assert.deepEqual(bob.hints, [{ kind: "live", entry_id: 1 }]);
  });
}

const RADIO = { seconds: Infinity, told: Infinity, arrivedS: Infinity, isSeekable: true };

test("a radio whose connection drops is joined again and has no length", async () => {
  const bob = new Bob();
  FakeVideo.links = { ".wav": RADIO };
  bob.hear(tone(1, { length_ms: null, is_live: true }));
  await bob.until(() => bob.video?.isMoving && bob.positionMs > 11_800);
  bob.video.drop();
  await bob.until(() => bob.video.isMoving && bob.positionMs < 5_000);
  await bob.untilPhase("playing");
  assert.deepEqual([bob.hints, bob.follower.status.lengthMs, bob.follower.status.isLive], [[], null, true]);
});

test("a radio that cannot be joined again fails in the end", async () => {
  const bob = new Bob();
  FakeVideo.links = { ".wav": RADIO };
  bob.hear(tone(1, { length_ms: null, is_live: true }));
  await bob.until(() => bob.video?.isMoving && bob.positionMs > 1_000);
  bob.video.drop();
  FakeVideo.links = {};
  await bob.untilPhase("loading");
  await bob.until(() => bob.phase === "unplayable", 300_000);
  assert.deepEqual(bob.hints, FAILED);
});

test("after a pause a radio is joined where it is now", async () => {
  const bob = new Bob();
  FakeVideo.links = { ".wav": RADIO };
  bob.hear(tone(1, { length_ms: null, is_live: true }));
  await bob.until(() => bob.video?.isMoving && bob.positionMs > 10_000);
  bob.hear(tone(1, { length_ms: null, is_live: true }), { playing: false, position_ms: 10_000 });
  await bob.untilPhase("paused");
  await time.pass(25_000);
  bob.hear(tone(1, { length_ms: null, is_live: true }), { position_ms: 10_000 });
  await bob.until(() => bob.video.isMoving);
  assert.ok(bob.positionMs < 1_000, `${bob.positionMs}: what was waiting is old`);
});

test("a radio that nobody knows yet is found out and told", async () => {
  const bob = new Bob();
  FakeVideo.links = { ".wav": RADIO };
  bob.hear(tone(1, { length_ms: null }));
  await bob.until(() => bob.video?.isMoving && bob.positionMs > 5_000);
  assert.deepEqual(bob.hints, [{ kind: "live", entry_id: 1 }]);
});

test("a recording that does not say how long it is is in step and told its length", async () => {
  const bob = new Bob();
  FakeVideo.links = { ".wav": { ...RADIO, seconds: 60 } };
  bob.hear(tone(1, { length_ms: null }), { leadMs: -7_000 });
  await bob.untilInStep();
  assert.ok(bob.positionMs > 7_000);
  assert.deepEqual(bob.hints, [{ kind: "length", entry_id: 1, length_ms: 60_000 }]);
  bob.hear(tone(1, { length_ms: 60_000 }), { position_ms: 40_000 });
  await bob.until(() => bob.positionMs > 40_000);
  await bob.untilInStep();
});

test("a length that turns out to be another one is told again", async () => {
  const bob = new Bob();
  bob.hear(tone(1, { length_ms: 856_000 }));
  await bob.untilInStep();
  assert.deepEqual(bob.hints, [{ kind: "length", entry_id: 1, length_ms: 60_000 }]);
});

test("a server whose clock was set back by an hour does not stop the music for an hour", async () => {
  const bob = new Bob();
  await bob.listens();
  bob.hear(tone(1), { leadMs: HOUR_MS, position_ms: 20_000 });
  await bob.until(() => bob.video.isMoving && bob.positionMs > 20_000);
  await bob.untilPhase("playing");
});

// Sound

test("a listener who has not touched the page is in step in silence until they listen", async () => {
  const bob = new Bob();
  FakeVideo.takes.isBlocked = "sound";
  bob.hear(tone(1), { leadMs: -2_000 });
  await bob.untilPhase("blocked");
  await bob.untilInStep();
  assert.equal(bob.video.muted, true);
  FakeVideo.takes.isBlocked = false;
  bob.follower.listen();
  await bob.untilPhase("playing");
  assert.ok(bob.isInStep());
  assert.equal(bob.video.muted, false);
});

test("a listener whose sound is blocked is asked all the time, however often the network stalls", async () => {
  const bob = new Bob();
  FakeVideo.links[".wav"].arrivedS = 5;
  FakeVideo.takes.isBlocked = "sound";
  bob.hear(tone(1), { leadMs: -2_000 });
  await bob.untilPhase("blocked");
  bob.statuses.length = 0;
  await bob.until(() => !bob.video.isMoving);
  await time.pass(3_000);
  FakeVideo.links[".wav"].arrivedS = Infinity;
  bob.video.arrived();
  await bob.untilInStep();
  assert.deepEqual([...new Set(bob.phases)], ["blocked"]);
});

test("a listener who wants silence is not asked", async () => {
  const bob = new Bob();
  bob.follower.muted = true;
  FakeVideo.takes.isBlocked = "sound";
  bob.hear(tone(1), { leadMs: -2_000 });
  await bob.untilPhase("playing");
  assert.ok(!bob.phases.includes("blocked"));
});

test("a browser that plays not even in silence waits for the touch", async () => {
  const bob = new Bob();
  FakeVideo.takes.isBlocked = "always";
  bob.hear(tone(1), { leadMs: -2_000 });
  await bob.untilPhase("blocked");
  await time.pass(20_000);
  assert.equal(bob.phase, "blocked");
  FakeVideo.takes.isBlocked = false;
  bob.follower.listen();
  await bob.untilInStep();
});

// What cannot be played, and what is learned

const MISSING = tone(1, { url: "http://musicrooms.test/media/nothing.mp3" });
const FAILED = [{ kind: "failed", entry_id: 1, code: 4 }];

test("a link that leads nowhere is unplayable and said so", async () => {
  const bob = new Bob();
  bob.hear(MISSING);
  await bob.untilPhase("unplayable");
  assert.equal(bob.follower.status.reason, "This link leads to nothing that your browser can play.");
  assert.deepEqual(bob.hints, FAILED);
  bob.statuses.length = 0;
  bob.hear(tone(2), { leadMs: TRACK_LEAD_MS });
  await bob.untilInStep();
  assert.ok(!bob.phases.includes("unplayable"), `the next one was told to be ${bob.phases}`);
});

test("what fails in a paused room is told when it is to play", async () => {
  // A room that nobody listens to would go through its queue otherwise, from dead link to dead link.
  const bob = new Bob();
  bob.hear(MISSING, { playing: false });
  await bob.untilPhase("unplayable");
  await time.pass(5_000);
  assert.deepEqual(bob.hints, []);
  bob.hear(MISSING);
  await bob.until(() => bob.hints.length > 0);
  assert.deepEqual(bob.hints, FAILED);
});

test("what the network broke off is tried again by itself, and told to be unplayable until it plays", async () => {
  const bob = new Bob();
  await bob.listens();
  bob.video.error = { code: 2 };
  bob.video.dispatchEvent(new Event("error"));
  await bob.untilPhase("unplayable");
  assert.ok(bob.follower.status.isRetrying);
  bob.statuses.length = 0;
  await bob.untilPhase("playing");
  await bob.untilInStep();
  assert.deepEqual(bob.phases.slice(0, 2), ["unplayable", "waiting"]);
  assert.ok(!bob.follower.status.isRetrying);
});

test("what is tried again is told to be unplayable also while the sound is blocked", async () => {
  const bob = new Bob();
  FakeVideo.takes.isBlocked = "sound";
  bob.hear(tone(1), { leadMs: -2_000 });
  await bob.untilPhase("blocked");
  await bob.untilInStep();
  bob.video.error = { code: 2 };
  bob.video.dispatchEvent(new Event("error"));
  await bob.untilPhase("unplayable");
  FakeVideo.takes.loadMs = 1_000;
  bob.statuses.length = 0;
  await bob.untilPhase("blocked");
  assert.ok(bob.video.readyState > 0, "it was told to be blocked while it was loading");
  assert.ok(!bob.follower.status.isRetrying);
});

test("what failed is tried again when the network returns", async () => {
  const bob = new Bob();
  FakeVideo.links = {};
  bob.hear(tone(1));
  await bob.untilPhase("unplayable");
  FakeVideo.links = { ".wav": { seconds: 60, arrivedS: Infinity, isSeekable: true } };
  window.dispatchEvent(new Event("online"));
  await bob.untilInStep();
});

test("a length that the server does not know is told", async () => {
  const bob = new Bob();
  bob.hear(tone(1, { length_ms: null }));
  await bob.untilInStep();
  assert.deepEqual(bob.hints, [{ kind: "length", entry_id: 1, length_ms: 60_000 }]);
  assert.equal(bob.follower.status.lengthMs, 60_000);
});

test("an end that the server does not expect is told", async () => {
  const bob = new Bob();
  FakeVideo.links[".wav"].seconds = 3;
  bob.hear(tone(1));
  await bob.until(() => bob.hints.length > 1);
  assert.deepEqual(bob.hints, [
    { kind: "length", entry_id: 1, length_ms: 3_000 },
    { kind: "ended", entry_id: 1 },
  ]);
  await bob.untilPhase("waiting");
});

test("an end that the server expects is not", async () => {
  const bob = new Bob();
  FakeVideo.links[".wav"].seconds = 3;
  bob.hear(tone(1, { length_ms: 3_000 }));
  await bob.untilInStep();
  await bob.untilPhase("waiting");
  await time.pass(5_000);
  assert.equal(bob.video.ended, true);
  assert.deepEqual(bob.hints, []);
});
