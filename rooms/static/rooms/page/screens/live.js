import { tn } from "../../i18n/translate.js";
import { ConnectionBadge } from "../lib/connection_badge.js";
import { optionalPart, write } from "../lib/dom.js";
import { words } from "../lib/words.js";

/** The connection, whether the room is paused, and the number of listeners: the status line of pages that only show. */
export class Live {
  #session;
  #badge;
  #here;

  /**
   * @param {ParentNode} root
   * @param {import("../room/session.js").Session} session
   */
  constructor(root, session) {
    this.#session = session;
    this.#badge = new ConnectionBadge(root);
    this.#here = optionalPart(root, "here", HTMLElement);
  }

  show() {
    const { connection, player, state } = this.#session;
    const isPaused = connection === "live" && player.entry_id !== null && !player.playing;
    this.#badge.show(connection, isPaused ? words.sync.paused : undefined);
    // The reader is here, even if the server has not counted them yet.
    const here = Math.max(1, state.people.listeners);
    if (this.#here) write(this.#here, tn("{count} here", "{count} here", here));
  }
}
