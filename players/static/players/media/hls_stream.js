import { loadHls } from "./hls_loader.js";

/** The codes of MediaError, which the failures of hls.js are told by as well. */
export const NETWORK = 2;
export const DECODE = 3;
export const NOT_PLAYABLE = 4;
/** Not one of MediaError's: the stream is there, and its server keeps web pages from reading it. */
export const NO_CORS = 5;

/** What hls.js keeps behind the position: enough for a seek back by a few seconds. */
const KEPT_S = 30;
const TYPE = "application/vnd.apple.mpegurl";
const PROBE_MS = 5_000;

/** @typedef {import("./adapter.js").Entry} Entry */

/** Whether the address alone says that it leads to an HLS playlist. @param {string} url */
export function isPlaylist(url) {
  return /^[^?#]*\.m3u8(?:[?#]|$)/i.test(url);
}

/** Whether this browser reads HLS by itself. @param {HTMLMediaElement} element */
export function readsPlaylists(element) {
  return element.canPlayType(TYPE) !== "";
}

/** Whether an address whose name does not say so leads to an HLS playlist. @param {string} url */
export async function isServedAsPlaylist(url) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PROBE_MS);
  try {
    const { headers } = await fetch(url, { signal: stop.signal });
    return /mpegurl/i.test(headers.get("Content-Type") ?? "");
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
    stop.abort();
  }
}

/** One HLS stream, brought into a `<video>` by hls.js. */
export class HlsStream {
  #element;
  #acts;
  /** @type {Hls | null} */
  #hls = null;
  #isClosed = false;
  #isMended = false;
  #isLive = false;

  /**
   * @param {HTMLVideoElement} element
   * @param {{hasEnd: (hasEnd: boolean) => void, failed: (code: number) => void}} acts
   */
  constructor(element, acts) {
    this.#element = element;
    this.#acts = acts;
  }

  /**
   * @param {string} library the address of hls.js
   * @param {string} url
   * @param {number} positionMs where it is about to be played from
   */
  async open(library, url, positionMs) {
    const Library = await loadHls(library).catch(() => null);
    if (this.#isClosed) return;
    if (!Library) return this.#acts.failed(NETWORK);
    if (!Library.isSupported()) return this.#acts.failed(NOT_PLAYABLE);
    const config = { startPosition: positionMs > 0 ? positionMs / 1000 : -1, backBufferLength: KEPT_S };
    // Its worker is made of a blob, which a strict policy of the site's owner forbids.
    this.#hls = new Library({ ...config, enableWorker: false, liveDurationInfinity: true });
    this.#hls.on(Library.Events.LEVEL_LOADED, (_, { details }) => this.#measure(details.live));
    this.#hls.on(Library.Events.ERROR, (_, error) => void this.#hear(error, url));
    this.#hls.loadSource(url);
    this.#hls.attachMedia(this.#element);
  }

  close() {
    this.#isClosed = true;
    this.#hls?.destroy();
    this.#hls = null;
  }

  /** @param {boolean} isLive */
  #measure(isLive) {
    // The room's position is none of a live stream's: it begins at its edge.
    if (isLive && !this.#isLive) this.#hls?.startLoad(-1);
    this.#isLive = isLive;
    this.#acts.hasEnd(!isLive);
  }

  /** @param {HlsError} error @param {string} url */
  async #hear(error, url) {
    if (!error.fatal) return;
    if (error.type === "mediaError" && !this.#isMended) {
      this.#isMended = true;
      this.#hls?.recoverMediaError();
      return;
    }
    const code = await codeOf(error, url);
    if (!this.#isClosed) this.#acts.failed(code);
  }
}

/**
 * @param {HlsError} error
 * @param {string} url
 */
async function codeOf({ type, details, response }, url) {
  if (type === "mediaError") return DECODE;
  if (type !== "networkError" || details === "manifestParsingError") return NOT_PLAYABLE;
  const status = response?.code ?? 0;
  if (status >= 400 && status < 500) return NOT_PLAYABLE;
  return status === 0 && (await isThere(url)) ? NO_CORS : NETWORK;
}

/** Whether something answers there, though a web page may not read what. @param {string} url */
async function isThere(url) {
  try {
    await fetch(url, { mode: "no-cors", cache: "no-store", signal: AbortSignal.timeout(PROBE_MS) });
    return true;
  } catch {
    return false;
  }
}
