import { optionalPart, part, write } from "../lib/dom.js";
import { words } from "../lib/words.js";

/** Titles longer than this are set smaller. */
const LONG_TITLE = 60;

/** What plays: title, artist or what a radio station says it plays, and whether there is a picture, a cover or nothing to see. */
export class Deck {
  #session;
  #artwork;
  #deck;
  #title;
  #artist;
  #addedBy;
  #miniTitle;

  /**
   * @param {ParentNode} root
   * @param {import("../room/session.js").Session} session
   * @param {import("./artwork.js").Artwork} artwork
   */
  constructor(root, session, artwork) {
    this.#session = session;
    this.#artwork = artwork;
    this.#deck = part(root, "deck", HTMLElement);
    this.#title = part(root, "title", HTMLElement);
    this.#artist = part(root, "artist", HTMLElement);
    this.#addedBy = part(root, "added-by", HTMLElement);
    this.#miniTitle = optionalPart(root, "mini-title", HTMLElement);
  }

  show() {
    const { entry, player, status } = this.#session;
    this.#deck.dataset.picture = this.#picture();
    this.#deck.dataset.phase = status?.phase ?? "loading";
    document.body.classList.toggle("is-playing", player.playing);
    if (this.#miniTitle) write(this.#miniTitle, entry?.title ?? "");
    void this.#artwork.show(entry?.artwork_url ?? "");
    if (!entry) return;
    this.#title.classList.toggle("is-long", entry.title.length > LONG_TITLE);
    this.#title.title = entry.title;
    write(this.#title, entry.title);
    this.#artist.title = entry.album ?? "";
    write(this.#artist, player.now_playing || entry.artist);
    write(this.#addedBy, entry.added_by ? words.addedBy(entry.added_by.name) : "");
  }

  /** @returns {'none' | 'video' | 'cover'} */
  #picture() {
    const { entry, status } = this.#session;
    if (!entry) return "none";
    return entry.provider === "youtube" || status?.hasPicture ? "video" : "cover";
  }
}
