import { SteppedTime } from "./stepped_time.js";

/** The position of a YouTube video: where it was sent until it arrives, then interpolated between its updates. */
export class YouTubeTime {
  #stepped = new SteppedTime();
  #toldMs;
  /** @type {number | null} */
  #aimMs = null;

  /** @param {() => number} toldMs what the player tells, in milliseconds */
  constructor(toldMs) {
    this.#toldMs = toldMs;
  }

  /** On its way there, the player may still tell where it was. @param {number} positionMs */
  sendTo(positionMs) {
    this.#aimMs = positionMs;
    this.#stepped.forget();
  }

  /** Believe what the player tells from now on. */
  arrive() {
    this.#aimMs = null;
  }

  /** To be called when it starts, stops, or changes its rate. */
  forget() {
    this.#stepped.forget();
  }

  /** To be called often while it plays. @param {number} rate */
  read(rate) {
    this.#stepped.tell(this.#toldMs(), performance.now(), rate);
  }

  /** @param {number} rate 0 while it stands still */
  positionMs(rate) {
    if (this.#aimMs !== null) return this.#aimMs;
    const running = rate > 0 ? this.#stepped.at(performance.now(), rate) : null;
    return running ?? this.#toldMs();
  }
}
