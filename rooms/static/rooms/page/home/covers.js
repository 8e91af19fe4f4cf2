import { arrange } from "../lib/arrange.js";
import { RoomCard } from "./room_card.js";
import { part } from "../lib/dom.js";
import { steadyOrder } from "../lib/steady_order.js";

/** @typedef {import("../../stream/lobby_stream.js").ListedRoom} ListedRoom */

/** The public rooms as covers. What a cover says is always new; where it stands never changes under the pointer. */
export class Covers {
  #list;
  #template;
  /** @type {Map<string, RoomCard>} */
  #cards = new Map();
  /** @type {string[] | null} the order that waits for the pointer to leave */
  #waiting = null;

  /** @param {ParentNode} root */
  constructor(root) {
    this.#list = part(root, "covers", HTMLElement);
    this.#template = part(root, "card-template", HTMLTemplateElement);
    for (const element of this.#list.children) {
      if (element instanceof HTMLElement) this.#cards.set(element.dataset.slug ?? "", new RoomCard(element));
    }
    this.#list.addEventListener("pointerleave", () => this.#settle());
  }

  /**
   * @param {ListedRoom[]} rooms
   * @param {{isAnew?: boolean}} [options] whether they were asked for, as by a search, so that no place has to be kept
   */
  show(rooms, { isAnew = false } = {}) {
    for (const room of rooms) this.#cardOf(room.slug).show(room);
    const wanted = rooms.map((room) => room.slug);
    for (const [slug, card] of this.#cards) card.element.classList.toggle("is-gone", !wanted.includes(slug));
    this.#waiting = isAnew || document.hidden ? wanted : steadyOrder(this.#shown, wanted);
    if (isAnew || this.#list.hidden || !this.#list.matches(":hover")) this.#settle();
  }

  /** @param {ListedRoom[]} rooms of which only those that are shown are brought up to date */
  refresh(rooms) {
    for (const room of rooms) this.#cards.get(room.slug)?.show(room);
  }

  get #shown() {
    return [...this.#list.children].map((child) => (child instanceof HTMLElement && child.dataset.slug) || "");
  }

  #settle() {
    if (!this.#waiting) return;
    const order = this.#waiting;
    this.#waiting = null;
    this.#list.hidden = order.length === 0;
    arrange(
      this.#list,
      order.map((slug) => this.#cardOf(slug).element),
    );
    for (const slug of this.#cards.keys()) if (!order.includes(slug)) this.#cards.delete(slug);
  }

  /** @param {string} slug */
  #cardOf(slug) {
    const known = this.#cards.get(slug);
    if (known) return known;
    const copy = /** @type {DocumentFragment} */ (this.#template.content.cloneNode(true));
    const card = new RoomCard(/** @type {HTMLElement} */ (copy.firstElementChild));
    this.#cards.set(slug, card);
    return card;
  }
}
