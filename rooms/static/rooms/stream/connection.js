/** A reconnect that the server asked for takes up to 5 s; only what takes longer is worth a word. */
const LOST_AFTER_MS = 8_000;

/** @typedef {"live" | "catching-up" | "lost" | "full"} Connection "full": the server has no place left for this one */

/** How a listener's connection stands. */
export class ConnectionStatus {
  #told;
  /** @type {Connection} */
  #status = "catching-up";
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #losing;

  /** @param {(status: Connection) => void} told called when it changed */
  constructor(told) {
    this.#told = told;
  }

  get status() {
    return this.#status;
  }

  live() {
    this.#become("live");
  }

  /** Nothing can be heard for a while. */
  interrupted() {
    if (!navigator.onLine) this.lost();
    if (this.#status === "live") this.#become("catching-up");
    if (this.#status === "catching-up") this.#losing ??= setTimeout(() => this.lost(), LOST_AFTER_MS);
  }

  lost() {
    this.#become("lost");
  }

  /** It is refused for now. */
  full() {
    this.#become("full");
  }

  /** Let no time run any more. */
  stop() {
    clearTimeout(this.#losing);
    this.#losing = undefined;
  }

  /** @param {Connection} status */
  #become(status) {
    this.stop();
    if (status === this.#status) return;
    this.#status = status;
    this.#told(status);
  }
}
