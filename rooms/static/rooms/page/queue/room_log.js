import { t, tn } from "../../i18n/translate.js";
import { part } from "../lib/dom.js";
import { dateTime } from "../lib/format.js";
import { words } from "../lib/words.js";
import { reasonOf } from "../room/unplayable_reason.js";
import { PastPanel, twoLines } from "./past_panel.js";

/** @typedef {import("../lib/shapes.js").Deed} Deed */

/** How long nothing happens before what happened is read. */
const QUIET_MS = 600;

/** Who did what in the room, in place of the queue; what one did last oneself is undone from there. */
export class RoomLog {
  #close;
  #panel;
  #session;
  #undo;
  #version = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #waiting;
  /** The change that has an undo button already: several lines may be of one. */
  #offered = 0;

  /**
   * @param {ParentNode} root
   * @param {import("../room/session.js").Session} session
   * @param {object} calls
   * @param {(before?: number) => Promise<{items: Deed[], next: string | null}>} calls.read
   * @param {() => Promise<unknown>} calls.undo
   */
  constructor(root, session, { read, undo }) {
    this.#session = session;
    this.#undo = undo;
    this.#close = part(root, "log-close", HTMLButtonElement);
    this.#panel = new PastPanel(root, "log", {
      read: (before) => {
        this.#offered = 0;
        return read(before);
      },
      draw: (/** @type {Deed} */ deed) => this.#draw(deed),
      nothing: words.log.nothing,
    });
  }

  open() {
    this.#version = this.#session.state.version;
    this.#panel.open(this.#close);
  }

  show() {
    const { version } = this.#session.state;
    if (version === this.#version || !this.#panel.isOpen || !this.#panel.isShort) return;
    this.#version = version;
    clearTimeout(this.#waiting);
    this.#waiting = setTimeout(() => this.#panel.read(), QUIET_MS);
  }

  /** @param {Deed} deed */
  #draw(deed) {
    const facts = [dateTime(deed.at_ms), deed.undone && words.log.undone].filter(Boolean).join(" · ");
    const text = twoLines(sentenceOfDeed(deed), facts);
    if (!deed.undoable || this.#offered === deed.version) return [text];
    this.#offered = deed.version;
    return [text, this.#button(deed)];
  }

  /** @param {Deed} deed */
  #button(deed) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button soft small";
    button.textContent = t("Undo");
    button.setAttribute("aria-label", words.log.undo(sentenceOfDeed(deed)));
    button.addEventListener("click", async () => {
      this.#close.focus();
      await this.#undo();
      await this.#panel.read();
    });
    return button;
  }
}

/** @type {Record<string, (who: string, title: string, deed: Deed) => string>} */
const SENTENCES = {
  add: (who, title, { count }) => (count > 1 ? words.did.addedMany(who, count) : words.did.added(who, title)),
  ban: (who, _title, { of: name }) => t("{who} banned {name}", { who, name }),
  clear: (who, _title, { count, of }) =>
    of
      ? tn("{who} took out {count} track of {name}", "{who} took out {count} tracks of {name}", count, { who, name: of })
      : tn("{who} took {count} track out", "{who} took {count} tracks out", count, { who }),
  kick: (who, _title, { of: name }) => t("{who} kicked {name}", { who, name }),
  mute: (who, _title, { of: name }) => t("{who} muted {name}", { who, name }),
  "passed-over": (_who, title, { reason }) => words.notices.passedOver(title, reasonOf({ unplayable: reason })),
  jump: (who, title) => words.did.chose(who, title),
  move: (who, title, { count }) =>
    count > 1
      ? tn("{who} put {count} track next", "{who} put {count} tracks next", count, { who })
      : t("{who} moved {title}", { who, title }),
  pause: (who) => words.did.paused(who),
  play: (who) => words.did.played(who),
  rate: (who) => t("{who} changed the speed", { who }),
  remove: (who, title, deed) => (deed.count > 1 ? SENTENCES.clear(who, title, deed) : t("{who} removed {title}", { who, title })),
  rename: (who, title) => t("{who} renamed {title}", { who, title }),
  role: (who, _title, { by, of: name, role }) => {
    if (by.name && by.name !== name) return words.notices.made[role](who, name);
    return words.notices.came[role]?.(name) ?? t("{who} gave their role back", { who: name });
  },
  rules: (who) => t("{who} changed the rules", { who }),
  seek: (who, title) => t("{who} went elsewhere in {title}", { who, title }),
  shuffle: (who) => t("{who} shuffled the queue", { who }),
  skip: (who, title) => words.did.skipped(who, title),
  trim: (who, title) => t("{who} trimmed {title}", { who, title }),
  unban: (who, _title, { of: name }) => t("{who} lifted the ban of {name}", { who, name }),
  unmute: (who, _title, { of: name }) => t("{who} let {name} speak again", { who, name }),
  undo: (who) => t("{who} undid something", { who }),
};

/** @param {Deed} deed @returns {string} */
export function sentenceOfDeed(deed) {
  const who = deed.by.name || words.somebody;
  return SENTENCES[deed.kind]?.(who, deed.title, deed) ?? who;
}
