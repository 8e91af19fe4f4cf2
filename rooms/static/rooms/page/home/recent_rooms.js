import { t } from "../../i18n/translate.js";
import { arrange } from "../lib/arrange.js";
import { paint, pathOf, showPicture, trackOf } from "./room_card.js";
import { child, part, setLabel, write } from "../lib/dom.js";
import { KEY, Visits } from "./visits.js";

/** @typedef {import("../../stream/lobby_stream.js").ListedRoom & {created_at_ms: number}} RecentRoom */
/** @typedef {import("./visits.js").Visit} Visit */

const UNITS = /** @type {const} */ ([
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
]);

/** The rooms that this browser visited, and what plays in them now. */
export class RecentRooms {
  #visits = new Visits();
  #section;
  #list;
  #template;
  /** @type {Map<string, HTMLElement>} */
  #rows = new Map();
  /** What the server told of them last. @type {RecentRoom[]} */
  #rooms = [];

  /** @param {ParentNode} root */
  constructor(root) {
    this.#section = part(root, "recent", HTMLElement);
    this.#list = part(root, "visits", HTMLElement);
    this.#template = part(root, "visit-template", HTMLTemplateElement);
    part(root, "forget-all", HTMLButtonElement).addEventListener("click", () => this.#forgetAll());
    this.#list.addEventListener("click", (event) => this.#clicked(event));
  }

  start() {
    void this.#update();
    // The page may have been put away while its visitor was in a room.
    window.addEventListener("pageshow", (event) => event.persisted && void this.#update());
    window.addEventListener("storage", ({ key }) => (key === null || key === KEY) && this.#hear());
  }

  /** Another tab was somewhere, or forgot something. */
  #hear() {
    const isKnown = (/** @type {Visit} */ { slug }) => this.#rows.has(slug);
    if (this.#visits.all.every(isKnown)) this.#show();
    else void this.#update();
  }

  async #update() {
    this.#show();
    const before = this.#visits.all;
    const rooms = before.length ? await roomsOf(before) : null;
    if (!rooms) return;
    const isThere = (/** @type {Visit} */ { slug, createdAtMs }) =>
      rooms.some((room) => room.slug === slug && (!createdAtMs || room.created_at_ms === createdAtMs));
    // Only what was asked for: another tab may have been somewhere meanwhile.
    for (const visit of before) if (!isThere(visit)) this.#visits.forget(visit.slug);
    this.#rooms = rooms;
    this.#show();
  }

  #show() {
    const visits = this.#visits.all;
    this.#section.hidden = visits.length === 0;
    for (const visit of visits) this.#showRow(visit, this.#rooms.find(({ slug }) => slug === visit.slug));
    arrange(
      this.#list,
      visits.map(({ slug }) => this.#rowOf(slug)),
    );
  }

  /**
   * @param {Visit} visit
   * @param {RecentRoom} [room]
   */
  #showRow(visit, room) {
    const row = this.#rowOf(visit.slug);
    const name = room?.name ?? visit.name;
    child(row, "a", HTMLAnchorElement).href = pathOf(visit.slug);
    write(child(row, ".visit-name", HTMLElement), name);
    write(child(row, ".visit-track", HTMLElement), room?.playing ? trackOf(room) : ago(visit.atMs));
    setLabel(child(row, "button", HTMLElement), t("Forget {room}", { room: name }));
    const art = child(row, ".visit-art", HTMLElement);
    paint(art, name);
    showPicture(art, room?.entry?.artwork_url ?? "");
  }

  /** @param {string} slug */
  #rowOf(slug) {
    const known = this.#rows.get(slug);
    if (known) return known;
    const copy = /** @type {DocumentFragment} */ (this.#template.content.cloneNode(true));
    const row = /** @type {HTMLElement} */ (copy.firstElementChild);
    row.dataset.slug = slug;
    this.#rows.set(slug, row);
    return row;
  }

  /** @param {MouseEvent} event */
  #clicked(event) {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    const row = button?.closest("li");
    if (!row) return;
    const next = row.nextElementSibling ?? row.previousElementSibling;
    this.#visits.forget(row.dataset.slug ?? "");
    row.remove();
    // After a press by keyboard the focus must not fall to the top of the page.
    next?.querySelector("button")?.focus({ preventScroll: true });
    this.#section.hidden = this.#visits.all.length === 0;
  }

  #forgetAll() {
    this.#visits.keep([]);
    this.#show();
  }
}

/**
 * Those that are still there; null if that cannot be asked now.
 *
 * @param {Visit[]} visits
 * @returns {Promise<RecentRoom[] | null>}
 */
async function roomsOf(visits) {
  try {
    const query = new URLSearchParams(visits.map(({ slug }) => ["room", slug]));
    const response = await fetch(`/recent?${query}`, { cache: "no-store" });
    return response.ok ? (await response.json()).items : null;
  } catch {
    return null;
  }
}

/** @param {number} atMs */
function ago(atMs) {
  const words = new Intl.RelativeTimeFormat(document.documentElement.lang || "en", { numeric: "auto" });
  const passedMs = Math.max(0, Date.now() - atMs);
  for (const [unit, ms] of UNITS) if (passedMs >= ms) return words.format(-Math.floor(passedMs / ms), unit);
  return t("just now");
}
