import { onPress, optionalPart, part, setIcon, setLabel, setUsable } from "../lib/dom.js";
import { words } from "../lib/words.js";

/** @typedef {import("../room/session.js").Session} Session */

/**
 * Previous, play or pause, next. A host's act on the room; a guest's button is theirs alone: it stops their own
 * player and takes them back to where the room is.
 */
export class Transport {
  #session;
  #canControl;
  #buttons;
  #previous;
  #next;
  #place;

  /**
   * @param {ParentNode} root
   * @param {Session} session
   * @param {boolean} canControl
   * @param {{toggle: () => void, next: () => void, previous: () => void}} acts
   */
  constructor(root, session, canControl, acts) {
    this.#session = session;
    this.#canControl = canControl;
    this.#buttons = [part(root, "play", HTMLButtonElement), part(root, "mini-play", HTMLButtonElement)];
    this.#previous = optionalPart(root, "previous", HTMLButtonElement);
    this.#next = optionalPart(root, "next", HTMLButtonElement);
    this.#place = part(root, "transport", HTMLElement);
    for (const button of this.#buttons) onPress(button, acts.toggle);
    onPress(this.#previous, acts.previous);
    onPress(this.#next, acts.next);
  }

  show() {
    const { player, status } = this.#session;
    const isSilent = !this.#canControl && (status?.phase === "blocked" || status?.phase === "elsewhere");
    const deaf = status?.phase === "alone" || isSilent;
    const hears = player.playing && !deaf;
    for (const button of this.#buttons) {
      setIcon(button, hears ? "pause" : "play");
      setLabel(button, isSilent ? words.listen : this.#label(hears));
      setUsable(button, player.entry_id !== null && (this.#canControl || player.playing));
    }
    this.#place.setAttribute("aria-busy", String(this.#session.isForeseen));
    for (const button of [this.#previous, this.#next]) if (button) setUsable(button, player.entry_id !== null);
  }

  /**
   * @param {boolean} hears
   * @returns {string}
   */
  #label(hears) {
    if (this.#canControl) return hears ? words.pause : words.play;
    return hears ? words.pauseHere : words.playHere;
  }
}
