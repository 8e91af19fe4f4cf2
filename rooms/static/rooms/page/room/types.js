/**
 * Shapes that the page's modules share, for type checks alone: nothing imports this file at run time.
 *
 * @typedef {import("../lib/shapes.js").Entry} Entry
 * @typedef {import("../lib/shapes.js").Player} Player
 * @typedef {import("../lib/shapes.js").State} State
 * @typedef {import("../playback/follower.js").Status} Status
 *
 * @typedef {"guest" | "member" | "host" | "owner"} Role
 *
 * @typedef {object} RoomInfo
 * @property {string} slug
 * @property {string} name
 * @property {string} visibility
 * @property {{control: Role, add: Role, at_end: string, when_empty: string}} rules
 * @property {string[]} hosts
 */

export {};
