import { part, setIcon, setLabel } from "../lib/dom.js";
import { words } from "../lib/words.js";

/** How loud it is here. The player remembers it. */
export class Volume {
  #player;
  #slider;
  #buttons;

  /**
   * @param {ParentNode} root
   * @param {{muted: boolean, volume: number}} player
   */
  constructor(root, player) {
    this.#player = player;
    this.#slider = part(root, "volume", HTMLInputElement);
    this.#buttons = [part(root, "mute", HTMLButtonElement), part(root, "mini-mute", HTMLButtonElement)];
    this.#slider.addEventListener("input", () => this.#set(Number(this.#slider.value) / 100));
    for (const button of this.#buttons) button.addEventListener("click", () => this.toggle());
    this.show();
  }

  toggle() {
    const { muted, volume } = this.#player;
    this.#player.muted = !muted && volume > 0;
    if (volume === 0) this.#player.volume = 1;
    this.show();
  }

  /** @param {number} by -1 to 1 */
  changeBy(by) {
    this.#set(Math.min(1, Math.max(0, this.#player.volume + by)));
  }

  show() {
    const { muted, volume } = this.#player;
    const shown = String(Math.round((muted ? 0 : volume) * 100));
    if (this.#slider.value !== shown) this.#slider.value = shown;
    this.#slider.style.setProperty("--filled", `${shown}%`);
    const silent = muted || volume === 0;
    for (const button of this.#buttons) {
      setIcon(button, silent ? "muted" : "sound");
      setLabel(button, silent ? words.unmute : words.mute);
      button.setAttribute("aria-pressed", String(silent));
    }
  }

  /** @param {number} volume 0 to 1 */
  #set(volume) {
    this.#player.volume = volume;
    this.#player.muted = false;
    this.show();
  }
}
