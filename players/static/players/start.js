/**
 * What a start aims at.
 * @typedef {object} Target
 * @property {import("./course.js").Course} course
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
/** Waiting this much longer than a seek would take is still better than seeking. */
const MOST_WAIT_MS = 1_000;
const READY = ["ready", "paused", "ended"];

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
  #letGoAtMs;
  #soughtAt = -Infinity;
  #listening = new AbortController();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {import("./adapter.js").Startable} media
   * @param {() => number} now the server's clock
   * @param {Target} target
   * @param {(sinceSeekMs: number) => void} onLetGo called when the player was told to play
   */
  constructor(media, now, target, onLetGo) {
    this.#media = media;
    this.#now = now;
    this.#target = target;
    this.#onLetGo = onLetGo;
    media.addEventListener("state", () => this.#check(), { signal: this.#listening.signal });
    media.pause();
    this.#letGoAtMs = target.notBeforeMs - target.startMs;
    this.#check();
  }

  cancel() {
    this.#listening.abort();
    clearTimeout(this.#timer);
  }

  /** Choose the instant, and go where the room will be then; or wait until the room comes to where the player is. */
  #plan() {
    this.#plans += 1;
    const { course, notBeforeMs, startMs, seekMs } = this.#target;
    const readyMs = this.#now() + startMs + SLACK_MS;
    const soonestMs = Math.max(notBeforeMs, readyMs);
    const soughtMs = Math.max(notBeforeMs, readyMs + seekMs);
    const metMs = course.instantOf(this.#media.positionMs);
    const isMet = metMs >= soonestMs && metMs <= soughtMs + MOST_WAIT_MS;
    this.#letGoAtMs = (isMet ? metMs : soonestMs) - startMs;
    if (this.#isElsewhere) {
      this.#letGoAtMs = soughtMs - startMs;
      this.#soughtAt = performance.now();
      this.#media.seek(course.positionAt(soughtMs));
    }
    this.#wake(this.#letGoAtMs - this.#now());
  }

  #check() {
    const leftMs = this.#letGoAtMs - this.#now();
    const isReady = this.#isReady;
    const patienceMs = PATIENCE_MS - (performance.now() - this.#begunAt);
    const isOff = isReady && (this.#isElsewhere || leftMs < -LATE_MS);
    if (isOff && this.#plans < MOST_PLANS) this.#plan();
    else if (leftMs > 0) this.#wake(leftMs);
    else if (!isReady && patienceMs > 0) this.#wake(patienceMs);
    else this.#letGo();
  }

  get #isReady() {
    return READY.includes(this.#media.state);
  }

  /** Whether the player does not stand where the room will be at the instant. */
  get #isElsewhere() {
    const wantedMs = this.#target.course.positionAt(this.#letGoAtMs + this.#target.startMs);
    return Math.abs(this.#media.positionMs - wantedMs) > this.#media.precisionMs;
  }

  /** @param {number} afterMs */
  #wake(afterMs) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#check(), Math.max(0, afterMs));
  }

  #letGo() {
    this.cancel();
    this.#media.play();
    this.#onLetGo(performance.now() - this.#soughtAt);
  }
}
