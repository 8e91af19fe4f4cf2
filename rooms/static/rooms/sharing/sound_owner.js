/** How long the tab that sounds may take to say so, before one that asked takes it to be gone. */
const ANSWER_MS = 400;

/**
 * @typedef {object} Claim
 * @property {number} term raised by each taking over
 * @property {number} since in Unix milliseconds
 * @property {number} id
 *
 * @typedef {{kind: "asks"} | {kind: "leaves"} | ({kind: "sounds"} & Claim)} Message
 */

/** Every claim is better. @type {Claim} */
const NOBODY = { term: -1, since: Infinity, id: 0 };

/**
 * Which of a browser's tabs sounds in one room: that which came first, until another takes over or it is closed. Two
 * tabs that play the same are never exactly together, and sound like a stairwell.
 *
 * Each tab takes itself to be the one until it hears of a better claim: of a later term, or an older one of the same
 * term. Dispatches `change`.
 */
export class SoundOwner extends EventTarget {
  /** Whether this tab is the one that sounds. */
  isOurs = true;
  /** Our own claim. @type {Claim} */
  #claim = { term: 0, since: Date.now(), id: Math.random() };
  /** The best claim that was heard of. @type {Claim} */
  #best = this.#claim;
  #name;
  /** @type {BroadcastChannel | null} */
  #channel = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #waiting;

  /** @param {string} name what the tabs share */
  constructor(name) {
    super();
    this.#name = `musicrooms sound ${name}`;
  }

  start() {
    window.addEventListener("pagehide", () => this.#leave());
    window.addEventListener("pageshow", (event) => event.persisted && this.#enter());
    this.#enter();
  }

  /** Sound here; the other tabs fall silent. */
  take() {
    if (this.isOurs) return;
    this.#claim = { ...this.#claim, term: this.#best.term + 1, since: Date.now() };
    this.#own();
  }

  #enter() {
    try {
      this.#channel = new BroadcastChannel(this.#name);
    } catch {
      return; // a browser in which tabs cannot speak to each other
    }
    this.#channel.addEventListener("message", (event) => this.#hear(event.data));
    this.#say({ kind: "asks" });
    if (this.isOurs) return;
    // While this page was put away and heard nothing, the one that sounded may have gone, and another come.
    this.#best = NOBODY;
    this.#succeed(ANSWER_MS);
  }

  #leave() {
    clearTimeout(this.#waiting);
    if (this.isOurs) this.#say({ kind: "leaves" });
    this.#channel?.close();
    this.#channel = null;
  }

  /** @param {Message} message */
  #hear(message) {
    if (message.kind === "asks") this.#answer();
    else if (message.kind === "leaves") this.#succeed();
    else this.#compare(message);
  }

  /** @param {Claim} claim */
  #compare(claim) {
    if (isBetter(claim, this.isOurs ? this.#claim : this.#best)) this.#yield(claim);
    else if (this.isOurs) this.#answer();
    else if (claim.id === this.#best.id) clearTimeout(this.#waiting);
  }

  #answer() {
    if (this.isOurs) this.#say({ kind: "sounds", ...this.#claim });
  }

  /**
   * The one that sounded is gone, unless it answers: the first to say so is the next.
   *
   * @param {number} [answerMs] how long it may take to answer
   */
  #succeed(answerMs = 0) {
    if (this.isOurs) return;
    clearTimeout(this.#waiting);
    this.#claim = { ...this.#claim, term: this.#best.term + 1 };
    this.#waiting = setTimeout(() => this.#own(), answerMs + ANSWER_MS * Math.random());
  }

  #own() {
    this.#best = this.#claim;
    this.#become(true);
    this.#answer();
  }

  /** @param {Claim} claim */
  #yield({ term, since, id }) {
    clearTimeout(this.#waiting);
    this.#best = { term, since, id };
    this.#become(false);
  }

  /** @param {boolean} isOurs */
  #become(isOurs) {
    if (isOurs === this.isOurs) return;
    this.isOurs = isOurs;
    this.dispatchEvent(new Event("change"));
  }

  /** @param {Message} message */
  #say(message) {
    this.#channel?.postMessage(message);
  }
}

/**
 * @param {Claim} one
 * @param {Claim} other
 */
function isBetter(one, other) {
  if (one.term !== other.term) return one.term > other.term;
  return one.since < other.since || (one.since === other.since && one.id < other.id);
}
