import { t } from "../../i18n/translate.js";
import { part, showImage, write } from "../lib/dom.js";

/** The next track of the queue. */
export class UpNext {
  #session;
  #place;
  #image;
  #title;
  #artist;

  /**
   * @param {ParentNode} root
   * @param {import("../room/session.js").Session} session
   */
  constructor(root, session) {
    this.#session = session;
    this.#place = part(root, "next", HTMLElement);
    this.#image = part(root, "next-art", HTMLImageElement);
    this.#title = part(root, "next-title", HTMLElement);
    this.#artist = part(root, "next-artist", HTMLElement);
    this.#image.addEventListener("error", () => (this.#image.hidden = true));
  }

  show() {
    const { entry, following } = this.#session;
    // A queue of one that starts over is followed by itself, which is no news.
    const next = following && following.id !== entry?.id ? following : null;
    this.#place.toggleAttribute("data-nothing", next === null);
    write(this.#title, next?.title ?? t("Nothing after this yet"));
    write(this.#artist, next?.artist ?? "");
    showImage(this.#image, next?.artwork_url ?? "");
  }
}
