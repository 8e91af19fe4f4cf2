import { mayMove } from "../lib/dom.js";

const MS = 360;

/** Animates a change of track, so that it is seen from across a room. */
export class Entrance {
  #session;
  #element;
  /** @type {number | null | undefined} */
  #shown;

  /**
   * @param {HTMLElement} element
   * @param {import("../room/session.js").Session} session
   */
  constructor(element, session) {
    this.#element = element;
    this.#session = session;
  }

  show() {
    const id = this.#session.entry?.id ?? null;
    if (id === this.#shown) return;
    const isFirst = this.#shown === undefined;
    this.#shown = id;
    if (isFirst || id === null || !mayMove()) return;
    const from = { opacity: 0, transform: "translateY(0.4em)" };
    this.#element.animate([from, {}], { duration: MS, easing: "cubic-bezier(.2, .7, .3, 1)" });
  }
}
