/**
 * What the modules of a follower share, for type checks alone: nothing imports this file at run time.
 *
 * @typedef {object} StartParts what a start in step needs
 * @property {import("../../rooms/clock/clock.js").Clock} clock
 * @property {import("./latency.js").Latency} latency
 * @property {import("../preferences.js").Preferences} preferences
 *
 * @typedef {object} OwnParts
 * @property {import("./stage.js").Stage} stage
 * @property {import("./sound.js").Sound} sound
 * @property {() => void} changed called when the mode changed by itself
 *
 * @typedef {StartParts & OwnParts} Parts
 */

export {};
