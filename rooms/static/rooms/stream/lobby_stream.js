import { SharedSource } from "../sharing/shared_source.js";

/**
 * @typedef {object} ListedRoom
 * @property {string} slug
 * @property {string} name
 * @property {number} listeners
 * @property {boolean} playing
 * @property {Pick<import("../page/lib/shapes.js").Entry, "title" | "artist" | "artwork_url"> | null} entry
 */

const EVENTS = ["rooms", "resumed", "tick", "bye"];

/**
 * The public rooms as the server tells them. Dispatches `rooms` (a ListedRoom[], all of them) when they changed, and
 * `missed` when they changed unheard and have to be asked for.
 */
export class LobbyStream extends EventTarget {
  /** Of what was heard last; 0 while the page is as it came. */
  #version = 0;
  #source;

  /** @param {string} url */
  constructor(url) {
    super();
    this.#source = new SharedSource(url, {
      url: () => url,
      events: EVENTS,
      heard: (name, data) => this.#hear(name, data),
      interrupted: () => {},
      mayReopen: async () => true,
      state: () => /** @type {any} */ ({ version: this.#version }),
    });
  }

  /** Whether what happens is heard at once. */
  get isOpen() {
    return this.#source.isOpen;
  }

  connect() {
    this.#source.start("");
  }

  /**
   * @param {string} name
   * @param {any} data
   */
  #hear(name, data) {
    if (name === "bye") return this.#source.stop();
    const isMissed = name !== "rooms" && this.#version > 0 && data.version !== this.#version;
    this.#version = data.version;
    if (name === "rooms") this.dispatchEvent(new CustomEvent("rooms", { detail: data.rooms }));
    else if (isMissed) this.dispatchEvent(new CustomEvent("missed"));
  }
}
