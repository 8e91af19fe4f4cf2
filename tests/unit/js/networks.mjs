/** Networks as they are, simulated and the same each time: what questions to a server's clock meet on them. */

import { randomOf } from "./static.mjs";

export const BURST = 8;
export const MINUTE_MS = 60_000;
const BURST_EVERY_MS = 100;

const exponential = (random, mean) => -mean * Math.log(1 - random());

/** How long something waits on one way, in milliseconds. */
const QUEUES = {
  even: (mostMs) => () => (random) => mostMs * random(),
  tail: (meanMs) => () => (random) => exponential(random, meanMs),

  /** Grants of a scheduler, and now and then a handover or a retransmission. */
  lte: () => (random) => {
    const lateMs = random() < 0.08 ? 60 + 200 * random() : 0;
    return exponential(random, 12) + exponential(random, 12) + lateMs;
  },

  /** Mostly free air, and one in ten that others had to be waited for. */
  wifi: () => (random) => exponential(random, 3) + (random() < 0.1 ? 30 * random() : 0),

  /** An upload beside it: some in a row wait in a long queue. */
  bursts: () => {
    let [left, lengthMs] = [0, 0];
    return (random) => {
      if (left === 0 && random() < 0.08) [left, lengthMs] = [1 + Math.floor(4 * random()), 100 + 300 * random()];
      const queuedMs = left ? lengthMs * random() : 0;
      left = Math.max(0, left - 1);
      return exponential(random, 4) + queuedMs;
    };
  },
};

/** @typedef {{upMs: number, downMs: number, queue: () => (random: () => number) => number, driftPpm?: number}} Network */

const even = (wayMs, queue) => ({ upMs: wayMs, downMs: wayMs, queue });

/** @type {Record<string, Network>} */
export const NETWORKS = {
  fibre: even(4, QUEUES.tail(0.4)),
  "Wi-Fi": even(10, QUEUES.wifi),
  LTE: even(30, QUEUES.lte),
  satellite: even(300, QUEUES.tail(15)),
  bursty: even(15, QUEUES.bursts),
  "20 ms": even(10, QUEUES.even(20)),
  "200 ms": even(100, QUEUES.even(20)),
};

/** Ways of these lengths, on each of which up to 20 ms are waited. */
export const waiting = (upMs, downMs) => ({ upMs, downMs, queue: QUEUES.even(20) });

/**
 * A burst of questions and one in each of the minutes after it, with the true offset at each answer. By so many
 * millionths our clock is slower than the server's, which tells whole milliseconds.
 */
export function run({ upMs, downMs, queue, driftPpm = 0 }, seed, minutes = 0) {
  const random = randomOf(seed + 1);
  const [queueUp, queueDown] = [queue(), queue()];
  const zeroMs = 2e9 * random() - 1e9;
  const drift = driftPpm * 1e-6;
  let nowMs = 1_000 * random();
  return [0, ...Array(BURST - 1).fill(BURST_EVERY_MS), ...Array(minutes).fill(MINUTE_MS)].map((pauseMs) => {
    const askedAt = nowMs + pauseMs;
    const readAt = askedAt + upMs + queueUp(random);
    nowMs = readAt + downMs + queueDown(random);
    const serverNowMs = Math.floor(readAt + zeroMs + drift * readAt);
    return { askedAt, answeredAt: nowMs, serverNowMs, offsetMs: zeroMs + drift * nowMs };
  });
}
