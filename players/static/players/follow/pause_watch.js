/** A pause that this page did not ask for is the listener's if it lasts: players pause by themselves for moments. */
const LISTENERS_MS = 600;
/** A player that did not begin to play within this time has lost the command, which is then repeated. */
const STUCK_MS = 5_000;

/** Tells a lost play command from a pause by the listener, who may use the player's own controls or a media key. */
export class PauseWatch {
  #toldAt = 0;
  #hasMoved = false;
  /** @type {number | null} */
  #pausedSince = null;

  /** It was told to play. */
  told() {
    this.#toldAt = performance.now();
    this.#hasMoved = false;
    this.#pausedSince = null;
  }

  /** It does play. */
  moved() {
    this.#hasMoved = true;
  }

  /**
   * To be asked four times a second.
   * @param {import("../media/adapter.js").MediaState} state
   * @returns {"" | "stuck" | "listener"} `stuck`: tell it again; `listener`: they paused it by other means than the page
   */
  verdict(state) {
    const now = performance.now();
    const isStill = state === "paused" || (state === "ready" && !this.#hasMoved);
    this.#pausedSince = isStill ? (this.#pausedSince ?? now) : null;
    if (this.#pausedSince === null) return "";
    if (!this.#hasMoved) return now - this.#toldAt > STUCK_MS ? "stuck" : "";
    return now - this.#pausedSince >= LISTENERS_MS ? "listener" : "";
  }
}
