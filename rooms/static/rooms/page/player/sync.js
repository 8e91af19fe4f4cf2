import { ConnectionBadge } from "../lib/connection_badge.js";
import { part, write } from "../lib/dom.js";
import { words } from "../lib/words.js";

/** Closer than this is in step: nobody hears the difference between two rooms of a house, in milliseconds. */
const IN_STEP_MS = 120;
/** The figure changes no more often than this, so that it can be read, in milliseconds. */
const CALM_MS = 1000;

/** Whether this page is live, and its player in step with the room. */
export class Sync {
  #session;
  #badge;
  #sync;
  #text;
  #drift;
  #shownAt = 0;
  #shownPhase = "";

  /**
   * @param {ParentNode} root
   * @param {import("../room/session.js").Session} session
   */
  constructor(root, session) {
    this.#session = session;
    this.#badge = new ConnectionBadge(root);
    this.#sync = part(root, "sync", HTMLElement);
    this.#text = part(root, "sync-text", HTMLElement);
    this.#drift = part(root, "drift", HTMLElement);
  }

  show() {
    const { connection, status } = this.#session;
    this.#badge.show(connection);
    const hasEnded = status?.phase === "paused" && this.#session.player.ended;
    const phase = hasEnded ? "ended" : (status?.phase ?? "loading");
    const now = performance.now();
    if (phase === this.#shownPhase && now - this.#shownAt < CALM_MS) return;
    [this.#shownAt, this.#shownPhase] = [now, phase];
    this.#showStep(phase, status?.driftMs ?? null, status?.isWeak ?? false);
  }

  /**
   * @param {keyof typeof words.sync} phase
   * @param {number | null} driftMs
   * @param {boolean} isWeak
   */
  #showStep(phase, driftMs, isWeak) {
    const playing = phase === "playing";
    const inStep = playing && driftMs !== null && Math.abs(driftMs) < IN_STEP_MS;
    this.#sync.dataset.state = inStep ? "in-step" : phase === "alone" ? "alone" : "waiting";
    const unsteady = isWeak ? words.sync.weak : words.sync.adjusting;
    write(this.#text, playing && !inStep ? unsteady : words.sync[phase]);
    write(this.#drift, playing && driftMs !== null ? words.drift(Math.abs(Math.round(driftMs))) : "");
  }
}
