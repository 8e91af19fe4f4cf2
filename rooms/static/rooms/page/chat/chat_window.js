/** @typedef {import("../room/types.js").Message} Message */

/**
 * A line of the chat: a message, or what the room did, whose id is negative.
 *
 * @typedef {Message & {notice?: boolean}} Line
 */

/** So many lines are on the page at most, however many there are. */
export const MOST_LINES = 200;

/**
 * Which lines of a chat are shown: the newest, or, while somebody reads above, those around them. What is read never
 * moves by itself: what is too much goes at the end that is not looked at.
 */
export class ChatWindow {
  /** @type {Line[]} */
  lines = [];
  /** Whether the last line is the newest that there is. */
  isAtEnd = true;
  /** The messages that were told last; what is older than they were at first is history. @type {Set<number>} */
  #known = new Set();
  #oldest = 0;
  #notices = 0;

  /** @param {Message[]} chat the newest messages, the oldest of them first */
  constructor(chat) {
    this.toEnd(chat);
  }

  /**
   * Show the newest.
   *
   * @param {Message[]} chat
   */
  toEnd(chat) {
    this.lines = chat.slice(-MOST_LINES);
    this.isAtEnd = true;
    this.#known = new Set(chat.map(({ id }) => id));
    this.#oldest = chat[0]?.id ?? 0;
  }

  /**
   * Take the newest messages as they are now.
   *
   * @param {Message[]} chat
   * @param {boolean} isFollowed whether the reader is at the end
   * @returns {Message[]} those that are new
   */
  take(chat, isFollowed) {
    const first = chat[0]?.id ?? Infinity;
    const known = new Set([...this.#known, ...this.lines.map(({ id }) => id)]);
    // One's own may be answered before what others said earlier is told: new is what was not known, wherever it stands.
    const added = chat.filter(({ id }) => id > this.#oldest && !known.has(id));
    if (this.#known.size && first > this.#oldest && !known.has(first)) {
      // More was missed than the server tells at once: what lies between would be a gap that nobody sees.
      this.toEnd(chat);
      return added;
    }
    const now = new Map(chat.map((message) => [message.id, message]));
    this.lines = this.lines.flatMap((line) => (line.id < first ? [line] : (now.get(line.id) ?? [])));
    this.#known = new Set(now.keys());
    this.#append(added, isFollowed);
    return added;
  }

  /**
   * Replace or remove one message that is older than those that `take` is given.
   *
   * @param {"edit" | "remove"} op
   * @param {Message} message
   */
  change(op, message) {
    this.lines = this.lines.flatMap((line) => (line.id !== message.id ? [line] : op === "edit" ? [message] : []));
  }

  /**
   * Add a line about the room.
   *
   * @param {string} text
   * @param {number} nowMs
   * @param {boolean} isFollowed
   */
  say(text, nowMs, isFollowed) {
    const line = { id: --this.#notices, person: "", name: "", text, sent_at_ms: nowMs, edited_at_ms: null, notice: true };
    this.#append([line], isFollowed);
  }

  /**
   * Show older messages, too.
   *
   * @param {Message[]} older the oldest first
   */
  prepend(older) {
    const known = new Set(this.lines.map(({ id }) => id));
    this.lines = [...older.filter(({ id }) => !known.has(id)), ...this.lines];
    if (this.lines.length > MOST_LINES) {
      this.lines = this.lines.slice(0, MOST_LINES);
      this.isAtEnd = false;
    }
  }

  /** The oldest message that is shown; 0 if there is none. @returns {number} */
  get oldest() {
    return this.lines.find(({ id }) => id > 0)?.id ?? 0;
  }

  /**
   * @param {Line[]} added
   * @param {boolean} isFollowed
   */
  #append(added, isFollowed) {
    if (!added.length || !this.isAtEnd) return;
    const lines = added.reduce(inserted, this.lines);
    if (isFollowed) this.lines = lines.slice(-MOST_LINES);
    else if (lines.length <= MOST_LINES) this.lines = lines;
    else this.isAtEnd = false;
  }
}

/**
 * A message stands before those that were said after it, what the room did at the end.
 *
 * @param {Line[]} lines
 * @param {Line} line
 * @returns {Line[]}
 */
function inserted(lines, line) {
  const later = line.id < 0 ? -1 : lines.findIndex(({ id }) => id > line.id);
  return later < 0 ? [...lines, line] : lines.toSpliced(later, 0, line);
}
