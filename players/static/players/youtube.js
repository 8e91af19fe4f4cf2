import { SteppedTime } from "./stepped_time.js";
import { makeFrame, makeFrameBox, playerVars } from "./youtube_frame.js";
import { loadYouTube } from "./youtube_loader.js";

/**
 * @typedef {import("./adapter.js").Entry} Entry
 * @typedef {import("./adapter.js").MediaState} MediaState
 * @typedef {import("./adapter.js").Failure} Failure
 */

const UNSTARTED = -1;
const ENDED = 0;
const PLAYING = 1;
const PAUSED = 2;
const BUFFERING = 3;

const READY_WITHIN_MS = 20_000;
const READ_EVERY_MS = 50;
/** What the player tells of its time is up to 265 ms old: so long after a seek it may speak of the time before. */
const STALE_MS = 350;
/** A seek that has not arrived by now is believed to have gone where it went. */
const ARRIVES_WITHIN_MS = 4_000;
const NEAR_MS = 1_000;

/** @type {Record<number, string>} by the codes of onError */
const REASONS = {
  0: "YouTube could not be reached from your browser.",
  2: "YouTube knows no video under this id.",
  5: "YouTube's player cannot play this video in your browser.",
  100: "This video is private or no longer on YouTube.",
  101: "Its owner does not let this video play outside YouTube.",
  150: "Its owner does not let this video play outside YouTube.",
  153: "YouTube refused, since your browser did not tell it which site the player is on.",
};

/**
 * YouTube videos, through the IFrame Player API.
 *
 * A video that was only cued starts a second late. So loading one is a rehearsal: it plays, muted, until the first
 * frame shows, and is paused at once. What is played after that starts within some tens of milliseconds.
 * @implements {import("./adapter.js").Media}
 */
export class YouTubeMedia extends EventTarget {
  element = makeFrameBox();
  precisionMs = 100;
  hasPicture = true;
  /** @type {YT.Player | null} */
  #player = null;
  /** @type {Promise<YT.Player> | null} */
  #making = null;
  #isDestroyed = false;
  /** @type {Entry | null} */
  #entry = null;
  /** @type {MediaState} */
  #state = "loading";
  #isRehearsing = false;
  #hasPlayed = false;
  #muted = false;
  #volume = 1;
  #rate = 1;
  #lengthMs = 0;
  #time = new SteppedTime();
  /** Where it was sent and has not been seen yet. @type {{positionMs: number, atMs: number} | null} */
  #aim = null;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #reading;

  get state() {
    return this.#state === "playing" && this.#aim ? "buffering" : this.#state;
  }

