import { memory } from "../lib/dom.js";

/**
 * @typedef {{slug: string, name: string, createdAtMs: number, atMs: number}} Visit a room, and when it was left
 * last
 */

/** The name of the record. */
export const KEY = "musicrooms.visits";
const MOST = 12;

/** The rooms where this browser was, newest first. Nobody else is told. */
export class Visits {
  #storage = memory();

  /** @returns {Visit[]} */
  get all() {
    try {
      const kept = JSON.parse(this.#storage?.getItem(KEY) ?? "[]");
      return Array.isArray(kept) ? kept.filter(isVisit).slice(0, MOST) : [];
    } catch {
      return [];
    }
  }

  /** @param {Visit} visit */
  add(visit) {
    this.keep([visit, ...this.all.filter(({ slug }) => slug !== visit.slug)]);
  }

  /** @param {string} slug */
  forget(slug) {
    this.keep(this.all.filter((visit) => visit.slug !== slug));
  }

  /** @param {Visit[]} visits */
  keep(visits) {
    try {
      if (visits.length) this.#storage?.setItem(KEY, JSON.stringify(visits.slice(0, MOST)));
      else this.#storage?.removeItem(KEY);
    } catch {
      // Full, or forbidden: then nothing is remembered.
    }
  }
}

/**
 * Remember the room of this page, also by the name that it may get later.
 *
 * @param {import("../room/session.js").Session} session
 */
export function rememberVisit(session) {
  const visits = new Visits();
  const add = () => {
    const { slug, name, created_at_ms: createdAtMs } = session.state.room;
    visits.add({ slug, name, createdAtMs, atMs: Date.now() });
  };
  add();
  window.addEventListener("pagehide", add);
}

/**
 * @param {any} one
 * @returns {boolean}
 */
function isVisit(one) {
  return typeof one?.slug === "string" && typeof one.name === "string" && Number.isFinite(one.atMs);
}
