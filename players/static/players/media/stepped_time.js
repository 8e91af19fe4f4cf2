/** Longer than the time between two updates, so that one of them is always fresh. */
const WINDOW_MS = 600;

/**
 * Interpolates a position that a player updates only in steps.
 *
 * An update is right when it is made and late from then on, so the latest line through recent updates is the true one.
 */
export class SteppedTime {
  /** @type {{atMs: number, aheadMs: number}[]} */
  #told = [];

  /**
   * @param {number} positionMs
   * @param {number} atMs
   * @param {number} rate
   */
  tell(positionMs, atMs, rate) {
    this.#told.push({ atMs, aheadMs: positionMs - rate * atMs });
    this.#told = this.#told.filter((told) => atMs - told.atMs <= WINDOW_MS);
  }

  /**
   * The position at `atMs`; null if nothing was told since the last `forget`.
   * @param {number} atMs
   * @param {number} rate
   */
  at(atMs, rate) {
    if (this.#told.length === 0) return null;
    return Math.max(...this.#told.map((told) => told.aheadMs)) + rate * atMs;
  }

  /** To be called when the position jumps or the rate changes. */
  forget() {
    this.#told = [];
  }
}
