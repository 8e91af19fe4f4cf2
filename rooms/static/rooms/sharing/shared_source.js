import { alone, electionOf } from "./election.js";
import { Polling } from "./polling.js";
import { RelayedSource } from "./relayed_source.js";
import { SteadySource } from "./steady_source.js";

/** Version of the tabs' messages, in the channel's name: pages loaded before an update that changed them stay apart. */
const PROTOCOL = 1;
/** Messages and locks are not ordered with each other: how much later a message may arrive than the lock. */
const LAST_WORD_MS = 500;

/**
 * @typedef {import("../page/lib/shapes.js").State} State
 * @typedef {object} Shared
 * @property {() => State | null} state the newest that is known
 * @property {() => Promise<any>} [poll] asks for what a stream that is held back would have told; what it answers is
 *   heard as an event named `polled`
 *
 * @typedef {import("./steady_source.js").Owner & Shared} SharedOwner
 *
 * @typedef {{kind: "ask", identity?: string}} Question asks how the leader stands; a page that is new says who it is
 * @typedef {{kind: "refused", reason: string}} AccessEnd one tab may not listen, so nobody may
 * @typedef {import("./relayed_source.js").Relayed} Relayed
 * @typedef {import("./relayed_source.js").Standing} Standing
 */

/**
 * One SteadySource for all tabs of this browser that have the same room open, since HTTP/1.1 allows a browser only six
 * connections to a server. The tab that leads holds it, and relays what it hears; which one, is elected.
 *
 * Nothing depends on a relay that loses nothing. A new leader goes on from the version that it knows, so that the
 * server tells what is newer; and a leader that is asked says its own version, which shows a gap as a beat of the
 * stream does.
 */
export class SharedSource {
  #owner;
  #name;
  #steady;
  /** Only the tab that leads asks, and relays the answers as it does with events. */
  #polling;
  #relayed;
  #id = Math.random();
  #identity = "";
  #isNew = true;
  #isLeading = false;
  /** @type {AbortController | null} */
  #running = null;
  /** @type {import("./candidate.js").Election | null} */
  #election = null;
  /** @type {BroadcastChannel | null} */
  #channel = null;

  /**
   * @param {string} name what the tabs share
   * @param {SharedOwner} owner
   */
  constructor(name, owner) {
    this.#owner = owner;
    this.#name = `musicrooms ${PROTOCOL} ${name}`;
    this.#steady = new SteadySource({
      ...owner,
      heard: (event, data) => this.#hear(event, data),
      interrupted: () => this.#interrupt(),
      starved: () => this.#polling?.start(),
    });
    this.#polling = owner.poll ? new Polling(owner.poll, (data) => this.#relay("polled", data)) : null;
    this.#relayed = new RelayedSource({
      heard: owner.heard,
      interrupted: owner.interrupted,
      ask: () => this.#ask(),
      missed: () => this.#election?.seize(),
    });
  }

  get isOpen() {
    return this.#isLeading ? this.#steady.isOpen : this.#relayed.isOpen;
  }

  /** @param {string} identity of this page's reader; a stream that was opened for another one is renewed */
  start(identity) {
    if (this.#running) return;
    this.#running = new AbortController();
    const { signal } = this.#running;
    // A page that is put away, or frozen where it is, must not lead: it may never come back.
    window.addEventListener("pagehide", () => this.#leave(), { signal });
    document.addEventListener("freeze", () => this.#leave(), { signal });
    window.addEventListener("pageshow", (event) => event.persisted && this.#enter(), { signal });
    document.addEventListener("resume", () => this.#enter(), { signal });
    document.addEventListener("visibilitychange", () => this.#look(), { signal });
    this.#identity = identity;
    this.#isNew = true;
    this.#enter();
  }

  stop() {
    this.#running?.abort();
    this.#running = null;
    this.#leave();
  }

  /** @param {string} reason why the server lets this browser in no more */
  refuse(reason) {
    this.#post({ kind: "refused", reason });
    this.#end({ reason });
  }

  #enter() {
    if (this.#election) return;
    this.#channel = channelOf(this.#name);
    this.#channel?.addEventListener("message", (event) => this.#receive(event.data));
    const candidate = { won: () => this.#lead(), lost: () => this.#follow() };
    this.#election = this.#channel ? electionOf(this.#name, candidate) : alone(candidate);
    this.#relayed.start();
    this.#election.stand();
  }

  /** The stream is closed before the next leader opens one. */
  #leave() {
    this.#isLeading = false;
    this.#relayed.stop();
    this.#rest();
    this.#election?.withdraw();
    this.#channel?.close();
    this.#election = this.#channel = null;
  }

  // Who leads

  #lead() {
    this.#isLeading = true;
    this.#relayed.stop();
    this.#interrupt();
    this.#steady.start();
  }

  #follow() {
    this.#isLeading = false;
    this.#rest();
    this.#relayed.start();
  }

  #look() {
    if (this.#election && !this.#isLeading && !document.hidden) this.#relayed.watch();
  }

  #rest() {
    this.#steady.stop();
    this.#polling?.stop();
  }

  // What the tabs say

  /**
   * @param {string} name
   * @param {any} data
   */
  #hear(name, data) {
    this.#polling?.stop();
    this.#relay(name, data);
  }

  /**
   * @param {string} name
   * @param {any} data
   */
  #relay(name, data) {
    this.#post({ kind: "event", from: this.#id, name, data });
    if (name === "bye") this.#end(data);
    else this.#owner.heard(name, data);
  }

  /**
   * The others shall know that it is over before one of them could lead.
   * @param {any} data
   */
  #end(data) {
    const running = this.#running;
    this.#rest();
    setTimeout(() => running === this.#running && this.#owner.heard("bye", data), LAST_WORD_MS);
  }

  #interrupt() {
    this.#owner.interrupted();
    this.#post({ ...this.#standing(), isOpen: false });
  }

  #ask() {
    this.#post({ kind: "ask", identity: this.#isNew ? this.#identity : undefined });
    this.#isNew = false;
  }

  /** @returns {Standing} */
  #standing() {
    const { version = 0, people } = this.#owner.state() ?? {};
    const { isOpen } = this.#steady;
    return { kind: "standing", from: this.#id, isOpen, isHidden: document.hidden, version, people };
  }

  /** @param {Question | AccessEnd | Relayed | Standing} message */
  #receive(message) {
    if (message.kind === "ask") this.#answer(message);
    else if (message.kind === "refused") this.#owner.heard("bye", { reason: message.reason });
    else if (!this.#isLeading || isBye(message)) this.#relayed.hear(message);
  }

  /** @param {Question} question */
  #answer({ identity = this.#identity }) {
    const isSame = identity === this.#identity;
    this.#identity = identity;
    if (!this.#isLeading) return;
    // All tabs have the same cookies, so the newest page knows best who the reader is.
    if (isSame) this.#post(this.#standing());
    else this.#steady.renew();
  }

  /** @param {Question | AccessEnd | Relayed | Standing} message */
  #post(message) {
    this.#channel?.postMessage(message);
  }
}

/**
 * The former leader's `bye` counts for the tab that just took the lead, too.
 * @param {Relayed | Standing} message
 */
function isBye(message) {
  return message.kind === "event" && message.name === "bye";
}

/**
 * The channel between tabs; null in browsers without one.
 * @param {string} name
 */
function channelOf(name) {
  try {
    return new BroadcastChannel(name);
  } catch {
    return null;
  }
}
