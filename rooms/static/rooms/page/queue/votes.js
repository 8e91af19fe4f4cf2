import { keep } from "../lib/dom.js";

/** @typedef {import("../room/types.js").Entry} Entry */

/** Own votes that a browser remembers for one room: the server tells how many there are, not whose. */
const MOST_KEPT = 500;

/** Votes for entries: the button of a row gives one, and takes it back. */
export class Votes {
  #queue;
  #vote;
  #memory;
  #key;
  /** @type {Set<number>} */
  #own;

  /**
   * @param {import("./queue.js").Queue} queue
   * @param {string} slug
   * @param {Storage | undefined} memory
   * @param {(entry: Entry, likes: boolean) => Promise<boolean>} vote
   */
  constructor(queue, slug, memory, vote) {
    this.#queue = queue;
    this.#vote = vote;
    this.#memory = memory;
    this.#key = `musicrooms:votes:${slug}`;
    this.#own = new Set(ids(memory?.getItem(this.#key)));
    queue.list.addEventListener("click", (event) => {
      const button = event.target instanceof Element ? event.target.closest(".row-vote") : null;
      const entry = queue.entryAt(button);
      if (button && entry) void this.#press(entry);
    });
  }

  show() {
    for (const id of this.#own) {
      this.#queue.list.querySelector(`[data-id="${id}"] .row-vote`)?.setAttribute("aria-pressed", "true");
    }
  }

  /** @param {Entry} entry */
  async #press(entry) {
    const likes = !this.#own.has(entry.id);
    this.#note(entry.id, likes);
    if (!(await this.#vote(entry, likes))) this.#note(entry.id, !likes);
  }

  /**
   * @param {number} id
   * @param {boolean} likes
   */
  #note(id, likes) {
    if (likes) this.#own.add(id);
    else this.#own.delete(id);
    this.#queue.list.querySelector(`[data-id="${id}"] .row-vote`)?.setAttribute("aria-pressed", String(likes));
    keep(this.#memory, this.#key, JSON.stringify([...this.#own].slice(-MOST_KEPT)));
  }
}

/**
 * @param {string | null | undefined} stored
 * @returns {number[]}
 */
function ids(stored) {
  try {
    const found = JSON.parse(stored ?? "[]");
    return Array.isArray(found) ? found.filter(Number.isInteger) : [];
  } catch {
    return [];
  }
}
