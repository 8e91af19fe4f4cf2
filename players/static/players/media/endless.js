/** Further than any file lasts: who is sent here from a file stops at its end, and so learns how long it is. */
const FAR_S = 10_000_000;
/** A file tells its end within this time, for it has to be asked for one more part of it; a live stream never does. */
const PROBE_MS = 2_000;
/** Data that was waiting for longer than this is not what is live now. */
const STALE_MS = 5_000;
/** A station sends this much at once at most, and then as fast as it plays; a file that has no length comes as a whole. */
const BURST_MS = 45_000;
/** A radio that says nothing for so long has lost its connection. */
const SILENT_MS = 10_000;
/** Two runs that end after the same time are a file's, which began anew. */
const SAME_RUN_S = 2;
const WAITS_MS = [500, 1_000, 2_000, 4_000, 8_000, 15_000, 30_000, 30_000];
/** Having played for so long, a connection was a good one. */
const GOOD_MS = 20_000;

/**
 * Tells live streams from files that do not say how long they are, and reconnects them when they drop.
 *
 * Browsers call both endless. A recording can be sent to its end; a radio station cannot, and what looks like its end is
 * a connection that broke.
 */
export class Endless {
  #element;
  #acts;
  /** Whether what is loaded has no end. */
  isLive = false;
  /** Whether that is being found out. */
  isProbing = false;
  /** Whether the connection is being made again. */
  isReconnecting = false;
  /** Whether it was told to play; what is loaded only then stands still until it is told again. */
  isWanted = false;
  #hasPlayed = false;
  /** Whether what was live came to its end, as its playlist says. */
  #isOver = false;
  #loadedAt = 0;
  /** When everything that will come had come, as far as the browser tells. @type {number | null} */
  #suspendedAt = null;
  /** Since when this connection has sounded. @type {number | null} */
  #soundsSince = null;
  #attempts = 0;
  /** @type {number | null} */
  #lastRunS = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {HTMLVideoElement} element
   * @param {{reload: () => void, found: () => void, isLive: () => void}} acts `reload` loads the same address anew,
   *   `found` hears that the end of a file is known now, `isLive` that there is none
   */
  constructor(element, acts) {
    this.#element = element;
    this.#acts = acts;
  }

  /** Something is loaded, of which the server may know that it is live. @param {boolean} isLive */
  begin(isLive) {
    this.forget();
    this.isLive = isLive;
    this.#loaded();
  }

  forget() {
    clearTimeout(this.#timer);
    this.isLive = this.isProbing = this.isReconnecting = this.isWanted = this.#hasPlayed = this.#isOver = false;
    this.#attempts = 0;
    this.#lastRunS = null;
  }

  /** A playlist says itself whether it has an end; one that was live may come to it. @param {boolean} hasEnd */
  isTold(hasEnd) {
    if (!hasEnd && !this.isLive) this.#becomeLive();
    this.#isOver = hasEnd && this.#hasPlayed;
    if (hasEnd && !this.#hasPlayed) this.isLive = false;
  }

  /** It is told to play: what was loaded a while ago, or paused, is left for what is live now. */
  play() {
    this.isWanted = true;
    if (this.isLive && this.#element.paused && performance.now() - this.#loadedAt > STALE_MS) this.#reload();
  }

  pause() {
    this.isWanted = this.isReconnecting = false;
    if (!this.isProbing) clearTimeout(this.#timer);
  }

  /** Whether what the element tells now is of an end or a failure that is none. */
  get isHeldUp() {
    return this.isReconnecting || this.isProbing;
  }

  /** To be called with each event of the element, before anybody else looks at it. @param {string} name */
  notice(name) {
    if (name === "loadedmetadata") this.#measure();
    if (name === "durationchange" && this.isProbing && Number.isFinite(this.#element.duration)) this.#endProbe();
    if (name === "suspend") this.#suspendedAt ??= performance.now();
    if (!this.isLive) return;
    if (name === "playing") this.#sounds();
    if (name === "waiting" && this.isWanted) this.#wait(SILENT_MS, () => this.#drop());
    // It has ended before it says so: by then it would have been taken for an end.
    if (name === "error" || (this.#element.ended && !this.isReconnecting)) this.#drop();
  }

  #loaded() {
    this.#loadedAt = performance.now();
    this.#suspendedAt = this.#soundsSince = null;
  }

  #measure() {
    if (this.#element.duration !== Infinity || this.isLive) return;
    if (!this.#element.seekable.length) return this.#becomeLive();
    this.isProbing = true;
    this.#element.currentTime = FAR_S;
    this.#wait(PROBE_MS, () => {
      this.isProbing = false;
      this.#becomeLive();
      this.#reload();
    });
  }

  #endProbe() {
    clearTimeout(this.#timer);
    this.isProbing = false;
    this.#acts.found();
  }

  #becomeLive() {
    this.isLive = true;
    this.#acts.isLive();
  }

  #sounds() {
    this.isReconnecting = false;
    this.#hasPlayed = true;
    this.#soundsSince ??= performance.now();
    clearTimeout(this.#timer);
  }

  #drop() {
    // What never played is not interrupted: it fails as any link does.
    if (!this.#hasPlayed || this.#isOver || this.#isFile) {
      this.isLive = this.isReconnecting = false;
      return;
    }
    if (this.#element.ended) this.#lastRunS = this.#element.currentTime;
    if (this.#soundsSince !== null && performance.now() - this.#soundsSince > GOOD_MS) this.#attempts = 0;
    const waitMs = WAITS_MS[this.#attempts++];
    this.isReconnecting = waitMs !== undefined && this.isWanted;
    if (this.isReconnecting) this.#wait(waitMs, () => this.#reload());
  }

  /** Whether what ended is a file after all. */
  get #isFile() {
    const { ended, currentTime } = this.#element;
    if (!ended) return false;
    const cameForMs = (this.#suspendedAt ?? Infinity) - this.#loadedAt;
    const isRepeated = this.#lastRunS !== null && Math.abs(this.#lastRunS - currentTime) < SAME_RUN_S;
    return isRepeated || 1000 * currentTime - cameForMs > BURST_MS;
  }

  #reload() {
    this.isReconnecting = this.isWanted;
    this.#loaded();
    this.#acts.reload();
    if (!this.isWanted) return;
    this.#wait(SILENT_MS, () => this.#drop());
    this.#element.play().catch(() => {});
  }

  /** @param {number} ms @param {() => void} act */
  #wait(ms, act) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(act, ms);
  }
}
