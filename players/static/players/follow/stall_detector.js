const WATCHED_MS = 2_000;
/** Below this part of its rate a player is held up: by an advertisement, or a stall that it does not report. */
const STANDSTILL = 0.25;
const MOVES = 0.5;
const RECENT = 3;

/**
 * Detects a player that says it plays while its position stands still.
 *
 * Without this an advertisement would look like a growing distance to the room, and be answered with seek after seek.
 */
export class StallDetector {
  /** @type {{atMs: number, positionMs: number}[]} */
  #seen = [];

  /** Whether it has stood still for so long that it is held up. */
  isHeld = false;

  /**
   * @param {number} atMs
   * @param {number} positionMs
   * @param {number} rate
   */
  see(atMs, positionMs, rate) {
    this.#seen = [...this.#seen.filter((seen) => atMs - seen.atMs < WATCHED_MS + 500), { atMs, positionMs }];
    const isLong = atMs - this.#seen[0].atMs >= WATCHED_MS;
    if (this.isMoving(rate)) this.isHeld = false;
    else if (isLong && this.#movedPart(this.#seen[0], rate) < STANDSTILL) this.isHeld = true;
  }

  /**
   * Whether it moved between the last readings.
   * @param {number} rate
   */
  isMoving(rate) {
    const recent = this.#seen.at(-RECENT);
    return recent !== undefined && this.#movedPart(recent, rate) > MOVES;
  }

  forget() {
    this.#seen = [];
    this.isHeld = false;
  }

  /**
   * The part of the way that it should have gone since `since`.
   * @param {{atMs: number, positionMs: number}} since
   * @param {number} rate
   */
  #movedPart(since, rate) {
    const last = /** @type {{atMs: number, positionMs: number}} */ (this.#seen.at(-1));
    return (last.positionMs - since.positionMs) / (rate * (last.atMs - since.atMs));
  }
}
