import { endsAtMs, isAdrift, positionAt, timelineOf } from "../timeline.js";

/**
 * @typedef {import("../../rooms/page/lib/shapes.js").Player} Player
 */

/** The largest distance that drift control mends without a new start. */
const MET_MS = 400;
const NOW_MS = 50;

/** The room's position over time, moved by the offset that this listener chose for distant loudspeakers. */
export class RoomPosition {
  #clock;
  #preferences;

  /** @type {Player | null} */
  #player = null;
  /** The same as it was told. @type {Player | null} */
  #told = null;
  /** When what would start late was taken to start. @type {{toldMs: number, atMs: number} | null} */
  #anchor = null;

  /**
   * @param {import("../../rooms/clock/clock.js").Clock} clock
   * @param {import("../preferences.js").Preferences} preferences
   */
  constructor(clock, preferences) {
    this.#clock = clock;
    this.#preferences = preferences;
  }

  get player() {
    return this.#player;
  }

  /** What the room's player is. One that would wait for long is taken as starting now: a clock was set back since. */
  set player(player) {
    this.#told = player;
    this.reconsider();
  }

  /** The clock was read anew. */
  reconsider() {
    const [told, now] = [this.#told, this.#clock.now()];
    const isLate = told !== null && this.#clock.isKnown && isAdrift(timelineOf(told), now);
    if (!isLate) this.#anchor = null;
    else if (this.#anchor?.toldMs !== told.effective_at_ms) this.#anchor = { toldMs: told.effective_at_ms, atMs: now };
    this.#player = told && this.#anchor ? { ...told, effective_at_ms: this.#anchor.atMs } : told;
  }

  /** The instant by which one round is told from another. */
  get startsAtMs() {
    return this.#player?.effective_at_ms ?? 0;
  }

  get provider() {
    return String(this.player?.entry?.provider);
  }

  get rate() {
    return this.player?.rate ?? 1;
  }

  /** Where the room is now. */
  get positionMs() {
    return this.positionAt(this.#clock.now());
  }

  /** What is left until the room's end of the track; Infinity if no end is known. */
  get leftMs() {
    const ends = this.player && endsAtMs(timelineOf(this.player));
    return ends === null ? Infinity : ends - this.#clock.now();
  }

  /** How long it is until the room starts; negative once it has. */
  get untilStartMs() {
    return this.player ? this.instantOf(this.player.position_ms) - this.#clock.now() : -Infinity;
  }

  /**
   * Whether a player plays already where the room is, but for what drift control can mend.
   * @param {Pick<import("../media/adapter.js").Media, "state" | "positionMs">} media
   */
  isMetBy(media) {
    if (media.state !== "playing" || this.untilStartMs >= NOW_MS) return false;
    return Math.abs(media.positionMs - this.positionMs) < MET_MS;
  }

  /** Everything that decides where the room is, as one value. */
  get key() {
    return JSON.stringify(this.player && timelineOf(this.player));
  }

  /** @param {number} atMs */
  positionAt(atMs) {
    return this.player ? positionAt(timelineOf(this.player), atMs + this.#preferences.nudgeMs) : 0;
  }

  /**
   * When the room is at a position, were there no ends.
   * @param {number} positionMs
   */
  instantOf(positionMs) {
    if (!this.player) return Infinity;
    const { effective_at_ms, position_ms, rate } = this.player;
    return effective_at_ms + (positionMs - position_ms) / rate - this.#preferences.nudgeMs;
  }
}
