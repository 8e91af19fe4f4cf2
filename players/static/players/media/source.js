import { HlsStream, NOT_PLAYABLE, isPlaylist, isServedAsPlaylist, readsPlaylists } from "./hls_stream.js";

/** What a `<video>` plays: the address itself, or, where the browser cannot read HLS, what hls.js makes of it. */
export class Source {
  /** The address of what is open; "" if nothing is. */
  url = "";
  #element;
  #library;
  #acts;
  /** @type {HlsStream | null} */
  #stream = null;
  /** Why hls.js could not play it. @type {number | null} */
  #code = null;
  /** Whether it is being found out what kind of thing the address leads to. */
  #isLooking = false;
  #isPlaylist = false;

  /**
   * @param {HTMLVideoElement} element
   * @param {string} library the address of hls.js; "" where there is none
   * @param {{hasEnd: (hasEnd: boolean) => void, failed: () => void}} acts `hasEnd` hears what a playlist says of that
   */
  constructor(element, library, acts) {
    this.#element = element;
    this.#library = library;
    this.#acts = acts;
  }

  /** The code of the error that ended it; null if there is none. */
  get error() {
    return this.#isLooking ? null : (this.#code ?? this.#element.error?.code ?? null);
  }

  /**
   * @param {string} url
   * @param {number} positionMs
   * @param {string} [mediaType] as the server found it out; empty if it did not
   */
  open(url, positionMs, mediaType = "") {
    this.#forget();
    this.url = url;
    this.#isPlaylist = isPlaylist(url) || /mpegurl/i.test(mediaType);
    if (this.#isPlaylist && this.#needsLibrary) this.#openStream(positionMs);
    else this.#element.src = url;
  }

  /** Load the same address anew, as it is now. */
  reload() {
    if (!this.#stream) return this.#element.load();
    this.#forget();
    this.#openStream(0);
  }

  close() {
    this.#forget();
    this.url = "";
    this.#empty();
  }

  /** Whether the element's error is not the end yet: what it could not play may be a playlist by its type alone. */
  looksAgain() {
    const mayBe = this.#element.error?.code === NOT_PLAYABLE && !this.#stream && !this.#isPlaylist && !this.#isLooking;
    if (mayBe && this.#needsLibrary) void this.#look(this.url);
    return this.#isLooking;
  }

  get #needsLibrary() {
    return this.#library !== "" && !readsPlaylists(this.#element);
  }

  /** @param {string} url */
  async #look(url) {
    this.#isLooking = true;
    const found = await isServedAsPlaylist(url);
    if (url !== this.url || !this.#isLooking) return;
    this.#isLooking = false;
    this.#isPlaylist = true;
    if (found) this.#openStream(0);
    else this.#acts.failed();
  }

  /** @param {number} positionMs */
  #openStream(positionMs) {
    // The library comes later: until then what was loaded before must not go on.
    this.#empty();
    this.#stream = new HlsStream(this.#element, {
      hasEnd: this.#acts.hasEnd,
      failed: (code) => {
        this.#code = code;
        this.#acts.failed();
      },
    });
    void this.#stream.open(this.#library, this.url, positionMs);
  }

  #empty() {
    this.#element.removeAttribute("src");
    this.#element.load();
  }

  #forget() {
    this.#stream?.close();
    this.#stream = this.#code = null;
    this.#isLooking = false;
  }
}
