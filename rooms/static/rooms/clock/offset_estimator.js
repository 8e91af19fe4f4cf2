const KEPT = 8;
/** A round trip this long says little about where in it the server looked at its clock. */
const LONGEST_ROUND_TRIP_MS = 1_000;
/** A change this large is a clock that was set, or a route gone lopsided: only the first lasts. */
const JUMP_MS = 250;
const JUMP_SEEN = 3;
/** The server tells whole milliseconds, rounded down. */
const TOLD_TO_MS = 1;
/** By this part of the time that passes two computers' clocks drift apart, unless they are worse than most. */
const DRIFT = 30e-6;

/**
 * One question to the server's clock; our own instants are those of a clock that nobody sets.
 * @typedef {object} Probe
 * @property {number} askedAt
 * @property {number} answeredAt
 * @property {number} serverNowMs what the server's clock showed somewhere between
 *
 * Between what the offset has to lie, since the server looked neither before it was asked nor after it answered.
 * @typedef {{least: number, most: number, atMs: number}} Bounds
 */

/**
 * How far the server's clock is ahead of ours: the middle of what the last eight answers leave room for.
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
 * What all of them leave room for. One that contradicts those after it is of a clock that was set since.
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
