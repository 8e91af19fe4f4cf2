/** Measures how long a track takes to load, so that the next one is asked for as much earlier. */
export class LoadTime {
  #latency;
  /** @type {number | null} */
  #since = null;

  /** @param {import("./latency.js").Latency} latency */
  constructor(latency) {
    this.#latency = latency;
  }

  begin() {
    this.#since = performance.now();
  }

  /** @param {string | undefined} provider */
  end(provider) {
    if (!provider || this.#since === null) return;
    this.#latency.learn(provider, "load", performance.now() - this.#since);
    this.#since = null;
  }
}
