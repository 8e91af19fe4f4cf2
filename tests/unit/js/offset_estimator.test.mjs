// What the estimator of the server's clock makes of single answers.

import assert from "node:assert/strict";
import { test } from "node:test";

import { rooms, rounded } from "./static.mjs";

const { OffsetEstimator } = await rooms("clock/offset_estimator.js");
const times = (count, probe) => Array(count).fill(probe);

const CASES = [
  ["nothing is known before the first probe", [], null],
  ["the first probe is believed", [[500, 80]], 500],
  ["the smallest round trip wins", [[540, 82], [505, 12], [490, 60]], 505],
  ["each way counts for itself: the quickest there, the quickest back", [[540, 82], [460, 82]], 500],
  ["what leaves more room adds nothing", [[505, 12], [540, 100]], 505],
  ["a round trip above a second is thrown away", [[500, 80], [900, 1_001]], 500],
  ["a round trip of a second is not", [[500, 1_000]], 500],
  ["the best of eight is forgotten after eight more", [[500, 5], ...times(8, [510, 50])], 510],
  ["but not before", [[500, 5], ...times(7, [510, 50])], 500],
  ["a jump seen once is an accident", [[500, 50], [900, 10]], 500],
  ["a jump seen twice may be one", [[500, 50], [900, 10], [900, 10]], 500],
  ["a jump seen three times is one", [[500, 50], [900, 30], [901, 10], [902, 20]], 901],
  ["what returns in between was no jump", [[500, 50], [900, 10], [900, 10], [500, 50], [900, 10]], 500],
  ["three different jumps are none", [[500, 50], [900, 10], [-900, 10], [900, 10]], 500],
  ["a route that became lopsided does not unsay what was known", [[500, 50], ...times(3, [900, 890])], 500],
  ["a change of a quarter second is followed at once", [[500, 50], [750, 10]], 750],
  ["and what was known before it is given up", [[500, 50], [500, 8], [750, 90], [790, 90]], 770],
  ["a negative round trip is no round trip", [[500, 80], [900, -1]], 500],
];

for (const [claim, probes, offsetMs] of CASES) {
  test(claim, () => {
    const estimator = new OffsetEstimator();
    for (const [offset, roundTrip] of probes) {
      // At the same time, so that nothing drifts; the server tells half a millisecond less than it means.
      estimator.add({ askedAt: -roundTrip / 2, answeredAt: roundTrip / 2, serverNowMs: offset - 0.5 });
    }
    assert.equal(estimator.offsetMs === null ? null : rounded(estimator.offsetMs, 2), offsetMs);
  });
}

for (const [claim, minutes, offsetMs] of [
  ["what was known a minute ago still counts", 1, 500.4],
  ["what was known long ago does not, since clocks drift apart", 60, 510],
]) {
  test(claim, () => {
    const estimator = new OffsetEstimator();
    const at = (now, offset, roundTrip) =>
      estimator.add({ askedAt: now - roundTrip / 2, answeredAt: now + roundTrip / 2, serverNowMs: now + offset - 0.5 });
    at(0, 500, 0);
    at(60_000 * minutes, 510, 22);
    assert.ok(Math.abs(estimator.offsetMs - offsetMs) <= 0.1, `${estimator.offsetMs}`);
  });
}

test("after a sleep the offset is shifted and the next probe believed at once", () => {
  const estimator = new OffsetEstimator();
  estimator.add({ askedAt: 0, answeredAt: 10, serverNowMs: 504.5 });
  estimator.shift(3_600_000);
  assert.equal(estimator.offsetMs, 3_600_500);
  estimator.add({ askedAt: 100, answeredAt: 190, serverNowMs: 3_601_144.5 });
  assert.equal(estimator.offsetMs, 3_601_000);
});
