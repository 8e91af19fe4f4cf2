import { sentenceOf } from "../lib/fetch_json.js";
import { optionalPart } from "../lib/dom.js";
import { ownLists } from "../lib/lists_api.js";
import { words } from "../lib/words.js";

/** The heart beside what plays, by which an account keeps it among its favourites. Nothing without an account. */
export class Favourite {
  #button;
  #session;
  #say;
  /** The ids of the favourites by their addresses. @type {Map<string, number>} */
  #kept = new Map();

  /**
   * @param {ParentNode} root
   * @param {{state: import("../room/types.js").State}} session
   * @param {(text: string) => void} say
   */
  constructor(root, session, say) {
    this.#button = optionalPart(root, "favourite", HTMLButtonElement);
    this.#session = session;
    this.#say = say;
    this.#button?.addEventListener("click", () => void this.#toggle());
    if (this.#button) void this.#load();
  }

  show() {
    const [button, entry] = [this.#button, this.#session.state.player.entry];
    if (!button) return;
    const isKept = Boolean(entry && this.#kept.has(entry.url));
    button.hidden = !entry;
    button.setAttribute("aria-pressed", String(isKept));
    button.title = isKept ? words.unfavourite : words.favourite;
    button.setAttribute("aria-label", words.favourite);
  }

  async #load() {
    const kept = await ownLists.favourites().catch(() => null);
    // Without them the heart is hollow, and a click finds out.
    if (kept) this.#kept = new Map(kept.map(({ url, id }) => [url, id]));
    this.show();
  }

  async #toggle() {
    const url = this.#session.state.player.entry?.url;
    if (!url) return;
    const id = this.#kept.get(url);
    try {
      if (id === undefined) await this.#keep(url);
      else await this.#forget(url, id);
    } catch (refusal) {
      this.#say(sentenceOf(refusal));
      // Another device may have taken it out.
      await this.#load();
    }
    this.show();
  }

  /** @param {string} url */
  async #keep(url) {
    const [added] = await ownLists.addFavourite(url);
    if (added) this.#kept.set(url, added.id);
    else await this.#load();
  }

  /**
   * @param {string} url
   * @param {number} id
   */
  async #forget(url, id) {
    await ownLists.removeFavourite(id);
    this.#kept.delete(url);
  }
}
