import { part, write } from "../lib/dom.js";
import { reasonOf } from "../room/unplayable_reason.js";
import { words } from "../lib/words.js";

/** @typedef {import("../room/types.js").Entry} Entry */
/** @typedef {import("../room/types.js").RoomInfo} RoomInfo */

/**
 * @typedef {object} Notice
 * @property {string} kind
 * @property {string} title
 * @property {string} text
 * @property {string} [button]
 * @property {() => void} [act]
 */

/** The one thing that a listener should know now and can perhaps do something about. */
export class NoticeBoard {
  #session;
  #acts;
  #rights;
  #place;
  #title;
  #text;
  #button;
  /** @type {Notice | null} */
  #shown = null;

  /**
   * @param {ParentNode} root
   * @param {import("../room/session.js").Session} session
   * @param {{isOutdated: (room: RoomInfo) => boolean}} rights
   * @param {{listen: () => void, backToLive: () => void, reload: () => void}} acts
   */
  constructor(root, session, rights, acts) {
    this.#session = session;
    this.#acts = acts;
    this.#rights = rights;
    this.#place = part(root, "notice", HTMLElement);
    this.#title = part(root, "notice-title", HTMLElement);
    this.#text = part(root, "notice-text", HTMLElement);
    this.#button = part(root, "notice-button", HTMLButtonElement);
    this.#button.addEventListener("click", () => this.#shown?.act?.());
  }

  show() {
    const notice = this.#notice();
    this.#shown = notice;
    this.#place.hidden = notice === null;
    if (!notice) return;
    this.#place.dataset.kind = notice.kind;
    write(this.#title, notice.title);
    write(this.#text, notice.text);
    this.#button.hidden = !notice.button;
    write(this.#button, notice.button ?? "");
  }

  /** @returns {Notice | null} */
  #notice() {
    const { connection, entry, player, state, status } = this.#session;
    const { listen, backToLive, reload } = this.#acts;
    if (status?.phase === "blocked")
      return { kind: "blocked", ...words.blocked, button: words.listen, act: listen };
    if (connection === "full")
      return { kind: "full", ...words.full, button: words.elsewhere, act: () => location.assign("/") };
    if (connection === "lost") return { kind: "lost", ...(navigator.onLine ? words.lost : words.offline) };
    if (entry?.unplayable) return unplayable(entry, reasonOf(entry));
    if (status?.phase === "unplayable") return unplayable(entry, status.reason || words.unplayable.text);
    if (status?.phase === "alone")
      return { kind: "alone", ...words.alone, button: words.backToLive, act: backToLive };
    if (this.#rights.isOutdated(/** @type {RoomInfo} */ (state.room)))
      return { kind: "rules", ...words.rules, button: words.reload, act: reload };
    if (player.ended && entry) return { kind: "ended", ...words.ended };
    return status?.phase === "hold" ? { kind: "hold", ...words.hold } : null;
  }
}

/**
 * @param {Entry | null} entry
 * @param {string} text
 * @returns {Notice}
 */
function unplayable(entry, text) {
  const open = entry && {
    button: words.openThere,
    act: () => void window.open(entry.url, "_blank", "noopener"),
  };
  return { kind: "unplayable", title: words.unplayable.title, text, ...open };
}
