/** What a live stream tells as its length is the time that has passed: it grows by so much, as often as that. */
const GREW_MS = 900;
const GREW_OFTEN = 3;
/** A length closer than this to the one that was told is no correction. */
const CORRECTED_MS = 1_000;

/** The length of a YouTube video, told once and again where it changes; or that there is none, since it is live. */
export class YouTubeLength {
  #acts;
  /** @type {number | null} */
  ms = null;
  #isLive = false;
  #seenMs = 0;
  #grew = 0;

  /** @param {{isLive: () => void, changed: () => void}} acts called when it turns out to be live, or has a new length */
  constructor(acts) {
    this.#acts = acts;
  }

  get isLive() {
    return this.#isLive;
  }

  /** As far as the server knows, before the player tells. */
  set isLive(isLive) {
    this.#isLive = isLive;
  }

  forget() {
    this.ms = null;
    this.#isLive = false;
    this.#seenMs = this.#grew = 0;
  }

  /**
   * To be called often while it plays.
   * @param {number} lengthMs what the player tells; 0 while it does not know
   * @param {boolean} isLive whether it says that the video is live, as not every version does
   */
  see(lengthMs, isLive) {
    if (this.#isLive) return;
    if (this.#seenMs && lengthMs - this.#seenMs >= GREW_MS) this.#grew += 1;
    if (isLive || this.#grew >= GREW_OFTEN) {
      this.#isLive = true;
      this.ms = null;
      return this.#acts.isLive();
    }
    if (!this.#seenMs || Math.abs(lengthMs - this.#seenMs) >= GREW_MS) this.#seenMs = lengthMs;
    if (!(lengthMs > 0) || (this.ms !== null && Math.abs(lengthMs - this.ms) < CORRECTED_MS)) return;
    this.ms = lengthMs;
    this.#acts.changed();
  }
}
