// One direct track follows another without a gap, where the server promised it.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Bob, FakeVideo, server, time, tone } from "./bob.mjs";

const LEFT_MS = 4_000;
const isSilent = () => FakeVideo.all.length === 2 && FakeVideo.all.every(({ isMoving }) => !isMoving);

/** Alice's first track is about to end, and her second follows. */
function boundary({ promised = true, lateMs = 0, ...ofSecond } = {}) {
  const bob = new Bob();
  const [first, second] = [tone(1), tone(2, ofSecond)];
  const told = bob.hear(first, { position_ms: 60_000 - LEFT_MS });
  const endsAtMs = told.effective_at_ms + LEFT_MS;
  bob.follower.next(second, promised ? endsAtMs + lateMs : null);
  return {
    bob,
    told,
    first,
    endsAtMs,
    passBy: (byMs = 1_000) => time.until(() => server.now() > endsAtMs + byMs),
    tellSecond: () => bob.hear(second, { position_ms: second.start_ms ?? 0, effective_at_ms: endsAtMs }),
    plays: () => bob.video.src.match(/-(\d)\.wav/)[1],
  };
}

test("the next track starts at the very end before the server tells", async () => {
  const at = boundary();
  let [lastMoved, silentMs] = [null, 0];
  await time.until(() => {
    const moves = FakeVideo.all.some(({ isMoving }) => isMoving);
    if (lastMoved !== null) silentMs = Math.max(silentMs, time.nowMs - lastMoved);
    if (moves) lastMoved = time.nowMs;
    return server.now() > at.endsAtMs + 1_000;
  });
  assert.equal(at.plays(), "2");
  assert.ok(lastMoved !== null && silentMs <= 100, `${silentMs} ms were silent`);
  assert.ok(Math.abs(at.bob.positionMs - (server.now() - at.endsAtMs)) < 100);
});

test("what the server tells then changes nothing", async () => {
  const at = boundary();
  await at.passBy(200);
  const seen = at.bob.watch();
  at.tellSecond();
  await at.passBy(3_000);
  assert.deepEqual([seen.seeks, seen.pauses], [[], 0]);
  assert.ok(at.bob.isInStep());
  assert.equal(at.plays(), "2");
});

test("hearing of the first track again meanwhile does not lead back", async () => {
  const at = boundary();
  await at.passBy(300);
  at.bob.follow({ ...at.told });
  await at.passBy(800);
  assert.equal(at.plays(), "2");
});

test("another word of the server is followed", async () => {
  const at = boundary();
  await at.passBy(300);
  at.bob.hear(at.first, { position_ms: 20_000 });
  await at.bob.untilInStep();
  assert.equal(at.plays(), "1");
});

for (const promise of [{ promised: false }, { lateMs: 500 }]) {
  test(`without the server's promise it waits for its word: ${JSON.stringify(promise)}`, async () => {
    const at = boundary(promise);
    await at.passBy();
    assert.equal(at.plays(), "1");
    at.tellSecond();
    await at.bob.untilInStep();
    assert.equal(at.plays(), "2");
  });
}

for (const beforeMs of [2_000, 700, 100]) {
  test(`a pause just before the end keeps the next track silent: ${beforeMs} ms`, async () => {
    const at = boundary();
    await time.until(() => server.now() > at.endsAtMs - beforeMs);
    at.bob.hear(at.first, { playing: false, position_ms: 60_000 - beforeMs, leadMs: 0 });
    await at.passBy(500);
    assert.deepEqual([at.plays(), at.bob.phase, isSilent()], ["1", "paused", true]);
  });
}

for (const beforeMs of [1_200, 600, 200]) {
  test(`another follower at the last moment is the one that starts: ${beforeMs} ms`, async () => {
    const at = boundary();
    await time.until(() => server.now() > at.endsAtMs - beforeMs);
    at.bob.follower.next(tone(3), at.endsAtMs);
    let second = false;
    await time.until(() => {
      second ||= FakeVideo.all.some(({ src, isMoving }) => src.includes("-2.wav") && isMoving);
      return server.now() > at.endsAtMs + 1_000;
    });
    assert.ok(["1", "3"].includes(at.plays()));
    assert.equal(second, false);
  });
}

test("the next track starts at its own trim and the first ends at its", async () => {
  const at = boundary({ start_ms: 30_000 });
  await at.passBy();
  assert.equal(at.plays(), "2");
  assert.ok(Math.abs(at.bob.positionMs - 31_000) < 150, `${at.bob.positionMs}`);
});

test("a listener who paused is left alone at the boundary", async () => {
  const at = boundary();
  await at.bob.untilInStep();
  at.bob.follower.pause();
  await at.passBy();
  assert.deepEqual([at.bob.phase, isSilent()], ["alone", true]);
});

test("a track that is repeated follows itself without a gap, every time", async () => {
  const bob = new Bob();
  const track = tone(1);
  let endsAtMs = bob.hear(track, { position_ms: 60_000 - LEFT_MS }).effective_at_ms + LEFT_MS;
  bob.follower.next(track, endsAtMs);
  for (const _round of [1, 2, 3]) {
    let [lastMoved, silentMs, most, isTold] = [null, 0, 0, false];
    await time.until(() => {
      const moving = FakeVideo.all.filter(({ isMoving }) => isMoving).length;
      if (lastMoved !== null) silentMs = Math.max(silentMs, time.nowMs - lastMoved);
      if (moving) lastMoved = time.nowMs;
      if (server.now() > endsAtMs + 20) most = Math.max(most, moving);
      if (!isTold && server.now() > endsAtMs - 30) {
        isTold = true;
        bob.hear(track, { effective_at_ms: endsAtMs });
        bob.follower.next(track, endsAtMs + 60_000);
      }
      return server.now() > endsAtMs + 3_000;
    }, 120_000);
    assert.ok(silentMs <= 100, `${silentMs} ms were silent`);
    assert.ok(most <= 1, "it sounds twice");
    endsAtMs += 60_000;
  }
});
