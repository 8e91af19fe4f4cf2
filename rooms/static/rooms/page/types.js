/**
 * Shapes that the page's modules share, for type checks alone: nothing imports this file at run time.
 *
 * @typedef {import("../shapes.js").Entry} Entry
 * @typedef {import("../shapes.js").Player} Player
 * @typedef {import("../shapes.js").State} State
 *
 * @typedef {"guest" | "member" | "host" | "owner"} Role
 *
 * @typedef {object} RoomInfo
 * @property {string} slug
 * @property {string} name
 * @property {string} visibility
 * @property {{control: Role, add: Role, at_end: string, when_empty: string}} rules
 * @property {string[]} hosts
 *
 * @typedef {object} Status what this browser's own player does
 * @property {"empty" | "loading" | "waiting" | "playing" | "paused" | "blocked" | "alone" | "hold" | "unplayable"} phase
 * @property {number | null} driftMs
 * @property {number} roomPositionMs
 * @property {number | null} positionMs
 * @property {number | null} lengthMs
 * @property {number} rate
 * @property {boolean} hasPicture
 */

export {};
