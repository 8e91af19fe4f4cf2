/**
 * Read a record from web storage, over its initial values; where storage is refused, the record lives as the page does.
 * @template {Record<string, any>} T
 * @param {Storage | undefined} storage
 * @param {string} key
 * @param {T} initial
 * @returns {T}
 */
export function readRecord(storage, key, initial) {
  try {
    return { ...initial, ...JSON.parse(storage?.getItem(key) ?? "{}") };
  } catch {
    return { ...initial };
  }
}

/**
 * @param {Storage | undefined} storage
 * @param {string} key
 * @param {Record<string, any>} record
 */
export function storeRecord(storage, key, record) {
  try {
    storage?.setItem(key, JSON.stringify(record));
  } catch {
    // Full or forbidden: it is only a convenience.
  }
}
