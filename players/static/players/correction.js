/**
 * What to do about the distance between this player and the room. Pure: it is told everything and touches nothing.
 *
 * @typedef {object} Readings
 * @property {number[]} errorsMs the last readings of this player's position minus the room's, the newest last
 * @property {number} playingForMs how long it has really been playing, without a stall
 * @property {number} sinceSeekMs since the last corrective seek; Infinity if there was none
 * @property {number} seeksInMinute how many corrective seeks the last minute saw
 * @property {number} roomRate
 * @property {number} rate the rate that is set now: the room's, or a nudged one
 * @property {boolean} canNudge whether this player obeys small changes of its rate, as far as is known
 *
 * @typedef {object} Config
 * @property {number} deadBandMs what nobody hears and measuring cannot better
 * @property {number} seekBeyondMs from here on catching up by rate would take too long
 * @property {number} unnudgedBeyondMs the same for a player that does not obey small changes of its rate
 *
 * @typedef {{action: "none"} | {action: "seek", errorMs: number} | {action: "rate", rate: number}} Correction
 *
 * @typedef {"tight" | "normal" | "loose" | "off"} Tightness
 */

const SETTLE_MS = 500;
const READINGS = 3;
const AFTER_SEEK_MS = 5_000;
const CALM_SEEKS = 3;
const LARGEST_THRESHOLD_MS = 3_000;
/** With the pitch kept, nobody hears a change of three per cent. */
const MOST_NUDGE = 0.03;
const LEAST_NUDGE = 0.005;
/** Each change of the rate may be heard: one this small is left out. */
const LEAST_CHANGE = 0.01;
/** An error is to be caught up within this time, as far as the largest nudge allows. */
const CATCH_UP_MS = 3_000;
/** A nudge ends well inside the band at whose edge it began, so that it does not begin again at once. */
const NUDGED_ENOUGH = 1 / 3;

/** @type {Record<string, Record<Tightness, Config | null>>} */
const CONFIGS = {
  direct: {
    tight: { deadBandMs: 15, seekBeyondMs: 400, unnudgedBeyondMs: 100 },
    normal: { deadBandMs: 25, seekBeyondMs: 400, unnudgedBeyondMs: 150 },
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
 * Null if the listener wants no corrections.
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
  const { errorsMs, playingForMs, sinceSeekMs } = readings;
  if (playingForMs < SETTLE_MS || errorsMs.length < READINGS) return { action: "none" };
  const errorMs = median(errorsMs.slice(-READINGS));
  if (Math.abs(errorMs) > seekThresholdMs(readings, config)) {
    return sinceSeekMs < AFTER_SEEK_MS ? { action: "none" } : { action: "seek", errorMs };
  }
  const rate = wantedRate(errorMs, readings, config);
  return rate === readings.rate ? { action: "none" } : { action: "rate", rate };
}

/**
 * A player that had to be sent so often does not land where it is sent: better a little off than never at rest.
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
 * @param {number} errorMs
 * @param {Readings} readings
 * @param {Config} config
 */
function wantedRate(errorMs, { rate, roomRate, canNudge }, { deadBandMs }) {
  const isNudged = rate !== roomRate;
  const enoughMs = isNudged ? deadBandMs * NUDGED_ENOUGH : deadBandMs;
  const hasOvershot = isNudged && Math.sign(rate - roomRate) === Math.sign(errorMs);
  if (!canNudge || Math.abs(errorMs) <= enoughMs || hasOvershot) return roomRate;
  const nudge = Math.min(MOST_NUDGE, Math.max(LEAST_NUDGE, Math.abs(errorMs) / CATCH_UP_MS));
  const wanted = roomRate * (1 - Math.sign(errorMs) * nudge);
  return isNudged && Math.abs(wanted - rate) < LEAST_CHANGE * roomRate ? rate : wanted;
}
