import { optionalPart, part, write } from "../lib/dom.js";
import { words } from "../lib/words.js";

/** The empty state of a room: how to begin. */
export class Welcome {
  #session;
  #canControl;
  #place;
  #title;
  #text;
  #play;
  #suggestions;
  #firstText;

  /**
   * @param {ParentNode} root
   * @param {import("../room/session.js").Session} session
   * @param {boolean} canControl
   * @param {{start: () => void, add: (url: string) => void}} acts
   */
  constructor(root, session, canControl, acts) {
    this.#session = session;
    this.#canControl = canControl;
    this.#place = part(root, "welcome", HTMLElement);
    this.#title = part(root, "welcome-title", HTMLElement);
    this.#text = part(root, "welcome-text", HTMLElement);
    this.#play = optionalPart(root, "welcome-play", HTMLButtonElement);
    this.#suggestions = optionalPart(root, "suggestions", HTMLElement);
    this.#firstText = this.#text.textContent ?? "";
    this.#play?.addEventListener("click", acts.start);
    this.#suggestions?.addEventListener("click", (event) => {
      const button = event.target instanceof Element ? event.target.closest("button") : null;
      if (button?.dataset.url) acts.add(button.dataset.url);
    });
  }

  show() {
    const { entry, player, queue, state } = this.#session;
    this.#place.hidden = entry !== null;
    if (entry) return;
    const waiting = queue.length > 0;
    if (this.#play) this.#play.hidden = !waiting;
    if (this.#suggestions) this.#suggestions.hidden = waiting;
    const [title, text] = player.ended
      ? [words.ended.title, words.ended.text]
      : waiting
        ? this.#waiting(state.room.hosts[0])
        : [words.nothingPlays, this.#firstText];
    write(this.#title, title);
    write(this.#text, text);
  }

  /**
   * @param {string | undefined} host
   * @returns {[string, string]}
   */
  #waiting(host) {
    return this.#canControl
      ? [words.ready, words.readyText]
      : [words.waitingForHost(host ?? ""), words.waitingText];
  }
}
