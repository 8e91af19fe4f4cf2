import { reopenAfterMs } from "../page/lib/backoff.js";

/** The server sends a heartbeat every 15 s: two missed, and some slack. */
export const SILENCE_MS = 40_000;
const WATCH_EVERY_MS = 5_000;
/** A stream begins with an event, at once: one without is held back by something on the way, which may last. */
export const FIRST_EVENT_MS = 10_000;

/**
 * What a source needs of its owner.
 * @typedef {object} Owner
 * @property {() => string} url where to listen, asked at each opening
 * @property {string[]} events the names to listen for
 * @property {(name: string, data: any) => void} heard called with every event
 * @property {() => void} interrupted called when nothing can be heard for a while
 * @property {() => void} [starved] called when a stream is open, or tries to be, and no event comes
 * @property {() => Promise<boolean>} mayReopen asked after a refusal; false tries again later
 */

/** An EventSource that reconnects after a silence, a refusal, and a change of network. */
export class SteadySource {
  #owner;
  /** @type {EventSource | null} */
  #source = null;
  /** @type {AbortController | null} */
  #running = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #reopening;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #watching;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #starving;
  #failures = 0;
  #heardAt = 0;

  /** @param {Owner} owner */
  constructor(owner) {
    this.#owner = owner;
  }

  start() {
    if (this.#running) return;
    this.#running = new AbortController();
    const { signal } = this.#running;
    document.addEventListener("visibilitychange", () => document.hidden || this.#watch(), { signal });
    window.addEventListener("online", () => this.renew(), { signal });
    this.#watching = setInterval(() => this.#watch(), WATCH_EVERY_MS);
    this.#open();
  }

  stop() {
    this.#running?.abort();
    this.#running = null;
    this.#source?.close();
    this.#source = null;
    clearInterval(this.#watching);
    clearTimeout(this.#reopening);
    clearTimeout(this.#starving);
  }

  /** Whether something can be heard: a stream that has been silent for too long is none. */
  get isOpen() {
    return this.#source?.readyState === EventSource.OPEN && !this.#isSilent;
  }

  /** Open another stream instead of this one: with the cookies and over the network of now. */
  renew() {
    if (!this.#running) return;
    this.#source?.close();
    this.#owner.interrupted();
    this.#open();
  }

  /** A dead peer sends nothing, not even an end. `Date.now()` also counts the time that the machine slept. */
  get #isSilent() {
    return Math.abs(Date.now() - this.#heardAt) > SILENCE_MS;
  }

  #open() {
    this.#source?.close();
    clearTimeout(this.#reopening);
    const source = new EventSource(this.#owner.url());
    this.#source = source;
    this.#heardAt = Date.now();
    for (const name of this.#owner.events) source.addEventListener(name, (event) => this.#hear(name, event));
    source.addEventListener("error", () => this.#stumble());
    clearTimeout(this.#starving);
    this.#starving = setTimeout(() => this.#owner.starved?.(), FIRST_EVENT_MS);
  }

  /**
   * @param {string} name
   * @param {MessageEvent<string>} event
   */
  #hear(name, event) {
    this.#heardAt = Date.now();
    this.#failures = 0;
    clearTimeout(this.#starving);
    this.#owner.heard(name, JSON.parse(event.data));
  }

  /** The browser reconnects by itself, unless the answer was no event stream. */
  #stumble() {
    this.#owner.interrupted();
    if (this.#source?.readyState !== EventSource.CLOSED) return;
    clearTimeout(this.#starving);
    this.#reopenLater(async () => this.#owner.mayReopen());
  }

  #watch() {
    if (!this.#isSilent || this.#source?.readyState === EventSource.CLOSED) return;
    this.#owner.interrupted();
    this.#reopenLater(async () => true);
  }

  /** @param {() => Promise<boolean>} mayReopen */
  #reopenLater(mayReopen) {
    this.#source?.close();
    clearTimeout(this.#reopening);
    this.#reopening = setTimeout(() => this.#reopen(mayReopen), reopenAfterMs(this.#failures));
    this.#failures += 1;
  }

  /** @param {() => Promise<boolean>} mayReopen */
  async #reopen(mayReopen) {
    const source = this.#source;
    const may = await mayReopen();
    if (!this.#running || this.#source !== source) return;
    if (may) this.#open();
    else this.#reopenLater(mayReopen);
  }
}
