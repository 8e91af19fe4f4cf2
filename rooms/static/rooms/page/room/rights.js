/** @typedef {import("./types.js").Role} Role */
/** @typedef {import("./types.js").RoomInfo} RoomInfo */

/** @type {Role[]} */
const RANKS = ["guest", "member", "host", "owner"];

/**
 * What the page's reader may do, as the server said when it made the page.
 *
 * @typedef {{control: boolean, add: boolean, isOutdated: (room: RoomInfo) => boolean}} Rights
 *
 * @param {HTMLElement} main
 * @returns {Rights}
 */
export function rights(main) {
  const { role, canControl, canAdd } = main.dataset;
  const [control, add] = [canControl !== undefined, canAdd !== undefined];
  const may = (/** @type {Role} */ needed) =>
    RANKS.indexOf(/** @type {Role} */ (role)) >= RANKS.indexOf(needed);
  // The page was made with the controls for other rules.
  const isOutdated = (/** @type {RoomInfo} */ { rules }) =>
    may(rules.control) !== control || may(rules.add) !== add;
  return { control, add, isOutdated };
}
