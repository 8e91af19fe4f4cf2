import { sentenceOf } from "../lib/fetch_json.js";
import { keep, optionalPart, part } from "../lib/dom.js";

/** In the browser's storage: it was asked once, here or in another room. */
const ASKED = "name-asked";

/** The card that asks people without a name for one: once, after the first sound, and in nobody's way. */
export class NameCard {
  #session;
  #storage;
  #card;
  #rename;
  #renamed;

  /**
   * @param {ParentNode} root
   * @param {import("../room/session.js").Session} session
   * @param {Storage | undefined} storage
   * @param {(name: string) => Promise<{name: string}>} rename
   * @param {(name: string) => void} renamed
   */
  constructor(root, session, storage, rename, renamed) {
    this.#session = session;
    this.#storage = storage;
    this.#rename = rename;
    this.#renamed = renamed;
    this.#card = optionalPart(root, "name-card", HTMLFormElement);
    this.#card?.addEventListener("submit", (event) => this.#submit(event));
    if (this.#card) part(this.#card, "name-later", HTMLElement).addEventListener("click", () => this.#close());
  }

  show() {
    if (this.#card?.hidden && this.#session.status?.phase === "playing" && !this.#storage?.getItem(ASKED))
      this.#card.hidden = false;
  }

  /** @param {Event} event */
  async #submit(event) {
    event.preventDefault();
    const card = /** @type {HTMLFormElement} */ (this.#card);
    const problem = part(card, "name-card-problem", HTMLElement);
    try {
      const { name } = await this.#rename(part(card, "name-card-input", HTMLInputElement).value);
      this.#close();
      this.#renamed(name);
    } catch (refusal) {
      problem.textContent = sentenceOf(refusal);
      problem.hidden = false;
    }
  }

  #close() {
    keep(this.#storage, ASKED, "1");
    this.#card?.remove();
    this.#card = null;
  }
}
