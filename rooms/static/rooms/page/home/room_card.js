import { t, tn } from "../../i18n/translate.js";
import { child, write } from "../lib/dom.js";
import { hueOf } from "../lib/format.js";

/** @typedef {import("../../stream/lobby_stream.js").ListedRoom} ListedRoom */

/** One public room, as a cover. */
export class RoomCard {
  #link;
  #cover;
  #here;
  #bars;
  #count;
  #name;
  #track;
  #shown = "";

  /** @param {HTMLElement} element made from the card's template, here or by the server */
  constructor(element) {
    this.element = element;
    this.#link = child(element, "a", HTMLAnchorElement);
    this.#cover = child(element, ".card-cover", HTMLElement);
    this.#here = child(element, ".card-here", HTMLElement);
    this.#bars = child(element, ".bars", HTMLElement);
    this.#count = child(element, ".card-count", HTMLElement);
    this.#name = child(element, ".card-name", HTMLElement);
    this.#track = child(element, ".card-track", HTMLElement);
    paint(this.#cover, this.#cover.dataset.name ?? "");
  }

  /** @param {ListedRoom} room */
  show(room) {
    const shown = JSON.stringify(room);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.element.dataset.slug = room.slug;
    this.#link.href = pathOf(room.slug);
    write(this.#name, room.name);
    write(this.#track, trackOf(room));
    write(this.#count, tn("{count} here", "{count} here", room.listeners));
    this.#here.hidden = room.listeners === 0;
    this.#bars.hidden = !room.playing;
    paint(this.#cover, room.name);
    showPicture(this.#cover, room.entry?.artwork_url ?? "");
  }
}

/** @param {string} slug */
export function pathOf(slug) {
  return `/r/${encodeURIComponent(slug)}`;
}

/**
 * What plays in a room, in a line.
 *
 * @param {ListedRoom} room
 */
export function trackOf({ entry, playing }) {
  if (!entry) return t("Waiting for the first track");
  const line = [entry.title, entry.artist].filter(Boolean).join(" · ");
  return playing ? line : t("Paused · {track}", { track: line });
}

/**
 * A colour of its own for each room, always the same, to be seen where there is no picture.
 *
 * @param {HTMLElement} cover
 * @param {string} name
 */
export function paint(cover, name) {
  cover.style.setProperty("--own-hue", String(hueOf(name)));
  // The server's own picture may have failed to load before anybody listened.
  const image = cover.querySelector("img");
  if (image) removeIfBroken(image);
}

/**
 * @param {HTMLElement} cover
 * @param {string} url empty for none
 */
export function showPicture(cover, url) {
  const old = [...cover.querySelectorAll("img")];
  if ((old.at(-1)?.getAttribute("src") ?? "") === url) return;
  if (!url) return old.forEach((image) => image.remove());
  const image = new Image();
  image.className = "fill";
  image.alt = "";
  image.addEventListener("load", () => old.forEach((one) => one.remove()));
  removeIfBroken(image);
  image.src = url;
  cover.querySelector(".mark")?.after(...old, image);
}

/** @param {HTMLImageElement} image */
function removeIfBroken(image) {
  image.addEventListener("error", () => image.remove());
  if (image.getAttribute("src") && image.complete && !image.naturalWidth) image.remove();
}
