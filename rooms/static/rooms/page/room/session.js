import { positionOf } from "../playback/position.js";
import { hasCome, withExpected } from "./expected.js";
import { arranged } from "./order.js";

/** @typedef {import("./types.js").Entry} Entry */
/** @typedef {import("./types.js").Player} Player */
/** @typedef {import("./types.js").State} State */
/** @typedef {import("./types.js").Status} Status */
/** @typedef {import("./order.js").Arrangement} Arrangement */
/** @typedef {import("./expected.js").Expected} Expected */

/** How long an arrangement is shown after the server agreed, if the stream does not tell the new queue before. */
const SETTLED_MS = 1500;
/** How long a player is shown that nobody has confirmed: a call whose network is gone is answered after minutes. */
const FORESEEN_MS = 8_000;

/**
 * The room as this page shows it: the server's state, with optimistic updates over it until they are answered. Fires
 * `change` whenever either is new, and `status` when this browser's own player is.
 */
export class Session extends EventTarget {
  /** Of calls that overlap, the later one goes before. @type {Set<Partial<Player>>} */
  #foreseen = new Set();
  /** @type {Set<Arrangement>} */
  #arrangements = new Set();
  /** @type {Set<Expected>} */
  #expected = new Set();
  /** @type {Status | null} */
  status = null;
  /** The entries that this browser could not play when it tried last. @type {ReadonlySet<number>} */
  failed = new Set();
  /** @type {import('../../stream/connection.js').Connection} */
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
    return this.#foreseen.size
      ? Object.assign({}, this.state.player, ...this.#foreseen)
      : this.state.player;
  }

  /** @returns {Entry[]} */
  get queue() {
    return [...this.#arrangements].reduce(arranged, this.state.queue);
  }

  /** The queue with what is still on its way into it, which nobody can act on yet. @returns {Entry[]} */
  get lined() {
    return [...this.#expected].reduce(withExpected, this.queue);
  }

  /** @returns {boolean} whether the player is shown as nobody has confirmed yet */
  get isForeseen() {
    return this.#foreseen.size > 0;
  }

  /** @returns {Set<number>} the entries that nobody has confirmed to be where they are shown */
  get unsettled() {
    const moved = [...this.#arrangements].filter((one) => !one.settled).map((one) => one.id);
    return new Set([...moved, ...[...this.#expected].flatMap((one) => one.entries.map((entry) => entry.id))]);
  }

  /** @returns {Entry | null} */
  get entry() {
    const { entry_id: id, entry } = this.player;
    return id === null ? null : (this.state.queue.find((one) => one.id === id) ?? entry);
  }

  /** @returns {Entry | null} what plays after the current entry */
  get following() {
    return followingIn(this.queue, this.player, this.state.room.rules.at_end);
  }

  /** @returns {Entry | null} the same as the server told it, without what this page shows ahead of it */
  get toldFollowing() {
    const { queue, player, room } = this.state;
    return followingIn(queue, player, room.rules.at_end);
  }

  /** @returns {number} where the room is now, in milliseconds */
  get positionMs() {
    return positionOf(this.player, this.clock.now());
  }

  /** @returns {boolean} whether what plays has no end, nor positions */
  get isLive() {
    return Boolean(this.entry?.is_live || (this.entry && this.status?.isLive));
  }

  /** @returns {number | null} the length of the current media, in milliseconds, if anybody knows it */
  get lengthMs() {
    return this.isLive ? null : (this.entry?.length_ms ?? this.status?.lengthMs ?? null);
  }

  /** @param {State} state */
  told(state) {
    if (state.queue !== this.state.queue) this.#dropSettled();
    this.state = state;
    this.#dropWhatCame();
    this.changed();
  }

  /** @param {Status} status */
  heard(status) {
    this.status = status;
    this.#noteFailure(status.phase);
    this.dispatchEvent(new Event("status"));
  }

  changed() {
    this.dispatchEvent(new Event("change"));
  }

  /**
   * Show the player as it will be until `answer` settles, or has been awaited for too long.
   *
   * @template T
   * @param {Partial<Player>} player
   * @param {Promise<T>} answer
   * @returns {Promise<T>}
   */
  async foresee(player, answer) {
    this.#foreseen.add(player);
    this.changed();
    const forget = () => this.#foreseen.delete(player) && this.changed();
    const waiting = setTimeout(forget, FORESEEN_MS);
    try {
      return await answer;
    } finally {
      clearTimeout(waiting);
      forget();
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

  /**
   * Show entries in the queue until the server told of its own, or `answer` fails.
   *
   * @param {Entry[]} entries
   * @param {Promise<Entry[]>} answer
   * @param {number | null} [after] the entry they go behind, null for the front; the end if left out
   * @returns {Promise<Entry[]>}
   */
  async expect(entries, answer, after) {
    const known = new Set(this.state.queue.map((entry) => entry.id));
    /** @type {Expected} */
    const expected = { entries, known, after, isAnswered: false };
    this.#expected.add(expected);
    this.changed();
    try {
      const added = await answer;
      Object.assign(expected, { entries: added, isAnswered: true });
      setTimeout(() => this.#giveUp(expected), SETTLED_MS);
      if (hasCome(expected, this.state.queue)) this.#giveUp(expected);
      else this.changed();
      return added;
    } catch (problem) {
      this.#giveUp(expected);
      throw problem;
    }
  }

  /** @param {Status["phase"]} phase */
  #noteFailure(phase) {
    const id = this.state.player.entry_id;
    const [hasFailed, plays] = [phase === "unplayable", phase === "playing"];
    if (id === null || !(hasFailed || plays) || hasFailed === this.failed.has(id)) return;
    this.failed = new Set(hasFailed ? [...this.failed, id] : [...this.failed].filter((one) => one !== id));
    this.changed();
  }

  #dropSettled() {
    for (const one of this.#arrangements) if (one.settled) this.#arrangements.delete(one);
  }

  #dropWhatCame() {
    for (const one of this.#expected) if (hasCome(one, this.state.queue)) this.#expected.delete(one);
  }

  /** @param {Expected} expected */
  #giveUp(expected) {
    if (this.#expected.delete(expected)) this.changed();
  }

  /** @param {Arrangement} arrangement */
  #forget(arrangement) {
    if (this.#arrangements.delete(arrangement)) this.changed();
  }
}

/**
 * @param {Entry[]} queue
 * @param {Player} player
 * @param {string} atEnd
 * @returns {Entry | null}
 */
function followingIn(queue, { entry_id: current }, atEnd) {
  const at = queue.findIndex((entry) => entry.id === current);
  /** @type {Record<string, Entry[]>} */
  const again = { repeat: queue.slice(0, at + 1), "repeat-one": queue.slice(Math.max(0, at), at + 1) };
  return [...queue.slice(at + 1), ...(again[atEnd] ?? [])].find((entry) => !entry.unplayable) ?? null;
}
