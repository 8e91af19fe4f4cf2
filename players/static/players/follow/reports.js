/**
 * @typedef {import("../media/adapter.js").Entry} Entry
 *
 * What one browser learned and the server may not know.
 * @typedef {{kind: "length", entry_id: number, length_ms: number} | {kind: "live", entry_id: number}
 *   | {kind: "ended", entry_id: number} | {kind: "failed", entry_id: number, code: number}
 *   | {kind: "title", entry_id: number, title: string}} Report
 */

/** How far before the computed end a track has to end for a report. */
const EARLY_MS = 1_500;
/** A length closer than this to the one that is known is no correction. */
const SAME_LENGTH_MS = 1_000;
/** A file whose length goes on changing is reported no more often than this for one entry. */
const MOST_LENGTHS = 5;

/**
 * Reports to the server (length, live, title, unexpected end, failure): nothing that it knows, and ends and failures once for
 * each round, which begins when the room starts, or is sent somewhere.
 */
export class ListenerReports {
  #tell;
  #entryId = 0;
  /** @type {Set<string>} */
  #told = new Set();
  /** @type {number[]} */
  #lengthsMs = [];

  /** @param {(report: Report) => void} tell */
  constructor(tell) {
    this.#tell = tell;
  }

  /** @param {Entry} entry @param {number} lengthMs */
  length(entry, lengthMs) {
    this.#turnTo(entry);
    const known = [entry.length_ms, ...this.#lengthsMs];
    const isNews = known.every((ms) => ms === null || Math.abs(ms - lengthMs) > SAME_LENGTH_MS);
    if (entry.is_live || !isNews || this.#lengthsMs.length >= MOST_LENGTHS) return;
    this.#lengthsMs.push(lengthMs);
    this.#tell({ kind: "length", entry_id: entry.id, length_ms: lengthMs });
  }

  /** @param {Entry} entry */
  live(entry) {
    if (!entry.is_live) this.#once(entry, "live", { kind: "live", entry_id: entry.id });
  }

  /** @param {Entry} entry whose address is its title, if nobody knows that @param {string} title */
  title(entry, title) {
    if (entry.title === entry.url) this.#once(entry, "title", { kind: "title", entry_id: entry.id, title });
  }

  /**
   * @param {Entry} entry
   * @param {number} leftMs what the server believes to be left; Infinity if it knows no end
   * @param {number} round when the room started
   */
  ended(entry, leftMs, round) {
    if (leftMs > EARLY_MS) this.#once(entry, `ended ${round}`, { kind: "ended", entry_id: entry.id });
  }

  /**
   * @param {Entry} entry
   * @param {number} code 0 means that the player itself could not be had, which is no news of the track
   * @param {number} round when the room started
   */
  failed(entry, code, round) {
    if (code !== 0) this.#once(entry, `failed ${round}`, { kind: "failed", entry_id: entry.id, code });
  }

  /** @param {Entry} entry @param {string} what @param {Report} report */
  #once(entry, what, report) {
    this.#turnTo(entry);
    if (this.#told.has(what)) return;
    this.#told.add(what);
    this.#tell(report);
  }

  /** @param {Entry} entry */
  #turnTo(entry) {
    if (entry.id === this.#entryId) return;
    this.#entryId = entry.id;
    this.#told.clear();
    this.#lengthsMs = [];
  }
}
