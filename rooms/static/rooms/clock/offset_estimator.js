const KEPT = 8;
/** A round trip this long says too little about when within it the server read its clock. */
const LONGEST_ROUND_TRIP_MS = 1_000;
/** A jump of the offset: a clock that was set, or a route that became asymmetric, of which only the first lasts. */
const JUMP_MS = 250;
const JUMP_SEEN = 3;
/** The server tells whole milliseconds, rounded down. */
const TOLD_TO_MS = 1;
/** Frequency error between two computers' clocks: 30 parts per million, which few exceed. */
const DRIFT = 30e-6;

/**
 * One request for the server's time; local instants are of a monotonic clock.
 * @typedef {object} Probe
 * @property {number} askedAt
 * @property {number} answeredAt
 * @property {number} serverNowMs what the server's clock showed somewhere between
 *
 * The interval of the offset: the server read its clock neither before the request nor after its answer.
 * @typedef {{least: number, most: number, atMs: number}} Bounds
 */

/**
 * Estimates how far the server's clock is ahead: the middle of the intersection of the last eight intervals (Marzullo).
 *
 * Each way is judged by the quickest that went it, which need not have come back as quickly. If both take equally long
 * when they are quick, the middle is the truth; if not, it is wrong by half of the difference.
 */
export class OffsetEstimator {
  /** @type {Bounds[]} */
  #known = [];
  /** @type {Bounds[]} */
  #jumped = [];

  /** In milliseconds; null until the first good probe. @type {number | null} */
  offsetMs = null;

  /** @param {Probe} probe */
  add(probe) {
    const roundTripMs = probe.answeredAt - probe.askedAt;
    if (!(roundTripMs >= 0 && roundTripMs <= LONGEST_ROUND_TRIP_MS)) return;
    const bounds = offsetBounds(probe);
    if (this.#isJump(bounds)) this.#suspect(bounds);
    else this.#keep([...this.#known, bounds]);
  }

  /**
   * Forget every probe, since our own clock has stood still for `byMs`; the next probe is believed at once.
   * @param {number} byMs
   */
  shift(byMs) {
    this.#known = [];
    this.#jumped = [];
    if (this.offsetMs !== null) this.offsetMs += byMs;
  }

  /** @param {Bounds} bounds */
  #isJump(bounds) {
    return this.#known.length > 0 && Math.abs(middleOf(bounds) - Number(this.offsetMs)) > JUMP_MS;
  }

  /** @param {Bounds} bounds */
  #suspect(bounds) {
    const isSame = this.#jumped.every((earlier) => Math.abs(middleOf(earlier) - middleOf(bounds)) <= JUMP_MS);
    this.#jumped = isSame ? [...this.#jumped, bounds] : [bounds];
    // Where only a route went lopsided, what was known before still holds.
    if (this.#jumped.length >= JUMP_SEEN) this.#keep([...this.#known, ...this.#jumped]);
  }

  /** @param {Bounds[]} known the newest last */
  #keep(known) {
    this.#known = known.slice(-KEPT);
    this.#jumped = [];
    this.offsetMs = middleOf(agreed(this.#known));
  }
}

/**
 * @param {Probe} probe
 * @returns {Bounds}
 */
function offsetBounds({ askedAt, answeredAt, serverNowMs }) {
  return { least: serverNowMs - answeredAt, most: serverNowMs + TOLD_TO_MS - askedAt, atMs: answeredAt };
}

/**
 * The intersection of all intervals. One that contradicts newer ones is from before the clock was set, and ends it.
 * @param {Bounds[]} known the newest last
 */
function agreed(known) {
  const [newest, ...earlier] = [...known].reverse();
  let room = newest;
  for (const { least, most, atMs } of earlier) {
    const driftMs = DRIFT * (newest.atMs - atMs);
    const narrower = { ...room, least: Math.max(room.least, least - driftMs), most: Math.min(room.most, most + driftMs) };
    if (narrower.least > narrower.most) break;
    room = narrower;
  }
  return room;
}

/** @param {Bounds} bounds */
function middleOf({ least, most }) {
  return (least + most) / 2;
}
