import { t, tn } from "../../i18n/translate.js";
import { Refusal, sentenceOf } from "../lib/fetch_json.js";
import { linksIn } from "../lib/format.js";
import { words } from "../lib/words.js";
import { guessed } from "./expected.js";
import { placeAfterMove, standing } from "./order.js";
import { START_LEAD_MS, TRACK_START_LEAD_MS } from "../playback/position.js";

/** @typedef {import("./types.js").Entry} Entry */
/** @typedef {import("./types.js").Player} Player */

/** A held key moves a row repeatedly: only the place where it stops is announced, after this wait. */
const MOVE_SAID_AFTER_MS = 350;

/**
 * What a host hears of their own acts.
 *
 * @typedef {object} Sayer
 * @property {(text: string) => void} say
 * @property {(text: string, undo: () => unknown, afterMs?: number) => () => unknown} offer says what was done with a
 *   button that undoes it; the function it returns withdraws the offer
 */

/** What people here may do to the room, each shown at once and taken back if the server refuses. */
export class Host {
  #session;
  #api;
  #apply;
  #toasts;
  /** The move that was done last, so that one row moved on is one thing to take back; null after anything else.
   * @type {{id: number, steps: number, isOffered: boolean} | null} */
  #moved = null;

  /** Moves are sent one after the other: of two on their way at once the earlier may come last, and have its way. */
  #moving = Promise.resolve(true);

  /** Takes back the offer to undo what was done last: an undo would be of something else by now. */
  #withdraw = () => {};

  /** The entries that this page added. @type {Set<number>} */
  added = new Set();

  /**
   * @param {import("./session.js").Session} session
   * @param {import("../lib/api.js").Api} api
   * @param {(player: Player) => void} apply takes the player that a call answered
   * @param {Sayer} toasts
   */
  constructor(session, api, apply, toasts) {
    this.#session = session;
    this.#api = api;
    this.#apply = apply;
    this.#toasts = toasts;
  }

  togglePlaying() {
    const playing = !this.#session.player.playing;
    const foreseen = playing ? this.#goingOn() : { playing, position_ms: this.#session.positionMs };
    return this.#player(foreseen, () => this.#api.setPlayer({ playing }));
  }

