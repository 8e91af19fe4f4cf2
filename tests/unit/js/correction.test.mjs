// What is done about the distance between a player and the room.

import assert from "node:assert/strict";
import { test } from "node:test";

import { players, rounded } from "./static.mjs";

const { configFor, correction } = await players("follow/correction.js");
const PLAYING = {
  errorsMs: [0, 0, 0],
  playingForMs: 60_000,
  sinceSeekMs: 60_000,
  seeksInMinute: 0,
  roomRate: 1,
  canNudge: true,
  nudgeCostMs: 0,
};
const DIRECT = { deadBandMs: 10, seekBeyondMs: 200, unnudgedBeyondMs: 150 };
const NONE = { action: "none" };
const SEEK = { action: "seek" };
const nudge = (rate, forMs, gainMs) => ({ action: "nudge", nudge: { rate, forMs, gainMs } });
const thrice = (ms) => [ms, ms, ms];

const CASES = [
  ["in step nothing is done", {}, NONE],
  ["within the dead band nothing is done", { errorsMs: [10, -10, 10] }, NONE],
  ["two readings are not enough", { errorsMs: [900, 900] }, NONE],
  ["the start of playing is no time to correct", { errorsMs: thrice(900), playingForMs: 499 }, NONE],
  ["one wild reading of three is no error", { errorsMs: [0, 900, 0] }, NONE],
  ["only the last three count", { errorsMs: [900, 900, 900, 0, 0, 0] }, NONE],
  ["ahead it slows down", { errorsMs: thrice(20) }, nudge(0.98, 1_000, -20)],
  ["behind it speeds up", { errorsMs: thrice(-20) }, nudge(1.02, 1_000, 20)],
  ["never by more than three per cent", { errorsMs: thrice(-90) }, nudge(1.03, 3_000, 90)],
  ["a nudge is a part of the room's rate", { errorsMs: thrice(-90), roomRate: 2 }, nudge(2.06, 1_500, 90)],
  ["what a nudge costs is gained too", { errorsMs: thrice(-10.5), nudgeCostMs: 20 }, nudge(1.03, 1_016.7, 30.5)],
  ["or needs no gaining", { errorsMs: thrice(25), nudgeCostMs: 20 }, nudge(0.995, 1_000, -5)],
  ["a nudge is not too short to be one", { errorsMs: thrice(20.1), nudgeCostMs: 20 }, nudge(0.995, 100, -0.1)],
  ["a player that does not obey is not nudged", { errorsMs: thrice(-150), canNudge: false }, NONE],
  ["it seeks earlier", { errorsMs: thrice(-151), canNudge: false }, SEEK],
  ["far off it seeks", { errorsMs: thrice(-201) }, SEEK],
  ["far ahead too", { errorsMs: thrice(5_000) }, SEEK],
  ["but not within five seconds of the last seek", { errorsMs: thrice(-900), sinceSeekMs: 4_999 }, NONE],
  ["three seeks a minute are in order", { errorsMs: thrice(-300), seeksInMinute: 3 }, SEEK],
  ["a fourth doubles the threshold", { errorsMs: thrice(-400), seeksInMinute: 4, canNudge: false }, SEEK],
  ["a fifth again", { errorsMs: thrice(-500), seeksInMinute: 5, canNudge: false }, NONE],
  ["which does not grow beyond three seconds", { errorsMs: thrice(-3_001), seeksInMinute: 50 }, SEEK],
];

for (const [claim, readings, expected] of CASES) {
  test(claim, () => {
    const decided = correction({ ...PLAYING, ...readings }, DIRECT);
    if (decided.nudge) {
      const { rate, forMs, gainMs } = decided.nudge;
      decided.nudge = { rate: rounded(rate, 3), forMs: rounded(forMs, 1), gainMs: rounded(gainMs, 1) };
    }
    assert.deepEqual(decided, expected);
  });
}

for (const provider of ["direct", "youtube"]) {
  test(`a tighter listener is corrected no later than a looser one and never when off: ${provider}`, () => {
    const [tight, normal, loose, off] = ["tight", "normal", "loose", "off"].map((one) => configFor(provider, one));
    for (const name of ["deadBandMs", "seekBeyondMs", "unnudgedBeyondMs"]) {
      assert.ok(tight[name] <= normal[name] && normal[name] <= loose[name], name);
    }
    assert.notDeepEqual(tight, loose);
    assert.equal(off ?? null, null);
  });
}
