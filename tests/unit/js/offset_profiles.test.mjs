// How well the offset of the server's clock is estimated over networks as they are: compared with the truth, and with
// what simple estimators would make of the same answers.

import assert from "node:assert/strict";
import { test } from "node:test";

import { BURST, MINUTE_MS, NETWORKS, run, waiting } from "./networks.mjs";
import { rooms } from "./static.mjs";

const { OffsetEstimator } = await rooms("clock/offset_estimator.js");
const RUNS = 400;
const STEADY_MINUTES = 12;
const SEEDS = Array.from({ length: RUNS }, (_, seed) => seed);

const mean = (values) => values.reduce((sum, one) => sum + one, 0) / values.length;
const p95 = (values) => values.map(Math.abs).sort((a, b) => a - b)[Math.ceil(0.95 * values.length) - 1];
const roundTripMs = ({ askedAt, answeredAt }) => answeredAt - askedAt;

/** The offset, if both ways took equally long. */
const middleMs = ({ askedAt, answeredAt, serverNowMs }) => serverNowMs + 0.5 - (askedAt + answeredAt) / 2;

/** The offset that is believed after each answer. */
function estimates(probes) {
  const estimator = new OffsetEstimator();
  return probes.map((probe) => {
    estimator.add(probe);
    return estimator.offsetMs;
  });
}

/** Simple estimators, which are to be beaten. */
const SIMPLE = {
  last: (probes) => middleMs(probes.at(-1)),
  average: (probes) => mean(probes.slice(-BURST).map(middleMs)),
  quickest: (probes) => middleMs(probes.slice(-BURST).reduce((a, b) => (roundTripMs(b) < roundTripMs(a) ? b : a))),
};

/**
 * The errors that 95 of 100 stay below, in milliseconds: after the burst; with `minutes`, in each of them but the first
 * two, until just before the next answer.
 */
function errors(network, minutes = 0) {
  const found = { ours: [], last: [], average: [], quickest: [] };
  for (const seed of SEEDS) {
    const probes = run(network, seed, minutes);
    const ours = estimates(probes);
    for (let n = minutes ? BURST + 2 : BURST - 1; n < probes.length; n++) {
      const truths = [probes[n].offsetMs];
      if (minutes) truths.push(truths[0] + (network.driftPpm ?? 0) * 1e-6 * MINUTE_MS);
      for (const truth of truths) {
        found.ours.push(ours[n] - truth);
        for (const [name, estimate] of Object.entries(SIMPLE)) found[name].push(estimate(probes.slice(0, n + 1)) - truth);
      }
    }
  }
  return Object.fromEntries(Object.entries(found).map(([name, values]) => [name, p95(values)]));
}

for (const [name, mostMs, ofLast, ofAverage, ofQuickest] of [
  ["fibre", 0.4, 0.5, 1.1, 0.8],
  ["Wi-Fi", 1.2, 0.1, 0.4, 0.7],
  ["LTE", 8, 0.1, 0.3, 0.7],
  ["satellite", 4, 0.2, 0.5, 0.7],
  ["bursty", 1.8, 0.05, 0.05, 0.7],
  ["20 ms", 4, 0.5, 1.2, 0.7],
  ["200 ms", 4, 0.5, 1.2, 0.7],
]) {
  test(`a burst leaves little error: ${name}`, () => {
    const told = errors(NETWORKS[name]);
    const text = JSON.stringify(told);
    assert.ok(told.ours <= mostMs, text);
    assert.ok(told.ours <= ofLast * told.last, text);
    assert.ok(told.ours <= ofAverage * told.average, text);
    assert.ok(told.ours <= ofQuickest * told.quickest, text);
  });
}

