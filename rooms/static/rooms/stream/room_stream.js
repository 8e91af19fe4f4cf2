import { ConnectionStatus } from "./connection.js";
import { SharedSource } from "../sharing/shared_source.js";
import { AccessLost, fetchNewer, fetchSnapshot, isFull } from "./snapshot.js";
import { apply, withMessage, withPlayer } from "./state.js";

/**
 * @typedef {import("../page/lib/shapes.js").State} State
 * @typedef {import("../page/lib/shapes.js").Player} Player
 * @typedef {import("./connection.js").Connection} Connection
 * @typedef {{name: string, data: any}} Told
 */

/** They change nothing, and are handed on as they come. */
export const PASSING = ["notice", "reaction"];
const EVENTS = ["snapshot", "resumed", "player", "queue", "room", "chat", "people", "tick", "bye", ...PASSING];
/** How long an event may be behind the tick that names its version. */
const TICK_PATIENCE_MS = 2_000;
/** Jitter before a snapshot is fetched: one lost event is lost by many listeners at once. */
const GAP_JITTER_MS = 250;
const FETCH_AGAIN_MS = 3_000;
/** So many ticks in a row with an older version than ours are not a process that lags: our own state is wrong. */
const MOST_TICKS_BEHIND = 2;
/** Events wait while the snapshot is fetched; if there are more than these, the oldest go and a new gap shows. */
const MOST_HELD = 200;

/**
 * The state of a room, kept current by server-sent events. Dispatches `state` ({state, name, data}) after each event
 * that changed something, `connection` (a Connection), `notice` and `reaction` (their data), and `bye` (the reason) when
 * the stream has ended for good.
 */
export class RoomStream extends EventTarget {
  /** What was told with a `bye`, beside its reason. @type {Record<string, any>} */
  farewell = {};
  #url;
  #snapshotUrl;
  #identity;
  #source;
  /** @type {State | null} */
  #state = null;
  #connection = new ConnectionStatus((status) => this.#tell("connection", status));
  /** What came while the snapshot is being fetched; null while it is not. @type {Told[] | null} */
  #held = null;
  #fetchedAt = 0;
  /** Null while it is closed. @type {AbortController | null} */
  #open = null;
  #ticksBehind = 0;
  /** Of the snapshot that was polled last. */
  #etag = "";
  /** @type {Record<string, ReturnType<typeof setTimeout> | undefined>} */
  #timers = {};

  /**
   * @param {string} url the room's `…/events`; the snapshot lies one level above
   * @param {{snapshot?: any, identity?: string, hasPlayer?: boolean}} [options] the snapshot that the page was delivered
   *   with, and a word for whom: tabs that share the stream see by it that another person uses this browser by now; and
   *   whether the page plays what it is told, or only shows it
   */
  constructor(url, { snapshot, identity = "", hasPlayer = true } = {}) {
    super();
    this.#url = url;
    this.#identity = identity;
    if (snapshot) this.#state = apply(null, "snapshot", snapshot).state;
    this.#snapshotUrl = url.replace(/\/events$/, "");
    this.#source = this.#sourceFor(hasPlayer);
  }

