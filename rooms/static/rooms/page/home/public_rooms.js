import { LobbyStream } from "../../stream/lobby_stream.js";
import { t } from "../../i18n/translate.js";
import { Covers } from "./covers.js";
import { part, write } from "../lib/dom.js";

/** @typedef {import("../../stream/lobby_stream.js").ListedRoom} ListedRoom */

/** Polling interval of a visible page without a stream. */
const ASK_EVERY_MS = 30_000;
const GIVE_UP_MS = 10_000;
/** Jitter before the rooms are fetched: what one page missed, many did. */
const MISSED_JITTER_MS = 500;
/** Debounce of the search field. */
const TYPING_MS = 200;

/** The public rooms that play now, live, or those that a search found. */
export class PublicRooms {
  #covers;
  #most;
  #title;
  #find;
  #field;
  #nothingFound;
  #allQuiet;
  #areMore;
  #areQuiet;
  #isAll = new URLSearchParams(location.search).has("all");
  /** Those that were told last; null while the page shows what it came with. @type {ListedRoom[] | null} */
  #rooms = null;
  #stream = new LobbyStream("/events");
  #askedAt = Date.now();
  #asked = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #asking;

  /** @param {ParentNode} root */
  constructor(root) {
    this.#covers = new Covers(root);
    this.#most = Number(part(root, "playing", HTMLElement).dataset.most);
    this.#title = part(root, "playing-title", HTMLElement);
    this.#find = part(root, "find", HTMLFormElement);
    this.#field = part(root, "search", HTMLInputElement);
    this.#nothingFound = part(root, "nothing-found", HTMLElement);
    this.#allQuiet = part(root, "all-quiet", HTMLElement);
    this.#areMore = part(root, "are-more", HTMLElement);
    this.#areQuiet = part(root, "are-quiet", HTMLElement);
    part(root, "show-quiet", HTMLAnchorElement).addEventListener("click", (event) => this.#showQuiet(event));
    part(root, "show-all", HTMLAnchorElement).addEventListener("click", (event) => this.#showAll(event));
  }

  start() {
    this.#stream.addEventListener("rooms", (event) => this.#hear(/** @type {CustomEvent} */ (event).detail));
    this.#stream.addEventListener("missed", () => this.#askIn(Math.random() * MISSED_JITTER_MS));
    this.#stream.connect();
    setInterval(() => this.#askIfAlone(), ASK_EVERY_MS / 10);
    document.addEventListener("visibilitychange", () => this.#askIfAlone());
    this.#find.addEventListener("submit", (event) => this.#submit(event));
    this.#field.addEventListener("input", () => this.#askIn(TYPING_MS));
  }

  get #search() {
    return this.#field.value.trim();
  }

  /** @param {ListedRoom[]} rooms */
  #hear(rooms) {
    if (this.#search) this.#covers.refresh(rooms);
    else this.#show(rooms, rooms.length >= this.#most && !this.#areMore.hidden);
  }

  /**
   * @param {ListedRoom[]} rooms
   * @param {boolean} areMore
   * @param {boolean} [isAnew]
   */
  #show(rooms, areMore, isAnew) {
    const search = this.#search;
    this.#rooms = rooms;
    const shown = search || this.#isAll ? rooms : livelyOf(rooms);
    const isEmpty = shown.length === 0;
    this.#covers.show(shown, { isAnew });
    this.#find.hidden = isEmpty && !search;
    this.#nothingFound.hidden = !isEmpty || !search;
    this.#allQuiet.hidden = !isEmpty || Boolean(search);
    this.#areMore.hidden = !areMore;
    this.#areQuiet.hidden = shown.length === rooms.length;
    write(this.#title, titleOf(shown, search));
  }

  // Asking

  #askIfAlone() {
    const isDue = Math.abs(Date.now() - this.#askedAt) >= ASK_EVERY_MS;
    if (isDue && !document.hidden && (this.#search || !this.#stream.isOpen)) void this.#ask();
  }

  /** @param {number} ms */
  #askIn(ms) {
    clearTimeout(this.#asking);
    this.#asking = setTimeout(() => void this.#ask(), ms);
  }

  async #ask() {
    clearTimeout(this.#asking);
    this.#askedAt = Date.now();
    const [turn, search] = [++this.#asked, this.#search];
    const rooms = await listed(search);
    // The search changed meanwhile, or failed: what is shown stays.
    if (!rooms || turn !== this.#asked) return;
    const isAnew = search !== this.#shownSearch;
    this.#show(rooms.slice(0, this.#most), rooms.length > this.#most, isAnew);
    if (isAnew) history.replaceState(history.state, "", search ? `/?${new URLSearchParams({ search })}` : "/");
  }

  /** What the address says was searched for. */
  get #shownSearch() {
    return new URLSearchParams(location.search).get("search")?.trim() ?? "";
  }

  /** @param {Event} event */
  #submit(event) {
    event.preventDefault();
    void this.#ask();
  }

  /** @param {Event} event */
  #showQuiet(event) {
    // Until they are told, the link leads to the page that shows them.
    if (!this.#rooms) return;
    event.preventDefault();
    this.#isAll = true;
    this.#show(this.#rooms, !this.#areMore.hidden, true);
    this.#find.querySelector("input")?.focus({ preventScroll: true });
  }

  /** @param {Event} event */
  #showAll(event) {
    event.preventDefault();
    this.#field.value = "";
    this.#field.focus();
    void this.#ask();
  }
}

/**
 * The public rooms; null if they cannot be asked for now.
 *
 * @param {string} search
 * @returns {Promise<ListedRoom[] | null>}
 */
async function listed(search) {
  try {
    const url = `/api/v1/rooms?${new URLSearchParams({ search })}`;
    const response = await fetch(url, { cache: "no-store", signal: AbortSignal.timeout(GIVE_UP_MS) });
    return response.ok ? (await response.json()).items : null;
  } catch {
    return null;
  }
}

/**
 * The rooms in which something plays or somebody is; all of them where there is none such.
 *
 * @param {ListedRoom[]} rooms
 */
function livelyOf(rooms) {
  const lively = rooms.filter((room) => room.playing || room.listeners > 0);
  return lively.length ? lively : rooms;
}

/**
 * @param {ListedRoom[]} rooms
 * @param {string} search
 */
function titleOf(rooms, search) {
  if (search) return t("Rooms like “{search}”", { search });
  return rooms.every((room) => room.playing) ? t("Playing now") : t("Open rooms");
}