for (const [name, driftPpm, mostMs] of [
  ["fibre", 0, 1],
  ["fibre", 20, 2],
  ["fibre", 50, 9],
  ["Wi-Fi", 0, 3],
  ["Wi-Fi", 20, 4],
  ["LTE", 0, 10],
  ["LTE", 20, 11],
  ["bursty", 0, 5],
  ["bursty", 20, 7],
  ["200 ms", 0, 6],
  ["200 ms", 20, 8],
  ["200 ms", -20, 8],
  ["200 ms", 50, 15],
  ["200 ms", -50, 15],
]) {
  test(`with one probe a minute it stays small though clocks drift apart: ${name}, ${driftPpm} ppm`, () => {
    const told = errors({ ...NETWORKS[name], driftPpm }, STEADY_MINUTES);
    assert.ok(told.ours <= mostMs, JSON.stringify(told));
    // The quickest of the last eight may be seven minutes old, in which the clocks went their own ways.
    assert.ok(!driftPpm || told.ours <= 0.75 * told.quickest, JSON.stringify(told));
  });
}

for (const [upMs, downMs] of [[10, 90], [90, 10], [20, 180]]) {
  test(`lopsided ways cost half of the difference and no more: ${upMs} and ${downMs} ms`, () => {
    const offBy = SEEDS.map((seed) => {
      const probes = run(waiting(upMs, downMs), seed);
      return estimates(probes).at(-1) - probes.at(-1).offsetMs;
    });
    const half = (upMs - downMs) / 2;
    assert.ok(Math.abs(mean(offBy) - half) <= 0.5, `${mean(offBy)}`);
    assert.ok(p95(offBy.map((error) => error - half)) <= 4);
  });
}

test("four browsers at different distances agree within a few milliseconds", () => {
  // With up to 40 ms of jitter; what they disagree by is what listeners in one room would hear.
  const spreads = SEEDS.map((seed) => {
    const offBy = [10, 40, 70, 100].map((wayMs, number) => {
      const probes = run(waiting(wayMs, wayMs), 4 * seed + number);
      return estimates(probes).at(-1) - probes.at(-1).offsetMs;
    });
    return Math.max(...offBy) - Math.min(...offBy);
  });
  assert.ok(p95(spreads) <= 6.5, `${p95(spreads)}`);
});

test("it is never wrong by more than half of the quickest round trip", () => {
  // Whatever the queues: the server looked at its clock between question and answer.
  for (const seed of SEEDS) {
    const probes = run(NETWORKS["Wi-Fi"], seed, 8);
    for (const [number, offsetMs] of estimates(probes).entries()) {
      const quickestMs = Math.min(...probes.slice(Math.max(0, number - 7), number + 1).map(roundTripMs));
      assert.ok(Math.abs(offsetMs - probes[number].offsetMs) <= quickestMs / 2 + 1, `seed ${seed}`);
    }
  }
});

test("a clock that stood still is right with the first answer", () => {
  // After a sleep; it would otherwise take three answers to believe such a jump, which may be three minutes.
  const sleptMs = 8 * 3_600_000;
  for (const seed of SEEDS.slice(0, 20)) {
    const estimator = new OffsetEstimator();
    const [before, after] = [NETWORKS.LTE, waiting(30, 30)].map((network) => run(network, seed));
    // The two runs have the same truth, as they have the same seed.
    assert.equal(before[0].offsetMs, after[0].offsetMs);
    before.forEach((probe) => estimator.add(probe));
    estimator.shift(sleptMs);
    const offBy = () => Math.abs(estimator.offsetMs - sleptMs - before[0].offsetMs);
    assert.ok(offBy() < 60);
    const errorsMs = after.map((probe) => {
      estimator.add({ ...probe, serverNowMs: probe.serverNowMs + sleptMs });
      return offBy();
    });
    assert.ok(errorsMs[0] <= 11, `seed ${seed}: ${errorsMs}`);
    assert.ok(errorsMs.at(-1) <= 8, `seed ${seed}: ${errorsMs}`);
  }
});

test("the networks are what they say", () => {
  // A test that drew no queues at all would be passed by any estimator.
  const networks = Object.values(NETWORKS);
  assert.ok(networks.length >= 7);
  for (const network of networks) {
    const probes = run(network, 1, 2);
    assert.equal(probes.length, BURST + 2);
    probes.slice(1).forEach((probe, n) => assert.ok(probes[n].answeredAt < probe.askedAt));
    assert.ok(Math.abs(probes.at(-1).askedAt - probes.at(-2).answeredAt - MINUTE_MS) < 1e-6);
    assert.equal(new Set(probes.map((probe) => roundTripMs(probe).toFixed(3))).size, probes.length);
  }
});
