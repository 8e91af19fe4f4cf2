import { positionAt, timelineOf } from "../../players/timeline.js";
import { arranged } from "./order.js";

/** @typedef {import("./types.js").Entry} Entry */
/** @typedef {import("./types.js").Player} Player */
/** @typedef {import("./types.js").State} State */
/** @typedef {import("./types.js").Status} Status */
/** @typedef {import("./order.js").Arrangement} Arrangement */

/** How long an arrangement is shown after the server agreed, if the stream does not tell the new queue before. */
const SETTLED_MS = 1500;

/**
 * The room as this page shows it: what the server told, and over it what a host just asked for and has not been
 * answered yet. Fires `change` whenever either is new, and `status` when this browser's own player is.
 */
export class Session extends EventTarget {
  /** @type {Partial<Player> | null} */
  #foreseen = null;
  /** @type {Set<Arrangement>} */
  #arrangements = new Set();
  /** @type {Status | null} */
  status = null;
  /** @type {'live' | 'catching-up' | 'lost'} */
  connection = "catching-up";

  /**
   * @param {State} state
   * @param {{now: () => number}} clock the server's
   */
  constructor(state, clock) {
    super();
    this.state = state;
    this.clock = clock;
  }

  /** @returns {Player} */
  get player() {
    return this.#foreseen ? { ...this.state.player, ...this.#foreseen } : this.state.player;
  }

  /** @returns {Entry[]} */
  get queue() {
    return [...this.#arrangements].reduce(arranged, this.state.queue);
  }

  /** @returns {Entry | null} */
  get entry() {
    const { entry_id: id, entry } = this.player;
    return id === null ? null : (this.state.queue.find((one) => one.id === id) ?? entry);
  }

  /** @returns {Entry | null} what plays after the current entry */
  get following() {
    const queue = this.queue;
    const at = queue.findIndex((entry) => entry.id === this.player.entry_id);
    const behind = this.state.room.at_end === "repeat" ? queue.slice(0, at + 1) : [];
    return [...queue.slice(at + 1), ...behind].find((entry) => !entry.unplayable) ?? null;
  }

  /** @returns {number} where the room is now, in milliseconds */
  get positionMs() {
    return positionAt(timelineOf(this.player), this.clock.now());
  }

  /** @returns {number | null} the length of the current media, in milliseconds, if anybody knows it */
  get lengthMs() {
    return this.entry?.length_ms ?? this.status?.lengthMs ?? null;
  }

  /** @param {State} state */
  told(state) {
    if (state.queue !== this.state.queue) this.#dropSettled();
    this.state = state;
    this.changed();
  }

  /** @param {Status} status */
  heard(status) {
    this.status = status;
    this.dispatchEvent(new Event("status"));
  }

  changed() {
    this.dispatchEvent(new Event("change"));
  }

  /**
   * Show the player as it will be until `answer` settles.
   *
   * @template T
   * @param {Partial<Player>} player
   * @param {Promise<T>} answer
   * @returns {Promise<T>}
   */
  async foresee(player, answer) {
    this.#foreseen = player;
    this.changed();
    try {
      return await answer;
    } finally {
      if (this.#foreseen === player) this.#foreseen = null;
      this.changed();
    }
  }

  /**
   * Show the queue as it will be until the server told it so, or `answer` fails.
   *
   * @param {Arrangement} arrangement
   * @param {Promise<unknown>} answer
   */
  async arrange(arrangement, answer) {
    this.#arrangements.add(arrangement);
    this.changed();
    try {
      await answer;
      arrangement.settled = true;
      setTimeout(() => this.#forget(arrangement), SETTLED_MS);
    } catch (problem) {
      this.#forget(arrangement);
      throw problem;
    }
  }

  #dropSettled() {
    for (const one of this.#arrangements) if (one.settled) this.#arrangements.delete(one);
  }

  /** @param {Arrangement} arrangement */
  #forget(arrangement) {
    if (this.#arrangements.delete(arrangement)) this.changed();
  }
}
