import { configFor } from "./correction.js";
import { Start } from "./start.js";
import { endsAtMs, positionAt, timelineOf } from "./timeline.js";

/**
 * @typedef {import("../rooms/shapes.js").Player} Player
 * @typedef {import("./adapter.js").MediaState} MediaState
 * @typedef {import("./deck.js").Seat} Seat
 * @typedef {import("./phase.js").Mode} Mode
 *
 * What it works with.
 * @typedef {object} Parts
 * @property {import("../rooms/clock.js").Clock} clock
 * @property {import("./deck.js").Deck} deck
 * @property {import("./latency.js").Latency} latency
 * @property {import("./preferences.js").Preferences} preferences
 * @property {import("./sound.js").Sound} sound
 * @property {() => void} changed called when its mode changed by itself
 */

/** Within this it plays on, and the pilot brings it in step. */
const ON_COURSE_MS = 400;
const NOW_MS = 50;
/** A pause that nobody asked for is the listener's if it lasts: players pause for moments of their own. */
const LISTENERS_PAUSE_MS = 600;
/** A player that was told to play and does not even try is told again. */
const STUCK_MS = 5_000;
/** A player loads a little further ahead than it usually needs, and waits there for the room. */
const LOAD_SLACK_MS = 300;

/** Brings the player in use to where the room's player is, and keeps it there. */
export class Transport {
  #parts;
  #listening = new AbortController();
  /** @type {Player | null} */
  #player = null;
  /** @type {Mode} */
  #mode = "empty";
  /** @type {Start | null} */
  #start = null;
  #letGoAt = 0;
  #hasMoved = false;
  #isSettled = false;
  /** @type {number | null} */
  #loadingSince = null;
  /** Since when it stands still though it should play. @type {number | null} */
  #pausedSince = null;
  #isPausedUnseen = false;

