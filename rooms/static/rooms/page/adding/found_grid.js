import { t } from "../../i18n/translate.js";
import { element, showImage } from "../lib/dom.js";
import { clockTime, hueOf } from "../lib/format.js";

/** @typedef {import("../lib/shapes.js").Found} Found */

/** @type {Record<string, string>} */
const SOURCES = {
  history: t("played here"),
  list: t("in your lists"),
  library: t("in this server's library"),
  youtube: "YouTube",
};

/** What was found, a row for each track: to add it, and to hear it before. The field that it belongs to has the focus. */
export class FoundGrid {
  element = element("div", "found-list");
  #preview;
  #choose;
  /** @type {Found[]} */
  #found = [];
  #row = -1;
  #column = 0;

  /**
   * @param {string} id
   * @param {import("./preview.js").Preview} preview
   * @param {(found: Found) => unknown} choose
   */
  constructor(id, preview, choose) {
    this.#preview = preview;
    this.#choose = choose;
    this.element.id = id;
    this.element.setAttribute("role", "grid");
    this.element.setAttribute("aria-label", t("Tracks found. Choosing one adds it."));
    this.element.hidden = true;
  }

  get length() {
    return this.#found.length;
  }

  /** The cell that the arrow keys stand on. @returns {HTMLElement | null} */
  get active() {
    return this.element.querySelector("[data-active]");
  }

  /**
   * Show what was found in place of what was; rows that stay as they are are left alone, with what is heard of them.
   *
   * @param {Found[]} found
   * @returns {string} the id of the cell that the keys stand on, which stay on their track
   */
  show(found) {
    const before = this.#found;
    const active = before[this.#row]?.url;
    const changed = before.findIndex(({ url }, row) => url !== found[row]?.url);
    const kept = changed < 0 ? before.length : changed;
    if (kept < before.length) this.#preview.stop();
    for (const line of [...this.element.children].slice(kept)) line.remove();
    this.element.append(...found.slice(kept).map((one, row) => this.#line(one, kept + row)));
    this.element.hidden = !found.length;
    this.#found = found;
    this.#row = found.findIndex(({ url }) => url === active);
    return this.#stand();
  }

  /** Nothing is chosen, and nothing heard. */
  leave() {
    this.#preview.stop();
    this.#row = -1;
    this.#stand();
  }

  /**
   * @param {number} down
   * @param {number} along
   * @returns {string} the id of the cell that was come to
   */
  move(down, along) {
    const count = this.#found.length;
    if (down && count) {
      this.#row = this.#row < 0 ? (down > 0 ? 0 : count - 1) : (this.#row + down + count) % count;
      this.#column = 0;
    }
    this.#column = Math.min(1, Math.max(0, this.#column + along));
    return this.#stand();
  }

  /** Do what the cell that the keys stand on is for. */
  press() {
    const cell = this.active;
    (cell?.querySelector("button, a") ?? cell)?.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
  }

  #stand() {
    for (const [row, line] of [...this.element.children].entries()) {
      line.setAttribute("aria-selected", String(row === this.#row));
      for (const [column, cell] of [...line.children].entries())
        cell.toggleAttribute("data-active", row === this.#row && column === this.#column);
    }
    this.active?.scrollIntoView({ block: "nearest" });
    return this.active?.id ?? "";
  }

  /**
   * @param {Found} found
   * @param {number} row
   */
  #line(found, row) {
    const line = element("div", "found-row");
    line.setAttribute("role", "row");
    const track = element("div", "found-track");
    const hear = element("div", "found-hear");
    for (const [column, cell] of [track, hear].entries()) {
      cell.setAttribute("role", "gridcell");
      cell.id = `${this.element.id}-${row}-${column}`;
    }
    track.append(art(found), text(found), element("span", "row-length small numeral faint", clockTime(found.length_ms)));
    track.addEventListener("click", () => this.#choose(found));
    hear.append(this.#preview.control(found));
    line.append(track, hear);
    return line;
  }
}

/** @param {Found} found */
function art(found) {
  const frame = element("span", "row-art");
  frame.style.setProperty("--own-hue", String(hueOf(found.title)));
  const image = document.createElement("img");
  Object.assign(image, { alt: "", width: 40, height: 40, loading: "lazy", hidden: true });
  image.addEventListener("error", () => (image.hidden = true));
  showImage(image, found.artwork_url);
  frame.append(image);
  return frame;
}

/** @param {Found} found */
function text(found) {
  const part = element("span", "row-text");
  const title = element("span", "row-title clip", found.title || found.url);
  const by = element("span", "row-by small faint clip", [found.artist, SOURCES[found.source]].filter(Boolean).join(" · "));
  title.dir = by.dir = "auto";
  part.append(title, by);
  return part;
}
