import { Drag } from "./drag.js";
import { RowMenu } from "./menu.js";

/** @typedef {import("./types.js").Entry} Entry */

/** What hands do to the queue: press a row's ends, drag it, or move it with the keyboard. */
export class QueueHands {
  #queue;
  #session;
  #host;
  #menu;

  /**
   * @param {ParentNode} root
   * @param {import("./queue.js").Queue} queue
   * @param {import("./session.js").Session} session
   * @param {import("./host.js").Host} host
   * @param {boolean} canControl
   * @param {(entry: Entry) => boolean} mayRemove
   */
  constructor(root, queue, session, host, canControl, mayRemove) {
    this.#queue = queue;
    this.#session = session;
    this.#host = host;
    this.#menu = new RowMenu(root, (what, entry) => this.#do(what, entry));
    queue.list.addEventListener("click", (event) => {
      const target = event.target instanceof Element ? event.target : null;
      const entry = queue.entryAt(target);
      const more = target?.closest(".row-more");
      if (entry && more instanceof HTMLElement) this.#menu.open(more, entry, mayRemove(entry));
      // Where fingers point, this end is the handle: a touch that misses a drag must not skip for everybody.
      else if (entry && target?.closest(".row-lead") && matchMedia("(hover: hover)").matches)
        void host.jump(entry);
    });
    if (!canControl) return;
    queue.list.addEventListener("keydown", (event) => this.#pressed(event));
    new Drag(
      queue.list,
      () => queue.visible,
      (row, behind) => this.#dropped(row, behind),
    );
  }

  /**
   * @param {HTMLElement} row
   * @param {HTMLElement | null} behind the row it was dropped after
   */
  #dropped(row, behind) {
    const [entry, after] = [this.#queue.entryAt(row), this.#queue.entryAt(behind)];
    if (entry) void this.#host.move(entry.id, after?.id ?? null);
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    const by = { ArrowUp: /** @type {const} */ (-1), ArrowDown: /** @type {const} */ (1) }[event.key];
    const focused = event.target instanceof HTMLElement ? event.target : null;
    const entry = this.#queue.entryAt(focused);
    if (!by || !event.altKey || !entry) return;
    event.preventDefault();
    void this.#host.moveBy(entry.id, by);
    focused?.focus();
  }

  /**
   * @param {string} what
   * @param {Entry} entry
   */
  #do(what, entry) {
    const host = this.#host;
    if (what === "play") void host.jump(entry);
    if (what === "soon") void host.move(entry.id, this.#session.player.entry_id);
    if (what === "up") void host.moveBy(entry.id, -1);
    if (what === "down") void host.moveBy(entry.id, 1);
    if (what === "remove") void host.remove(entry.id);
  }
}
