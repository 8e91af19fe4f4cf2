import { Stage } from "./stage.js";
import { ListenerReports } from "./reports.js";
import { Latency } from "./latency.js";
import { phaseOf } from "./phase.js";
import { preferences } from "../preferences.js";
import { SleepTimer } from "./sleep_timer.js";
import { Sound } from "./sound.js";
import { PlaybackMachine } from "./playback_machine.js";
import { Retry } from "./retry.js";

/**
 * @typedef {import("../../rooms/page/lib/shapes.js").Player} Player
 * @typedef {import("../../rooms/page/lib/shapes.js").Entry} Entry
 * @typedef {EventTarget & {isOurs: boolean, take: () => void}} SoundOwner dispatches `change`
 *
 * @typedef {object} Status
 * @property {import("./phase.js").Phase} phase
 * @property {boolean} isBlocked whether the browser refused to let it sound, whatever the phase is meanwhile
 * @property {number | null} driftMs how far this player is ahead of the room; null while it cannot be told
 * @property {number} roomPositionMs
 * @property {number} positionMs
 * @property {number | null} lengthMs
 * @property {boolean} isLive whether it has no end, nor positions
 * @property {number} rate
 * @property {boolean} isWeak whether this player does not land where it is sent, so that it is only roughly in step
 * @property {boolean} hasPicture whether the stage shows more than nothing
 * @property {string} reason why it is unplayable; "" if it is not
 * @property {boolean} isRetrying whether that may pass, so that it is tried again by itself
 * @property {number | null} sleepLeftMs until the sleep timer stops the sound, in whole seconds; null if that is not known
 */

const BEAT_MS = 250;
/** Phases in which what failed before is being tried again. */
const TRYING = ["loading", "waiting", "blocked", "elsewhere", "unplayable"];

/**
 * Keeps the players of one page where the room's player is, and never speaks for the room.
 *
 * Dispatches `status` (a Status) when it changes, four times a second while something plays, `hint` (a Report) when
 * this browser learned something that the server may not know, and `asleep` when the sleep timer stopped the sound.
 */
export class Follower extends EventTarget {
  #preferences;
  #stage;
  #sound;
  #machine;
  #reports = new ListenerReports((detail) => this.dispatchEvent(new CustomEvent("hint", { detail })));
  #listening = new AbortController();
  #beating;
  /** @type {Entry | null} */
  #next = null;
  /** @type {number | null} */
  #nextAtMs = null;
  #isNextPrepared = false;
  #reason = "";
  #retry = new Retry(() => this.#machine.retry());
  #owner;
  #clock;
  #sleep = new SleepTimer();
  #told = "";

