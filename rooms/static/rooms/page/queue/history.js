import { iconButton, part } from "../lib/dom.js";
import { dateTime } from "../lib/format.js";
import { words } from "../lib/words.js";
import { PastPanel, twoLines } from "./past_panel.js";

/** @typedef {import("../lib/shapes.js").Played} Played */

/** How long typing rests before it is searched for. */
const SEARCH_AFTER_MS = 250;

/** What played in the room, in place of the queue, each to be queued again by one click. */
export class History {
  #search;
  #panel;
  #again;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #typing;

  /**
   * @param {ParentNode} root
   * @param {boolean} mayAdd
   * @param {object} calls
   * @param {(q: string, before?: number) => Promise<{items: Played[], next: string | null}>} calls.read
   * @param {(url: string) => unknown} calls.again
   */
  constructor(root, mayAdd, { read, again }) {
    this.#search = part(root, "history-search", HTMLInputElement);
    this.#again = mayAdd ? again : null;
    this.#panel = new PastPanel(root, "history", {
      read: (before) => read(this.#search.value, before),
      draw: (/** @type {Played} */ played) => this.#draw(played),
      nothing: words.history.nothing,
    });
    this.#search.addEventListener("input", () => {
      clearTimeout(this.#typing);
      this.#typing = setTimeout(() => this.#panel.read(), SEARCH_AFTER_MS);
    });
  }

  open() {
    this.#search.value = "";
    this.#panel.open(this.#search);
  }

  /** @param {Played} played */
  #draw({ entry, added_by, played_at_ms, outcome }) {
    const at = whenOf(played_at_ms);
    const how = outcome === "ended" ? "" : words.history[outcome];
    const facts = [at, entry.artist, added_by && words.addedBy(added_by.name), how].filter(Boolean).join(" · ");
    const text = twoLines(entry.title, facts);
    const again = this.#again;
    if (!again) return [text];
    const button = iconButton("button quiet icon-only", "plus", words.history.again(entry.title));
    button.addEventListener("click", () => again(entry.url));
    return [text, button];
  }
}

/**
 * Of today the time of day, as the page's language writes it; of a day before the day, too.
 *
 * @param {number} ms since the epoch
 */
function whenOf(ms) {
  const at = new Date(ms);
  const isToday = at.toDateString() === new Date().toDateString();
  return isToday ? at.toLocaleTimeString(document.documentElement.lang, { timeStyle: "short" }) : dateTime(ms);
}
