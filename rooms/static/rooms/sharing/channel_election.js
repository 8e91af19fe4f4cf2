/** How long to wait for a leader's answer; up to twice as long, so that not all tabs begin to lead at once. */
const ANSWER_MS = 200;

/** @typedef {{kind: "asks" | "leads" | "resigns", term: number, id: number}} Ballot */

/**
 * Leader election over a BroadcastChannel, for pages without the Web Locks API: a tab that asks for a leader and hears
 * of none leads.
 *
 * Two may do so at once. They hear of each other, and the one of the later term stays, or of the same term the one with
 * the smaller id. Until then there are two, which costs a stream and no more. A leader that crashed says nothing: the
 * others find that out, and seize the lead, which begins a new term.
 */
export class ChannelElection {
  #name;
  #candidate;
  #id = Math.random();
  #term = 0;
  #isLeading = false;
  /** @type {BroadcastChannel | null} */
  #channel = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #waiting;

  /**
   * @param {string} name
   * @param {import("./candidate.js").Candidate} candidate
   */
  constructor(name, candidate) {
    this.#name = name;
    this.#candidate = candidate;
  }

  stand() {
    this.#channel = new BroadcastChannel(`${this.#name} election`);
    this.#channel.addEventListener("message", (event) => this.#hear(event.data));
    this.#ask();
  }

  seize() {
    if (!this.#isLeading) this.#lead();
  }

  withdraw() {
    if (this.#isLeading) this.#say("resigns");
    this.#isLeading = false;
    clearTimeout(this.#waiting);
    this.#channel?.close();
    this.#channel = null;
  }

  #ask() {
    this.#say("asks");
    clearTimeout(this.#waiting);
    this.#waiting = setTimeout(() => this.#lead(), ANSWER_MS * (1 + Math.random()));
  }

  #lead() {
    clearTimeout(this.#waiting);
    this.#term += 1;
    this.#isLeading = true;
    this.#say("leads");
    this.#candidate.won();
  }

  /** @param {Ballot} ballot */
  #hear(ballot) {
    if (ballot.kind === "leads") this.#hearOfLeader(ballot);
    else if (ballot.kind === "resigns" && !this.#isLeading) this.#ask();
    else if (ballot.kind === "asks" && this.#isLeading) this.#say("leads");
  }

  /** @param {Ballot} ballot */
  #hearOfLeader({ term, id }) {
    clearTimeout(this.#waiting);
    if (this.#isLeading && (term < this.#term || (term === this.#term && id > this.#id))) {
      this.#say("leads");
      return;
    }
    this.#term = Math.max(term, this.#term);
    if (!this.#isLeading) return;
    this.#isLeading = false;
    this.#candidate.lost();
  }

  /** @param {Ballot["kind"]} kind */
  #say(kind) {
    this.#channel?.postMessage({ kind, term: this.#term, id: this.#id });
  }
}
