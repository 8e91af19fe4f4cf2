/**
 * Shapes that the page's modules share, for type checks alone: nothing imports this file at run time.
 *
 * @typedef {import("../lib/shapes.js").Entry} Entry
 * @typedef {import("../lib/shapes.js").Named} Named
 * @typedef {import("../lib/shapes.js").Player} Player
 * @typedef {import("../lib/shapes.js").Message} Message
 * @typedef {import("../lib/shapes.js").State} State
 * @typedef {import("../playback/follower.js").Status} Status
 *
 * @typedef {"guest" | "member" | "host" | "owner"} Role
 * @typedef {"control" | "skip" | "add" | "reorder" | "vote" | "chat" | "react" | "invite" | "moderate"} Action
 *
 * @typedef {object} RoomInfo
 * @property {string} slug
 * @property {string} name
 * @property {string} visibility
 * @property {Record<Action, Role> & Record<string, string | number | null>} rules
 * @property {string[]} hosts
 */

export {};
