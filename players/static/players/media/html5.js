import { MEDIA_EVENTS } from "./adapter.js";
import { Html5Video } from "./html5_video.js";

/**
 * @typedef {import("./adapter.js").Media} Media
 * @typedef {import("./adapter.js").Entry} Entry
 */

/**
 * Media player for direct links, double-buffered: a second element preloads the next track and takes over when it is
 * due.
 * @implements {Media}
 */
export class Html5Media extends EventTarget {
  element = document.createElement("div");
  precisionMs = 20;
  #front;
  #spare;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #fading;

  /** @param {string} [hlsLibrary] the address of hls.js */
  constructor(hlsLibrary = "") {
    super();
    this.#front = this.#makeVideo(hlsLibrary);
    this.#spare = this.#makeVideo(hlsLibrary);
    this.element.className = "media media-direct";
    this.#arrange();
  }

  get state() {
    return this.#front.state;
  }

  get positionMs() {
    return this.#front.positionMs;
  }

  get lengthMs() {
    return this.#front.lengthMs;
  }

  get isSeekable() {
    return this.#front.isSeekable;
  }

  get isLive() {
    return this.#front.isLive;
  }

  get hasPicture() {
    return this.#front.hasPicture;
  }

  get muted() {
    return this.#front.element.muted;
  }

  set muted(muted) {
    for (const { element } of this.#both) element.muted = muted;
  }

  get volume() {
    return this.#front.element.volume;
  }

  set volume(volume) {
    for (const { element } of this.#both) element.volume = volume;
  }

  /** @param {number} positionMs */
  hasLoaded(positionMs) {
    return this.#front.hasLoaded(positionMs);
  }

  /** @param {Entry} entry @param {number} positionMs */
  load(entry, positionMs) {
    if (this.#isFree && this.#spare.holds(entry)) this.#swap();
    this.#front.load(entry, positionMs);
    this.#clearSpare();
  }

  /** @param {Entry} entry @param {number} positionMs */
  preload(entry, positionMs) {
    this.#clearSpare(entry);
    // It may hold the same track, at whose end it is just playing.
    this.#spare.pause();
    this.#spare.load(entry, positionMs);
  }

  /** @param {Entry} entry */
  upcoming(entry) {
    return this.#isFree && this.#spare.holds(entry) ? this.#spare : null;
  }

  /** @param {number} afterMs */
  turnOver(afterMs) {
    this.#swap();
    // The one before plays on to its end, as the new one takes that long to sound.
    this.#fading = setTimeout(() => this.#clearSpare(), Math.max(0, afterMs));
  }

  unload() {
    this.#clearSpare();
    this.#front.unload();
  }

  play() {
    void this.#front.play();
  }

  pause() {
    this.#front.pause();
  }

  /** @param {number} positionMs */
  seek(positionMs) {
    this.#front.seek(positionMs);
  }

  /** @param {number} rate */
  setRate(rate) {
    for (const video of this.#both) video.setRate(rate);
  }

  unlock() {
    // Some browsers trust only the elements that were once told to play in a gesture.
    this.#spare.element.play().catch(() => {});
    this.#spare.element.pause();
  }

  destroy() {
    clearTimeout(this.#fading);
    for (const video of this.#both) video.destroy();
    this.element.remove();
  }

  get #both() {
    return [this.#front, this.#spare];
  }

  /** Whether the second element is not busy with the end of the track before. */
  get #isFree() {
    return this.#fading === undefined;
  }

  /** @param {Entry} [entry] what it may keep */
  #clearSpare(entry) {
    clearTimeout(this.#fading);
    this.#fading = undefined;
    if (!entry || !this.#spare.holds(entry)) this.#spare.unload();
  }

  #swap() {
    [this.#front, this.#spare] = [this.#spare, this.#front];
    this.#arrange();
    this.dispatchEvent(new Event("state"));
    if (this.lengthMs !== null) this.dispatchEvent(new Event("length"));
    if (this.isLive) this.dispatchEvent(new Event("live"));
  }

  #arrange() {
    this.element.append(...this.#both.map(({ element }) => element));
    // Out of the page altogether it would stand still.
    this.#front.element.style.display = "";
    this.#spare.element.style.display = "none";
  }

  /** @param {string} hlsLibrary */
  #makeVideo(hlsLibrary) {
    const video = new Html5Video(hlsLibrary);
    for (const name of MEDIA_EVENTS) {
      video.addEventListener(name, (event) => {
        if (video === this.#front) this.dispatchEvent(copyOf(event));
      });
    }
    return video;
  }
}

/** An event can be dispatched once. @param {Event} event */
function copyOf(event) {
  return event instanceof CustomEvent ? new CustomEvent(event.type, { detail: event.detail }) : new Event(event.type);
}
