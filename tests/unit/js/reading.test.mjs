// What is read of a player, learned about it, told of it, and kept.

import assert from "node:assert/strict";
import { test } from "node:test";

import { players, rooms } from "./static.mjs";

const { SteppedTime } = await players("media/stepped_time.js");
const { StallDetector } = await players("follow/stall_detector.js");
const { Latency } = await players("follow/latency.js");
const { ListenerReports } = await players("follow/reports.js");
const { preferences } = await players("preferences.js");
const { reopenAfterMs } = await rooms("page/lib/backoff.js");

/** A browser's storage. */
function storage() {
  const kept = new Map();
  return { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, String(value)) };
}

const near = (actual, expected) => assert.ok(Math.abs(actual - expected) < 1e-6, `${actual}, not ${expected}`);

test("a position told in steps is read between them", () => {
  const time = new SteppedTime();
  const errors = [];
  for (let now = 0; now <= 3_000; now += 50) {
    time.tell(5_000 + 1.5 * Math.floor(now / 265) * 265, now, 1.5);
    if (now >= 300) errors.push(time.at(now, 1.5) - (5_000 + 1.5 * now));
  }
  assert.ok(Math.min(...errors) > -75);
  assert.ok(Math.max(...errors) <= 0.001);
});

test("a position that stands still is not carried on", () => {
  const time = new SteppedTime();
  for (let now = 0; now <= 2_000; now += 50) time.tell(5_000, now, 1);
  assert.equal(time.at(2_000, 1), 5_600);
  time.forget();
  assert.equal(time.at(2_000, 1), null);
});

const POSITIONS = [
  ["one reading says nothing", [0], false, false],
  ["what moves is not held", Array.from({ length: 12 }, (_, n) => 250 * n), true, false],
  ["what stopped just now does not move, and is not held yet", [0, 250, 500, 500, 500, 500], false, false],
  ["what stood for two seconds is held", Array(9).fill(500), false, true],
  ["a crawl is a hold too", Array.from({ length: 9 }, (_, n) => 500 + 50 * n), false, true],
  ["what moves again is held no more", [...Array(9).fill(500), 750, 1_000], true, false],
];

for (const [claim, positions, isMoving, isHeld] of POSITIONS) {
  test(claim, () => {
    const progress = new StallDetector();
    positions.forEach((position, number) => progress.see(250 * number, position, 1));
    assert.deepEqual([progress.isMoving(1), progress.isHeld], [isMoving, isHeld]);
  });
}

test("a latency is learned by thirds and outlives the page", () => {
  const kept = storage();
  const learned = (latency) => ["start", "seek"].map((kind) => latency.of("youtube", kind));
  const latency = new Latency(kept);
  const usual = learned(latency);
  latency.learn("youtube", "seek", 1_400);
  latency.learn("youtube", "start", 5_000);
  latency.learn("youtube", "start", -5_000);
  const [start, seek] = learned(latency);
  near(start, (usual[0] + 0.3 * 250) * 0.7);
  near(seek, usual[1] + 0.3 * (1_400 - usual[1]));
  assert.deepEqual(learned(new Latency(kept)), [start, seek]);
  assert.deepEqual(learned(new Latency()), usual);
});

test("a browser that keeps nothing still listens", () => {
  const refuse = () => {
    throw new Error("no");
  };
  const broken = { getItem: refuse, setItem: refuse };
  const latency = new Latency(broken);
  const before = latency.of("direct", "seek");
  latency.learn("direct", "seek", before + 100);
  assert.ok(latency.of("direct", "seek") > before);
  const mine = preferences(broken);
  mine.volume = 0.5;
  assert.equal(mine.volume, 0.5);
});

test("a hint is given once and only if the server may not know", () => {
  const told = [];
  const hints = new ListenerReports((hint) => told.push(hint));
  const unknown = { id: 1, length_ms: null };
  hints.length(unknown, 60_000);
  hints.length(unknown, 60_001);
  hints.length({ id: 2, length_ms: 60_000 }, 61_000);
  hints.ended(unknown, Infinity);
  hints.ended({ id: 2, length_ms: 60_000 }, 200);
  hints.ended({ id: 2, length_ms: 60_000 }, 9_000);
  hints.failed({ id: 3, length_ms: null }, 0);
  hints.failed({ id: 3, length_ms: null }, 150);
  assert.deepEqual(told, [
    { kind: "length", entry_id: 1, length_ms: 60_000 },
    { kind: "ended", entry_id: 1 },
    { kind: "ended", entry_id: 2 },
    { kind: "failed", entry_id: 3, code: 150 },
  ]);
});

test("attempts grow further apart with a jitter and an end", () => {
  assert.deepEqual([0, 1, 2, 3].map((n) => reopenAfterMs(n, 0.5)), [1_000, 3_000, 5_000, 7_000]);
  assert.deepEqual([0, 1].map((random) => reopenAfterMs(2, random)), [2_500, 7_500]);
  assert.equal(reopenAfterMs(1_000, 0), 30_000);
});
