import { t } from "../../rooms/i18n/translate.js";
import { Endless } from "./endless.js";
import { DECODE, NETWORK, NOT_PLAYABLE, NO_CORS } from "./hls_stream.js";
import { Source } from "./source.js";

/**
 * @typedef {import("./adapter.js").Entry} Entry
 * @typedef {import("./adapter.js").MediaState} MediaState
 * @typedef {import("./adapter.js").Failure} Failure
 */

const OBSERVED = [
  ["loadedmetadata", "durationchange", "canplay", "play", "playing", "pause", "waiting"],
  ["seeking", "seeked", "ended", "emptied", "error", "suspend"],
].flat();

/** A player starts without waiting where so much is loaded; more is on its way. */
const AHEAD_MS = 200;

/** What a stream's buffer lacks at its ends, which hls.js jumps over. */
const GAP_MS = 100;

/** @type {Record<number, string>} by the codes of MediaError */
const REASONS = {
  1: t("The loading of this track was stopped."),
  [NETWORK]: t("The network failed while this track was loading."),
  [DECODE]: t("This track is damaged, or in a format that your browser cannot decode."),
  [NOT_PLAYABLE]: t("This link leads to nothing that your browser can play."),
  [NO_CORS]: t("The server of this stream does not let other sites play it (it sends no CORS headers)."),
};

/**
 * A `<video>` element for direct links, audio and video alike, since a link does not tell which it leads to. Dispatches
 * MEDIA_EVENTS.
 */
export class Html5Video extends EventTarget {
  element = document.createElement("video");
  precisionMs = 20;
  #listening = new AbortController();
  #source;
  #endless = new Endless(this.element, {
    reload: () => this.#source.reload(),
    found: () => this.seek(this.#aimMs),
    isLive: () => this.dispatchEvent(new Event("live")),
  });
  #aimMs = 0;
  #hasPlayed = false;
  #isBlocked = false;
  /** @type {MediaState} */
  #told = "loading";
  /** @type {number | null} */
  #toldLengthMs = null;

  /** @param {string} hlsLibrary the address of hls.js; "" where there is none */
  constructor(hlsLibrary) {
    super();
    this.#source = new Source(this.element, hlsLibrary, {
      hasEnd: (hasEnd) => this.#endless.isTold(hasEnd),
      failed: () => this.#notice("error"),
    });
    this.element.playsInline = this.element.preservesPitch = true;
    this.element.preload = "auto";
    this.element.style.inlineSize = this.element.style.blockSize = "100%";
    const { signal } = this.#listening;
    for (const name of OBSERVED) this.element.addEventListener(name, () => this.#notice(name), { signal });
  }

  /** @returns {MediaState} */
  get state() {
    if (this.#endless.isHeldUp) return this.#hasPlayed ? "buffering" : "loading";
    if (this.#source.error) return "failed";
    if (this.#isBlocked) return "blocked";
    if (this.element.ended) return "ended";
    const isWaiting = this.element.seeking || this.element.readyState < HTMLMediaElement.HAVE_FUTURE_DATA;
    if (isWaiting) return this.#hasPlayed ? "buffering" : "loading";
    if (!this.element.paused) return "playing";
    return this.#hasPlayed ? "paused" : "ready";
  }

  get positionMs() {
    return this.#hasMetadata ? this.element.currentTime * 1000 : this.#aimMs;
  }

  get lengthMs() {
    const { duration } = this.element;
    if (this.isLive || this.#endless.isProbing) return null;
    return Number.isFinite(duration) && duration > 0 ? Math.round(duration * 1000) : null;
  }

  /** Whether it has no end. */
  get isLive() {
    return this.#endless.isLive;
  }

  /** Whether it can be sent somewhere: neither a live stream, nor a file of which no part can be asked for. */
  get isSeekable() {
    if (this.isLive || this.#endless.isProbing) return false;
    if (!this.#hasMetadata) return true;
    const { duration, seekable } = this.element;
    return Number.isFinite(duration) && seekable.length > 0 && seekable.end(seekable.length - 1) > 0;
  }

  get hasPicture() {
    return this.element.videoWidth > 0;
  }

  /** @param {number} positionMs */
  hasLoaded(positionMs) {
    const { buffered } = this.element;
    const [from, until] = [(positionMs + GAP_MS) / 1000, (positionMs + AHEAD_MS) / 1000];
    return [...Array(buffered.length).keys()].some((n) => buffered.start(n) <= from && until <= buffered.end(n));
  }

  /** @param {Entry} entry */
  holds(entry) {
    return this.#source.url === entry.url && !this.#source.error;
  }

  /** @param {Entry} entry @param {number} positionMs */
  load(entry, positionMs) {
    this.#hasPlayed = this.#isBlocked = false;
    this.#toldLengthMs = null;
    if (!this.holds(entry)) {
      this.#endless.begin(entry.is_live);
      this.#source.open(entry.url, entry.is_live ? 0 : positionMs, entry.media_type);
    }
    this.seek(positionMs);
  }

  unload() {
    this.#endless.forget();
    this.#source.close();
    this.#announce();
  }

  async play() {
    this.#isBlocked = false;
    this.#endless.play();
    try {
      await this.element.play();
    } catch (error) {
      if (error instanceof DOMException && error.name === "NotAllowedError") this.#block();
    }
  }

  pause() {
    this.#isBlocked = false;
    this.#endless.pause();
    this.element.pause();
  }

  /** @param {number} positionMs */
  seek(positionMs) {
    this.#aimMs = positionMs;
    this.#hasPlayed = false;
    if (this.#hasMetadata && this.isSeekable) this.element.currentTime = positionMs / 1000;
    this.#announce();
  }

  /** @param {number} rate */
  setRate(rate) {
    this.element.defaultPlaybackRate = this.element.playbackRate = rate;
  }

  destroy() {
    this.#listening.abort();
    this.unload();
  }

  get #hasMetadata() {
    return this.element.readyState >= HTMLMediaElement.HAVE_METADATA;
  }

  /** @param {string} name */
  #notice(name) {
    if (name === "error" && this.#source.looksAgain()) return;
    this.#endless.notice(name);
    if (name === "loadedmetadata") this.#begin();
    if (name === "playing") this.#hasPlayed = true;
    this.#announce();
  }

  #begin() {
    this.seek(this.#aimMs);
    // The element forgot it, if it was told before it was given its stream.
    if (this.#endless.isWanted && this.element.paused) void this.play();
  }

  #announce() {
    const { state, lengthMs } = this;
    if (lengthMs !== this.#toldLengthMs) {
      this.#toldLengthMs = lengthMs;
      if (lengthMs !== null) this.dispatchEvent(new Event("length"));
    }
    if (state === this.#told) return;
    this.#told = state;
    this.dispatchEvent(new Event("state"));
    if (state === "failed") this.dispatchEvent(new CustomEvent("failed", { detail: this.#failure() }));
  }

  #block() {
    this.#isBlocked = true;
    this.#announce();
    this.dispatchEvent(new Event("blocked"));
  }

  /** @returns {Failure} */
  #failure() {
    const code = this.#source.error ?? 0;
    return { code, reason: REASONS[code] ?? t("This track could not be played."), mayPass: code === NETWORK };
  }
}
