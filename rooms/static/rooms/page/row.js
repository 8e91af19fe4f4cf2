import { clockTime, hueOf } from "./format.js";
import { write } from "./dom.js";
import { words } from "./words.js";

/** @typedef {import("./types.js").Entry} Entry */

/** The height of a row in pixels, as the style sheet has it: places in a long list are arithmetic, not layout. */
export const ROW_PX = 56;

/** One entry of the queue, as a row. */
export class Row {
  #number;
  #image;
  #title;
  #by;
  #length;
  #lead;
  #more;
  /** @type {Entry | null} */
  #entry = null;

  /** @param {HTMLElement} element made from the row's template, here or by the server */
  constructor(element) {
    this.element = element;
    const child = (/** @type {string} */ name) => {
      const found = element.querySelector(name);
      if (!(found instanceof HTMLElement)) throw new Error(`A row has no ${name}.`);
      return found;
    };
    this.#number = child(".row-number");
    this.#image = /** @type {HTMLImageElement} */ (child("img"));
    this.#title = child(".row-title");
    this.#by = child(".row-by");
    this.#length = child(".row-length");
    this.#lead = child(".row-lead");
    this.#more = child(".row-more");
    // The server's own row may have failed to load its picture before anybody listened.
    this.#image.addEventListener("error", () => (this.#image.hidden = true));
    if (this.#image.complete && !this.#image.naturalWidth) this.#image.hidden = true;
  }

  /** @param {Entry} entry */
  show(entry) {
    if (entry === this.#entry) return;
    this.#entry = entry;
    this.element.dataset.id = String(entry.id);
    write(this.#title, entry.title);
    this.#title.title = entry.title;
    write(this.#by, entry.unplayable || this.#credit(entry));
    write(this.#length, clockTime(entry.length_ms));
    this.element.toggleAttribute("data-unplayable", Boolean(entry.unplayable));
    this.element.style.setProperty("--own-hue", String(hueOf(entry.title)));
    this.#lead.setAttribute("aria-label", words.playNow(entry.title));
    this.#more.setAttribute("aria-label", words.more(entry.title));
    this.#showArtwork(entry.artwork_url);
  }

  /**
   * @param {number} number counted from what plays; 0 or less for what has played
   * @param {boolean} isCurrent
   */
  place(number, isCurrent) {
    write(this.#number, number > 0 ? String(number) : "");
    this.element.toggleAttribute("data-current", isCurrent);
    this.element.toggleAttribute("data-played", number < 0);
    if (isCurrent) this.element.setAttribute("aria-current", "true");
    else this.element.removeAttribute("aria-current");
  }

  /** @param {Entry} entry @returns {string} */
  #credit(entry) {
    return [entry.artist, entry.added_by && words.addedBy(entry.added_by)].filter(Boolean).join(" · ");
  }

  /** @param {string} url */
  #showArtwork(url) {
    if (this.#image.getAttribute("src") === (url || null)) return;
    this.#image.hidden = !url;
    if (url) this.#image.src = url;
    else this.#image.removeAttribute("src");
  }
}
