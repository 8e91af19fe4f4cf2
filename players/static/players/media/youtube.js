import { failureOf } from "./youtube_failures.js";
import { YouTubeFrame } from "./youtube_frame.js";
import { BUFFERING, ENDED, PAUSED, PLAYING, UNSTARTED } from "./youtube_player.js";
import { Rehearsal } from "./youtube_rehearsal.js";
import { YouTubeLength } from "./youtube_length.js";
import { YouTubeTime } from "./youtube_time.js";

/**
 * @typedef {import("./adapter.js").Media} Media
 * @typedef {import("./adapter.js").Entry} Entry
 * @typedef {import("./adapter.js").MediaState} MediaState
 */

const READ_EVERY_MS = 50;
/** After a pause of so long, a live stream is begun anew, where it is by then. */
const BEHIND_MS = 1_000;
/** What turns out to be live was sent to the room's position, which is hours ago where YouTube keeps so much of it. */
const FAR_BEHIND_S = 5;

/**
 * YouTube videos, through the IFrame Player API.
 * @implements {Media}
 */
export class YouTubeMedia extends EventTarget {
  precisionMs = 100;
  hasPicture = true;
  #frame = new YouTubeFrame({
    onStateChange: ({ data }) => this.#onState(data),
    onError: ({ data }) => this.#fail(data),
    onAutoplayBlocked: () => this.#block(),
  });
  element = this.#frame.element;
  /** @type {Entry | null} */
  #entry = null;
  /** @type {MediaState} */
  #state = "loading";
  #rehearsal = new Rehearsal();
  #hasPlayed = false;
  #rate = 1;
  #length = new YouTubeLength({
    isLive: () => {
      this.#catchUp();
      this.dispatchEvent(new Event("live"));
    },
    changed: () => this.dispatchEvent(new Event("length")),
  });
  #pausedAt = 0;
  #time = new YouTubeTime(() => (this.#player?.getCurrentTime() ?? 0) * 1000);
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #reading;

  get state() {
    return this.#state;
  }

  get positionMs() {
    return this.#time.positionMs(this.#state === "playing" ? this.#rate : 0);
  }

  get lengthMs() {
    return this.#length.ms;
  }

  get isLive() {
    return this.#length.isLive;
  }

  get isSeekable() {
    return !this.isLive;
  }

  get muted() {
    return this.#frame.muted;
  }

  set muted(muted) {
    this.#frame.muted = muted;
    this.#applySound();
  }

  get volume() {
    return this.#frame.volume;
  }

  set volume(volume) {
    this.#frame.volume = volume;
    this.#applySound();
  }

  /** @param {Entry} entry @param {number} positionMs */
  load(entry, positionMs) {
    this.#forgetAll();
    this.#entry = entry;
    this.#length.isLive = entry.is_live;
    this.#time.sendTo(positionMs);
    this.#become("loading");
    this.#withPlayer(entry, entry.media_id, (player) => {
      this.#rehearse(player);
      if (this.isLive) this.#joinLive();
      else player.loadVideoById({ videoId: entry.media_id, startSeconds: this.positionMs / 1000 });
    });
  }

  /** @param {Entry} entry */
  preload(entry) {
    if (this.#entry) return;
    this.#withPlayer(null, entry.media_id, (player) => player.cueVideoById({ videoId: entry.media_id }));
  }

  /** What is loaded is told as a part of the whole, from wherever it began. */
  hasLoaded() {
    return false;
  }

  /** One player shows one video, and two at a time are not what YouTube wants. */
  upcoming() {
    return null;
  }

  turnOver() {}

  unload() {
    this.#forgetAll();
    this.#become("loading");
    this.#player?.stopVideo();
  }

  play() {
    this.#rehearsal.end();
    this.#applySound();
    const isBehind = this.isLive && this.#hasPlayed && performance.now() - this.#pausedAt > BEHIND_MS;
    if (isBehind && this.#state === "paused") this.#joinLive();
    else this.#player?.playVideo();
  }

  #catchUp() {
    const behindS = (this.#player?.getDuration() ?? 0) - (this.#player?.getCurrentTime() ?? 0);
    if (behindS > FAR_BEHIND_S) this.#joinLive();
  }

  /** Without a start, a live stream begins where it is now. */
  #joinLive() {
    if (this.#entry) this.#player?.loadVideoById({ videoId: this.#entry.media_id });
  }

  pause() {
    if (this.#state === "blocked") this.#become(this.#hasPlayed ? "paused" : "ready");
    if (this.#state === "playing") this.#pausedAt = performance.now();
    if (!this.#rehearsal.isOn) this.#player?.pauseVideo();
  }

  /** @param {number} positionMs */
  seek(positionMs) {
    if (this.isLive) return;
    this.#time.sendTo(positionMs);
    if (!this.#player || this.#rehearsal.isOn) return;
    this.#rehearse(this.#player);
    this.#player.seekTo(positionMs / 1000, true);
    this.#player.playVideo();
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
    this.#forgetAll();
    clearInterval(this.#reading);
    this.#frame.destroy();
  }

  get #player() {
    return this.#frame.player;
  }

  /**
   * Do something as soon as there is a player, unless something else is wanted by then.
   * @param {Entry | null} entry what is loaded then
   * @param {string} videoId what a new player shows first
   * @param {(player: YT.Player) => void} action
   */
  async #withPlayer(entry, videoId, action) {
    await this.#frame.ready(videoId);
    if (this.#frame.isDestroyed || this.#entry !== entry) return;
    if (this.#player) action(this.#player);
    else this.#fail(0);
  }

  /** @param {YT.Player} player */
  #rehearse(player) {
    this.#hasPlayed = false;
    this.#rehearsal.begin(player);
    this.#become("loading");
  }

  #applySound() {
    if (!this.#rehearsal.isOn) this.#frame.applySound();
  }

  /** @param {number} code */
  #onState(code) {
    if (!this.#entry || this.#speaksOfAnother) return;
    this.#time.forget();
    this.#noticeLength();
    if (this.#rehearsal.isOn) this.#goOnRehearsing(code);
    else if (code === PLAYING) this.#nowPlaying();
    else if (code === PAUSED) this.#become(this.#hasPlayed ? "paused" : "ready");
    else if (code === ENDED) this.#become("ended");
    else if (code === BUFFERING || code === UNSTARTED) this.#become(this.#hasPlayed ? "buffering" : "loading");
  }

  /** @param {number} code */
  #goOnRehearsing(code) {
    if (!this.#player || !this.#rehearsal.isOverWith(code, this.#player)) return;
    this.#time.arrive();
    this.#become("ready");
  }

  #nowPlaying() {
    this.#hasPlayed = true;
    this.#time.arrive();
    const title = this.#player?.getVideoData?.()?.title;
    if (title) this.dispatchEvent(new CustomEvent("title", { detail: title }));
    // A new video may start at the normal rate, whatever was set before.
    if (this.#player?.getPlaybackRate() !== this.#rate) this.#player?.setPlaybackRate(this.#rate);
    this.#become("playing");
  }

  /** Whether the player still tells of the video before. */
  get #speaksOfAnother() {
    const told = this.#player?.getVideoData?.()?.video_id;
    return Boolean(told) && told !== this.#entry?.media_id;
  }

  #read() {
    this.#noticeLength();
    this.#time.read(this.#rate);
  }

  #noticeLength() {
    const said = this.#player?.getVideoData?.();
    this.#length.see(Math.round((this.#player?.getDuration() ?? 0) * 1000), Boolean(said?.isLive));
  }

  #forgetAll() {
    this.#entry = null;
    this.#rehearsal.end();
    this.#hasPlayed = false;
    this.#length.forget();
    this.#time.arrive();
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
    this.#rehearsal.end();
    this.#become("blocked");
    this.dispatchEvent(new Event("blocked"));
  }

  /** @param {number} code */
  #fail(code) {
    if (!this.#entry || this.#speaksOfAnother) return;
    this.#rehearsal.end();
    this.#become("failed");
    this.dispatchEvent(new CustomEvent("failed", { detail: failureOf(code) }));
  }
}
