import { part, write } from "../lib/dom.js";
import { words } from "../lib/words.js";

/** In which order the queue plays: said to everybody, and chosen by those who manage the room. */
export class QueueMode {
  #session;
  #shown;
  #list;

  /**
   * @param {ParentNode} root
   * @param {import("../room/session.js").Session} session
   * @param {(order: string) => Promise<boolean>} choose
   */
  constructor(root, session, choose) {
    this.#session = session;
    this.#list = part(root, "queue", HTMLElement);
    this.#shown = part(root, "order", HTMLElement);
    this.#shown.addEventListener("change", async () => {
      if (this.#shown instanceof HTMLSelectElement && !(await choose(this.#shown.value))) this.show();
    });
  }

  show() {
    const order = String(this.#session.state.room.rules.order);
    this.#list.dataset.order = order;
    if (this.#shown instanceof HTMLSelectElement) this.#shown.value = order;
    else write(this.#shown, order === "queue" ? "" : words.orders[/** @type {keyof typeof words.orders} */ (order)] ?? "");
  }
}