  /** @param {number} position_ms */
  seek(position_ms) {
    position_ms = Math.round(Math.max(0, Math.min(position_ms, this.#session.lengthMs ?? position_ms)));
    const effective_at_ms = this.#session.clock.now() + START_LEAD_MS;
    this.#withdraw();
    return this.#player({ position_ms, effective_at_ms }, () => this.#api.setPlayer({ position_ms }));
  }

  next() {
    const { following, player, entry } = this.#session;
    const text = t("Skipped {title}", { title: entry?.title ?? "" });
    return this.#changeTrack(text, following ? this.#starting(following) : {}, () =>
      this.#api.skip("next", player.entry_id),
    );
  }

  previous() {
    const { queue, player, entry } = this.#session;
    const at = queue.findIndex((entry) => entry.id === player.entry_id);
    const before = queue.slice(0, Math.max(0, at)).findLast((entry) => !entry.unplayable);
    const call = () => this.#api.skip("previous", player.entry_id);
    if (!before) {
      this.#withdraw();
      const effective_at_ms = this.#session.clock.now() + START_LEAD_MS;
      return this.#player({ position_ms: entry?.start_ms ?? 0, effective_at_ms }, call);
    }
    return this.#changeTrack(t("Went back to {title}", { title: before.title }), this.#starting(before), call);
  }

  /** @param {Entry} entry */
  jump(entry) {
    const foreseen = { ...this.#starting(entry), playing: true };
    const call = () => this.#api.setPlayer({ entry_id: entry.id, playing: true });
    const isOther = this.#session.player.entry_id !== entry.id;
    return isOther || entry.unplayable
      ? this.#changeTrack(t("Chose {title}", { title: entry.title }), foreseen, call)
      : this.#player(this.#session.player.playing ? {} : this.#goingOn(), call);
  }

  /**
   * Put the links in a text into the queue; the server takes them out of it, and what is shown until then is a guess. In a room where nothing is current, a host's first link starts at once.
   *
   * @param {string} text
   * @param {boolean} mayStart
   * @param {import("./types.js").Named} me
   * @returns {Promise<import("../lib/api.js").Outcome>}
   */
  add(text, mayStart, me) {
    const guesses = linksIn(text).map((link) => guessed(link, me));
    return this.#added(this.#api.add(text), guesses, mayStart);
  }

  /**
   * Put the links in a file into the queue, as `add` does with those in a text.
   *
   * @param {File} file
   * @param {boolean} mayStart
   * @returns {Promise<import("../lib/api.js").Outcome>}
   */
  bring(file, mayStart) {
    return this.#added(this.#api.addFile(file), [], mayStart);
  }

  /**
   * @param {Promise<import("../lib/api.js").Outcome>} outcome
   * @param {Entry[]} guesses
   * @param {boolean} mayStart
   */
  async #added(outcome, guesses, mayStart) {
    const silent = this.#session.player.entry_id === null;
    const entries = await this.#session.expect(guesses, outcome.then((known) => known.entries));
    for (const entry of entries) this.added.add(entry.id);
    if (silent && mayStart && entries.length)
      await this.#player({}, () => this.#api.setPlayer({ playing: true }));
    return outcome;
  }

  /**
   * @param {number} id
   * @param {number | null} after
   * @param {number} [quietMs] how long to wait before it is said
   */
  move(id, after, quietMs = 0) {
    const before = this.#session.queue;
    const goesOn = this.#moved?.id === id && this.#moved.isOffered;
    const moved = goesOn && this.#moved ? this.#moved : { id, steps: 0, isOffered: true };
    const call = this.#moving.then(() => this.#api.move(id, after));
    const done = this.#attempt(() => this.#session.arrange({ id, after }, call));
    [this.#moved, this.#moving] = [moved, done];
    void done.then((isDone) => (moved.steps += Number(isDone)));
    const title = before.find((entry) => entry.id === id)?.title ?? "";
    const { place, count } = standing(this.#session.queue, id, this.#session.player.entry_id);
    const restore = async () => {
      moved.isOffered = false;
      for (; moved.steps > 0; moved.steps--) await this.#api.undo();
    };
    return this.#offer(t("{title}, now {place} of {count}", { title, place, count }), done, restore, quietMs);
  }

  /**
   * @param {number} id
   * @param {-1 | 1} by
   */
  async moveBy(id, by) {
    const after = placeAfterMove(this.#session.queue, id, by);
    if (after !== undefined) await this.move(id, after, MOVE_SAID_AFTER_MS);
  }

  /** @param {number} id */
  async moveToEnd(id) {
    const last = this.#session.queue.at(-1);
    if (last && last.id !== id) await this.move(id, last.id);
  }

  /** Take the mark from what listeners could not play. @param {Entry} entry */
  retry({ id }) {
    return this.#attempt(() => this.#api.retry(id));
  }

  /** @param {Entry} entry */
  remove(entry) {
    const { id, title } = entry;
    const done = this.#attempt(() => this.#session.arrange({ id }, this.#api.remove(id)));
    return this.#offer(t("Removed {title}", { title }), done);
  }

  /** @param {Entry[]} entries */
  removeAll(entries) {
    if (entries.length === 1) return this.remove(entries[0]);
    const text = tn("Took {count} track out", "Took {count} tracks out", entries.length);
    return this.#offer(text, this.#attempt(() => this.#api.removeAll(entries.map(({ id }) => id))));
  }

  /** @param {Entry[]} entries they play next, in this order */
  playNext(entries) {
    const text = tn("{count} track plays next", "{count} tracks play next", entries.length);
    return this.#offer(text, this.#attempt(() => this.#api.playNext(entries.map(({ id }) => id))));
  }

  /** @param {string} [addedBy] the id of a person: only what they added is taken out */
  clear(addedBy) {
    const count = this.#session.queue.filter((entry) => !addedBy || entry.added_by?.id === addedBy).length;
    if (!count) return;
    const text = tn("Took {count} track out", "Took {count} tracks out", count);
    return this.#offer(text, this.#attempt(() => this.#api.clearQueue(addedBy)));
  }

  shuffle() {
    return this.#offer(t("Shuffled the queue"), this.#attempt(() => this.#api.shuffleQueue()));
  }

  /** @param {string} order */
  setOrder(order) {
    return this.#attempt(() => this.#api.setRoom({ rules: { order } }));
  }

  /**
   * @param {Entry} entry
   * @param {boolean} likes
   */
  vote(entry, likes) {
    return this.#attempt(() => this.#api.vote(entry.id, likes));
  }

  /**
   * @param {Entry} entry
   * @param {{title: string, artist: string}} names
   */
  async rename(entry, names) {
    this.#moved = null;
    await this.#api.renameEntry(entry.id, names);
    void this.#offer(t("Renamed {title}", { title: entry.title }), Promise.resolve(true));
  }

  /** Undo what was done last, though its offer has gone. */
  async undo() {
    if (await this.#attempt(() => this.#api.undo())) this.#toasts.say(words.undone);
  }

  /** From where it stands. @returns {Partial<Player>} */
  #goingOn() {
    const effective_at_ms = this.#session.clock.now() + START_LEAD_MS;
    return { playing: true, position_ms: this.#session.positionMs, effective_at_ms };
  }

  /** @param {Entry} entry @returns {Partial<Player>} */
  #starting(entry) {
    const effective_at_ms = this.#session.clock.now() + TRACK_START_LEAD_MS;
    return { entry_id: entry.id, entry, position_ms: entry.start_ms ?? 0, effective_at_ms };
  }

  /**
   * @param {Partial<Player>} foreseen
   * @param {() => Promise<Player>} call
   */
  #player(foreseen, call) {
    return this.#attempt(() => this.#session.foresee(foreseen, call().then(this.#apply)));
  }

  /**
   * @param {string} text
   * @param {Partial<Player>} foreseen
   * @param {() => Promise<Player>} call
   */
  #changeTrack(text, foreseen, call) {
    const hadTrack = this.#session.player.entry_id !== null;
    const done = this.#player(foreseen, call);
    return hadTrack ? this.#offer(text, done) : done;
  }

  /**
   * Say what was done, and take it back if that is asked for; what the server refused there is nothing to take back of.
   *
   * @param {string} text
   * @param {Promise<boolean>} done
   * @param {() => Promise<unknown>} [restore]
   * @param {number} [quietMs]
   * @returns {Promise<boolean>}
   */
  async #offer(text, done, restore = () => this.#api.undo(), quietMs = 0) {
    const withdraw = this.#toasts.offer(
      text,
      async () => {
        if (await done) await this.#attempt(restore);
      },
      quietMs,
    );
    this.#withdraw = () => void withdraw();
    if (await done) return true;
    withdraw();
    return false;
  }

  /**
   * @param {() => Promise<unknown>} call
   * @returns {Promise<boolean>} whether the server agreed
   */
  async #attempt(call) {
    // An undo takes back what was done last: what is done now comes between a move and the next of the same row.
    this.#moved = null;
    try {
      await call();
      return true;
    } catch (problem) {
      const isStale = problem instanceof Refusal && problem.code === "stale";
      this.#toasts.say(isStale ? t("Someone else was faster.") : sentenceOf(problem));
      return false;
    }
  }
}
