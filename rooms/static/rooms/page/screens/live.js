import { tn } from "../../i18n/translate.js";
import { optionalPart, part, write } from "../lib/dom.js";
import { words } from "../lib/words.js";

/** Whether what is shown is up to date, and how many are here. */
export class Live {
  #session;
  #connection;
  #text;
  #here;

  /**
   * @param {ParentNode} root
   * @param {import("../room/session.js").Session} session
   */
  constructor(root, session) {
    this.#session = session;
    this.#connection = part(root, "connection", HTMLElement);
    this.#text = part(root, "connection-text", HTMLElement);
    this.#here = optionalPart(root, "here", HTMLElement);
  }

  show() {
    const { connection, player, state } = this.#session;
    const isPaused = connection === "live" && player.entry_id !== null && !player.playing;
    this.#connection.dataset.state = connection;
    write(this.#text, isPaused ? words.sync.paused : words.connection[connection]);
    // Whoever reads this is here, even if the server has not counted them yet.
    const here = Math.max(1, state.people.listeners);
    if (this.#here) write(this.#here, tn("{count} here", "{count} here", here));
  }
}
