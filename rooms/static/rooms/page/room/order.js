/** @typedef {import("./types.js").Entry} Entry */

/**
 * One change of the queue's order. Applying it twice is the same as applying it once.
 *
 * @typedef {object} Arrangement
 * @property {number} id the entry that moves or goes
 * @property {number | null} [after] the entry it goes behind, null for the front; left out if it is removed
 * @property {boolean} [settled] whether the server has agreed
 */

/**
 * @param {Entry[]} queue
 * @param {Arrangement} change
 * @returns {Entry[]}
 */
export function arranged(queue, change) {
  const moved = queue.find((entry) => entry.id === change.id);
  if (!moved || change.after === change.id) return queue;
  const others = queue.filter((entry) => entry !== moved);
  if (change.after === undefined) return others;
  const at = others.findIndex((entry) => entry.id === change.after) + 1;
  return [...others.slice(0, at), moved, ...others.slice(at)];
}

/**
 * Where an entry stands, counted as the rows are: from what plays, if it comes after that.
 *
 * @param {Entry[]} queue
 * @param {number} id
 * @param {number | null} current
 * @returns {{place: number, count: number}}
 */
export function standing(queue, id, current) {
  const [at, from] = [id, current].map((one) => queue.findIndex((entry) => entry.id === one));
  return from < 0 || at < from
    ? { place: at + 1, count: queue.length }
    : { place: at - from, count: queue.length - from - 1 };
}

/**
 * The entry behind which `id` stands after it moved `by` places; `undefined` if it cannot move that far.
 *
 * @param {Entry[]} queue
 * @param {number} id
 * @param {number} by -1 for up, 1 for down
 * @returns {number | null | undefined}
 */
export function placeAfterMove(queue, id, by) {
  const others = queue.filter((entry) => entry.id !== id);
  const place = queue.findIndex((entry) => entry.id === id) + by;
  if (place < 0 || place > others.length) return undefined;
  return place === 0 ? null : others[place - 1].id;
}
