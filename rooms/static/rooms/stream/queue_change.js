/**
 * @typedef {import("../page/lib/shapes.js").Entry} Entry
 *
 * One change of a queue, as its event tells it.
 * @typedef {object} QueueChange
 * @property {"add" | "move" | "remove" | "update" | "replace" | "order"} op
 * @property {Entry} [entry]
 * @property {Entry[]} [entries]
 * @property {number} [entry_id]
 * @property {number[]} [ids] all entries in their order; those that are not named are gone
 * @property {number | null} [after] the id of the entry behind which something is put; null at the front
 */

/** @type {Record<string, (queue: Entry[], change: QueueChange) => Entry[] | null>} */
const CHANGES = {
  add: (queue, { entry, entries, after = null }) => inserted(queue, entries ?? (entry ? [entry] : []), after),
  move: (queue, { entry_id, after = null, entry: told }) => {
    // What moves by a vote is told with it.
    const moved = queue.filter((entry) => entry.id === entry_id).map((entry) => told ?? entry);
    return moved.length ? inserted(without(queue, entry_id), moved, after) : null;
  },
  remove: (queue, { entry_id }) => {
    const left = without(queue, entry_id);
    return left.length < queue.length ? left : null;
  },
  update: (queue, { entry }) => {
    const isListed = queue.some(({ id }) => id === entry?.id);
    return entry && isListed ? queue.map((old) => (old.id === entry.id ? entry : old)) : null;
  },
  order: (queue, { ids = [], entry, entries }) => {
    const known = new Map([...queue, ...(entries ?? (entry ? [entry] : []))].map((one) => [one.id, one]));
    const ordered = ids.map((id) => known.get(id));
    return ordered.every((one) => one !== undefined) ? ordered : null;
  },
  replace: (_queue, { entries }) => entries ?? null,
};

/**
 * The queue after one change; null if the change does not fit, so that the two no longer agree.
 * @param {Entry[]} queue
 * @param {QueueChange} change
 */
export function changeQueue(queue, change) {
  return Object.hasOwn(CHANGES, change.op) ? CHANGES[change.op](queue, change) : null;
}

/**
 * @param {Entry[]} queue
 * @param {Entry[]} entries
 * @param {number | null} after
 */
function inserted(queue, entries, after) {
  const place = after === null ? 0 : queue.findIndex((entry) => entry.id === after) + 1;
  return after !== null && place === 0 ? null : [...queue.slice(0, place), ...entries, ...queue.slice(place)];
}

/**
 * @param {Entry[]} queue
 * @param {number | undefined} entryId
 */
function without(queue, entryId) {
  return queue.filter((entry) => entry.id !== entryId);
}
