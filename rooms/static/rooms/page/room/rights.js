/** @typedef {import("./types.js").Action} Action */
/** @typedef {import("./types.js").Role} Role */
/** @typedef {import("./types.js").RoomInfo} RoomInfo */
/** @typedef {import("./types.js").State} State */

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
 * @typedef {Record<Action, boolean> & {isOutdated: (room: RoomInfo) => boolean, newRole: (state: State) => Role | null}} Rights
 *
 * @param {HTMLElement} main
 * @returns {Rights}
 */
export function rights(main) {
  const { role, may = "", myId } = main.dataset;
  const granted = new Set(may.split(" "));
  const rank = RANKS.indexOf(/** @type {Role} */ (role));
  const can = Object.fromEntries(BY_RULE.map((action) => [action, granted.has(action)]));
  // The page was made with the controls for other rules.
  const isOutdated = (/** @type {RoomInfo} */ { rules }) =>
    BY_RULE.some((action) => rank >= RANKS.indexOf(rules[action]) !== granted.has(action));
  // An operator owns every room, whatever place they have in its list of people.
  let before = role === "owner" ? undefined : role;
  const newRole = (/** @type {State} */ { people }) => {
    const now = people.items?.find(({ id }) => id === myId)?.role;
    before ??= now;
    return now && now !== before ? now : null;
  };
  return /** @type {Rights} */ ({ ...can, isOutdated, newRole });
}
