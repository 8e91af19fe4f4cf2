import { playerOf } from "../media/adapter.js";
import { readRecord, storeRecord } from "../stored_record.js";

/**
 * - `load`
 * - `seek`
 * - `hop`: a seek to what is loaded already
 * - `start`
 * - `nudge`: what it costs to leave the normal rate
 * @typedef {"load" | "seek" | "hop" | "start" | "nudge"} Manoeuvre
 */

const KEY = "musicrooms.latency";
const WEIGHT = 0.3;
/**
 * How many mean deviations to allow above the mean: two cover nine in ten. Worth it for YouTube, where coming late
 * costs another seek; a direct file seeks within its buffer, which costs less than the allowance would.
 */
const DEVIATIONS = { direct: 0, youtube: 2 };
const LONGEST_MS = 1_500;

/**
 * The most that one measurement may add. A start that waited for data is an outlier and would make the next one early;
 * a seek waits for data every time.
 */
const MOST_SURPRISE_MS = { load: LONGEST_MS, seek: LONGEST_MS, hop: LONGEST_MS, start: 250, nudge: 50 };

/** What players usually take, and its mean deviation, before anything was learned of these here. */
const USUAL_MS = {
  "direct.load": 100,
  "direct.load.deviation": 150,
  "direct.start": 90,
  "direct.start.deviation": 20,
  "direct.seek": 200,
  "direct.seek.deviation": 100,
  "direct.hop": 30,
  "direct.hop.deviation": 15,
  "direct.nudge": 20,
  "youtube.load": 1_000,
  "youtube.load.deviation": 200,
  "youtube.start": 100,
  "youtube.start.deviation": 50,
  "youtube.seek": 600,
  "youtube.seek.deviation": 200,
};

/**
 * How long a player takes to load, to seek, and to start, and how much later a nudge makes it: running means of what it
 * really took, and of how far that was from the mean, as TCP keeps them of its round trips (RFC 6298).
 */
export class Latency {
  #storage;
  /** @type {Record<string, number>} */
  #learnedMs;

  /** @param {Storage} [storage] */
  constructor(storage) {
    this.#storage = storage;
    this.#learnedMs = readRecord(storage, KEY, USUAL_MS);
  }

  /**
   * What it usually takes.
   * @param {string} provider
   * @param {Manoeuvre} manoeuvre
   */
  of(provider, manoeuvre) {
    return this.#known(`${playerOf(provider)}.${manoeuvre}`);
  }

  /**
   * What to allow for it.
   * @param {string} provider
   * @param {Manoeuvre} manoeuvre
   */
  most(provider, manoeuvre) {
    const deviations = DEVIATIONS[playerOf(provider)];
    return this.of(provider, manoeuvre) + deviations * this.#known(`${playerOf(provider)}.${manoeuvre}.deviation`);
  }

  /**
   * @param {string} provider
   * @param {Manoeuvre} manoeuvre
   * @param {number} measuredMs
   */
  learn(provider, manoeuvre, measuredMs) {
    const name = `${playerOf(provider)}.${manoeuvre}`;
    const oldMs = this.#known(name);
    const surpriseMs = Math.min(MOST_SURPRISE_MS[manoeuvre], clamp(measuredMs) - oldMs);
    this.#move(`${name}.deviation`, Math.abs(surpriseMs));
    this.#move(name, oldMs + surpriseMs);
    storeRecord(this.#storage, KEY, this.#learnedMs);
  }

  /** @param {string} name */
  #known(name) {
    return clamp(Number(this.#learnedMs[name] ?? 0) || 0);
  }

  /** @param {string} name @param {number} towardsMs */
  #move(name, towardsMs) {
    const oldMs = this.#known(name);
    this.#learnedMs[name] = oldMs + WEIGHT * (towardsMs - oldMs);
  }
}

/** @param {number} ms */
function clamp(ms) {
  return Math.min(LONGEST_MS, Math.max(0, ms));
}
