import { GaplessChange } from "./gapless.js";
import { configFor } from "./correction.js";
import { RoomPosition } from "./room_position.js";
import { LoadTime } from "./load_time.js";
import { PauseWatch } from "./pause_watch.js";
import { StandStill } from "./stand_still.js";
import { Start } from "./start.js";

/**
 * @typedef {import("../../rooms/page/lib/shapes.js").Player} Player
 * @typedef {import("../media/adapter.js").MediaState} MediaState
 * @typedef {import("./stage.js").SteeredMedia} SteeredMedia
 * @typedef {import("./parts.js").Parts} Parts
 * @typedef {import("./phase.js").Mode} Mode
 */

/** Brings the player in use to where the room's player is, and keeps it there. */
export class PlaybackMachine {
  #parts;
  #listening = new AbortController();
  #gapless;
  #loading;
  /** @type {Mode} */
  #mode = "empty";
  /** @type {Start | null} */
  #start = null;
  #standStill = new StandStill();
  #pauses = new PauseWatch();
  /** Whether the listener's pause has taken effect, so that playing again is their wish too. */
  #hasStoodAlone = false;
  #isPausedUnseen = false;

  /** @param {Parts} parts */
  constructor(parts) {
    this.#parts = parts;
    this.room = new RoomPosition(parts.clock, parts.preferences);
    this.#gapless = new GaplessChange(parts);
    this.#loading = new LoadTime(parts.latency);
    const { signal } = this.#listening;
    parts.clock.addEventListener("offset", () => this.#learnTime(), { signal });
  }

  get mode() {
    return this.#mode;
  }

  /**
   * Go where `player` says.
   * @param {Player} player
   */
  goTo(player) {
    if (this.#gapless.isLeft(player)) return;
    const [before, keyBefore] = [this.#player, this.room.key];
    this.room.player = player;
    if (!player.entry) this.#clear();
    else if (player.entry_id !== before?.entry_id || player.entry.url !== before?.entry?.url) this.load();
    else if (this.room.key !== keyBefore) this.#mode === "failed" ? this.rejoin() : this.resume();
  }

  /**
   * What comes next, and the instant at which the server goes on by itself; null if it has yet to be told.
   * @param {import("../media/adapter.js").Entry | null} entry
   * @param {number | null} atMs
   */
  expect(entry, atMs) {
    this.#gapless.expect(entry, atMs);
  }

  /** Load the current entry, anew if it was loaded before. */
  load() {
    const entry = this.#player?.entry;
    if (!entry) return;
    this.#cancel();
    if (this.#mode === "failed") this.#mode = "starting"; // what is told on the way is not of what failed
    const { media } = this.#parts.stage.turnTo(entry.provider);
    this.#parts.sound.apply();
    const { clock, latency } = this.#parts;
    this.#loading.begin();
    // A little further ahead than it usually needs, where it waits for the room.
    media.load(entry, this.room.positionAt(clock.now() + latency.most(entry.provider, "load")));
    if (this.#mode === "alone") return;
    this.#mode = "starting";
    this.resume();
  }

  /** Be where the room is, from wherever it is now. */
  resume() {
    const steered = this.#parts.stage.current;
    if (!this.#player?.entry || !steered || this.#mode === "alone" || this.#mode === "failed") return;
    this.#cancel();
    this.#standStill.begin();
    if (!this.#player.playing) this.#halt("still");
    else if (!this.#parts.clock.isKnown) this.#halt("starting");
    else if (this.room.leftMs <= 0) this.#halt("over");
    else if (this.#mode === "running" && this.room.isMetBy(steered.media)) steered.driftControl.setRate(this.#player.rate);
    else this.#begin(steered, this.#player);
  }

  /** Stand still for this listener alone. Returns whether it does: what does not play now cannot be left. */
  leave() {
    if (this.#player?.playing && this.#mode !== "failed") this.#halt("alone");
    return this.#mode === "alone";
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

  /** The network is back, or a host presses play: what failed may have failed for want of the network. */
  retry() {
    if (this.#mode === "failed") this.rejoin();
  }

  /** The listener looks again: while nobody looked, the browser may have paused or slowed what it liked. */
  seen() {
    if (this.#isPausedUnseen) this.rejoin();
    this.#parts.stage.current?.driftControl.hurry();
  }

  /** To be called four times a second. */
  beat() {
    const steered = this.#parts.stage.current;
    // What loads for longer than the room plays it would begin anew at its end.
    if (this.#mode === "starting" && this.#start && this.room.leftMs <= 0) return this.#halt("over");
    if (this.#mode !== "running" || !steered || !this.#player?.entry) return;
    this.#gapless.watch(steered, this.#player, (next) => this.#turnOver(steered, next));
    if (this.room.leftMs <= 0) return this.#end(steered, this.#player.entry);
    const verdict = this.#pauses.verdict(steered.media.state);
    if (verdict === "stuck") return this.resume();
    if (verdict === "listener") return this.#leftByOtherMeans();
    const { provider } = this.#player.entry;
    const isLeftAlone = document.hidden || !steered.media.isSeekable;
    const config = isLeftAlone ? null : configFor(provider, this.#parts.preferences.tightness);
    if (steered.driftControl.steer(this.room, config)) this.#begin(steered, this.#player);
  }

  // What the player in use tells

  /** @param {MediaState} state */
  stateChanged(state) {
    if (state === "ready") this.#loading.end(this.#player?.entry?.provider);
    if (this.#mode === "running" && state === "playing") this.#pauses.moved();
    if (this.#mode === "running" && state === "ended") this.#mode = "over";
    if (this.#mode === "alone" && state === "paused") this.#hasStoodAlone = true;
    if (this.#mode === "alone" && state === "playing" && this.#hasStoodAlone) this.rejoin();
    if (this.#mode === "still") this.#settle();
  }

  failed() {
    this.#cancel();
    this.#mode = "failed";
  }

  blocked() {
    this.#cancel();
    if (this.#parts.sound.block()) this.resume();
    else if (this.#mode === "starting" || this.#mode === "running") this.#mode = "blocked";
  }

  destroy() {
    this.#cancel();
    this.#listening.abort();
    // Whatever is asked of it from now on, there is nothing to play.
    this.room.player = null;
    this.#mode = "empty";
  }

  /** The clock was read anew: a start may have waited for it, or turn out to be no start but the server's clock. */
  #learnTime() {
    const keyBefore = this.room.key;
    this.room.reconsider();
    const isWaiting = this.#mode === "starting" && this.#start === null;
    if (isWaiting || this.room.key !== keyBefore) this.resume();
  }

  get #player() {
    return this.room.player;
  }

  /**
   * @param {SteeredMedia} steered
   * @param {Player} player
   */
  #begin({ media, driftControl }, player) {
    this.#mode = "starting";
    driftControl.setRate(player.rate);
    this.#start = new Start(media, this.#parts, this.room, () => this.#letGo(driftControl));
  }

  /** @param {SteeredMedia["driftControl"]} driftControl */
  #letGo(driftControl) {
    this.#mode = "running";
    this.#pauses.told();
    driftControl.started();
    this.#parts.changed();
  }

  /**
   * @param {SteeredMedia} steered
   * @param {Player} next
   */
  #turnOver({ media, driftControl }, next) {
    this.room.player = next;
    media.turnOver(next.effective_at_ms - this.#parts.clock.now());
    driftControl.setRate(next.rate);
    this.#letGo(driftControl);
  }

  #cancel() {
    this.#start?.cancel();
    this.#start = null;
    this.#gapless.cancel();
  }

  /** @param {Mode} mode */
  #halt(mode) {
    this.#cancel();
    this.#mode = mode;
    this.#hasStoodAlone = false;
    this.#parts.stage.current?.media.pause();
    if (mode === "still") this.#settle();
  }

  #settle() {
    const steered = this.#parts.stage.current;
    if (steered) this.#standStill.settle(steered.media, this.room);
  }

  #clear() {
    this.#cancel();
    this.#mode = "empty";
    this.#parts.stage.clear();
  }

  /**
   * The track is over for the room. A player ends late and may finish by itself, unless the end is a trim.
   * @param {SteeredMedia} steered
   * @param {import("../media/adapter.js").Entry} entry
   */
  #end({ media }, entry) {
    if (entry.end_ms !== null) media.pause();
    this.#mode = "over";
  }

  #leftByOtherMeans() {
    this.#mode = "alone";
    this.#hasStoodAlone = true;
    this.#isPausedUnseen = document.hidden;
    this.#parts.changed();
  }
}
