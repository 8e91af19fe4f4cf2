import { keep, readKept } from "./kept.js";

/** @typedef {"load" | "start" | "seek"} Manoeuvre */

const KEY = "musicrooms.latency";
const WEIGHT = 0.3;
const LONGEST_MS = 1_500;

/**
 * What one landing may add. A start that had to wait for data says nothing of the next one, which then would come too
 * early; a seek has to wait for data every time.
 */
const MOST_SURPRISE_MS = { load: LONGEST_MS, start: 250, seek: LONGEST_MS };

/** What players usually take before anything was learned of these here. */
const USUAL_MS = {
  "direct.load": 100,
  "direct.start": 90,
  "direct.seek": 60,
  "youtube.load": 1_000,
  "youtube.start": 100,
  "youtube.seek": 400,
};

/** How long a player takes to load, and how late it lands after a start or a seek: learned from what it really did. */
export class Latency {
  #storage;
  /** @type {Record<string, number>} */
  #learnedMs;

  /** @param {Storage} [storage] */
  constructor(storage) {
    this.#storage = storage;
    this.#learnedMs = readKept(storage, KEY, USUAL_MS);
  }

  /**
   * @param {string} provider
   * @param {Manoeuvre} manoeuvre
   */
  of(provider, manoeuvre) {
    return clamp(Number(this.#learnedMs[`${provider}.${manoeuvre}`] ?? 0) || 0);
  }

  /**
   * @param {string} provider
   * @param {Manoeuvre} manoeuvre
   * @param {number} measuredMs
   */
  learn(provider, manoeuvre, measuredMs) {
    const oldMs = this.of(provider, manoeuvre);
    const surpriseMs = Math.min(MOST_SURPRISE_MS[manoeuvre], clamp(measuredMs) - oldMs);
    this.#learnedMs[`${provider}.${manoeuvre}`] = oldMs + WEIGHT * surpriseMs;
    keep(this.#storage, KEY, this.#learnedMs);
  }
}

/** @param {number} ms */
function clamp(ms) {
  return Math.min(LONGEST_MS, Math.max(0, ms));
}
