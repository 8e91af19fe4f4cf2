/**
 * @typedef {import("./adapter.js").Media} Media
 * @typedef {import("./adapter.js").Entry} Entry
 * @typedef {import("./adapter.js").MediaState} MediaState
 * @typedef {import("./adapter.js").Failure} Failure
 */

const OBSERVED = [
  ["loadedmetadata", "durationchange", "canplay", "play", "playing", "pause", "waiting"],
  ["seeking", "seeked", "ended", "emptied", "error"],
].flat();

/** @type {Record<number, string>} by the codes of MediaError */
const REASONS = {
  1: "The loading of this track was stopped.",
  2: "The network failed while this track was loading.",
  3: "This track is damaged, or in a format that your browser cannot decode.",
  4: "This link leads to nothing that your browser can play.",
};

/**
 * Direct links. One kind of element plays audio and video alike, since a link does not tell which it leads to.
 *
 * A second element loads what comes next and takes over when it is due.
 * @implements {Media}
 */
export class Html5Media extends EventTarget {
  element = document.createElement("div");
  precisionMs = 20;
  /** @type {null} */
  rates = null;
  #listening = new AbortController();
  #front = this.#makeVideo();
  #spare = this.#makeVideo();
  #aimMs = 0;
  #hasPlayed = false;
  #isBlocked = false;
  /** @type {MediaState} */
  #told = "loading";
  /** @type {number | null} */
  #toldLengthMs = null;

  constructor() {
    super();
    this.element.className = "media media-direct";
    this.element.append(this.#front);
  }

  get state() {
    if (this.#front.error) return "failed";
    if (this.#isBlocked) return "blocked";
    if (this.#front.ended) return "ended";
    const isWaiting = this.#front.seeking || this.#front.readyState < HTMLMediaElement.HAVE_FUTURE_DATA;
    if (isWaiting) return this.#hasPlayed ? "buffering" : "loading";
    if (!this.#front.paused) return "playing";
    return this.#hasPlayed ? "paused" : "ready";
  }

  get positionMs() {
    return this.#hasMetadata ? this.#front.currentTime * 1000 : this.#aimMs;
  }

  get lengthMs() {
    const { duration } = this.#front;
    return Number.isFinite(duration) && duration > 0 ? Math.round(duration * 1000) : null;
  }

  get hasPicture() {
    return this.#front.videoWidth > 0;
  }

  get muted() {
    return this.#front.muted;
  }

  set muted(muted) {
    this.#front.muted = this.#spare.muted = muted;
  }

  get volume() {
    return this.#front.volume;
  }

  set volume(volume) {
    this.#front.volume = this.#spare.volume = volume;
  }

  /** @param {Entry} entry @param {number} positionMs */
  load(entry, positionMs) {
    this.#hasPlayed = this.#isBlocked = false;
    this.#toldLengthMs = null;
    this.#aimMs = positionMs;
    if (this.#spare.getAttribute("src") === entry.url && !this.#spare.error) this.#swap();
    else this.#front.src = entry.url;
    if (this.#hasMetadata) this.seek(positionMs);
    this.#announce();
  }

  /** @param {Entry} entry */
  preload(entry) {
    if (this.#spare.getAttribute("src") !== entry.url) this.#spare.src = entry.url;
  }

  unload() {
    empty(this.#front);
    this.#announce();
  }

  async play() {
    this.#isBlocked = false;
    try {
      await this.#front.play();
    } catch (error) {
      if (error instanceof DOMException && error.name === "NotAllowedError") this.#block();
    }
  }

  pause() {
    this.#isBlocked = false;
    this.#front.pause();
  }

  /** @param {number} positionMs */
  seek(positionMs) {
    this.#aimMs = positionMs;
    if (this.#hasMetadata && Math.abs(this.positionMs - positionMs) >= 1) this.#front.currentTime = positionMs / 1000;
    this.#announce();
  }

  /** @param {number} rate */
  setRate(rate) {
    for (const video of [this.#front, this.#spare]) video.defaultPlaybackRate = video.playbackRate = rate;
  }

  unlock() {
    // Some browsers trust only the elements that were once told to play in a gesture.
    this.#spare.play().catch(() => {});
    this.#spare.pause();
  }

  destroy() {
    this.#listening.abort();
    empty(this.#front);
    empty(this.#spare);
    this.element.remove();
  }

  get #hasMetadata() {
    return this.#front.readyState >= HTMLMediaElement.HAVE_METADATA;
  }

  #makeVideo() {
    const video = document.createElement("video");
    video.playsInline = video.preservesPitch = true;
    video.preload = "auto";
    video.style.inlineSize = video.style.blockSize = "100%";
    const { signal } = this.#listening;
    for (const name of OBSERVED) {
      video.addEventListener(name, () => video === this.#front && this.#notice(name), { signal });
    }
    return video;
  }

  #swap() {
    [this.#front, this.#spare] = [this.#spare, this.#front];
    this.element.replaceChildren(this.#front);
    empty(this.#spare);
  }

  /** @param {string} name */
  #notice(name) {
    if (name === "loadedmetadata") this.seek(this.#aimMs);
    if (name === "playing") this.#hasPlayed = true;
    this.#announce();
  }

  #block() {
    this.#isBlocked = true;
    this.#announce();
    this.dispatchEvent(new Event("blocked"));
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

  /** @returns {Failure} */
  #failure() {
    const code = this.#front.error?.code ?? 0;
    return { code, reason: REASONS[code] ?? "This track could not be played." };
  }
}

/** @param {HTMLVideoElement} video */
function empty(video) {
  video.removeAttribute("src");
  video.load();
}
