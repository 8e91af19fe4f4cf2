import { Drag } from "./drag.js";
import { placeAfterMove } from "../room/order.js";
import { RowMenu } from "./row_menu.js";

/** @typedef {import("../room/types.js").Entry} Entry */

/** Input of the queue: clicks on a row's ends, dragging, and keys. */
export class QueueInput {
  #queue;
  #session;
  #host;
  #menu;
  #mayRemove;
  #rename;
  #select;

  /**
   * @param {ParentNode} root
   * @param {import("./queue.js").Queue} queue
   * @param {import("../room/session.js").Session} session
   * @param {import("../room/host.js").Host} host
   * @param {{control: boolean, reorder: boolean}} may
   * @param {(entry: Entry) => boolean} mayRemove
   * @param {(entry: Entry) => void} rename
   * @param {(entry: Entry) => void} select
   */
  constructor(root, queue, session, host, may, mayRemove, rename, select) {
    this.#queue = queue;
    this.#session = session;
    this.#host = host;
    this.#mayRemove = mayRemove;
    this.#rename = rename;
    this.#select = select;
    this.#menu = new RowMenu(root, {
      act: (what, entry) => this.#do(what, entry),
      can: (what, entry) => this.#can(what, entry),
    });
    queue.list.addEventListener("click", (event) => {
      const target = event.target instanceof Element ? event.target : null;
      const entry = queue.entryAt(target);
      const more = target?.closest(".row-more");
      if (entry && more instanceof HTMLElement) this.#menu.open(more, entry, mayRemove(entry));
      // Where fingers point, this end is the handle: a touch that misses a drag must not skip for everybody.
      else if (entry && target?.closest(".row-lead") && matchMedia("(hover: hover)").matches)
        void host.jump(entry);
    });
    queue.list.addEventListener("keydown", (event) => this.#removedByKey(event));
    if (!may.reorder) return;
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
    // Nothing can stand behind what the server has not numbered yet.
    while (behind && !this.#queue.entryAt(behind)) behind = previous(behind);
    const [entry, after] = [this.#queue.entryAt(row), this.#queue.entryAt(behind)];
    if (entry && entry !== after) void this.#host.move(entry.id, after?.id ?? null);
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    const by = { ArrowUp: /** @type {const} */ (-1), ArrowDown: /** @type {const} */ (1) }[event.key];
    const focused = event.target instanceof HTMLElement ? event.target : null;
    const entry = this.#queue.entryAt(focused);
    if (!by || !event.altKey || !entry) return;
    event.preventDefault();
    void this.#host.moveBy(entry.id, by);
    focused?.closest(".row")?.scrollIntoView({ block: "nearest" });
  }

  /** @param {KeyboardEvent} event */
  #removedByKey(event) {
    const entry = event.target instanceof HTMLElement ? this.#queue.entryAt(event.target) : undefined;
    if (event.key !== "Delete" || !entry || !this.#mayRemove(entry)) return;
    event.preventDefault();
    this.#remove(entry);
  }

  /** @param {Entry} entry */
  #remove(entry) {
    const place = this.#queue.visible.findIndex((row) => row.dataset.id === String(entry.id));
    void this.#host.remove(entry);
    this.#queue.focusNear(place);
  }

  /**
   * @param {string} what
   * @param {Entry} entry
   * @returns {boolean} whether it would change anything
   */
  #can(what, { id, added_by }) {
    const { queue, player } = this.#session;
    const at = queue.findIndex((entry) => entry.id === id);
    const isArrangeable = ["queue", "shuffle"].includes(this.#session.state.room.rules.order);
    if (["up", "down", "end"].includes(what) && !isArrangeable) return false;
    if (what === "up") return placeAfterMove(queue, id, -1) !== undefined;
    if (what === "down") return placeAfterMove(queue, id, 1) !== undefined;
    if (what === "end") return at < queue.length - 1;
    if (what === "remove-theirs") return added_by !== null;
    if (what === "soon") return id !== player.entry_id && queue[at - 1]?.id !== player.entry_id;
    return true;
  }

  /**
   * @param {string} what
   * @param {Entry} entry
   */
  #do(what, entry) {
    const host = this.#host;
    if (what === "play") void host.jump(entry);
    if (what === "retry") void host.retry(entry);
    if (what === "soon") void host.move(entry.id, this.#session.player.entry_id);
    if (what === "up") void host.moveBy(entry.id, -1);
    if (what === "down") void host.moveBy(entry.id, 1);
    if (what === "end") void host.moveToEnd(entry.id);
    if (what === "select") this.#select(entry);
    if (what === "rename") this.#rename(entry);
    if (what === "remove") this.#remove(entry);
    if (what === "remove-theirs" && entry.added_by) void host.clear(entry.added_by.id);
  }
}

/**
 * @param {HTMLElement} row
 * @returns {HTMLElement | null}
 */
function previous(row) {
  return row.previousElementSibling instanceof HTMLElement ? row.previousElementSibling : null;
}
