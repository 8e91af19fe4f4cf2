/** The sound fades out for so long before it stops. */
export const FADE_MS = 10_000;
/** With less than this left it is over: a track that repeats would begin anew before anybody looks again. */
const END_MS = 300;

/**
 * When to stop: after so many minutes, at the end of the track that plays, or never.
 * @typedef {number | "track" | null} Sleep
 *
 * @typedef {object} SleepState
 * @property {number | null} leftMs what is left; null if that is not known
 * @property {number} loudness from 0 to 1, by which the volume is multiplied
 * @property {boolean} isOver whether to stop now
 */

/** A sleep timer: pure arithmetic on the instants that it is told. */
export class SleepTimer {
  /** @type {Sleep} */
  choice = null;
  #endsAtMs = Infinity;
  /** @type {number | null} */
  #entryId = null;
  #hasTurned = false;

  /**
   * @param {Sleep} choice
   * @param {number} nowMs
   * @param {number | null} entryId what plays now
   */
  set(choice, nowMs, entryId) {
    this.choice = choice;
    this.#entryId = entryId;
    this.#hasTurned = false;
    this.#endsAtMs = typeof choice === "number" ? nowMs + choice * 60_000 : Infinity;
  }

  /**
   * @param {number} nowMs
   * @param {{entryId: number | null, leftMs: number}} room what plays, and how long it still does
   * @returns {SleepState}
   */
  at(nowMs, room) {
    if (this.choice === null) return { leftMs: null, loudness: 1, isOver: false };
    if (this.choice === "track") this.#follow(nowMs, room);
    const leftMs = Math.max(0, this.#endsAtMs - nowMs);
    const isOver = leftMs < END_MS;
    const loudness = isOver ? 0 : Math.min(1, leftMs / FADE_MS);
    return { leftMs: Number.isFinite(leftMs) ? leftMs : null, loudness, isOver };
  }

  /**
   * A track that is skipped has ended too, but its sound does not break off.
   * @param {number} nowMs
   * @param {{entryId: number | null, leftMs: number}} room
   */
  #follow(nowMs, { entryId, leftMs }) {
    if (this.#hasTurned) return;
    this.#hasTurned = entryId !== this.#entryId;
    this.#endsAtMs = this.#hasTurned ? Math.min(this.#endsAtMs, nowMs + FADE_MS) : nowMs + leftMs;
  }
}
