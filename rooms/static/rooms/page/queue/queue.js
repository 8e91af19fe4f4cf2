import { numeral } from "../../i18n/translate.js";
import { part, write } from "../lib/dom.js";
import { focusFirst } from "../lib/focus.js";
import { Row } from "./row.js";
import { slide } from "./slide.js";
import { words } from "../lib/words.js";

/** @typedef {import("../room/types.js").Entry} Entry */

/** Of a long queue rows are made for this long at a time, in milliseconds: what is left of a frame is the page's. */
const PORTION_MS = 6;
/** Where more are added at once, watching them all grow into their places says nothing. */
const MOST_GROWING = 24;

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
  #isExpecting = false;
  /** Which rows are marked as failed. @type {ReadonlySet<number>} */
  #failed = new Set();
  /** Which rows are chosen; null where nothing is chosen from. @type {ReadonlySet<number> | null} */
  #chosen = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #later;

  /**
   * @param {ParentNode} root
   * @param {import("../room/session.js").Session} session
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

  /** @param {ReadonlySet<number> | null} chosen which rows are; null for no checkboxes */
  choose(chosen) {
    this.#chosen = chosen;
    for (const [id, row] of this.#rows) row.choose(chosen && chosen.has(id));
  }

  /** @param {number} id */
  focusLead(id) {
    focusFirst(this.#rows.get(id)?.element.querySelector(".row-lead"));
  }

  /**
   * Put the focus onto the row at this place, or the last, where a row went that had it.
   *
   * @param {number} place
   */
  focusNear(place) {
    const rows = this.visible;
    const row = rows[Math.min(Math.max(0, place), rows.length - 1)];
    focusFirst(row?.querySelector(".row-more"), this.#toggle, document.getElementById("tab-queue"));
  }

  show() {
    const { lined: queue, player, state } = this.#session;
    this.#markFailed();
    if (queue === this.#shown && player.entry_id === this.#current) return;
    const isFirst = this.#shown === null;
    const before = this.visible;
    const focused = this.list.contains(document.activeElement) ? document.activeElement : null;
    const place = focused ? before.findIndex((row) => row.contains(focused)) : -1;
    // What was expected and has come stands there already.
    const mayGrow = !isFirst && !this.#later && !this.#isExpecting;
    this.#removeAllBut(queue);
    this.#fill(mayGrow);
    [this.#shown, this.#current] = [queue, player.entry_id];
    this.#isExpecting = queue.some((entry) => entry.id < 0);
    if (!isFirst) slide(this.list, before, this.visible);
    if (focused && document.activeElement !== focused) focusFirst(focused) || this.focusNear(place);
    this.#empty.hidden = queue.length > 0;
    this.#tell(queue.length, this.#place, state.beyond);
  }

  #markFailed() {
    const { failed } = this.#session;
    if (failed === this.#failed) return;
    for (const id of new Set([...failed, ...this.#failed])) this.#rows.get(id)?.mark(failed.has(id));
    this.#failed = failed;
  }

  /** The place of what plays; -1 if nothing does. */
  get #place() {
    const { lined, player } = this.#session;
    return lined.findIndex((entry) => entry.id === player.entry_id);
  }

  /**
   * @param {number} length
   * @param {number} at
   * @param {{before: number, behind: number}} [beyond] what the page does not know yet
   */
  #tell(length, at, { before, behind } = { before: 0, behind: 0 }) {
    const whole = before + length + behind;
    write(this.#count, whole ? numeral(whole) : "");
    this.#toggle.hidden = before + at < 1;
    write(this.#toggleText, words.played(before + at));
  }

  /**
   * Make the rows that are missing and put all in their order. No frame waits for a long queue: first comes what plays
   * and what follows it, and what there was no time for is made after the page had its turn.
   *
   * @param {boolean} mayGrow whether new rows are seen to grow into their places
   */
  #fill(mayGrow) {
    clearTimeout(this.#later);
    const { lined: queue } = this.#session;
    const at = Math.max(0, this.#place);
    const missing = [...queue.slice(at), ...queue.slice(0, at)].filter((entry) => !this.#rows.has(entry.id));
    const isNew = mayGrow && missing.length <= MOST_GROWING;
    const until = performance.now() + PORTION_MS;
    let made = 0;
    while (made < missing.length && performance.now() < until) this.#make(missing[made++], isNew);
    this.#put(queue);
    this.#number(queue, this.#place);
    this.#later = made < missing.length ? setTimeout(() => this.#fill(false)) : undefined;
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

  /** @param {Entry[]} queue */
  #put(queue) {
    let next = this.list.firstElementChild;
    for (const entry of queue) {
      const row = this.#rows.get(entry.id);
      if (!row) continue;
      row.show(entry);
      // What stands in the way of its successor goes to its own place when its turn comes, alone.
      if (row.element !== next && row.element === next?.nextElementSibling) next = row.element;
      if (row.element === next) next = next.nextElementSibling;
      else this.list.insertBefore(row.element, next);
    }
  }

  /**
   * @param {Entry} entry
   * @param {boolean} isNew
   */
  #make(entry, isNew) {
    const copy = /** @type {DocumentFragment} */ (this.#template.content.cloneNode(true));
    const row = new Row(/** @type {HTMLElement} */ (copy.firstElementChild));
    if (isNew) row.element.dataset.new = "";
    row.show(entry);
    row.choose(this.#chosen && this.#chosen.has(entry.id));
    this.#rows.set(entry.id, row);
  }

  /**
   * @param {Entry[]} queue
   * @param {number} at
   */
  #number(queue, at) {
    // Where nothing plays nothing has played: everything counts from one.
    const from = at < 0 ? -1 : at;
    const { unsettled } = this.#session;
    for (const [place, entry] of queue.entries()) {
      const row = this.#rows.get(entry.id);
      row?.place(place - from, place === at);
      row?.settle(unsettled.has(entry.id));
    }
  }

  #togglePlayed() {
    const open = this.list.toggleAttribute("data-all");
    this.#toggle.setAttribute("aria-expanded", String(open));
  }
}
