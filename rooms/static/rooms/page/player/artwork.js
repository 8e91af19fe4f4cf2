import { colourOf, tint } from "./colour.js";
import { hueOf } from "../lib/format.js";

/** How long an older picture stays under the one that fades in, in milliseconds. */
const FADE_MS = 260;
const SIDE = 16;
/** What the template says of it, too; the style sheet stretches it over its frame. */
const COVER_SIDE = 640;

/** Origins that show their pictures but do not let them be read. @type {Set<string>} */
const unreadable = new Set();

/** The artwork of what plays: as the cover, behind the whole page, and in its accent. */
export class Artwork {
  #cover;
  #backdrop;
  #name;
  /** @type {string | null} */
  #url = null;

  /**
   * @param {HTMLElement} cover
   * @param {HTMLElement} backdrop
   * @param {string} roomName
   */
  constructor(cover, backdrop, roomName) {
    this.#cover = cover;
    this.#backdrop = backdrop;
    this.#name = roomName;
  }

  /** @param {string} url empty for none */
  async show(url) {
    if (url === this.#url) return;
    this.#url = url;
    const image = url ? await load(url) : null;
    if (url !== this.#url) return;
    this.#setCover(image);
    this.#setBackdrop(image);
    tint((image && colourOf(image)) ?? { hue: hueOf(this.#name), chroma: image ? 0.035 : 0.09 });
  }

  /** @param {HTMLImageElement | null} image */
  #setCover(image) {
    const old = [...this.#cover.querySelectorAll("img")];
    if (image) this.#cover.append(image);
    removeLater(old, image !== null);
  }

  /** @param {HTMLImageElement | null} image */
  #setBackdrop(image) {
    const old = [...this.#backdrop.querySelectorAll("canvas")];
    if (image) this.#backdrop.append(miniature(image));
    this.#backdrop.classList.toggle("has-art", image !== null);
    removeLater(old, image !== null);
  }
}

/**
 * The picture, loaded; null if it cannot be.
 *
 * First asked for in a way that lets its colours be read, which other origins may refuse; then just to be seen.
 *
 * @param {string} url
 * @returns {Promise<HTMLImageElement | null>}
 */
async function load(url) {
  const { origin } = new URL(url, location.href);
  if (!unreadable.has(origin)) {
    const image = await loadAs(url, "anonymous");
    if (image) return image;
  }
  const image = await loadAs(url, null);
  if (image) unreadable.add(origin);
  return image;
}

/**
 * @param {string} url
 * @param {string | null} crossOrigin
 * @returns {Promise<HTMLImageElement | null>}
 */
async function loadAs(url, crossOrigin) {
  const image = new Image();
  image.alt = "";
  image.className = "fill";
  image.width = image.height = COVER_SIDE;
  image.crossOrigin = crossOrigin;
  image.src = url;
  try {
    await image.decode();
    return image;
  } catch {
    return null;
  }
}

/**
 * A few pixels of the picture: stretched over the page they are a soft wash of its colours, for next to no work.
 *
 * @param {HTMLImageElement} image
 * @returns {HTMLCanvasElement}
 */
function miniature(image) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIDE;
  canvas.getContext("2d")?.drawImage(image, 0, 0, SIDE, SIDE);
  return canvas;
}

/**
 * @param {Element[]} elements
 * @param {boolean} faded whether something fades in over them
 */
function removeLater(elements, faded) {
  setTimeout(() => elements.forEach((element) => element.remove()), faded ? FADE_MS : 0);
}
