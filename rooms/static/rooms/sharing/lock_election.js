/** Leader election by a Web Lock, which the browser hands on when the leader's tab closes, crashes or releases it. */
export class LockElection {
  #name;
  #candidate;
  /** The request that counts; what becomes of earlier ones is of no interest. @type {object | null} */
  #request = null;
  /** @type {AbortController | null} */
  #waiting = null;
  /** @type {(() => void) | null} */
  #release = null;

  /**
   * @param {string} name
   * @param {import("./candidate.js").Candidate} candidate
   */
  constructor(name, candidate) {
    this.#name = name;
    this.#candidate = candidate;
  }

  stand() {
    this.#waiting = new AbortController();
    void this.#ask({ signal: this.#waiting.signal });
  }

  seize() {
    this.withdraw();
    void this.#ask({ steal: true });
  }

  withdraw() {
    this.#request = null;
    this.#waiting?.abort();
    this.#release?.();
    this.#waiting = this.#release = null;
  }

  /** @param {LockOptions} options */
  async #ask(options) {
    const request = (this.#request = {});
    try {
      await navigator.locks.request(this.#name, options, () => this.#hold(request));
    } catch (error) {
      if (this.#request === request) this.#fail(error);
    }
  }

  /**
   * The lock is held until this settles.
   * @param {object} request
   */
  #hold(request) {
    if (this.#request !== request) return null;
    return new Promise((resolve) => {
      this.#release = () => resolve(null);
      this.#candidate.won();
    });
  }

  /** @param {unknown} error */
  #fail(error) {
    this.#release = null;
    if (error instanceof DOMException && error.name === "AbortError") {
      // Another tab seized it.
      this.#candidate.lost();
      this.stand();
    } else {
      // This browser refuses locks, as some do where cookies are refused: better several leaders than none.
      this.#candidate.won();
    }
  }
}
