import { OffsetEstimator } from "./offset.js";

const BURST = 5;
const BURST_EVERY_MS = 200;
const PROBE_EVERY_MS = 60_000;
const UNKNOWN_RETRY_MS = 2_000;
/** An answer that takes longer would be thrown away; a hanging one must not hold up the next. */
const GIVE_UP_MS = 3_000;
const SLEEP_CHECK_EVERY_MS = 2_000;
/** `performance.now()` stands still in a sleeping machine, `Date.now()` does not. */
const SLEEP_MS = 1_000;

/**
 * The server's clock, as far as it can be known from here.
 *
 * Runs on `performance.now()`, which nobody sets. Dispatches `offset` when it learned something, and `sleep` when the
 * machine has slept.
 */
export class Clock extends EventTarget {
  #url;
  #estimator = new OffsetEstimator();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #probeTimer;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #sleepTimer;
  #gapMs = gapMs();
  #left = 0;
  #isAsking = false;
  /** @type {AbortController | null} */
  #connected = null;

  constructor(url = "/api/v1/time") {
    super();
    this.#url = url;
  }

  /** Whether the server has been heard; until then `now()` is this machine's own idea. */
  get isKnown() {
    return this.#estimator.offsetMs !== null;
  }

  /** Now, in the server's Unix milliseconds. */
  now() {
    return performance.now() + (this.#estimator.offsetMs ?? gapMs());
  }

  start() {
    if (this.#connected) return;
    this.#connected = new AbortController();
    const { signal } = this.#connected;
    document.addEventListener("visibilitychange", () => document.hidden || this.#wake(), { signal });
    window.addEventListener("online", () => this.burst(), { signal });
    this.#gapMs = gapMs();
    this.#sleepTimer = setInterval(() => this.#noticeSleep(), SLEEP_CHECK_EVERY_MS);
    this.burst();
  }

  stop() {
    this.#connected?.abort();
    this.#connected = null;
    clearTimeout(this.#probeTimer);
    clearInterval(this.#sleepTimer);
  }

  /** Ask several times in a row, since what was known may have gone stale. */
  burst() {
    if (!this.#connected) return;
    this.#left = BURST;
    if (this.#isAsking) return;
    clearTimeout(this.#probeTimer);
    this.#probe();
  }

  #wake() {
    this.#noticeSleep();
    this.burst();
  }

  #noticeSleep() {
    const sleptMs = gapMs() - this.#gapMs;
    this.#gapMs += sleptMs;
    if (Math.abs(sleptMs) < SLEEP_MS) return;
    // A clock that was set back looks like time travel; the server's did not travel with it.
    this.#estimator.shift(Math.max(0, sleptMs));
    this.dispatchEvent(new CustomEvent("sleep", { detail: { sleptMs } }));
    this.burst();
  }

  async #probe() {
    this.#left = Math.max(0, this.#left - 1);
    this.#isAsking = true;
    const probe = await ask(this.#url).catch(() => null);
    this.#isAsking = false;
    if (!this.#connected) return;
    if (probe) {
      this.#estimator.add(probe);
      this.dispatchEvent(new Event("offset"));
    }
    this.#probeTimer = setTimeout(() => this.#probe(), this.#waitMs());
  }

  #waitMs() {
    if (this.#left > 0) return BURST_EVERY_MS;
    return this.isKnown ? PROBE_EVERY_MS : UNKNOWN_RETRY_MS;
  }
}

/**
 * Ask the server once.
 * @param {string} url
 * @returns {Promise<import("./offset.js").Probe>}
 */
async function ask(url) {
  const gapBeforeMs = gapMs();
  const askedAt = performance.now();
  const response = await fetch(url, { cache: "no-store", signal: AbortSignal.timeout(GIVE_UP_MS) });
  const roundTripMs = performance.now() - askedAt;
  const { server_now_ms } = await response.json();
  if (Math.abs(gapMs() - gapBeforeMs) >= SLEEP_MS) throw new Error("The machine slept before the answer came.");
  if (!Number.isFinite(server_now_ms)) throw new TypeError(`server_now_ms is ${server_now_ms}; a number is allowed.`);
  return { offsetMs: server_now_ms - (askedAt + roundTripMs / 2), roundTripMs };
}

/** How far `Date.now()` is ahead of `performance.now()`: constant, unless the machine slept or its clock was set. */
function gapMs() {
  return Date.now() - performance.now();
}
