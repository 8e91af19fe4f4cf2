/** @typedef {import("./types.js").Action} Action */
/** @typedef {import("./types.js").Role} Role */
/** @typedef {import("./types.js").RoomInfo} RoomInfo */

/** @type {Role[]} */
const RANKS = ["guest", "member", "host", "owner"];

/** What the rules of a room leave to a role. @type {Action[]} */
const BY_RULE = [
  "control",
  "skip",
  "add",
  "reorder",
  "vote",
  "chat",
  "react",
  "invite",
  "moderate",
];

/**
 * What the page's reader may do, as the server said when it made the page.
 *
 * @typedef {Record<Action, boolean> & {isOutdated: (room: RoomInfo) => boolean}} Rights
 *
 * @param {HTMLElement} main
 * @returns {Rights}
 */
export function rights(main) {
  const { role, may = "" } = main.dataset;
  const granted = new Set(may.split(" "));
  const rank = RANKS.indexOf(/** @type {Role} */ (role));
  const can = Object.fromEntries(BY_RULE.map((action) => [action, granted.has(action)]));
  // The page was made with the controls for other rules.
  const isOutdated = (/** @type {RoomInfo} */ { rules }) =>
    BY_RULE.some((action) => rank >= RANKS.indexOf(rules[action]) !== granted.has(action));
  return /** @type {Rights} */ ({ ...can, isOutdated });
}
