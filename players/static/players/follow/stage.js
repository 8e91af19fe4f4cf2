import { MEDIA_EVENTS, playerOf } from "../media/adapter.js";
import { Html5Media } from "../media/html5.js";
import { DriftControl } from "./drift_control.js";
import { boundsOf } from "../timeline.js";
import { YouTubeMedia } from "../media/youtube.js";

/**
 * @typedef {import("../media/adapter.js").MediaAdapter} MediaAdapter
 * @typedef {import("../media/adapter.js").Entry} Entry
 * @typedef {import("./latency.js").Latency} Latency
 *
 * One kind of player and who keeps it in step.
 * @typedef {{media: MediaAdapter, driftControl: DriftControl}} SteeredMedia
 */

/** The players of one stage, made when they are first needed; one of them is in use. */
export class Stage {
  #element;
  #latency;
  #onTold;
  /** @type {Map<string, SteeredMedia>} */
  #made = new Map();
  /** @type {SteeredMedia | null} */
  #current = null;

  /**
   * @param {HTMLElement} element names the address of hls.js in `data-hls`
   * @param {Latency} latency
   * @param {(event: Event) => void} onTold called with what the player in use tells
   */
  constructor(element, latency, onTold) {
    this.#element = element;
    this.#latency = latency;
    this.#onTold = onTold;
  }

  get current() {
    return this.#current;
  }

  /** Every player that was made so far. */
  get all() {
    return [...this.#made.values()].map(({ media }) => media);
  }

  /**
   * Put the player for `provider` to use, and silence the one before.
   * @param {string} provider
   */
  turnTo(provider) {
    const steered = this.#steeredFor(provider);
    if (steered !== this.#current) this.clear();
    this.#current = steered;
    show(steered.media.element, true);
    return steered;
  }

  /** @param {Entry} entry */
  preload(entry) {
    this.#steeredFor(entry.provider).media.preload(entry, boundsOf(entry).first_ms);
  }

  clear() {
    if (!this.#current) return;
    show(this.#current.media.element, false);
    this.#current.media.unload();
    this.#current = null;
  }

  destroy() {
    this.all.forEach((media) => media.destroy());
    this.#made.clear();
    this.#current = null;
  }

  /** @param {string} provider */
  #steeredFor(provider) {
    const player = playerOf(provider);
    const known = this.#made.get(player);
    if (known) return known;
    const media = player === "youtube" ? new YouTubeMedia() : new Html5Media(this.#element.dataset.hls);
    const steered = { media, driftControl: new DriftControl(media, player, this.#latency) };
    this.#made.set(player, steered);
    for (const name of MEDIA_EVENTS) media.addEventListener(name, (event) => steered === this.#current && this.#onTold(event));
    show(media.element, false);
    this.#element.append(media.element);
    return steered;
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
