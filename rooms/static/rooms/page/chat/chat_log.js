import { part, write } from "../lib/dom.js";
import { words } from "../lib/words.js";
import { ChatWindow } from "./chat_window.js";
import { goesOn, rowOf } from "./message_row.js";

/** @typedef {import("./chat_window.js").Line} Line */
/** @typedef {import("../room/types.js").Message} Message */
/** @typedef {{line: Line, isContinued: boolean, around: string, row: HTMLElement}} Drawn */

/** So near to an end of the log counts as being there, in pixels. */
const NEAR_PX = 32;
/** So near to the top older messages are asked for, so that they are there when they are wanted. */
const EARLY_PX = 200;

/**
 * The messages, drawn once a frame however many came. Who reads above is left alone: a button says what is new.
 */
export class ChatLog {
  #log;
  #newer;
  #empty;
  #window;
  #around;
  #older;
  /** What is drawn, by the ids of its lines. @type {Map<number, Drawn>} */
  #rows = new Map();
  #isFollowed = true;
  #unread = 0;
  #frame = 0;
  #hasOlder = true;
  #isLoading = false;
  /** @type {Message[]} */
  #chat;

  /**
   * @param {HTMLElement} panel
   * @param {Message[]} chat
   * @param {() => import("./message_row.js").Around} around
   * @param {(before: number) => Promise<{items: Message[], next: string | null}>} older asks for older messages
   */
  constructor(panel, chat, around, older) {
    this.#chat = chat;
    this.#around = around;
    this.#older = older;
    this.#window = new ChatWindow(chat);
    this.#log = part(panel, "chat-log", HTMLElement);
    this.#newer = part(panel, "chat-newer", HTMLButtonElement);
    this.#empty = part(panel, "chat-empty", HTMLElement);
    this.#log.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    this.#newer.addEventListener("click", () => this.toEnd());
    // A keyboard that opens, or a divider that moves, shall not hide what was said last.
    new ResizeObserver(() => this.#stick()).observe(this.#log);
    this.draw();
  }

  /**
   * @param {Element | null} row
   * @returns {Line | undefined} the line that it shows
   */
  lineOf(row) {
    const id = row instanceof HTMLElement ? Number(row.dataset.id) : 0;
    return this.#rows.get(id)?.line;
  }

  /**
   * @param {Message[]} chat the newest messages
   * @returns {Message[]} those that were not known
   */
  take(chat) {
    this.#chat = chat;
    const added = this.#window.take(chat, this.#isFollowed);
    if (!this.#isFollowed) this.#unread += added.length;
    this.#drawSoon();
    return added;
  }

  /**
   * @param {"edit" | "remove"} op
   * @param {Message} message
   */
  change(op, message) {
    this.#window.change(op, message);
    this.#drawSoon();
  }

  /**
   * @param {string} text what the room did
   * @param {number} nowMs
   */
  say(text, nowMs) {
    this.#window.say(text, nowMs, this.#isFollowed);
    this.#drawSoon();
  }

  toEnd() {
    if (!this.#window.isAtEnd) this.#window.toEnd(this.#chat);
    this.#isFollowed = true;
    this.draw();
  }

  draw() {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    const around = this.#around();
    // Names that become known later are no reason to write, and read aloud, all of it again.
    const key = JSON.stringify([around.me, around.myName]);
    /** @type {Map<number, Drawn>} */
    const rows = new Map();
    let place = this.#log.firstElementChild;
    for (const [at, line] of this.#window.lines.entries()) {
      const isContinued = goesOn(line, this.#window.lines[at - 1]);
      const old = this.#rows.get(line.id);
      const isSame = old && old.line === line && old.isContinued === isContinued && old.around === key;
      const drawn = isSame ? old : { line, isContinued, around: key, row: rowOf(line, isContinued, around) };
      if (old && !isSame) {
        if (place === old.row) place = drawn.row;
        old.row.replaceWith(drawn.row);
      }
      rows.set(line.id, drawn);
      if (drawn.row === place) place = place.nextElementSibling;
      else this.#log.insertBefore(drawn.row, place);
    }
    for (const [id, { row }] of this.#rows) if (!rows.has(id)) row.remove();
    this.#rows = rows;
    this.#empty.hidden = rows.size > 0;
    this.#stick();
    this.#showNewer();
  }

  #drawSoon() {
    this.#frame ||= requestAnimationFrame(() => this.draw());
  }

  #stick() {
    if (this.#isFollowed) this.#log.scrollTop = this.#log.scrollHeight;
  }

  #scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.#log;
    const isAtBottom = scrollHeight - scrollTop - clientHeight < NEAR_PX;
    this.#isFollowed = isAtBottom && this.#window.isAtEnd;
    if (scrollTop < EARLY_PX) void this.#loadOlder();
    this.#showNewer();
  }

  #showNewer() {
    if (this.#isFollowed) this.#unread = 0;
    const isUseful = this.#unread > 0 || !this.#window.isAtEnd;
    this.#newer.hidden = !isUseful;
    if (isUseful) write(this.#newer, this.#unread ? words.chat.newer(this.#unread) : words.chat.newest);
  }

  async #loadOlder() {
    const { oldest } = this.#window;
    if (!this.#hasOlder || this.#isLoading || this.#isFollowed || !oldest) return;
    this.#isLoading = true;
    try {
      const { items, next } = await this.#older(oldest);
      this.#hasOlder = next !== null;
      this.#prepend(items);
    } catch {
      // The next scroll asks again.
    } finally {
      this.#isLoading = false;
    }
  }

  /** What is looked at stays where it is, and what comes above it is not read aloud. @param {Message[]} items */
  #prepend(items) {
    const fromBottom = this.#log.scrollHeight - this.#log.scrollTop;
    const [kept] = [...this.#rows.values()].filter(({ row }) => row.offsetTop >= this.#log.scrollTop);
    const before = kept?.row.offsetTop ?? 0;
    this.#log.setAttribute("aria-live", "off");
    this.#window.prepend(items);
    this.draw();
    if (kept?.row.isConnected) this.#log.scrollTop += kept.row.offsetTop - before;
    else this.#log.scrollTop = this.#log.scrollHeight - fromBottom;
    requestAnimationFrame(() => this.#log.setAttribute("aria-live", "polite"));
  }
}
