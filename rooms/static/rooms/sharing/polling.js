/** A room converges within 5 s whatever is lost: the wait, and the time of an answer. */
const EVERY_MS = 4_000;

/** Asks again and again for what a stream would tell, while that is held back. */
export class Polling {
  #ask;
  #heard;
  /** The run that counts: one that was stopped may still wait for an answer. @type {object | null} */
  #run = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {() => Promise<any>} ask rejects if there was no answer
   * @param {(data: any) => void} heard called with each answer
   */
  constructor(ask, heard) {
    this.#ask = ask;
    this.#heard = heard;
  }

  start() {
    if (this.#run) return;
    this.#run = {};
    void this.#poll(this.#run);
  }

  stop() {
    this.#run = null;
    clearTimeout(this.#timer);
  }

  /** @param {object} run */
  async #poll(run) {
    try {
      const data = await this.#ask();
      if (run === this.#run) this.#heard(data);
    } catch {
      // The next one may be answered.
    }
    // With jitter: what holds one stream back holds back those of a whole office.
    if (run === this.#run) this.#timer = setTimeout(() => void this.#poll(run), EVERY_MS * (0.75 + Math.random() / 4));
  }
}