  /** The page plays from now on, where it only showed until now: those with a player have a voice in what fails. */
  startPlaying() {
    this.#source.stop();
    this.#source = this.#sourceFor(true);
    if (this.#open) this.#source.start(this.#identity);
  }

  /** Null before the first snapshot. */
  get state() {
    return this.#state;
  }

  /** @returns {Connection} */
  get connection() {
    return this.#connection.status;
  }

  /**
   * Fetch the snapshot before there is a stream: an answer is compressed, which a stream is not. If that fails, the
   * stream brings it, or says why not.
   */
  async load() {
    try {
      const data = await fetchSnapshot(this.#snapshotUrl);
      this.#become(apply(this.#state, "snapshot", data).state, { name: "snapshot", data });
    } catch {
      // Nothing was promised yet.
    }
  }

  connect() {
    if (this.#open) return;
    this.#open = new AbortController();
    window.addEventListener("offline", () => this.#connection.lost(), { signal: this.#open.signal });
    this.#connection.interrupted();
    this.#source.start(this.#identity);
  }

  /** @param {boolean} hasPlayer */
  #sourceFor(hasPlayer) {
    const url = this.#url;
    const about = hasPlayer ? "" : "player=0";
    return new SharedSource(about ? `${url}?${about}` : url, {
      url: () => {
        const query = [about, this.#state && `lastEventId=${this.#state.version}`].filter(Boolean).join("&");
        return query ? `${url}?${query}` : url;
      },
      events: EVENTS,
      heard: (name, data) => this.#hear({ name, data }),
      interrupted: () => this.#connection.interrupted(),
      poll: () => this.#poll(),
      mayReopen: () => this.#mayReopen(url),
      state: () => this.#state,
    });
  }

  close() {
    this.#open?.abort();
    this.#open = null;
    this.#held = null;
    this.#source.stop();
    this.#connection.stop();
    Object.values(this.#timers).forEach(clearTimeout);
    this.#timers = {};
  }

  /**
   * Take the player that answered this listener's own call: whichever comes first counts, the answer or its event. It is
   * told as an `answer`, since it is no news to who called.
   * @param {Player} player
   */
  apply(player) {
    if (this.#state) this.#become(withPlayer(this.#state, player), { name: "answer", data: player });
  }

  /**
   * Take the message that answered this listener's own call, in the same way.
   * @param {import("../page/lib/shapes.js").Message} message
   */
  applyMessage(message) {
    const change = /** @type {const} */ ({ op: message.edited_at_ms === null ? "add" : "edit", message });
    if (this.#state) this.#become(withMessage(this.#state, change), { name: "chat", data: change });
  }

  // What is told

  /** @param {Told} told */
  #hear(told) {
    if (told.name === "bye") {
      this.farewell = told.data;
      return this.#end(told.data.reason);
    }
    if (told.name === "polled") return this.#takePolled(told.data.snapshot);
    if (PASSING.includes(told.name)) return this.#tell(told.name, told.data);
    if (told.name === "tick") this.#compare(told.data.version);
    else if (this.#held && told.name !== "snapshot") this.#held = [...this.#held, told].slice(-MOST_HELD);
    else this.#take(told);
    if (!this.#held) this.#connection.live();
  }

  /** @param {any} snapshot null if nothing changed since the last */
  #takePolled(snapshot) {
    if (snapshot) this.#take({ name: "snapshot", data: snapshot });
    if (!this.#held) this.#connection.polling();
  }

  /** @param {Told} told */
  #take(told) {
    const { state, gap } = apply(this.#state, told.name, told.data);
    if (gap) this.#refresh(told);
    else this.#become(state, told);
  }

  /**
   * @param {State | null} state
   * @param {Told} told
   */
  #become(state, told) {
    if (state === this.#state) return;
    this.#state = state;
    this.#tell("state", { state, ...told });
  }

  /** @param {number} version */
  #compare(version) {
    const ours = this.#state?.version ?? 0;
    this.#ticksBehind = version < ours ? this.#ticksBehind + 1 : 0;
    if (this.#ticksBehind >= MOST_TICKS_BEHIND) {
      this.#ticksBehind = 0;
      this.#refresh(null, { trusting: true });
    } else if (version > ours) {
      this.#after("tick", TICK_PATIENCE_MS, () => (this.#state?.version ?? 0) < version && this.#refresh(null));
    }
  }

  // What was missed

  /**
   * Fetch the snapshot, then go on with `told`, which showed the gap, and with what comes meanwhile.
   * @param {Told | null} told
   * @param {{trusting?: boolean}} [options] whether even an older snapshot is believed
   */
  #refresh(told, { trusting = false } = {}) {
    if (this.#held) {
      if (told) this.#held.push(told);
      return;
    }
    this.#held = told ? [told] : [];
    this.#connection.interrupted();
    const isRepeated = Date.now() - this.#fetchedAt < FETCH_AGAIN_MS;
    const delayMs = Math.random() * GAP_JITTER_MS + (isRepeated ? FETCH_AGAIN_MS : 0);
    this.#after("refresh", delayMs, async () => {
      const isFetched = await this.#fetch(trusting);
      if (!isFetched && this.#open) this.#after("refresh", FETCH_AGAIN_MS, () => this.#refresh(null, { trusting }));
      if (isFetched && !this.#held && this.#source.isOpen) this.#connection.live();
    });
  }

  /**
   * Whether the snapshot came; a refusal ends the stream for good.
   * @returns {Promise<boolean>}
   */
  async #fetch(trusting = false) {
    this.#fetchedAt = Date.now();
    try {
      const data = await fetchSnapshot(this.#snapshotUrl);
      if (!this.#open) return false;
      const { state } = apply(trusting ? null : this.#state, "snapshot", data);
      this.#become(state, { name: "snapshot", data });
      this.#release();
      return true;
    } catch (error) {
      this.#held = null;
      if (error instanceof AccessLost) this.#source.refuse(error.reason);
      return false;
    }
  }

  /** Ask for what a stream that is held back would have told; a refusal ends it for good. */
  async #poll() {
    try {
      const { etag, snapshot } = await fetchNewer(this.#snapshotUrl, this.#etag);
      this.#etag = etag;
      return { snapshot };
    } catch (error) {
      if (error instanceof AccessLost) this.#source.refuse(error.reason);
      throw error;
    }
  }

  /**
   * After a refusal: whether another attempt is of use. The snapshot tells whether the room may be read at all.
   * @param {string} url
   */
  async #mayReopen(url) {
    if (!(await this.#fetch())) return false;
    const full = await isFull(url);
    if (full && this.#open) this.#connection.full();
    return !full;
  }

  #release() {
    const held = this.#held ?? [];
    this.#held = null;
    for (const told of held) this.#take(told);
  }

  /** @param {string} reason */
  #end(reason) {
    if (!this.#open) return;
    this.close();
    this.#connection.lost();
    this.#tell("bye", reason);
  }

  /**
   * @param {string} name
   * @param {any} detail
   */
  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  /**
   * @param {string} name
   * @param {number} delayMs
   * @param {() => unknown} action
   */
  #after(name, delayMs, action) {
    clearTimeout(this.#timers[name]);
    this.#timers[name] = setTimeout(action, delayMs);
  }
}