  get positionMs() {
    if (this.#aim) return this.#aim.positionMs;
    const running = this.#state === "playing" ? this.#time.at(performance.now(), this.#rate) : null;
    return running ?? this.#toldMs;
  }

  get lengthMs() {
    return this.#lengthMs || null;
  }

  get rates() {
    return this.#player?.getAvailablePlaybackRates() ?? null;
  }

  get muted() {
    return this.#muted;
  }

  set muted(muted) {
    this.#muted = muted;
    if (!this.#isRehearsing) this.#applySound();
  }

  get volume() {
    return this.#volume;
  }

  set volume(volume) {
    this.#volume = volume;
    this.#player?.setVolume(Math.round(volume * 100));
  }

  /** @param {Entry} entry @param {number} positionMs */
  load(entry, positionMs) {
    this.#forgetAll();
    this.#entry = entry;
    this.#aim = { positionMs, atMs: performance.now() };
    this.#become("loading");
    this.#withPlayer(entry, entry.media_id, (player) => {
      this.#rehearse();
      player.loadVideoById({ videoId: entry.media_id, startSeconds: (this.#aim?.positionMs ?? positionMs) / 1000 });
    });
  }

  /** @param {Entry} entry */
  preload(entry) {
    if (this.#entry) return;
    const video = { videoId: entry.media_id };
    this.#withPlayer(null, entry.media_id, (player) => player.cueVideoById(video));
  }

  unload() {
    this.#forgetAll();
    this.#become("loading");
    this.#player?.stopVideo();
  }

  play() {
    this.#isRehearsing = false;
    this.#applySound();
    this.#player?.playVideo();
  }

  pause() {
    if (!this.#isRehearsing) this.#player?.pauseVideo();
  }

  /** @param {number} positionMs */
  seek(positionMs) {
    this.#aim = { positionMs, atMs: performance.now() };
    this.#time.forget();
    if (!this.#player || this.#isRehearsing) return;
    // From any other state than these two a seek starts the video.
    if (this.#state !== "playing" && this.#player.getPlayerState() !== PAUSED) this.#rehearse();
    this.#player.seekTo(positionMs / 1000, true);
  }

  /** @param {number} rate */
  setRate(rate) {
    if (rate !== this.#rate) this.#time.forget();
    this.#rate = rate;
    this.#player?.setPlaybackRate(rate);
  }

  unlock() {
    this.#applySound();
  }

  destroy() {
    this.#isDestroyed = true;
    this.#forgetAll();
    clearInterval(this.#reading);
    this.#player?.destroy();
    this.#player = null;
    this.element.remove();
  }

  // The player

  /**
   * Do something as soon as there is a player, unless something else is wanted by then.
   * @param {Entry | null} entry what is loaded then
   * @param {string} videoId what a new player shows first
   * @param {(player: YT.Player) => void} action
   */
  async #withPlayer(entry, videoId, action) {
    this.#making ??= this.#make(videoId);
    const player = await this.#making.catch(() => null);
    if (player === null) this.#making = null;
    if (this.#entry !== entry || this.#isDestroyed) return;
    if (player) action(player);
    else if (entry) this.#fail(0);
  }

  /**
   * @param {string} videoId
   * @returns {Promise<YT.Player>}
   */
  async #make(videoId) {
    const Player = await loadYouTube();
    const frame = makeFrame(videoId);
    this.element.replaceChildren(frame);
    const size = { width: "100%", height: "100%" };
    return new Promise((resolve, reject) => {
      setTimeout(() => reject(new Error(`YouTube's player was not ready within ${READY_WITHIN_MS} ms.`)), READY_WITHIN_MS);
      const events = { ...this.#events(), onReady: () => resolve((this.#player = player)) };
      const player = new Player(frame, { videoId, playerVars: playerVars(), ...size, events });
    });
  }

  /** @returns {YT.Events} */
  #events() {
    return {
      onStateChange: ({ data }) => this.#onState(data),
      onError: ({ data }) => this.#fail(data),
      onAutoplayBlocked: () => this.#block(),
    };
  }

  #rehearse() {
    this.#isRehearsing = true;
    this.#player?.mute();
  }

  #applySound() {
    if (!this.#player || this.#isRehearsing) return;
    this.#player.setVolume(Math.round(this.#volume * 100));
    if (this.#muted) this.#player.mute();
    else this.#player.unMute();
  }

  // What it tells

  /** @param {number} code */
  #onState(code) {
    if (!this.#entry || this.#speaksOfAnother) return;
    this.#time.forget();
    this.#noticeLength();
    if (this.#isRehearsing) this.#goOnRehearsing(code);
    else if (code === PLAYING) this.#nowPlaying();
    else if (code === PAUSED) this.#become(this.#hasPlayed ? "paused" : "ready");
    else if (code === ENDED) this.#become("ended");
    else if (code === BUFFERING || code === UNSTARTED) this.#become(this.#hasPlayed ? "buffering" : "loading");
  }

  /** @param {number} code */
  #goOnRehearsing(code) {
    if (code === PLAYING) this.#player?.pauseVideo();
    if (code !== PAUSED) return;
    this.#isRehearsing = false;
    this.#aim = null;
    this.#become(this.#hasPlayed ? "paused" : "ready");
  }

  #nowPlaying() {
    this.#hasPlayed = true;
    // A new video may start at the normal rate, whatever was set before.
    if (this.#player?.getPlaybackRate() !== this.#rate) this.#player?.setPlaybackRate(this.#rate);
    this.#become("playing");
  }

  /** Whether the player still tells of the video before. */
  get #speaksOfAnother() {
    const told = this.#player?.getVideoData?.()?.video_id;
    return Boolean(told) && told !== this.#entry?.media_id;
  }

  get #toldMs() {
    return (this.#player?.getCurrentTime() ?? 0) * 1000;
  }

  #read() {
    const now = performance.now();
    if (this.#aim && !this.#hasArrived(this.#aim, now)) return;
    this.#time.tell(this.#toldMs, now, this.#rate);
    this.#noticeLength();
    if (!this.#aim) return;
    this.#aim = null;
    this.dispatchEvent(new Event("state"));
  }

  /**
   * @param {{positionMs: number, atMs: number}} aim
   * @param {number} now
   */
  #hasArrived({ positionMs, atMs }, now) {
    const ageMs = now - atMs;
    const pastMs = this.#toldMs - positionMs;
    const isNear = pastMs > -NEAR_MS / 4 && pastMs < ageMs * this.#rate + NEAR_MS;
    return ageMs > STALE_MS && (isNear || ageMs > ARRIVES_WITHIN_MS);
  }

  #noticeLength() {
    const lengthMs = Math.round((this.#player?.getDuration() ?? 0) * 1000);
    if (this.#lengthMs || !(lengthMs > 0)) return;
    this.#lengthMs = lengthMs;
    this.dispatchEvent(new Event("length"));
  }

  #forgetAll() {
    this.#entry = this.#aim = null;
    this.#isRehearsing = this.#hasPlayed = false;
    this.#lengthMs = 0;
    this.#time.forget();
  }

  /** @param {MediaState} state */
  #become(state) {
    clearInterval(this.#reading);
    if (state === "playing") this.#reading = setInterval(() => this.#read(), READ_EVERY_MS);
    if (state === this.#state) return;
    this.#state = state;
    this.dispatchEvent(new Event("state"));
  }

  #block() {
    if (!this.#entry) return;
    this.#isRehearsing = false;
    this.#become("blocked");
    this.dispatchEvent(new Event("blocked"));
  }

  /** @param {number} code */
  #fail(code) {
    if (!this.#entry) return;
    this.#isRehearsing = false;
    this.#become("failed");
    /** @type {Failure} */
    const detail = { code, reason: REASONS[code] ?? `YouTube's player failed (${code}).` };
    this.dispatchEvent(new CustomEvent("failed", { detail }));
  }
}
