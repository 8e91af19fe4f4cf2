/** @typedef {import("./types.js").Entry} Entry */

/**
 * Entries that are on their way into the queue: what is known of them before the server answers, then its own.
 *
 * @typedef {object} Expected
 * @property {Entry[]} entries
 * @property {Set<number>} known the entries that were there when they were sent
 * @property {number | null | undefined} after the entry they go behind, null for the front, undefined for the end
 * @property {boolean} isAnswered
 */

let count = 0;

/** @returns {number} what stands for the number of an entry that the server has not numbered yet */
export function placeholder() {
  return -++count;
}

/**
 * @param {string} link
 * @param {import("./types.js").Named} by
 * @returns {Entry} what can be shown of a link at once
 */
export function guessed(link, by) {
  return {
    id: placeholder(),
    url: link,
    provider: "",
    media_id: "",
    title: link.replace(/^https?:\/\/(www\.)?/i, ""),
    artist: "",
    length_ms: null,
    is_live: false,
    artwork_url: "",
    added_by: by,
    votes: 0,
    start_ms: null,
    end_ms: null,
    unplayable: "",
  };
}

/**
 * `queue` with what is expected. The stream may tell of an entry before the call is answered that put it there.
 *
 * @param {Entry[]} queue
 * @param {Expected} expected
 * @returns {Entry[]}
 */
export function withExpected(queue, { entries, known, after, isAnswered }) {
  const ids = new Set(queue.map((entry) => entry.id));
  const urls = new Set(entries.map((entry) => entry.url));
  const isOurs = (/** @type {Entry} */ entry) =>
    entry.id > 0 && !known.has(entry.id) && (entry.added_by?.id === entries[0]?.added_by?.id || urls.has(entry.url));
  const here = isAnswered ? 0 : queue.filter(isOurs).length;
  const missing = entries.slice(here).filter((entry) => !ids.has(entry.id));
  if (!missing.length) return queue;
  const at = after === undefined ? queue.length : queue.findIndex((entry) => entry.id === after) + 1;
  return [...queue.slice(0, at), ...missing, ...queue.slice(at)];
}

/**
 * @param {Expected} expected
 * @param {Entry[]} queue
 * @returns {boolean} whether the server told all that was expected
 */
export function hasCome({ entries, isAnswered }, queue) {
  if (!isAnswered) return false;
  const ids = new Set(queue.map((entry) => entry.id));
  return entries.every((entry) => ids.has(entry.id));
}
