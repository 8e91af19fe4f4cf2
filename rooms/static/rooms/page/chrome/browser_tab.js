/** The browser's tab: its title and its icon say what plays, and whether it does. */
export class BrowserTab {
  #session;
  /** How often the reader was spoken to while the tab was hidden. */
  #mentions = 0;
  #icon = document.querySelector('link[rel="icon"]');
  #still = this.#icon?.getAttribute("href") ?? "";

  /** @param {import("../room/session.js").Session} session */
  constructor(session) {
    this.#session = session;
    document.addEventListener("visibilitychange", () => {
      this.#mentions = 0;
      this.show();
    });
  }

  /** Somebody speaks to the reader, who is told by the tab if the page is not seen. */
  mentioned() {
    if (!document.hidden) return;
    this.#mentions += 1;
    this.show();
  }

  show() {
    const { entry, player, state, status } = this.#session;
    const plays = entry !== null && player.playing && status?.phase !== "alone";
    const title = entry ? `${entry.title} · ${state.room.name}` : state.room.name;
    const mark = this.#mentions ? `(${this.#mentions}) ` : "";
    const told = `${mark}${plays ? "▶ " : ""}${title}`;
    if (document.title !== told) document.title = told;
    this.#setIcon(plays);
  }

  /** @param {boolean} plays */
  #setIcon(plays) {
    if (!(this.#icon instanceof HTMLLinkElement)) return;
    const url = plays ? (this.#icon.dataset.playing ?? this.#still) : this.#still;
    if (this.#icon.getAttribute("href") !== url) this.#icon.setAttribute("href", url);
  }
}
