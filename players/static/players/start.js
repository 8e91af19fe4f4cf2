/**
 * @typedef {import("./adapter.js").MediaAdapter} MediaAdapter
 *
 * What a start aims at.
 * @typedef {object} Target
 * @property {(atMs: number) => number} positionAt the room's position at an instant
 * @property {number} notBeforeMs the instant at which everybody starts
 * @property {number} startMs how long the player takes to start
 * @property {number} seekMs how long it takes to seek
 */

/** What timers and this code itself may take. */
const SLACK_MS = 40;
/** Later than this at the instant is too late: another one is chosen. */
const LATE_MS = 30;
/** A player that is not ready by then may need to be told to play before it loads. */
const PATIENCE_MS = 4_000;
const MOST_PLANS = 4;

/**
 * One start in step: go, in silence, to where the room will be at an instant that can be met, and let go just then.
 */
export class Start {
  #media;
  #now;
  #target;
  #onLetGo;
  #begunAt = performance.now();
  #plans = 0;
  #letGoAtMs = 0;
  #listening = new AbortController();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {MediaAdapter} media
   * @param {() => number} now the server's clock
   * @param {Target} target
   * @param {() => void} onLetGo called when the player was told to play
   */
  constructor(media, now, target, onLetGo) {
    this.#media = media;
    this.#now = now;
    this.#target = target;
    this.#onLetGo = onLetGo;
    media.addEventListener("state", () => this.#check(), { signal: this.#listening.signal });
    media.pause();
    this.#plan();
  }

  cancel() {
    this.#listening.abort();
    clearTimeout(this.#timer);
  }

  /** Choose the instant, and go where the room will be then. */
  #plan() {
    this.#plans += 1;
    const { positionAt, notBeforeMs, startMs, seekMs } = this.#target;
    const soonestMs = this.#now() + startMs + SLACK_MS;
    let atMs = Math.max(notBeforeMs, soonestMs);
    if (Math.abs(this.#media.positionMs - positionAt(atMs)) > this.#media.precisionMs) {
      atMs = Math.max(notBeforeMs, soonestMs + seekMs);
      this.#media.seek(positionAt(atMs));
    }
    this.#letGoAtMs = atMs - startMs;
    this.#wake(this.#letGoAtMs - this.#now());
  }

  #check() {
    const leftMs = this.#letGoAtMs - this.#now();
    if (!this.#isReady) this.#wake(PATIENCE_MS - this.#waitedMs);
    else if (leftMs > 0) this.#wake(leftMs);
    else if (leftMs < -LATE_MS && this.#plans < MOST_PLANS) this.#plan();
    else this.#letGo();
  }

  /** @param {number} afterMs */
  #wake(afterMs) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => (this.#isOutOfPatience ? this.#letGo() : this.#check()), Math.max(0, afterMs));
  }

  #letGo() {
    this.cancel();
    this.#media.play();
    this.#onLetGo();
  }

  get #isReady() {
    return ["ready", "paused", "ended"].includes(this.#media.state);
  }

  get #waitedMs() {
    return performance.now() - this.#begunAt;
  }

  get #isOutOfPatience() {
    return this.#waitedMs >= PATIENCE_MS && !this.#isReady && this.#letGoAtMs <= this.#now();
  }
}
