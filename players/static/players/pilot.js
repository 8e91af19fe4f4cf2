import { correction, isWeak, median } from "./correction.js";
import { Progress } from "./progress.js";
import { slope } from "./slope.js";

/**
 * @typedef {import("./adapter.js").MediaAdapter} MediaAdapter
 * @typedef {import("./correction.js").Config} Config
 * @typedef {import("./latency.js").Latency} Latency
 * @typedef {import("./latency.js").Manoeuvre} Manoeuvre
 * @typedef {import("./course.js").Course} Course
 */

const READINGS = 3;
/** The first readings after a start are of the start. */
const SETTLED_MS = 500;
const LATE_MS = 150;
const MOST_SEEK_MS = 1_500;
const MINUTE_MS = 60_000;
/** So long a nudge has to last before its effect stands out from the noise of the readings. */
const TRIAL_MS = 4_000;
const OBEYS = 0.5;

/** Keeps one player that plays on the room's course, by small changes of its rate and, rarely, a seek. */
export class Pilot {
  #media;
  #provider;
  #latency;
  #progress = new Progress();
  /** @type {number[]} */
  #errorsMs = [];
  /** @type {number[]} */
  #seeks = [];
  /** @type {number | null} */
  #playingSince = null;
  /** A manoeuvre whose landing has yet to be measured. @type {{manoeuvre: Manoeuvre, aimedMs: number} | null} */
  #landing = null;
  /** The errors since the rate was nudged. @type {{x: number, y: number}[] | null} */
  #trial = null;
  #canNudge = true;
  #isInHurry = false;
  #sinceSeekMs = Infinity;
  #rate = 1;

  /**
   * @param {MediaAdapter} media
   * @param {string} provider
   * @param {Latency} latency
   */
  constructor(media, provider, latency) {
    this.#media = media;
    this.#provider = provider;
    this.#latency = latency;
  }

  /** The last error, in milliseconds ahead of the room; null while there is none to speak of. */
  get driftMs() {
    return this.#errorsMs.at(-1) ?? null;
  }

  get isHeld() {
    return this.#progress.isHeld;
  }

  get isWeak() {
    return isWeak(this.#seeksInMinute);
  }

  /**
   * To be called when the player was told to start.
   * @param {number} sinceSeekMs how long before that it was told to seek; Infinity if it was not
   */
  started(sinceSeekMs) {
    this.#land("start");
    this.#sinceSeekMs = sinceSeekMs;
    this.#isInHurry = true;
  }

  /** Set the room's rate, and forget what was read at another. @param {number} rate */
  setRate(rate) {
    this.#steerAt(rate, rate);
    this.#errorsMs = [];
  }

  /** Something out of the ordinary ended: one seek may follow at once. */
  hurry() {
    this.#isInHurry = true;
    this.#forget();
  }

  /**
   * Read where the player is and correct it if need be; to be called four times a second while it should be playing.
   * @param {Course} course
   * @param {Config | null} config null reads only
   */
  steer(course, config) {
    if (this.#media.state !== "playing") return this.#stall();
    const now = performance.now();
    this.#playingSince ??= now;
    this.#watch(now);
    if (!this.#progress.isMoving(this.#rate) || this.#playingForMs(now) < SETTLED_MS) return;
    this.#errorsMs = [...this.#errorsMs, this.#media.positionMs - course.positionMs].slice(-READINGS);
    this.#learn(course.rate);
    this.#judgeTrial(now, course.rate);
    if (config) this.#correct(now, course, config);
    else if (this.#rate !== course.rate) this.#steerAt(course.rate, course.rate);
  }

  /** @param {number} now */
  #watch(now) {
    const wasHeld = this.#progress.isHeld;
    this.#progress.see(now, this.#media.positionMs, this.#rate);
    if (this.#progress.isHeld) {
      this.#landing = null;
      this.#errorsMs = [];
      this.#playingSince = now;
    } else if (wasHeld) this.#isInHurry = true;
  }

  /**
   * @param {number} now
   * @param {Course} course
   * @param {Config} config
   */
  #correct(now, course, config) {
    const decision = correction(this.#readings(now, course.rate), config);
    if (decision.action === "seek") this.#seek(now, course);
    if (decision.action === "rate") this.#steerAt(decision.rate, course.rate);
    if (this.#errorsMs.length === READINGS && decision.action === "none") this.#isInHurry = false;
  }

  /**
   * @param {number} now
   * @param {number} roomRate
   */
  #readings(now, roomRate) {
    return {
      errorsMs: this.#errorsMs,
      playingForMs: this.#playingForMs(now),
      sinceSeekMs: this.#isInHurry ? Infinity : now - (this.#seeks.at(-1) ?? -Infinity),
      seeksInMinute: this.#seeksInMinute,
      roomRate,
      rate: this.#rate,
      canNudge: this.#canNudge,
    };
  }

  /**
   * @param {number} now
   * @param {Course} course
   */
  #seek(now, course) {
    this.#isInHurry = false;
    this.#seeks = [...this.#seeks.filter((at) => now - at < MINUTE_MS), now];
    this.#steerAt(course.rate, course.rate);
    this.#land("seek");
    this.#media.seek(course.positionMs + this.#latency.of(this.#provider, "seek") * course.rate);
  }

  /**
   * @param {number} rate
   * @param {number} roomRate
   */
  #steerAt(rate, roomRate) {
    this.#rate = rate;
    this.#media.setRate(rate);
    this.#trial = rate === roomRate ? null : [];
  }

  /** @param {Manoeuvre} manoeuvre */
  #land(manoeuvre) {
    this.#landing = { manoeuvre, aimedMs: this.#latency.of(this.#provider, manoeuvre) };
    this.#forget();
  }

  /** @param {number} roomRate */
  #learn(roomRate) {
    if (!this.#landing || this.#errorsMs.length < READINGS) return;
    const { manoeuvre, aimedMs } = this.#landing;
    const lateMs = -median(this.#errorsMs) / roomRate;
    this.#landing = null;
    // A start that came late soon after a seek was held up by that seek.
    if (manoeuvre === "start" && lateMs > LATE_MS && this.#sinceSeekMs < MOST_SEEK_MS) {
      this.#latency.learn(this.#provider, "seek", this.#sinceSeekMs + lateMs);
    } else this.#latency.learn(this.#provider, manoeuvre, aimedMs + lateMs);
  }

  /**
   * A player that takes a nudge and does not change its course will not take the next one either.
   * @param {number} now
   * @param {number} roomRate
   */
  #judgeTrial(now, roomRate) {
    if (!this.#trial) return;
    this.#trial.push({ x: now, y: this.#media.positionMs });
    if (now - this.#trial[0].x < TRIAL_MS) return;
    const obeyed = (slope(this.#trial) - roomRate) / (this.#rate - roomRate);
    this.#canNudge = obeyed > OBEYS;
    this.#trial = [];
  }

  #stall() {
    // What lands after a stall lands late by the stall.
    if (this.#playingSince !== null) this.#landing = null;
    this.#forget();
  }

  #forget() {
    this.#progress.forget();
    this.#errorsMs = [];
    this.#playingSince = null;
    if (this.#trial) this.#trial = [];
  }

  /** @param {number} now */
  #playingForMs(now) {
    return this.#playingSince === null ? 0 : now - this.#playingSince;
  }

  get #seeksInMinute() {
    return this.#seeks.filter((at) => performance.now() - at < MINUTE_MS).length;
  }
}
