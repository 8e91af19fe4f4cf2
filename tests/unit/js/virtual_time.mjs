/**
 * Time that the test passes: timers, `Date.now()` and `performance.now()` of this process stand still until it does.
 * So an hour takes a moment, and what happens at which millisecond is the same on any machine.
 */

const realImmediate = setImmediate;
const EPOCH_MS = 1_700_000_000_000;

class VirtualTime {
  /** A page has loaded before its scripts run. */
  nowMs = 1_000;
  /** How far the calendar is ahead of the clock that nobody sets: what a machine that slept has. */
  calendarMs = 0;
  #timers = new Map();
  #lastId = 0;

  install() {
    globalThis.setTimeout = (call, ms = 0, ...args) => this.#add(call, ms, null, args);
    globalThis.setInterval = (call, ms = 0, ...args) => this.#add(call, ms, Math.max(1, ms), args);
    globalThis.clearTimeout = globalThis.clearInterval = (id) => void this.#timers.delete(id);
    Date.now = () => EPOCH_MS + this.nowMs + this.calendarMs;
    Object.defineProperty(performance, "now", { value: () => this.nowMs });
    AbortSignal.timeout = (ms) => {
      const giveUp = new AbortController();
      setTimeout(() => giveUp.abort(new DOMException("", "TimeoutError")), ms);
      return giveUp.signal;
    };
  }

  /** Forget every timer, as when a page is left. */
  reset() {
    this.#timers.clear();
    this.calendarMs = 0;
  }

  /** Let so many milliseconds pass. */
  async pass(ms) {
    const end = this.nowMs + ms;
    while (await this.#step(end));
    this.nowMs = end;
  }

  /** Let time pass until something holds, at most ten milliseconds at a time; it fails after `withinMs`. */
  async until(holds, withinMs = 60_000) {
    const end = this.nowMs + withinMs;
    await this.settle();
    while (!holds()) {
      if (this.nowMs >= end) throw new Error(`Within ${withinMs} ms it never came to ${holds}`);
      const next = Math.min(end, this.nowMs + 10);
      if (!(await this.#step(next))) this.nowMs = next;
    }
  }

  /** Let everything happen that waits for no time. */
  settle() {
    return new Promise((done) => realImmediate(() => realImmediate(done)));
  }

  async #step(endMs) {
    await this.settle();
    const due = [...this.#timers.entries()].filter(([, { atMs }]) => atMs <= endMs);
    if (due.length === 0) return false;
    const [id, timer] = due.reduce((first, one) => (one[1].atMs < first[1].atMs ? one : first));
    this.nowMs = Math.max(this.nowMs, timer.atMs);
    if (timer.everyMs === null) this.#timers.delete(id);
    else timer.atMs = this.nowMs + timer.everyMs;
    timer.call(...timer.args);
    await this.settle();
    return true;
  }

  #add(call, ms, everyMs, args) {
    const id = ++this.#lastId;
    this.#timers.set(id, { call, atMs: this.nowMs + Math.max(0, Number(ms) || 0), everyMs, args });
    return id;
  }
}

export const time = new VirtualTime();
