/** What this browser's own player does, told to the room: one small call at a change, and none in between. */

/** A state that lasts for less is not worth a call, in milliseconds. */
const LASTS_MS = 1500;

/** @typedef {import("../lib/shapes.js").Person["state"]} ListenerState */

export class MyState {
  #session;
  #player;
  #tell;
  /** What the server takes a newcomer for. @type {ListenerState | null} */
  #told = "listening";
  /** @type {ListenerState} */
  #coming = "listening";
  #timer = 0;
  #wasLive = false;

  /**
   * @param {import("../room/session.js").Session} session
   * @param {{muted: boolean, volume: number}} player
   * @param {(state: ListenerState) => Promise<unknown>} tell
   */
  constructor(session, player, tell) {
    this.#session = session;
    this.#player = player;
    this.#tell = tell;
  }

  show() {
    const isLive = this.#session.connection === "live";
    // Another process may have taken over, which takes one for a newcomer.
    if (isLive && !this.#wasLive && this.#told !== "listening") this.#told = null;
    this.#wasLive = isLive;
    const state = this.#state;
    if (state === this.#coming && this.#timer) return;
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#coming = state;
    if (isLive && state !== this.#told) this.#timer = setTimeout(() => this.#say(), LASTS_MS);
  }

  stop() {
    clearTimeout(this.#timer);
  }

  /** @returns {ListenerState} */
  get #state() {
    const phase = this.#session.status?.phase ?? "loading";
    if (phase === "blocked" || phase === "alone" || this.#player.muted || !this.#player.volume) return "silent";
    if (phase === "hold" || (phase === "loading" && this.#session.player.playing)) return "buffering";
    return document.hidden && phase !== "playing" ? "away" : "listening";
  }

  #say() {
    this.#timer = 0;
    this.#told = this.#coming;
    // One that is lost is told again by the next change; nobody waits for it.
    this.#tell(this.#coming).catch(() => {});
  }
}
