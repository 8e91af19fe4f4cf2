import { OffsetEstimator } from "./offset_estimator.js";

/** Requests in a burst: as many as the estimate keeps. */
const BURST = 8;
const BURST_EVERY_MS = 100;
const PROBE_EVERY_MS = 60_000;
const UNKNOWN_RETRY_MS = 2_000;
/** A slower answer would be discarded by the estimate, and a hanging request must not hold up the next. */
const GIVE_UP_MS = 3_000;
const SLEEP_CHECK_EVERY_MS = 2_000;
/** `performance.now()` stands still in a sleeping machine, `Date.now()` does not. */
const SLEEP_MS = 1_000;

/**
 * The server's clock, estimated as NTP does it from requests to `/api/v1/time`.
 *
 * Runs on `performance.now()`, which is monotonic. Dispatches `offset` after each answer, and `sleep` when the machine
 * has slept or its clock was set.
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
  /** By how much the calendar jumped, until the server has been asked what that meant. @type {{byMs: number} | null} */
  #jump = null;
  /** @type {AbortController | null} */
  #connected = null;
  #exchanges;

  constructor(url = "/api/v1/time") {
    super();
    this.#url = url;
    this.#exchanges = new Exchanges(url);
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
    this.#exchanges.watch();
    this.#gapMs = gapMs();
    this.#sleepTimer = setInterval(() => this.#noticeSleep(), SLEEP_CHECK_EVERY_MS);
    this.burst();
  }

  stop() {
    this.#connected?.abort();
    this.#connected = null;
    this.#exchanges.unwatch();
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
    this.#jump = { byMs: sleptMs + (this.#jump?.byMs ?? 0) };
    this.burst();
  }

  async #probe() {
    this.#left = Math.max(0, this.#left - 1);
    this.#isAsking = true;
    const jump = this.#jump;
    const probe = await this.#ask().catch(() => null);
    this.#isAsking = false;
    if (!this.#connected) return;
    if (jump && jump === this.#jump) this.#settle(jump.byMs, probe !== null);
    if (probe) {
      this.#estimator.add(probe);
      this.dispatchEvent(new Event("offset"));
    }
    this.#probeTimer = setTimeout(() => this.#probe(), this.#waitMs());
  }

  /** @returns {Promise<import("./offset_estimator.js").Probe>} */
  async #ask() {
    const gapBeforeMs = gapMs();
    const calledAt = performance.now();
    const response = await fetch(this.#url, { cache: "no-store", signal: AbortSignal.timeout(GIVE_UP_MS) });
    const heardAt = performance.now();
    const { server_now_ms: serverNowMs } = await response.json();
    if (Math.abs(gapMs() - gapBeforeMs) >= SLEEP_MS) throw new Error("The machine slept before the answer came.");
    if (!Number.isFinite(serverNowMs)) throw new TypeError(`server_now_ms is ${serverNowMs}; a number is allowed.`);
    return { ...this.#exchanges.between(calledAt, heardAt), serverNowMs };
  }

  /**
   * Handle a jump of the calendar clock: the machine slept, or its clock was set. The next probe tells which; without
   * an answer a jump ahead is taken for a sleep, and a jump back for a clock that was set.
   * @param {number} byMs
   * @param {boolean} isAnswered
   */
  #settle(byMs, isAnswered) {
    this.#jump = null;
    this.#estimator.shift(isAnswered ? 0 : Math.max(0, byMs));
    this.dispatchEvent(new Event("sleep"));
  }

  #waitMs() {
    if (this.#left > 0) return BURST_EVERY_MS;
    return this.isKnown ? PROBE_EVERY_MS : UNKNOWN_RETRY_MS;
  }
}

/** Request and response times of the probes, by the browser's Resource Timing, which excludes queueing in the page. */
class Exchanges {
  #url;
  #observer = new PerformanceObserver((list) => this.#note(list.getEntries()));
  /** @type {PerformanceResourceTiming | null} */
  #last = null;

  /** @param {string} url */
  constructor(url) {
    this.#url = new URL(url, location.href).href;
  }

  // Observed and not looked up, since what can be looked up is full after some hours.
  watch() {
    this.#observer.observe({ type: "resource" });
  }

  unwatch() {
    this.#observer.disconnect();
  }

  /**
   * Those of a request that was made and answered between two instants of this page. Its own instants are further
   * apart: a question waits for a connection, and an answer for a page that is busy, which is nothing of the way.
   * @param {number} calledAt
   * @param {number} heardAt
   */
  between(calledAt, heardAt) {
    this.#note(this.#observer.takeRecords());
    const { requestStart: askedAt = 0, responseStart: answeredAt = 0 } = this.#last ?? {};
    const isNoted = calledAt <= askedAt && askedAt <= answeredAt && answeredAt <= heardAt;
    return isNoted ? { askedAt, answeredAt } : { askedAt: calledAt, answeredAt: heardAt };
  }

  /** @param {PerformanceEntry[]} entries */
  #note(entries) {
    for (const entry of entries) {
      if (entry instanceof PerformanceResourceTiming && entry.name === this.#url) this.#last = entry;
    }
  }
}

/** How far `Date.now()` is ahead of `performance.now()`: constant, unless the machine slept or its clock was set. */
function gapMs() {
  return Date.now() - performance.now();
}
