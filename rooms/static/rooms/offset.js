const KEPT = 8;
/** A round trip this long says little about where in it the server looked at its clock. */
const LONGEST_ROUND_TRIP_MS = 1_000;
/** A change this large is a clock that was set, or a route gone lopsided: only the first lasts. */
const JUMP_MS = 250;
const JUMP_SEEN = 3;

/**
 * One question to the server's clock.
 * @typedef {object} Probe
 * @property {number} offsetMs the server's clock minus ours, if both ways took equally long
 * @property {number} roundTripMs
 */

/** How far the server's clock is from ours: the offset of the smallest round trip among the last eight. */
export class OffsetEstimator {
  /** @type {Probe[]} */
  #probes = [];
  /** @type {Probe[]} */
  #jumped = [];

  /** In milliseconds; null until the first good probe. @type {number | null} */
  offsetMs = null;

  /** @param {Probe} probe */
  add(probe) {
    if (!(probe.roundTripMs >= 0 && probe.roundTripMs <= LONGEST_ROUND_TRIP_MS)) return;
    if (this.#isJump(probe)) this.#suspect(probe);
    else this.#keep([...this.#probes, probe].slice(-KEPT));
  }

  /**
   * Forget every probe, since our own clock has stood still for `byMs`; the next probe is believed at once.
   * @param {number} byMs
   */
  shift(byMs) {
    this.#probes = [];
    this.#jumped = [];
    if (this.offsetMs !== null) this.offsetMs += byMs;
  }

  /** @param {Probe} probe */
  #isJump(probe) {
    return this.#probes.length > 0 && Math.abs(probe.offsetMs - Number(this.offsetMs)) > JUMP_MS;
  }

  /** @param {Probe} probe */
  #suspect(probe) {
    const isSame = this.#jumped.every((earlier) => Math.abs(earlier.offsetMs - probe.offsetMs) <= JUMP_MS);
    this.#jumped = isSame ? [...this.#jumped, probe] : [probe];
    if (this.#jumped.length >= JUMP_SEEN) this.#keep(this.#jumped);
  }

  /** @param {Probe[]} probes */
  #keep(probes) {
    this.#probes = probes;
    this.#jumped = [];
    this.offsetMs = probes.reduce((best, probe) => (probe.roundTripMs < best.roundTripMs ? probe : best)).offsetMs;
  }
}
