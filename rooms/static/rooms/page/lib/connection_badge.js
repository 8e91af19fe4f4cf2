import { part, write } from "./dom.js";
import { words } from "./words.js";

/** The badge that says whether what the page shows is up to date. */
export class ConnectionBadge {
  #badge;
  #text;

  /** @param {ParentNode} root */
  constructor(root) {
    this.#badge = part(root, "connection", HTMLElement);
    this.#text = part(root, "connection-text", HTMLElement);
  }

  /**
   * @param {keyof typeof words.connection} connection
   * @param {string} [text] what to say of it
   */
  show(connection, text = words.connection[connection]) {
    this.#badge.dataset.state = connection;
    this.#badge.title = connection === "polling" ? words.pollingWhy : "";
    write(this.#text, text);
  }
}
