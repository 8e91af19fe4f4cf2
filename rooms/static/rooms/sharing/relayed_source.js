import { SILENCE_MS } from "./steady_source.js";

const WATCH_EVERY_MS = 5_000;
/** Silence of a leader after which it is asked whether it is there; a hidden tab waits for its heartbeats. */
const QUIET_MS = 4_000;
const QUIET_HIDDEN_MS = 20_000;
/** A tab answers within milliseconds, a hidden one too, unless it is stuck or gone. */
const ANSWER_MS = 2_000;
/** A hidden leader's timers hardly run. The server asks nobody to stay away for longer than 8 s. */
const CLOSED_MS = 10_000;

/**
 * @typedef {{kind: "event", from: number, name: string, data: any}} Relayed an event of the leader's stream
 *
 * @typedef {object} Standing how the leader stands: what it answers, and says whenever its stream is interrupted
 * @property {"standing"} kind
 * @property {number} from
 * @property {boolean} isOpen
 * @property {boolean} isHidden
 * @property {number} version
 * @property {import("../page/lib/shapes.js").People} [people]
 *
 * @typedef {object} RelayListener
 * @property {(name: string, data: any) => void} heard called with every event
 * @property {() => void} interrupted called when nothing can be heard for a while
 * @property {() => void} ask called to have the leader say how it stands
 * @property {() => void} missed called when another tab should lead
 */

/** Events that the leading tab relays, with a watchdog over that tab. */
export class RelayedSource {
  #listener;
  /** @type {number | null} */
  #leader = null;
  #isOpen = false;
  #isHidden = false;
  #heardAt = 0;
  #closedAt = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #asking;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #watching;

  /** @param {RelayListener} listener */
  constructor(listener) {
    this.#listener = listener;
  }

  get isOpen() {
    return this.#isOpen;
  }

  start() {
    this.stop();
    this.#heardAt = this.#closedAt = Date.now();
    this.#watching = setInterval(() => this.watch(), WATCH_EVERY_MS);
    this.#listener.interrupted();
    this.#ask();
  }

  stop() {
    this.#isOpen = false;
    clearInterval(this.#watching);
    clearTimeout(this.#asking);
  }

  /** @param {Relayed | Standing} message */
  hear(message) {
    // A former leader may not know yet that it was replaced: its events are valid, the end of its stream is not.
    if (message.kind === "event" && message.name === "bye" && message.from !== this.#leader) return;
    this.#heardAt = Date.now();
    clearTimeout(this.#asking);
    if (message.kind === "standing") return this.#learn(message);
    this.#isOpen = true;
    this.#listener.heard(message.name, message.data);
  }

  /** Look whether the leader is still there, and of use. */
  watch() {
    const quietMs = Math.abs(Date.now() - this.#heardAt);
    if (quietMs > SILENCE_MS) this.#close();
    if (this.#isHidden && !this.#isOpen && !document.hidden && Date.now() - this.#closedAt > CLOSED_MS) {
      this.#pass();
    } else if (quietMs > (document.hidden ? QUIET_HIDDEN_MS : QUIET_MS)) {
      this.#ask();
    }
  }

  /** @param {Standing} standing */
  #learn({ from, isOpen, isHidden, version, people }) {
    this.#leader = from;
    this.#isHidden = isHidden;
    if (!isOpen) return this.#close();
    const wasOpen = this.#isOpen;
    this.#isOpen = true;
    // As when a stream resumes: a tab that knows an older version has missed something.
    this.#listener.heard("resumed", { version });
    if (people && !wasOpen) this.#listener.heard("people", people);
  }

  #close() {
    if (this.#isOpen) this.#closedAt = Date.now();
    this.#isOpen = false;
    this.#listener.interrupted();
  }

  #ask() {
    clearTimeout(this.#asking);
    // Not all who wait for an answer shall give up at the same instant.
    this.#asking = setTimeout(() => this.#miss(), ANSWER_MS * (1 + Math.random() / 2));
    this.#listener.ask();
  }

  #miss() {
    this.#close();
    this.#pass();
  }

  /** Have another tab lead. The former leader's `bye`, which may follow from that, must not end this tab too. */
  #pass() {
    this.#leader = null;
    this.#listener.missed();
  }
}
