/** @typedef {import("./types.js").Entry} Entry */
/** @typedef {import("./types.js").Player} Player */
/** @typedef {import("./session.js").Session} Session */

import { placeholder } from "./expected.js";

/** How to bring back what was, by the calls that everybody has. Each is made before the change, and called after it. */
export class Restorer {
  #session;
  #api;
  #apply;

  /**
   * @param {Session} session
   * @param {import("../lib/api.js").Api} api
   * @param {(player: Player) => void} apply
   */
  constructor(session, api, apply) {
    this.#session = session;
    this.#api = api;
    this.#apply = apply;
  }

  /**
   * The place of an entry in the queue.
   *
   * @param {number} id
   * @returns {() => Promise<unknown>}
   */
  place(id) {
    const place = this.#place(id);
    return () => {
      const after = place();
      return this.#session.arrange({ id, after }, this.#api.move(id, after));
    };
  }

  /**
   * An entry, in its place, as it was trimmed, and playing if it did.
   *
   * @param {Entry} entry
   * @returns {() => Promise<unknown>}
   */
  entry(entry) {
    const place = this.#place(entry.id);
    const { start_ms, end_ms } = entry;
    const was = this.#session.player.entry_id === entry.id ? this.#player() : null;
    return async () => {
      const after = place();
      const url = new URL(entry.url, location.href).href;
      const shown = { ...entry, id: placeholder() };
      // In brackets it is taken as it is, with any punctuation at its end.
      const answer = this.#api.add(`<${url}>`, after).then(({ entries }) => entries);
      const [added] = await this.#session.expect([shown], answer, after);
      if (start_ms !== added.start_ms || end_ms !== added.end_ms) await this.#api.trim(added.id, { start_ms, end_ms });
      if (was) this.#apply(await this.#api.setPlayer({ ...was, entry_id: added.id }));
    };
  }

  /**
   * What played, and where it was.
   *
   * @returns {(() => Promise<unknown>) | null} null if nothing was current
   */
  player() {
    const { entry } = this.#session;
    const was = this.#player();
    if (!entry || was.entry_id === null) return null;
    const back = { ...was, entry_id: was.entry_id };
    return () => {
      const foreseen = { ...back, entry, effective_at_ms: this.#session.clock.now() };
      return this.#session.foresee(foreseen, this.#api.setPlayer(back).then(this.#apply));
    };
  }

  #player() {
    const { player, lengthMs, positionMs } = this.#session;
    const position_ms = Math.round(Math.min(positionMs, lengthMs ?? positionMs));
    return { entry_id: player.entry_id, position_ms, playing: player.playing };
  }

  /**
   * @param {number} id
   * @returns {() => number | null} behind which entry it belongs, of those that are still there
   */
  #place(id) {
    const ids = this.#session.queue.map((entry) => entry.id);
    const before = ids.slice(0, Math.max(0, ids.indexOf(id)));
    return () => {
      const here = new Set(this.#session.queue.map((entry) => entry.id));
      return before.findLast((one) => here.has(one)) ?? null;
    };
  }
}
