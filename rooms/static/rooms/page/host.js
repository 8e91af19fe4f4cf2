import { Refusal } from "./api.js";
import { placeAfterMove } from "./order.js";
import { words } from "./words.js";

/** @typedef {import("./types.js").Entry} Entry */
/** @typedef {import("./types.js").Player} Player */

/** The lead that the server gives to a start, in milliseconds; what is foreseen uses it too, so that nothing jumps. */
const LEAD_MS = 400;
const TRACK_LEAD_MS = 1500;

/** What people here may do to the room, each shown at once and taken back if the server refuses. */
export class Host {
  #session;
  #api;
  #apply;
  #say;

  /** The entries that this page added. @type {Set<number>} */
  added = new Set();

  /**
   * @param {import("./session.js").Session} session
   * @param {import("./api.js").Api} api
   * @param {(player: Player) => void} apply takes the player that a call answered
   * @param {(text: string) => void} say
   */
  constructor(session, api, apply, say) {
    this.#session = session;
    this.#api = api;
    this.#apply = apply;
    this.#say = say;
  }

  togglePlaying() {
    const playing = !this.#session.player.playing;
    const position_ms = this.#session.positionMs;
    const effective_at_ms = this.#session.clock.now() + (playing ? LEAD_MS : 0);
    return this.#player({ playing, position_ms, effective_at_ms }, () => this.#api.setPlayer({ playing }));
  }

  /** @param {number} position_ms */
  seek(position_ms) {
    position_ms = Math.round(Math.max(0, Math.min(position_ms, this.#session.lengthMs ?? position_ms)));
    const effective_at_ms = this.#session.clock.now() + LEAD_MS;
    return this.#player({ position_ms, effective_at_ms }, () => this.#api.setPlayer({ position_ms }));
  }

  /** @param {number} by_ms */
  seekBy(by_ms) {
    return this.seek(this.#session.positionMs + by_ms);
  }

  next() {
    const { following, player } = this.#session;
    return this.#player(following ? this.#starting(following) : {}, () =>
      this.#api.skip("next", player.entry_id),
    );
  }

  previous() {
    const { queue, player } = this.#session;
    const at = queue.findIndex((entry) => entry.id === player.entry_id);
    const before = queue.slice(0, Math.max(0, at)).findLast((entry) => !entry.unplayable);
    const foreseen = before ? this.#starting(before) : { position_ms: 0 };
    return this.#player(foreseen, () => this.#api.skip("previous", player.entry_id));
  }

  /** @param {Entry} entry */
  jump(entry) {
    const foreseen = { ...this.#starting(entry), playing: true };
    return this.#player(foreseen, () => this.#api.setPlayer({ entry_id: entry.id, playing: true }));
  }

  /**
   * Put one or several links into the queue. In a room where nothing is current, a host's first link starts at once.
   *
   * @param {string} url
   * @param {boolean} mayStart
   * @returns {Promise<Entry[]>}
   */
  async add(url, mayStart) {
    const silent = this.#session.player.entry_id === null;
    const entries = await this.#api.add(url);
    for (const entry of entries) this.added.add(entry.id);
    if (silent && mayStart && entries.length)
      await this.#player({}, () => this.#api.setPlayer({ playing: true }));
    return entries;
  }

  /**
   * @param {number} id
   * @param {number | null} after
   */
  move(id, after) {
    return this.#attempt(() => this.#session.arrange({ id, after }, this.#api.move(id, after)));
  }

  /**
   * @param {number} id
   * @param {-1 | 1} by
   */
  async moveBy(id, by) {
    const after = placeAfterMove(this.#session.queue, id, by);
    if (after !== undefined) await this.move(id, after);
  }

  /** @param {number} id */
  remove(id) {
    return this.#attempt(() => this.#session.arrange({ id }, this.#api.remove(id)));
  }

  /** @param {Entry} entry @returns {Partial<Player>} */
  #starting(entry) {
    const effective_at_ms = this.#session.clock.now() + TRACK_LEAD_MS;
    return { entry_id: entry.id, entry, position_ms: entry.start_ms ?? 0, effective_at_ms };
  }

  /**
   * @param {Partial<Player>} foreseen
   * @param {() => Promise<Player>} call
   */
  #player(foreseen, call) {
    return this.#attempt(() => this.#session.foresee(foreseen, call().then(this.#apply)));
  }

  /** @param {() => Promise<unknown>} call */
  async #attempt(call) {
    try {
      await call();
    } catch (problem) {
      // Somebody else was faster, and the stream tells what came of it.
      if (problem instanceof Refusal && problem.code === "stale") return;
      this.#say(problem instanceof Refusal ? problem.message : words.problems.unknown);
    }
  }
}
