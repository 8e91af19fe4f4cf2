/**
 * The control law for drift: none, a change of rate, or a seek, for a given error. Pure, so that tables can test it.
 *
 * @typedef {object} Readings
 * @property {number[]} errorsMs the last readings of this player's position minus the room's, the newest last
 * @property {number} playingForMs how long it has really been playing, without a stall
 * @property {number} sinceSeekMs since the last corrective seek; Infinity if there was none
 * @property {number} seeksInMinute how many corrective seeks the last minute saw
 * @property {number} roomRate
 * @property {boolean} canNudge whether this player obeys small changes of its rate, as far as is known
 * @property {number} nudgeCostMs how much later it is for leaving the room's rate at all
 *
 * @typedef {object} Config
 * @property {number} deadBandMs what nobody hears and measuring cannot better
 * @property {number} seekBeyondMs from here on catching up by rate would take too long
 * @property {number} unnudgedBeyondMs the same for a player that does not obey small changes of its rate
 *
 * `gainMs` is how far a nudge brings it forward, apart from what it costs.
 * @typedef {{rate: number, forMs: number, gainMs: number}} Nudge
 *
 * @typedef {{action: "none"} | {action: "seek"} | {action: "nudge", nudge: Nudge}} Correction
 *
 * @typedef {import("../preferences.js").Tightness} Tightness
 */

const SETTLE_MS = 500;
/** One reading of a position may be off by the noise of its clock: the middle of three is not. */
export const READINGS = 3;
const AFTER_SEEK_MS = 5_000;
const CALM_SEEKS = 3;
const LARGEST_THRESHOLD_MS = 3_000;
/** The largest change of rate, as a part of the room's: with the pitch kept, three per cent are not heard. */
const MOST_NUDGE = 0.03;
/** The smallest: players round what is closer to the normal rate. */
const LEAST_NUDGE = 0.005;
/** An error is to be caught up within this time, as far as the largest nudge allows. */
const CATCH_UP_MS = 1_000;
const SHORTEST_MS = 100;

/** @type {Record<string, Record<Tightness, Config | null>>} */
const CONFIGS = {
  direct: {
    tight: { deadBandMs: 6, seekBeyondMs: 150, unnudgedBeyondMs: 100 },
    normal: { deadBandMs: 8, seekBeyondMs: 200, unnudgedBeyondMs: 150 },
    loose: { deadBandMs: 40, seekBeyondMs: 1_000, unnudgedBeyondMs: 1_000 },
    off: null,
  },
  youtube: {
    tight: { deadBandMs: 100, seekBeyondMs: 400, unnudgedBeyondMs: 200 },
    normal: { deadBandMs: 100, seekBeyondMs: 400, unnudgedBeyondMs: 250 },
    loose: { deadBandMs: 150, seekBeyondMs: 1_000, unnudgedBeyondMs: 1_000 },
    off: null,
  },
};

/**
 * The thresholds for a provider; null if the listener wants no corrections.
 * @param {string} provider
 * @param {Tightness} tightness
 */
export function configFor(provider, tightness) {
  return (CONFIGS[provider] ?? CONFIGS.direct)[tightness];
}

/**
 * @param {Readings} readings
 * @param {Config} config
 * @returns {Correction}
 */
export function correction(readings, config) {
  const { errorsMs, playingForMs, sinceSeekMs, canNudge } = readings;
  if (playingForMs < SETTLE_MS || errorsMs.length < READINGS) return { action: "none" };
  const errorMs = median(errorsMs.slice(-READINGS));
  if (Math.abs(errorMs) > seekThresholdMs(readings, config)) {
    return { action: sinceSeekMs < AFTER_SEEK_MS ? "none" : "seek" };
  }
  if (Math.abs(errorMs) <= config.deadBandMs || !canNudge) return { action: "none" };
  return { action: "nudge", nudge: nudgeBy(readings.nudgeCostMs - errorMs, readings.roomRate) };
}

/**
 * Whether a player needed so many seeks that it is left a little off: it does not land where it is sent.
 * @param {number} seeksInMinute
 */
export function isWeak(seeksInMinute) {
  return seeksInMinute > CALM_SEEKS;
}

/**
 * @param {Readings} readings
 * @param {Config} config
 */
function seekThresholdMs({ seeksInMinute, canNudge }, { seekBeyondMs, unnudgedBeyondMs }) {
  const beyondMs = canNudge ? seekBeyondMs : unnudgedBeyondMs;
  const doublings = Math.max(0, seeksInMinute - CALM_SEEKS);
  return Math.max(beyondMs, Math.min(LARGEST_THRESHOLD_MS, beyondMs * 2 ** doublings));
}

/** @param {number[]} values an odd number of them */
export function median(values) {
  return [...values].sort((a, b) => a - b)[(values.length - 1) / 2];
}

/**
 * @param {number} gainMs of the media, that the player is to be further ahead for it
 * @param {number} roomRate
 * @returns {Nudge}
 */
function nudgeBy(gainMs, roomRate) {
  const part = Math.min(MOST_NUDGE, Math.max(LEAST_NUDGE, Math.abs(gainMs) / CATCH_UP_MS));
  const forMs = Math.max(SHORTEST_MS, Math.abs(gainMs) / (part * roomRate));
  return { rate: roomRate * (1 + Math.sign(gainMs) * part), forMs, gainMs };
}