  /**
   * @param {object} options
   * @param {HTMLElement} options.stage where the players are put
   * @param {import("../../rooms/clock/clock.js").Clock} options.clock
   * @param {Storage} [options.storage] where preferences, and what was learned, outlive the page
   * @param {SoundOwner} [options.owner] which of the browser's tabs sounds
   */
  constructor({ stage, clock, storage, owner }) {
    super();
    this.#owner = owner;
    this.#clock = clock;
    const latency = new Latency(storage);
    this.#preferences = preferences(storage);
    this.#stage = new Stage(stage, latency, (event) => this.#hear(event));
    this.#sound = new Sound(this.#stage, this.#preferences);
    const parts = { clock, latency, stage: this.#stage, preferences: this.#preferences, sound: this.#sound };
    this.#machine = new PlaybackMachine({ ...parts, changed: () => this.#tell() });
    const { signal } = this.#listening;
    clock.addEventListener("sleep", () => this.#machine.seen(), { signal });
    document.addEventListener("visibilitychange", () => document.hidden || this.#machine.seen(), { signal });
    window.addEventListener("online", () => this.#machine.retry(), { signal });
    owner?.addEventListener("change", () => this.#changeOwner(), { signal });
    this.#beating = setInterval(() => this.#beat(), BEAT_MS);
  }

  /**
   * Go where the room's player is, from now on. The same player again does nothing.
   * @param {Player} player
   */
  follow(player) {
    if (player.entry_id !== this.#machine.room.player?.entry_id) this.#retry.forget();
    const isStarted = player.playing && !this.#machine.room.player?.playing;
    this.#machine.goTo(player);
    if (isStarted) this.#machine.retry();
    this.#tell();
  }

  /**
   * Prepare what is likely to come next. It starts at the very end of the current track, if the server goes on just
   * then.
   * @param {Entry | null} entry
   * @param {number | null} [atMs] the instant at which the server goes on by itself, as far as it is known
   */
  next(entry, atMs = null) {
    this.#machine.expect(entry, atMs);
    // A track that follows itself is to be prepared for each time.
    if (entry?.id === this.#next?.id && atMs === this.#nextAtMs) return;
    [this.#next, this.#nextAtMs] = [entry, atMs];
    this.#isNextPrepared = false;
    this.#preload();
  }

  /** Let it sound, here and in no other tab. To be called in a user's gesture, since only then the browser allows it. */
  listen() {
    this.#owner?.take();
    this.#sound.unblock();
    if (this.#machine.mode === "blocked") {
      this.#stage.current?.media.play();
      this.#machine.resume();
    }
    this.#tell();
  }

  /** Pause for this listener alone. */
  pause() {
    this.#machine.leave();
    this.#tell();
  }

  /** Take up again where the room is by now; also tries a track again that could not be played. */
  backToLive() {
    this.#retry.forget();
    this.#machine.rejoin();
    this.#tell();
  }

  get muted() {
    return this.#preferences.muted;
  }

  /** To be set to false in a user's gesture. */
  set muted(muted) {
    this.#preferences.muted = muted;
    if (muted) this.#sound.apply();
    else this.listen();
  }

  /** From 0 to 1. */
  get volume() {
    return this.#preferences.volume;
  }

  set volume(volume) {
    this.#preferences.volume = Math.min(1, Math.max(0, volume));
    this.#sound.apply();
  }

  /** Whether the room is quieter here for a moment, beneath something else on the page. `volume` stays as it is. */
  get isDucked() {
    return this.#sound.isDucked;
  }

  set isDucked(isDucked) {
    this.#sound.isDucked = isDucked;
  }

  /** How closely to follow: "tight", "normal", "loose" or "off". */
  get tightness() {
    return this.#preferences.tightness;
  }

  set tightness(tightness) {
    this.#preferences.tightness = tightness;
    this.#stage.current?.driftControl.setRate(this.#machine.room.rate);
  }

  /** How many milliseconds ahead of the room to be. */
  get nudgeMs() {
    return this.#preferences.nudgeMs;
  }

  set nudgeMs(nudgeMs) {
    this.#preferences.nudgeMs = nudgeMs;
    this.#stage.current?.driftControl.hurry();
  }

  /** When to stop listening by itself. @returns {import("./sleep_timer.js").Sleep} */
  get sleep() {
    return this.#sleep.choice;
  }

  set sleep(choice) {
    this.#sleep.set(choice, this.#clock.now(), this.#asleepAfter.entryId);
    this.#beat();
  }

  /** @returns {Status} */
  get status() {
    const { mode, room } = this.#machine;
    const entry = room.player?.entry;
    const { media, driftControl } = this.#stage.current ?? {};
    const isLive = Boolean(entry?.is_live || media?.isLive);
    const { isBlocked: isSoundBlocked, isElsewhere } = this.#sound;
    const about = { isHeld: driftControl?.isHeld ?? false, isSoundBlocked, isElsewhere };
    const phase = phaseOf(mode, media?.state ?? "loading", about);
    const { leftMs: sleepLeftMs } = this.#sleep.at(this.#clock.now(), this.#asleepAfter);
    // While it is tried again by itself, it is what it was.
    const isRetrying = this.#retry.reason !== "" && mode !== "blocked" && TRYING.includes(phase);
    return {
      phase: isRetrying ? "unplayable" : phase,
      isBlocked: isSoundBlocked || mode === "blocked",
      driftMs: mode === "running" && media?.isSeekable ? (driftControl?.driftMs ?? null) : null,
      roomPositionMs: room.positionMs,
      positionMs: media?.positionMs ?? 0,
      lengthMs: isLive ? null : (entry?.length_ms ?? media?.lengthMs ?? null),
      isLive,
      rate: room.rate,
      isWeak: driftControl?.isWeak ?? false,
      hasPicture: media?.hasPicture ?? false,
      reason: mode === "failed" ? this.#reason : isRetrying ? this.#retry.reason : "",
      isRetrying,
      sleepLeftMs: sleepLeftMs === null ? null : Math.ceil(sleepLeftMs / 1000) * 1000,
    };
  }

  destroy() {
    clearInterval(this.#beating);
    this.#retry.forget();
    this.#listening.abort();
    this.#machine.destroy();
    this.#stage.destroy();
  }

  #beat() {
    this.#machine.beat();
    this.#fallAsleep();
    this.#tell();
  }

  #fallAsleep() {
    const { loudness, isOver } = this.#sleep.at(this.#clock.now(), this.#asleepAfter);
    this.#sound.loudness = loudness;
    // While the room is silent itself there is nothing to leave: it is left as soon as it plays.
    if (!isOver || !this.#machine.leave()) return;
    this.#sleep.set(null, 0, null);
    this.#sound.loudness = 1;
    this.dispatchEvent(new Event("asleep"));
  }

  /** What the sleep timer goes by. */
  get #asleepAfter() {
    const { player, leftMs } = this.#machine.room;
    return { entryId: player?.entry_id ?? null, leftMs };
  }

  #tell() {
    const detail = this.status;
    const told = JSON.stringify(detail);
    if (told === this.#told) return;
    this.#told = told;
    this.dispatchEvent(new CustomEvent("status", { detail }));
  }

  /** @param {Event} event what the player in use tells */
  #hear(event) {
    const entry = this.#machine.room.player?.entry;
    const media = this.#stage.current?.media;
    if (!entry || !media) return;
    if (event.type === "length" && media.lengthMs !== null) this.#reports.length(entry, media.lengthMs);
    if (event.type === "live") this.#reports.live(entry);
    if (event.type === "blocked") this.#machine.blocked();
    if (event.type === "title" && event instanceof CustomEvent) this.#reports.title(entry, event.detail);
    if (event.type === "failed" && event instanceof CustomEvent) this.#fail(entry, event.detail);
    if (event.type === "state") this.#changeState(entry, media.state);
    this.#tell();
  }

  /**
   * @param {Entry} entry
   * @param {import("../media/adapter.js").MediaState} state
   */
  #changeState(entry, state) {
    const { room, mode } = this.#machine;
    if (state === "ended" && mode === "running") this.#reports.ended(entry, room.leftMs, room.startsAtMs);
    if (["ready", "playing"].includes(state)) this.#retry.forget();
    this.#machine.stateChanged(state);
    this.#preload();
  }

  /**
   * @param {Entry} entry
   * @param {import("../media/adapter.js").Failure} failure
   */
  #fail(entry, { code, reason, mayPass = false }) {
    this.#reason = reason;
    this.#machine.failed();
    if (mayPass) this.#retry.later(reason);
    else this.#retry.forget();
    // A host who lines up tracks in a room that is paused would be moved on under their hands.
    const { room } = this.#machine;
    if (room.player?.playing) this.#reports.failed(entry, code, room.startsAtMs);
  }

  #changeOwner() {
    const isOurs = this.#owner?.isOurs ?? true;
    this.#sound.isElsewhere = !isOurs;
    // The other tab is gone, and nobody has touched this one yet: browsers would pause what begins to sound.
    if (isOurs && navigator.userActivation?.hasBeenActive === false) this.#sound.isBlocked = true;
    this.#sound.apply();
    this.#tell();
  }

  /** What comes next may load once what is now has loaded. */
  #preload() {
    const state = this.#stage.current?.media.state ?? "loading";
    if (!this.#next || this.#isNextPrepared || !["ready", "playing", "paused"].includes(state)) return;
    this.#isNextPrepared = true;
    this.#stage.preload(this.#next);
  }
}