  /** @param {Parts} parts */
  constructor(parts) {
    this.#parts = parts;
    const { signal } = this.#listening;
    parts.clock.addEventListener("offset", () => this.#isWaitingForClock && this.resume(), { signal });
  }

  get mode() {
    return this.#mode;
  }

  get player() {
    return this.#player;
  }

  /** Where the room is now, as far as this listener wants to be there. */
  get roomMs() {
    return this.#roomMsAt(this.#parts.clock.now());
  }

  /** What is left until the room's end of the track; Infinity if no end is known. */
  get leftMs() {
    const ends = this.#player && endsAtMs(timelineOf(this.#player));
    return ends === null ? Infinity : ends - this.#parts.clock.now();
  }

  /**
   * Go where `player` says.
   * @param {Player} player
   */
  goTo(player) {
    const before = this.#player;
    this.#player = player;
    if (!player.entry) this.#clear();
    else if (player.entry_id !== before?.entry_id || player.entry.url !== before?.entry?.url) this.load();
    else if (courseOf(player) !== courseOf(before)) this.resume();
  }

  /** Load the current entry, anew if it was loaded before. */
  load() {
    const entry = this.#player?.entry;
    if (!entry) return;
    this.#start?.cancel();
    const { media } = this.#parts.deck.turnTo(entry.provider);
    this.#parts.sound.apply();
    const { clock, latency } = this.#parts;
    this.#loadingSince = performance.now();
    media.load(entry, this.#roomMsAt(clock.now() + latency.of(entry.provider, "load") + LOAD_SLACK_MS));
    if (this.#mode === "alone") return;
    this.#mode = "starting";
    this.resume();
  }

  /** Be where the room is, from wherever it is now. */
  resume() {
    const seat = this.#parts.deck.current;
    if (!this.#player?.entry || !seat || this.#mode === "alone" || this.#mode === "failed") return;
    this.#start?.cancel();
    this.#start = null;
    this.#isSettled = false;
    if (!this.#player.playing) this.#halt("still");
    else if (!this.#parts.clock.isKnown) this.#halt("starting");
    else if (this.leftMs <= 0) this.#halt("over");
    else if (this.#isOnCourse(seat)) seat.pilot.setRate(this.#player.rate);
    else this.#begin(seat, this.#player);
  }

  /** Stand still for this listener alone. */
  leave() {
    if (this.#player?.playing && this.#mode !== "failed") this.#halt("alone");
  }

  /** End what `leave` began, or try again what failed. */
  rejoin() {
    if (this.#mode !== "alone" && this.#mode !== "failed") return;
    const hasFailed = this.#mode === "failed";
    this.#mode = "starting";
    this.#isPausedUnseen = false;
    if (hasFailed) this.load();
    else this.resume();
  }

  /** The network is back: what failed may have failed for want of it. */
  retry() {
    if (this.#mode === "failed") this.rejoin();
  }

  /** The listener looks again: while nobody looked, the browser may have paused or slowed what it liked. */
  seen() {
    if (this.#isPausedUnseen) this.rejoin();
    this.#parts.deck.current?.pilot.hurry();
  }

  /** To be called four times a second. */
  beat() {
    const seat = this.#parts.deck.current;
    if (this.#mode !== "running" || !seat || !this.#player?.entry) return;
    if (this.leftMs <= 0) return this.#end(seat, this.#player.entry);
    this.#noticePause(seat.media.state);
    if (this.#mode !== "running") return;
    const { provider } = this.#player.entry;
    const config = document.hidden ? null : configFor(provider, this.#parts.preferences.tightness);
    seat.pilot.steer({ positionMs: () => this.roomMs, rate: this.#player.rate }, config);
  }

  // What the player in use tells

  /** @param {MediaState} state */
  stateChanged(state) {
    if (state === "ready") this.#learnLoading();
    if (this.#mode === "running" && state === "playing") this.#hasMoved = true;
    if (this.#mode === "running" && state === "ended") this.#mode = "over";
    if (this.#mode === "alone" && state === "playing" && this.#pausedSince !== null) this.rejoin();
    if (this.#mode === "alone" && state === "paused") this.#pausedSince ??= performance.now();
    if (this.#mode === "still") this.#settle(state);
  }

  failed() {
    this.#start?.cancel();
    this.#mode = "failed";
  }

  blocked() {
    this.#start?.cancel();
    if (this.#parts.sound.block()) this.resume();
    else this.#mode = "blocked";
  }

  destroy() {
    this.#start?.cancel();
    this.#listening.abort();
  }

  #learnLoading() {
    const provider = this.#player?.entry?.provider;
    if (!provider || this.#loadingSince === null) return;
    this.#parts.latency.learn(provider, "load", performance.now() - this.#loadingSince);
    this.#loadingSince = null;
  }

  get #isWaitingForClock() {
    return this.#mode === "starting" && this.#start === null;
  }

  /** @param {number} atMs */
  #roomMsAt(atMs) {
    return this.#player ? positionAt(timelineOf(this.#player), atMs + this.#parts.preferences.nudgeMs) : 0;
  }

  /**
   * Whether it plays already what the room plays, but for what the pilot can mend.
   * @param {Seat} seat
   */
  #isOnCourse({ media }) {
    if (this.#mode !== "running" || media.state !== "playing") return false;
    const isNow = Number(this.#player?.effective_at_ms) - this.#parts.clock.now() < NOW_MS;
    return isNow && Math.abs(media.positionMs - this.roomMs) < ON_COURSE_MS;
  }

  /**
   * @param {Seat} seat
   * @param {Player} player
   */
  #begin({ media, pilot }, player) {
    const { clock, latency, preferences } = this.#parts;
    const provider = String(player.entry?.provider);
    const target = {
      positionAt: (/** @type {number} */ atMs) => this.#roomMsAt(atMs),
      instantOf: (/** @type {number} */ positionMs) => {
        return player.effective_at_ms + (positionMs - player.position_ms) / player.rate - preferences.nudgeMs;
      },
      notBeforeMs: player.effective_at_ms,
      startMs: latency.of(provider, "start"),
      seekMs: latency.of(provider, "seek"),
    };
    this.#mode = "starting";
    pilot.setRate(player.rate);
    this.#start = new Start(media, () => clock.now(), target, (sinceSeekMs) => {
      this.#letGo(pilot, sinceSeekMs);
    });
  }

  /**
   * @param {Seat["pilot"]} pilot
   * @param {number} sinceSeekMs
   */
  #letGo(pilot, sinceSeekMs) {
    this.#mode = "running";
    this.#letGoAt = performance.now();
    this.#hasMoved = false;
    this.#pausedSince = null;
    pilot.started(sinceSeekMs);
    this.#parts.changed();
  }

  /** @param {Mode} mode */
  #halt(mode) {
    this.#start?.cancel();
    this.#start = null;
    this.#mode = mode;
    this.#pausedSince = null;
    const media = this.#parts.deck.current?.media;
    media?.pause();
    if (media && mode === "still") this.#settle(media.state);
  }

  #clear() {
    this.#start?.cancel();
    this.#mode = "empty";
    this.#parts.deck.clear();
  }

  /**
   * Stand where the paused room stands.
   * @param {MediaState} state
   */
  #settle(state) {
    const media = this.#parts.deck.current?.media;
    if (!media) return;
    if (state === "playing") media.pause();
    if (this.#isSettled || !["ready", "paused", "ended"].includes(state)) return;
    this.#isSettled = true;
    if (Math.abs(media.positionMs - this.roomMs) > media.precisionMs) media.seek(this.roomMs);
  }

  /**
   * The track is over for the room. A player ends late and may finish by itself, unless the end is a trim.
   * @param {Seat} seat
   * @param {import("./adapter.js").Entry} entry
   */
  #end({ media }, entry) {
    if (entry.end_ms !== null) media.pause();
    this.#mode = "over";
  }

  /** @param {MediaState} state */
  #noticePause(state) {
    const now = performance.now();
    const isStuck = !this.#hasMoved && now - this.#letGoAt > STUCK_MS && ["ready", "paused"].includes(state);
    if (isStuck) this.resume();
    if (!this.#hasMoved) return;
    this.#pausedSince = state === "paused" ? (this.#pausedSince ?? now) : null;
    if (this.#pausedSince === null || now - this.#pausedSince < LISTENERS_PAUSE_MS) return;
    this.#mode = "alone";
    this.#isPausedUnseen = document.hidden;
    this.#parts.changed();
  }
}

/**
 * Everything about a player that decides where it is, as one value.
 * @param {Player | null} player
 */
function courseOf(player) {
  return JSON.stringify(player && timelineOf(player));
}
