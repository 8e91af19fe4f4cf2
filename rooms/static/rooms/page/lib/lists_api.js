import { fetchJson } from "./fetch_json.js";

/** @typedef {import("./shapes.js").Entry} Entry */

/**
 * One of the account's own lists.
 *
 * @typedef {object} OwnList
 * @property {number} id
 * @property {string} name
 * @property {boolean} is_favourites
 * @property {number} length how many entries it has
 */

const BASE = "/api/v1/playlists";

/** The calls for an account's own lists. */
export const ownLists = {
  /** @returns {Promise<OwnList[]>} */
  async all() {
    return (await fetchJson("GET", BASE)).items;
  },

  /**
   * @param {string} name
   * @param {string} slug the room whose queue it is
   * @returns {Promise<OwnList>}
   */
  save(name, slug) {
    return fetchJson("POST", BASE, { name, from_room: slug });
  },

  /**
   * Put all of a list to the end of a room's queue.
   *
   * @param {number} id
   * @param {string} slug
   * @returns {Promise<{items: Entry[]}>}
   */
  load(id, slug) {
    return fetchJson("POST", `/api/v1/rooms/${encodeURIComponent(slug)}/queue/load`, { playlist_id: id });
  },

  /**
   * Put entries of a room's queue to the end of a list.
   *
   * @param {number} id
   * @param {string} slug
   * @param {number[]} entries
   * @returns {Promise<{items: Entry[]}>} none of what were favourites already
   */
  keep(id, slug, entries) {
    return fetchJson("POST", `${BASE}/${id}/entries`, { from_room: slug, entries });
  },

  /**
   * @param {number} id
   * @param {string} name
   * @returns {Promise<OwnList>}
   */
  rename(id, name) {
    return fetchJson("PATCH", `${BASE}/${id}`, { name });
  },

  /** @returns {Promise<Entry[]>} */
  async favourites() {
    const lists = (await fetchJson("GET", BASE)).items;
    const own = lists.find((/** @type {{is_favourites: boolean}} */ list) => list.is_favourites);
    return own ? (await fetchJson("GET", `${BASE}/${own.id}`)).entries : [];
  },

  /**
   * @param {string} url
   * @returns {Promise<Entry[]>} none if it was a favourite already
   */
  async addFavourite(url) {
    return (await fetchJson("POST", `${BASE}/favourites/entries`, { url })).items;
  },

  /** @param {number} entryId */
  removeFavourite(entryId) {
    return fetchJson("DELETE", `${BASE}/favourites/entries/${entryId}`);
  },
};
