import { SteppedTime } from "./stepped_time.js";

/** What the player tells of its time is up to 265 ms old: so long after a seek it may speak of the time before. */
const STALE_MS = 350;
/** A seek that was not seen to arrive by now has gone wherever it went. */
const ARRIVES_WITHIN_MS = 4_000;
const BEHIND_MS = 250;
const AHEAD_MS = 1_000;

/** Where a YouTube video is, between what its player tells and where it was sent. */
export class YouTubeTime {
  #stepped = new SteppedTime();
  #toldMs;
  /** @type {{positionMs: number, atMs: number} | null} */
  #aim = null;

  /** @param {() => number} toldMs what the player tells, in milliseconds */
  constructor(toldMs) {
    this.#toldMs = toldMs;
  }

  /** Whether it was sent somewhere and has not been seen there yet. */
  get isOnItsWay() {
    return this.#aim !== null;
  }

  /** @param {number} positionMs */
  sendTo(positionMs) {
    this.#aim = { positionMs, atMs: performance.now() };
    this.#stepped.forget();
  }

  /** Believe what the player tells from now on. */
  arrive() {
    this.#aim = null;
  }

  /** To be called when it starts, stops, or changes its rate. */
  forget() {
    this.#stepped.forget();
  }

  /**
   * To be called often while it plays.
   * @param {number} rate
   * @returns {boolean} whether it has just arrived where it was sent
   */
  read(rate) {
    const now = performance.now();
    const wasOnItsWay = this.isOnItsWay;
    if (this.#aim && !this.#isThere(this.#aim, now, rate)) return false;
    this.#aim = null;
    this.#stepped.tell(this.#toldMs(), now, rate);
    return wasOnItsWay;
  }

  /** @param {number} rate 0 while it stands still */
  positionMs(rate) {
    if (this.#aim) return this.#aim.positionMs;
    const running = rate > 0 ? this.#stepped.at(performance.now(), rate) : null;
    return running ?? this.#toldMs();
  }

  /**
   * @param {{positionMs: number, atMs: number}} aim
   * @param {number} now
   * @param {number} rate
   */
  #isThere({ positionMs, atMs }, now, rate) {
    const ageMs = now - atMs;
    const pastMs = this.#toldMs() - positionMs;
    const isNear = pastMs > -BEHIND_MS && pastMs < ageMs * rate + AHEAD_MS;
    return ageMs > STALE_MS && (isNear || ageMs > ARRIVES_WITHIN_MS);
  }
}
