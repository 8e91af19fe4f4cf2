import { part, write } from "../lib/dom.js";
import { clockTime } from "../lib/format.js";
import { words } from "../lib/words.js";

/** The sleep timer: this browser stops listening by itself, and nobody else's does. It is gone with the page. */
export class Sleep {
  #player;
  #select;
  #told;

  /**
   * @param {ParentNode} root
   * @param {import("../playback/follower.js").RoomFollower} player
   * @param {(text: string) => void} say
   */
  constructor(root, player, say) {
    this.#player = player;
    this.#select = part(root, "sleep", HTMLSelectElement);
    this.#told = part(root, "sleep-left", HTMLElement);
    this.#select.addEventListener("input", () => this.#choose(this.#select.value));
    player.addEventListener("asleep", () => {
      say(words.sleep.asleep);
      this.show();
    });
    // Some browsers bring back what was chosen before the page was loaded again.
    this.#select.value = "";
    this.show();
  }

  show() {
    const { sleep } = this.#player;
    const { sleepLeftMs } = this.#player.status;
    if (sleep === null && this.#select.value) this.#select.value = "";
    const left = sleepLeftMs === null ? words.sleep.atEnd : words.sleep.left(clockTime(sleepLeftMs));
    write(this.#told, sleep === null ? "" : left);
  }

  /** @param {string} value */
  #choose(value) {
    this.#player.sleep = value === "track" ? "track" : value ? Number(value) : null;
    this.show();
  }
}
