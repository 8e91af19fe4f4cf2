import { reopenAfterMs } from "../../rooms/page/lib/backoff.js";

/** The first wait is as long as that of a stream which failed so often: players take a while to give up, too. */
const PATIENT = 2;

/** Tries again by itself, with back-off, what could not be played for a reason that may pass. */
export class Retry {
  /** Why it could not be played; "" once it can, or if that cannot pass. */
  reason = "";
  #act;
  #failures = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #waiting;

  /** @param {() => void} act */
  constructor(act) {
    this.#act = act;
  }

  /** @param {string} reason */
  later(reason) {
    this.reason = reason;
    clearTimeout(this.#waiting);
    this.#waiting = setTimeout(this.#act, reopenAfterMs(PATIENT + this.#failures));
    this.#failures += 1;
  }

  forget() {
    clearTimeout(this.#waiting);
    this.reason = "";
    this.#failures = 0;
  }
}
