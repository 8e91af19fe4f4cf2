import { Html5Media } from "./html5.js";
import { Pilot } from "../follow/drift_control.js";
import { boundsOf } from "../timeline.js";
import { YouTubeMedia } from "./youtube.js";

/**
 * @typedef {import("./adapter.js").MediaAdapter} MediaAdapter
 * @typedef {import("./adapter.js").Entry} Entry
 * @typedef {import("../follow/latency.js").Latency} Latency
 *
 * One kind of player and who keeps it in step.
 * @typedef {{media: MediaAdapter, pilot: Pilot}} Seat
 */

const TOLD = ["state", "length", "blocked", "failed"];

/** The players of one stage, made when they are first needed; one of them is in use. */
export class Deck {
  #stage;
  #latency;
  #onTold;
  /** @type {Map<string, Seat>} */
  #seats = new Map();
  /** @type {Seat | null} */
  #current = null;

  /**
   * @param {HTMLElement} stage
   * @param {Latency} latency
   * @param {(event: Event) => void} onTold called with what the player in use tells
   */
  constructor(stage, latency, onTold) {
    this.#stage = stage;
    this.#latency = latency;
    this.#onTold = onTold;
  }

  get current() {
    return this.#current;
  }

  /** Every player that was made so far. */
  get all() {
    return [...this.#seats.values()].map(({ media }) => media);
  }

  /**
   * Put the player for `provider` to use, and silence the one before.
   * @param {string} provider
   */
  turnTo(provider) {
    const seat = this.#seatFor(provider);
    if (seat !== this.#current) this.clear();
    this.#current = seat;
    show(seat.media.element, true);
    return seat;
  }

  /** @param {Entry} entry */
  preload(entry) {
    this.#seatFor(entry.provider).media.preload(entry, boundsOf(entry).first_ms);
  }

  clear() {
    if (!this.#current) return;
    show(this.#current.media.element, false);
    this.#current.media.unload();
    this.#current = null;
  }

  destroy() {
    this.all.forEach((media) => media.destroy());
    this.#seats.clear();
    this.#current = null;
  }

  /** @param {string} provider */
  #seatFor(provider) {
    const known = this.#seats.get(provider);
    if (known) return known;
    const media = provider === "youtube" ? new YouTubeMedia() : new Html5Media();
    const seat = { media, pilot: new Pilot(media, provider, this.#latency) };
    this.#seats.set(provider, seat);
    for (const name of TOLD) media.addEventListener(name, (event) => seat === this.#current && this.#onTold(event));
    show(media.element, false);
    this.#stage.append(media.element);
    return seat;
  }
}

/**
 * A frame that is not displayed at all does not load everywhere: so what is not in use is out of sight and of the way.
 * @param {HTMLElement} element
 * @param {boolean} isShown
 */
function show(element, isShown) {
  element.style.visibility = isShown ? "" : "hidden";
  element.style.position = isShown ? "" : "absolute";
}
