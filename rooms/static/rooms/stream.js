import { reopenAfterMs } from "./backoff.js";
import { fetchSnapshot, Refused } from "./snapshot.js";
import { apply, withPlayer } from "./state.js";

/**
 * @typedef {import("./shapes.js").State} State
 * @typedef {import("./shapes.js").Player} Player
 * @typedef {"live" | "catching-up" | "lost"} Connection
 * @typedef {{name: string, data: any}} Told
 */

const EVENTS = ["snapshot", "resumed", "player", "queue", "room", "people", "chat", "notice", "reaction", "tick"];
/** The server beats every 15 s: two beats missed and some slack. */
const SILENCE_MS = 40_000;
const WATCH_EVERY_MS = 5_000;
/** A reconnect that the server asked for takes up to 5 s; only what takes longer is worth a word. */
const LOST_AFTER_MS = 8_000;
/** Two commits may be told in the wrong order: what a tick knows first usually follows at once. */
const TICK_PATIENCE_MS = 2_000;
const GAP_JITTER_MS = 250;
/** Events that arrive while the snapshot is fetched wait for it; of more than these, the next gap tells. */
const MOST_HELD = 200;

/**
 * A room as its stream tells it. Dispatches `state` ({state, name, data}) after every event that was applied,
 * `connection` ({Connection}), and `bye` (the reason) when it has ended for good.
 */
export class RoomStream extends EventTarget {
  #url;
  /** @type {State | null} */
  #state = null;
  /** @type {EventSource | null} */
  #source = null;
  /** @type {AbortController | null} */
  #connected = null;
  /** @type {Connection} */
  #connection = "catching-up";
  #failures = 0;
  #heardAt = 0;
  #ticksBehind = 0;
  /** @type {Told[] | null} what came while the snapshot is being fetched; null if it is not */
  #held = null;
  /** @type {Record<string, ReturnType<typeof setTimeout>>} */
  #timers = {};

  /**
   * @param {string} url the room's `…/events`; the snapshot lies one level above
   * @param {{snapshot?: any}} [options] the snapshot that the page was delivered with
   */
  constructor(url, { snapshot } = {}) {
    super();
    this.#url = url;
    if (snapshot) this.#state = apply(null, "snapshot", snapshot).state;
  }

  /** @returns {State | null} null before the first snapshot */
  get state() {
    return this.#state;
  }

  get connection() {
    return this.#connection;
  }

  connect() {
    if (this.#connected) return;
    this.#connected = new AbortController();
    const { signal } = this.#connected;
    document.addEventListener("visibilitychange", () => document.hidden || this.#watch(), { signal });
    window.addEventListener("online", () => this.#source?.readyState === EventSource.OPEN || this.#open(), { signal });
    window.addEventListener("pageshow", (event) => event.persisted && this.#open(), { signal });
    this.#timers.watch = setInterval(() => this.#watch(), WATCH_EVERY_MS);
    this.#leaveLive();
    this.#open();
  }

  close() {
    this.#connected?.abort();
    this.#connected = null;
    this.#source?.close();
    this.#source = null;
    Object.values(this.#timers).forEach(clearTimeout);
  }

  /**
   * Take the player that answered this listener's own call; whichever is first, it or its event, counts.
   * @param {Player} player
   */
  apply(player) {
    if (this.#state) this.#become(withPlayer(this.#state, player), "player", player);
  }

  // The connection

  #open() {
    this.#source?.close();
    clearTimeout(this.#timers.open);
    this.#heardAt = Date.now();
    const source = new EventSource(this.#state ? `${this.#url}?lastEventId=${this.#state.version}` : this.#url);
    this.#source = source;
    for (const name of EVENTS) source.addEventListener(name, (event) => this.#hear(name, event));
    source.addEventListener("bye", (event) => this.#end(JSON.parse(event.data).reason));
    source.addEventListener("error", () => this.#source === source && this.#stumble());
  }

  #reopenLater() {
    this.#leaveLive();
    this.#source?.close();
    clearTimeout(this.#timers.open);
    this.#timers.open = setTimeout(() => this.#open(), reopenAfterMs(this.#failures));
    this.#failures += 1;
  }

  /** The browser reconnects by itself unless it was refused; the snapshot tells whether that is for good. */
  #stumble() {
    this.#leaveLive();
    if (this.#source?.readyState !== EventSource.CLOSED) return;
    this.#reopenLater();
    this.#refresh();
  }

  #watch() {
    const isSilent = Math.abs(Date.now() - this.#heardAt) > SILENCE_MS;
    if (isSilent && this.#source?.readyState !== EventSource.CLOSED) this.#reopenLater();
  }

  /** @param {string} reason */
  #end(reason) {
    if (!this.#connected) return;
    this.close();
    this.#say("lost");
    this.dispatchEvent(new CustomEvent("bye", { detail: reason }));
  }

  #leaveLive() {
    if (this.#connection === "live") this.#say("catching-up");
    if (this.#connection === "catching-up") {
      this.#timers.lost ??= setTimeout(() => this.#say("lost"), LOST_AFTER_MS);
    }
  }

  /** @param {Connection} connection */
  #say(connection) {
    clearTimeout(this.#timers.lost);
    delete this.#timers.lost;
    if (connection === this.#connection) return;
    this.#connection = connection;
    this.dispatchEvent(new CustomEvent("connection", { detail: connection }));
  }

  // What it tells

  /**
   * @param {string} name
   * @param {MessageEvent<string>} event
   */
  #hear(name, event) {
    this.#heardAt = Date.now();
    this.#failures = 0;
    this.#take({ name, data: JSON.parse(event.data) });
    if (this.#held === null) this.#say("live");
  }

  /** @param {Told} told */
  #take({ name, data }) {
    if (name === "tick") this.#compare(data.version);
    else if (this.#held && name !== "snapshot") this.#held = [...this.#held, { name, data }].slice(-MOST_HELD);
    else {
      const { state, gap } = apply(this.#state, name, data);
      if (gap) this.#miss({ name, data });
      else this.#become(state, name, data);
    }
  }

  /**
   * @param {State | null} state
   * @param {string} name
   * @param {any} data
   */
  #become(state, name, data) {
    const isOld = state === this.#state && name !== "reaction";
    this.#state = state;
    if (!isOld) this.dispatchEvent(new CustomEvent("state", { detail: { state, name, data } }));
  }
