import { playerOf } from "../media/adapter.js";
import { RoomPosition } from "./room_position.js";
import { Start } from "./start.js";
import { boundsOf, endsAtMs, timelineOf } from "../timeline.js";

/**
 * @typedef {import("../media/adapter.js").Entry} Entry
 * @typedef {import("../../rooms/page/lib/shapes.js").Player} Player
 * @typedef {import("./stage.js").SteeredMedia} SteeredMedia
 */

/** How long before the end the next track is sought to its first position. */
const AHEAD_MS = 1_500;
/** With less than this left it is not worth it: the server's event arrives as soon. */
const TOO_LATE_MS = 250;
/** How long the server's own event may be on its way; until then what it says of the old track is stale. */
const UNTOLD_MS = 5_000;

/**
 * Gapless playback: starts the next track at the very end of the one before, without waiting for the server's event.
 *
 * Only if the server promised to advance at that very instant (`advance_at_ms`), so that the room does the same.
 */
export class GaplessChange {
  #parts;
  /** @type {Entry | null} */
  #next = null;
  /** @type {number | null} */
  #goesOnAtMs = null;
  /** @type {Start | null} */
  #start = null;
  /** What the server goes on telling until it says otherwise. @type {{key: string, until: number} | null} */
  #left = null;

  /** @param {import("./parts.js").StartParts} parts */
  constructor(parts) {
    this.#parts = parts;
  }

  /**
   * What comes next.
   * @param {Entry | null} entry
   * @param {number | null} atMs the instant at which the server goes on by itself
   */
  expect(entry, atMs) {
    if (entry?.id !== this.#next?.id || entry?.url !== this.#next?.url || atMs !== this.#goesOnAtMs) this.cancel();
    this.#next = entry;
    this.#goesOnAtMs = atMs;
  }

  /**
   * Make ready once the end is near; to be called while `player` plays in `steered`.
   * @param {SteeredMedia} steered
   * @param {Player} player
   * @param {(next: Player) => void} onTurn called when what follows was told to play
   */
  watch({ media }, player, onTurn) {
    const [entry, atMs] = [this.#next, this.#goesOnAtMs];
    if (this.#start || !entry || atMs === null || atMs !== endsAtMs(timelineOf(player))) return;
    const leftMs = atMs - this.#parts.clock.now();
    const upcoming = leftMs < AHEAD_MS && leftMs > TOO_LATE_MS && this.#upcoming(media, player, entry);
    if (!upcoming) return;
    const position_ms = boundsOf(entry).first_ms;
    const next = { ...player, entry, entry_id: entry.id, position_ms, effective_at_ms: atMs };
    this.#start = new Start(upcoming, this.#parts, this.#roomOf(next), () => {
      this.#start = null;
      this.#left = { key: keyOf(player), until: performance.now() + UNTOLD_MS };
      onTurn(next);
    });
  }

  cancel() {
    this.#start?.cancel();
    this.#start = null;
  }

  /**
   * Whether `player` is only what was left, since the server has not told yet that it went on.
   * @param {Player} player
   */
  isLeft(player) {
    return this.#left !== null && performance.now() < this.#left.until && keyOf(player) === this.#left.key;
  }

  /**
   * @param {SteeredMedia["media"]} media
   * @param {Player} player
   * @param {Entry} entry
   */
  #upcoming(media, player, entry) {
    return playerOf(entry.provider) === playerOf(player.entry?.provider) ? media.upcoming(entry) : null;
  }

  /** @param {Player} next */
  #roomOf(next) {
    const room = new RoomPosition(this.#parts.clock, this.#parts.preferences);
    room.player = next;
    return room;
  }
}

/** @param {Player} player */
function keyOf(player) {
  return JSON.stringify([player.entry_id, timelineOf(player)]);
}
