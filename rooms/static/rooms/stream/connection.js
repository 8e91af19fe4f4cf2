/** A reconnect that the server asked for takes up to 5 s; a longer one is shown as a lost connection. */
const LOST_AFTER_MS = 8_000;

/** An answer that is asked for every 4 s, and one that was lost. */
const POLL_LOST_AFTER_MS = 12_000;

/**
 * "full": the server has no place left for this one; "polling": events are held back on the way, and asked for instead
 * @typedef {"live" | "polling" | "catching-up" | "lost" | "full"} Connection
 */

/** State machine of a connection as people see it: live, late, catching up, lost, or refused since the room is full. */
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

  /** An answer came to what has to be asked for. */
  polling() {
    this.#become("polling");
    this.#losing = setTimeout(() => this.lost(), POLL_LOST_AFTER_MS);
  }

  /** Nothing can be heard for a while. */
  interrupted() {
    if (!navigator.onLine) this.lost();
    if (this.#status === "polling") return; // another attempt, as in vain as those before
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
