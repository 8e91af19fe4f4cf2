import { part, write } from "./dom.js";
import { Row } from "./row.js";
import { slide } from "./slide.js";
import { words } from "./words.js";

/** @typedef {import("./types.js").Entry} Entry */

/** The queue as a list: what played folded away, what plays on top, and what comes. */
export class Queue {
  #session;
  #template;
  #empty;
  #count;
  #toggle;
  #toggleText;
  /** @type {Map<number, Row>} */
  #rows = new Map();
  /** @type {Entry[] | null} */
  #shown = null;
  /** @type {number | null} */
  #current = null;

  /**
   * @param {ParentNode} root
   * @param {import("./session.js").Session} session
   */
  constructor(root, session) {
    this.#session = session;
    this.list = part(root, "queue", HTMLElement);
    this.#template = part(root, "row-template", HTMLTemplateElement);
    this.#empty = part(root, "queue-empty", HTMLElement);
    this.#count = part(root, "queue-count", HTMLElement);
    this.#toggle = part(root, "played-toggle", HTMLElement);
    this.#toggleText = part(root, "played-text", HTMLElement);
    this.#toggle.addEventListener("click", () => this.#togglePlayed());
    for (const element of this.list.children) {
      if (element instanceof HTMLElement) this.#rows.set(Number(element.dataset.id), new Row(element));
    }
  }

  /** The rows that are to be seen, in their order. @returns {HTMLElement[]} */
  get visible() {
    const all = "all" in this.list.dataset;
    return /** @type {HTMLElement[]} */ ([...this.list.children]).filter(
      (row) => row.dataset.id && (all || !("played" in row.dataset)),
    );
  }

  /** @param {Element | null} element @returns {Entry | undefined} the entry of the row that `element` is part of */
  entryAt(element) {
    const row = element?.closest(".row");
    return row instanceof HTMLElement
      ? this.#session.queue.find((entry) => String(entry.id) === row.dataset.id)
      : undefined;
  }

  show() {
    const { queue, player } = this.#session;
    if (queue === this.#shown && player.entry_id === this.#current) return;
    const isFirst = this.#shown === null;
    const before = this.visible;
    this.#removeAllBut(queue);
    this.#put(queue, isFirst);
    this.#number(queue, player.entry_id);
    [this.#shown, this.#current] = [queue, player.entry_id];
    if (!isFirst) slide(this.list, before, this.visible);
    this.#empty.hidden = queue.length > 0;
    write(this.#count, queue.length ? String(queue.length) : "");
  }

  /** @param {Entry[]} queue */
  #removeAllBut(queue) {
    const kept = new Set(queue.map((entry) => entry.id));
    for (const [id, row] of this.#rows) {
      if (kept.has(id)) continue;
      row.element.remove();
      this.#rows.delete(id);
    }
  }

  /**
   * @param {Entry[]} queue
   * @param {boolean} isFirst
   */
  #put(queue, isFirst) {
    let next = this.list.firstElementChild;
    for (const entry of queue) {
      const row = this.#rows.get(entry.id) ?? this.#make(entry.id, isFirst);
      row.show(entry);
      if (row.element === next) next = next.nextElementSibling;
      else this.list.insertBefore(row.element, next);
    }
  }

  /**
   * @param {number} id
   * @param {boolean} isFirst
   * @returns {Row}
   */
  #make(id, isFirst) {
    const copy = /** @type {DocumentFragment} */ (this.#template.content.cloneNode(true));
    const row = new Row(/** @type {HTMLElement} */ (copy.firstElementChild));
    if (!isFirst) row.element.dataset.new = "";
    this.#rows.set(id, row);
    return row;
  }

  /**
   * @param {Entry[]} queue
   * @param {number | null} current
   */
  #number(queue, current) {
    const at = queue.findIndex((entry) => entry.id === current);
    // Where nothing plays nothing has played: everything counts from one.
    const from = at < 0 ? -1 : at;
    for (const [place, entry] of queue.entries()) this.#rows.get(entry.id)?.place(place - from, place === at);
    this.#toggle.hidden = at < 1;
    write(this.#toggleText, words.played(at));
  }

  #togglePlayed() {
    const open = this.list.toggleAttribute("data-all");
    this.#toggle.setAttribute("aria-expanded", String(open));
  }
}
