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
 * @property {Button[]} [buttons] the first is what most will want
 *
 * @typedef {{text: string, act: () => void}} Button
 */

/** The one thing that a listener should know now and can perhaps do something about. */
export class NoticeBoard {
  #session;
  #acts;
  #rights;
  #place;
  #title;
  #text;
  #buttons;
  /** @type {Notice | null} */
  #shown = null;

  /**
   * @param {ParentNode} root
   * @param {import("../room/session.js").Session} session
   * @param {Pick<import("../room/rights.js").Rights, "isOutdated" | "newRole"> & {skip?: boolean}} rights
   * @param {{listen: () => void, backToLive: () => void, reload: () => void, skip?: () => void}} acts
   */
  constructor(root, session, rights, acts) {
    this.#session = session;
    this.#acts = acts;
    this.#rights = rights;
    this.#place = part(root, "notice", HTMLElement);
    this.#title = part(root, "notice-title", HTMLElement);
    this.#text = part(root, "notice-text", HTMLElement);
    this.#buttons = part(root, "notice-buttons", HTMLElement);
    this.#buttons.addEventListener("click", (event) => {
      const at = [...this.#buttons.children].findIndex((button) => button.contains(/** @type {Node} */ (event.target)));
      this.#shown?.buttons?.[at]?.act();
    });
  }

  show() {
    const notice = this.#notice();
    this.#shown = notice;
    this.#place.hidden = notice === null;
    if (!notice) return;
    this.#place.dataset.kind = notice.kind;
    write(this.#title, notice.title);
    write(this.#text, notice.text);
    this.#showButtons(notice.buttons ?? []);
  }

  /**
   * Those that are there are kept, since one of them may have the focus.
   *
   * @param {Button[]} buttons
   */
  #showButtons(buttons) {
    for (const [at, { text }] of buttons.entries()) {
      const button = this.#buttons.children[at] ?? this.#buttons.appendChild(another());
      write(button, text);
    }
    for (const [at, button] of [...this.#buttons.children].entries()) {
      if (button instanceof HTMLElement) button.hidden = at >= buttons.length;
    }
  }

  /** @returns {Notice | null} */
  #notice() {
    const { connection, entry, player, state, status } = this.#session;
    const { listen, backToLive, reload } = this.#acts;
    if (status?.phase === "elsewhere") {
      const { title, text } = words.elsewhere;
      return { kind: "elsewhere", title, text, buttons: [{ text: words.elsewhere.listen, act: listen }] };
    }
    if (status?.phase === "blocked")
      return { kind: "blocked", ...words.blocked, buttons: [{ text: words.listen, act: listen }] };
    if (connection === "full")
      return { kind: "full", ...words.full, buttons: [{ text: words.findAnother, act: () => location.assign("/") }] };
    if (connection === "lost") return { kind: "lost", ...(navigator.onLine ? words.lost : words.offline) };
    const role = this.#rights.newRole(state);
    if (role) {
      const buttons = [{ text: words.reload, act: reload }];
      return { kind: "rules", title: words.newRole[role], text: words.rules.text, buttons };
    }
    if (player.ended && entry) return { kind: "ended", ...words.ended };
    if (entry?.unplayable) return this.#unplayable(entry, reasonOf(entry));
    if (status?.phase === "unplayable") return this.#unplayableHere(status);
    if (status?.phase === "alone")
      return { kind: "alone", ...words.alone, buttons: [{ text: words.backToLive, act: backToLive }] };
    if (this.#rights.isOutdated(/** @type {RoomInfo} */ (state.room)))
      return { kind: "rules", ...words.rules, buttons: [{ text: words.reload, act: reload }] };
    return status?.phase === "hold" ? { kind: "hold", ...words.hold } : null;
  }

  /**
   * Nobody can play it.
   *
   * @param {Entry} entry
   * @param {string} reason
   * @returns {Notice}
   */
  #unplayable(entry, reason) {
    const buttons = [...this.#skip, openThere(entry)];
    return { kind: "unplayable", title: words.unplayable.nobody, text: reason, buttons };
  }

  /**
   * This browser cannot play it, and perhaps others can.
   *
   * @param {import("../room/types.js").Status} status
   * @returns {Notice}
   */
  #unplayableHere({ reason, isRetrying }) {
    const { entry, state } = this.#session;
    const others = state.people.listeners - 1;
    const text = [
      reason || words.unplayable.text,
      isRetrying ? words.retrying : "",
      others > 0 ? words.othersHear(others) : words.nobodyElse,
    ];
    const again = { text: words.tryAgain, act: this.#acts.backToLive };
    const buttons = [again, ...this.#skip, ...(entry && !isRetrying ? [openThere(entry)] : [])];
    return { kind: "unplayable", title: words.unplayable.title, text: text.filter(Boolean).join(" "), buttons };
  }

  /** A host's way past it. @returns {Button[]} */
  get #skip() {
    const { skip } = this.#acts;
    return skip && this.#rights.skip ? [{ text: words.skip, act: skip }] : [];
  }
}

/**
 * @param {Entry} entry
 * @returns {Button}
 */
function openThere(entry) {
  return { text: words.openThere, act: () => void window.open(entry.url, "_blank", "noopener") };
}

function another() {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button soft";
  return button;
}
