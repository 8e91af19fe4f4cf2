import { AT_REST } from "../media/adapter.js";

/** @typedef {"seek" | "hop"} Seek */

/** Allowance for timers and for this code itself. */
const SLACK_MS = 20;
/** If the start is missed by more than this, another instant is planned. */
const LATE_MS = 30;
/** A player that is not ready by then may need to be told to play before it loads. */
const PATIENCE_MS = 4_000;
const MOST_PLANS = 4;
/** Waiting so much longer than a seek would take is still better than seeking. */
const MOST_WAIT_MS = 1_000;
/**
 * A synchronised start: seek, paused, to where the room will be soon, and play at the instant at which it is there.
 *
 * The seek aims a little further ahead than seeking usually takes, so that the room comes by whatever it took.
 */
export class Start {
  #media;
  #clock;
  #latency;
  #room;
  #onLetGo;
  #begunAt = performance.now();
  #plans = 0;
  /** The seek that has yet to arrive. @type {{manoeuvre: Seek, sinceMs: number} | null} */
  #seeking = null;
  #listening = new AbortController();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {import("../media/adapter.js").Startable} media
   * @param {{clock: import("../../rooms/clock/clock.js").Clock, latency: import("./latency.js").Latency}} parts
   * @param {import("./room_position.js").RoomPosition} room
   * @param {() => void} onLetGo called when the player was told to play
   */
  constructor(media, { clock, latency }, room, onLetGo) {
    this.#media = media;
    this.#clock = clock;
    this.#latency = latency;
    this.#room = room;
    this.#onLetGo = onLetGo;
    media.addEventListener("state", () => this.#check(), { signal: this.#listening.signal });
    media.pause();
    this.#check();
  }

  cancel() {
    this.#listening.abort();
    clearTimeout(this.#timer);
  }

  #check() {
    const { state } = this.#media;
    if (!AT_REST.includes(state)) return this.#wait();
    this.#learn();
    // What was paused in the middle starts sooner than what was sought; so that all starts take the same, it is sought.
    const isMet = state === "ready" && this.#isMet;
    if (!isMet && this.#media.isSeekable && this.#plans < MOST_PLANS) return this.#plan();
    const leftMs = isMet ? this.#leftMs : this.#untilStartMs;
    if (leftMs > 0) this.#wake(leftMs);
    else this.#letGo();
  }

  /** Until it is ready, which it tells, or until that takes too long. */
  #wait() {
    const leftMs = PATIENCE_MS - (performance.now() - this.#begunAt);
    if (leftMs > 0) this.#wake(leftMs);
    else this.#letGo();
  }

  /** Send it where the room will be by the time that it has arrived. */
  #plan() {
    this.#plans += 1;
    const manoeuvre = this.#media.hasLoaded(this.#positionAfter("hop")) ? "hop" : "seek";
    this.#seeking = { manoeuvre, sinceMs: performance.now() };
    this.#media.seek(this.#positionAfter(manoeuvre));
    this.#check();
  }

  #learn() {
    if (this.#seeking === null) return;
    const { manoeuvre, sinceMs } = this.#seeking;
    this.#latency.learn(this.#room.provider, manoeuvre, performance.now() - sinceMs);
    this.#seeking = null;
  }

  /** Where the room will be by the time that the player has gone there and can be let go. @param {Seek} manoeuvre */
  #positionAfter(manoeuvre) {
    const takesMs = this.#startMs + SLACK_MS + this.#latency.most(this.#room.provider, manoeuvre);
    return this.#room.positionAt(this.#clock.now() + Math.max(this.#room.untilStartMs, takesMs));
  }

  /** Whether the room will soon be where the player stands, neither before the start nor long after it. */
  get #isMet() {
    const { precisionMs } = this.#media;
    const leftMs = this.#leftMs;
    const mostMs = Math.max(0, this.#untilStartMs) + this.#latency.most(this.#room.provider, "seek") + MOST_WAIT_MS;
    return leftMs >= Math.max(-LATE_MS, this.#untilStartMs - precisionMs) && leftMs <= mostMs;
  }

  /** How long until it has to be let go from where it stands. */
  get #leftMs() {
    return this.#room.instantOf(this.#media.positionMs) - this.#startMs - this.#clock.now();
  }

  /** How long until it may be let go at all. */
  get #untilStartMs() {
    return this.#room.untilStartMs - this.#startMs;
  }

  get #startMs() {
    return this.#latency.of(this.#room.provider, "start");
  }

  /** @param {number} afterMs */
  #wake(afterMs) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#check(), afterMs);
  }

  #letGo() {
    this.cancel();
    this.#media.play();
    this.#onLetGo();
  }
}
