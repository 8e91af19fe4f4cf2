/** @typedef {import('./types.js').Role} Role */

/** @type {Role[]} */
const RANKS = ['guest', 'member', 'host', 'owner'];

/**
 * Whether a person of `role` may do what asks for at least `needed`.
 *
 * @param {Role} role
 * @param {Role} needed
 * @returns {boolean}
 */
export function may(role, needed) {
  return RANKS.indexOf(role) >= RANKS.indexOf(needed);
}
