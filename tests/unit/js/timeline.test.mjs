// The browser's arithmetic of positions, held to the table that the server's is held to.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { players } from "./static.mjs";

const { endsAtMs, positionAt, timelineOf } = await players("timeline.js");
const CASES = JSON.parse(readFileSync(new URL("../timeline_cases.json", import.meta.url), "utf8"));

test("the table has cases", () => assert.ok(CASES.length > 5));

for (const { name, timeline, positions, ends_at_ms: endMs } of CASES) {
  test(`the browser computes what the server's table says: ${name}`, () => {
    assert.ok(positions.length > 0);
    for (const [nowMs, positionMs] of positions) assert.equal(positionAt(timeline, nowMs), positionMs);
    assert.equal(endsAtMs(timeline), endMs);
  });
}

const BOUNDS = JSON.parse(readFileSync(new URL("../bounds_cases.json", import.meta.url), "utf8"));

for (const { name, entry, bounds } of [...BOUNDS, { name: "no entry", entry: null, bounds: [0, null] }]) {
  test(`the bounds of a player are what the server's table says: ${name}`, () => {
    const line = timelineOf({ playing: true, position_ms: 1, rate: 1, effective_at_ms: 2, entry });
    assert.deepEqual([line.first_ms, line.last_ms], bounds);
  });
}
