import { READINGS, correction, isWeak, median } from "./correction.js";
import { StallDetector } from "./stall_detector.js";

/**
 * @typedef {import("../media/adapter.js").MediaAdapter} MediaAdapter
 * @typedef {import("./correction.js").Config} Config
 * @typedef {import("./correction.js").Nudge} Nudge
 * @typedef {import("./latency.js").Latency} Latency
 * @typedef {import("./room_position.js").RoomPosition} RoomPosition
 */

/** To leave this rate costs a player the buffer in which it stretches the sound; at any other that is there already. */
const NORMAL = 1;
/** The first readings after a start show the start and not the drift. */
const SETTLED_MS = 500;
const MINUTE_MS = 60_000;
/** A nudge by so much stands out from the noise of the readings. */
const TELLING_MS = 60;
const OBEYS = 0.5;
/** So many nudges without effect show that a player ignores them: a single one may be disturbed by a stall. */
const TRIALS = 2;

/** Keeps a player in step with the room by small changes of its rate, and tells when it has to start anew. */
export class DriftControl {
  #media;
  #provider;
  #latency;
  #stalls = new StallDetector();
  /** @type {number[]} */
  #errorsMs = [];
  /** @type {number | null} */
  #driftMs = null;
  /** @type {number[]} */
  #seeks = [];
  /** @type {number | null} */
  #playingSince = null;
  /** The latency allowed for the last start, until its real one is measured. @type {number | null} */
  #aimedMs = null;
  /** The nudge that goes on. @type {ReturnType<typeof setTimeout> | null} */
  #nudging = null;
  /** The last nudge, until its effect has been measured. @type {{gainMs: number, beforeMs: number} | null} */
  #nudged = null;
  /** How many nudges in a row it did not obey since it started. */
  #disobeyed = 0;
  #isInHurry = false;

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
    return this.#driftMs;
  }

  get isHeld() {
    return this.#stalls.isHeld;
  }

  get isWeak() {
    return isWeak(this.#seeksInMinute);
  }

  /** To be called when the player was told to start. */
  started() {
    this.#forget();
    this.#disobeyed = 0;
    this.#aimedMs = this.#latency.of(this.#provider, "start");
  }

  /** Set the room's rate, and forget what was read at another. @param {number} rate */
  setRate(rate) {
    this.#endNudge();
    this.#forgetReadings();
    this.#media.setRate(rate);
  }

  /** Something out of the ordinary ended: one seek may follow at once. */
  hurry() {
    this.#isInHurry = true;
    this.#forget();
  }

  /**
   * Read where the player is and correct it if need be; to be called four times a second while it should be playing.
   * @param {RoomPosition} room
   * @param {Config | null} config null reads only
   * @returns {boolean} whether it is so far off that it has to start anew
   */
  steer(room, config) {
    if (this.#nudging !== null && (this.#media.state !== "playing" || !config)) this.setRate(room.rate);
    if (this.#media.state !== "playing") return this.#stall();
    const now = performance.now();
    this.#playingSince ??= now;
    this.#watch(now, room.rate);
    if (!this.#stalls.isMoving(room.rate) || this.#playingForMs(now) < SETTLED_MS) return false;
    this.#driftMs = this.#media.positionMs - room.positionMs;
    this.#errorsMs = [...this.#errorsMs, this.#driftMs].slice(-READINGS);
    if (this.#nudging !== null || this.#errorsMs.length < READINGS) return false;
    this.#learn(room.rate);
    return config !== null && this.#correct(now, room, config);
  }

  /** @param {number} now @param {number} rate */
  #watch(now, rate) {
    const wasHeld = this.#stalls.isHeld;
    this.#stalls.see(now, this.#media.positionMs, rate);
    if (this.#stalls.isHeld) {
      this.#forgetReadings();
      this.#aimedMs = this.#driftMs = null;
      this.#playingSince = now;
    } else if (wasHeld) this.#isInHurry = true;
  }

  /**
   * @param {number} now
   * @param {RoomPosition} room
   * @param {Config} config
   */
  #correct(now, room, config) {
    const decision = correction(this.#readings(now, room.rate), config);
    if (decision.action === "nudge") this.#nudge(decision.nudge, room.rate);
    if (decision.action === "none") this.#isInHurry = false;
    if (decision.action !== "seek") return false;
    this.#isInHurry = false;
    this.#seeks = [...this.#seeks.filter((at) => now - at < MINUTE_MS), now];
    return true;
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
      canNudge: this.#disobeyed < TRIALS,
      nudgeCostMs: roomRate === NORMAL ? this.#latency.of(this.#provider, "nudge") : 0,
    };
  }

  /**
   * By the clock and not by readings, which come too late to end it in time.
   * @param {Nudge} nudge
   * @param {number} roomRate
   */
  #nudge({ rate, forMs, gainMs }, roomRate) {
    const beforeMs = median(this.#errorsMs);
    this.#media.setRate(rate);
    this.#nudging = setTimeout(() => {
      this.setRate(roomRate);
      this.#nudged = { gainMs, beforeMs };
    }, forMs);
  }

  #endNudge() {
    if (this.#nudging !== null) clearTimeout(this.#nudging);
    this.#nudging = this.#nudged = null;
  }

  /** @param {number} roomRate */
  #learn(roomRate) {
    const errorMs = median(this.#errorsMs);
    if (this.#aimedMs !== null) this.#latency.learn(this.#provider, "start", this.#aimedMs - errorMs / roomRate);
    if (this.#nudged !== null) this.#judge(this.#nudged.gainMs, errorMs - this.#nudged.beforeMs, roomRate);
    this.#aimedMs = this.#nudged = null;
  }

  /**
   * A player that takes two nudges and does not change its pace will not take the next one either.
   * @param {number} gainMs what it should have gained
   * @param {number} gainedMs
   * @param {number} roomRate
   */
  #judge(gainMs, gainedMs, roomRate) {
    if (Math.abs(gainMs) >= TELLING_MS) this.#disobeyed = gainedMs / gainMs > OBEYS ? 0 : this.#disobeyed + 1;
    if (this.#disobeyed === 0 && roomRate === NORMAL) this.#latency.learn(this.#provider, "nudge", gainMs - gainedMs);
  }

  #stall() {
    // What lands after a stall lands late by the stall.
    if (this.#playingSince !== null) this.#aimedMs = null;
    this.#forget();
    return false;
  }

  #forget() {
    this.#stalls.forget();
    this.#forgetReadings();
    this.#playingSince = this.#driftMs = null;
  }

  #forgetReadings() {
    this.#errorsMs = [];
    this.#nudged = null;
  }

  /** @param {number} now */
  #playingForMs(now) {
    return this.#playingSince === null ? 0 : now - this.#playingSince;
  }

  get #seeksInMinute() {
    return this.#seeks.filter((at) => performance.now() - at < MINUTE_MS).length;
  }
}
