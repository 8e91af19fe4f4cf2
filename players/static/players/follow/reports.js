/**
 * @typedef {import("../media/adapter.js").Entry} Entry
 *
 * What one browser learned and the server may not know.
 * @typedef {{kind: "length", entry_id: number, length_ms: number} | {kind: "ended", entry_id: number}
 *   | {kind: "failed", entry_id: number, code: number} | {kind: "title", entry_id: number, title: string}} Report
 */

/** How far before the computed end a track has to end for a report. */
const EARLY_MS = 1_500;

/** Reports to the server (length, title, early end, failure): each once for an entry, and nothing that the server knows. */
export class ListenerReports {
  #tell;
  #entryId = 0;
  /** @type {Set<string>} */
  #told = new Set();

  /** @param {(report: Report) => void} tell */
  constructor(tell) {
    this.#tell = tell;
  }

  /** @param {Entry} entry @param {number} lengthMs */
  length(entry, lengthMs) {
    if (entry.length_ms === null) this.#once({ kind: "length", entry_id: entry.id, length_ms: lengthMs });
  }

  /** @param {Entry} entry whose address is its title, if nobody knows that @param {string} title */
  title(entry, title) {
    if (entry.title === entry.url) this.#once({ kind: "title", entry_id: entry.id, title });
  }

  /**
   * @param {Entry} entry
   * @param {number} leftMs what the server believes to be left; Infinity if it knows no end
   */
  ended(entry, leftMs) {
    if (leftMs > EARLY_MS) this.#once({ kind: "ended", entry_id: entry.id });
  }

  /**
   * @param {Entry} entry
   * @param {number} code 0 means that the player itself could not be had, which is no news of the track
   */
  failed(entry, code) {
    if (code !== 0) this.#once({ kind: "failed", entry_id: entry.id, code });
  }

  /** @param {Report} report */
  #once(report) {
    if (report.entry_id !== this.#entryId) this.#told.clear();
    this.#entryId = report.entry_id;
    if (this.#told.has(report.kind)) return;
    this.#told.add(report.kind);
    this.#tell(report);
  }
}
