/**
 * The interface of every media player, whatever its provider. Positions and lengths are milliseconds of the media.
 *
 * @typedef {import("../../rooms/page/lib/shapes.js").Entry} Entry
 *
 * - `loading`: not yet able to play
 * - `ready`: loaded or sought, and not played since
 * - `playing`: the position moves, or an advertisement holds it
 * - `paused`
 * - `buffering`: about to play on, or on its way to where it was sent
 * - `ended`
 * - `blocked`: the browser refused to play
 * - `failed`: cannot be played here
 * @typedef {"loading" | "ready" | "playing" | "paused" | "buffering" | "ended" | "blocked" | "failed"} MediaState
 *
 * @typedef {object} Failure
 * @property {number} code the player's own number; 0 if the player itself could not be had
 * @property {string} reason a sentence for the listener
 * @property {boolean} [mayPass] whether it is worth while to try again
 *
 * What can be brought to a position in silence, and let go.
 * @typedef {"state" | "positionMs" | "precisionMs" | "isSeekable" | "hasLoaded" | "play" | "pause" | "seek"} ForStart
 * @typedef {EventTarget & Pick<Media, ForStart>} Startable
 *
 * @typedef {object} Media
 * @property {HTMLElement} element what is shown in the stage
 * @property {MediaState} state
 * @property {number} positionMs
 * @property {number} precisionMs how far `positionMs` may be from the truth
 * @property {number | null} lengthMs null until it is known
 * @property {boolean} isSeekable whether it can be sent to a position; what cannot plays from wherever it is
 * @property {boolean} isLive whether it has no end, nor any position that others could be at, too
 * @property {boolean} hasPicture whether there is something to look at
 * @property {boolean} muted
 * @property {number} volume from 0 to 1
 * @property {(positionMs: number) => boolean} hasLoaded whether it can play from there without waiting for the network
 * @property {(entry: Entry, positionMs: number) => void} load get ready, in silence, to play `entry` from a position
 * @property {(entry: Entry, positionMs: number) => void} preload prepare what is likely to be loaded next, if that
 *   disturbs nothing
 * @property {(entry: Entry) => Startable | null} upcoming what can start `entry` while what is loaded still plays
 * @property {(afterMs: number) => void} turnOver go on with what is upcoming, which was told to play; what was loaded
 *   before plays on for so long
 * @property {() => void} unload let go of what is loaded
 * @property {() => void} play
 * @property {() => void} pause
 * @property {(positionMs: number) => void} seek while it stands still, which it goes on doing
 * @property {(rate: number) => void} setRate
 * @property {() => void} unlock called in a user's gesture: from now on the browser lets it sound
 * @property {() => void} destroy
 *
 * Dispatches `state`, `length`, `live` when it turns out to be that, `blocked`, `title` with what the player calls the
 * entry, and `failed` with a Failure.
 * @typedef {EventTarget & Media} MediaAdapter
 */

/**
 * The player that the media of a provider need: what is not of YouTube is a file, wherever it lies.
 * @param {string | undefined} provider
 * @returns {"youtube" | "direct"}
 */
export function playerOf(provider) {
  return provider === "youtube" ? "youtube" : "direct";
}

/** What a player dispatches. */
export const MEDIA_EVENTS = ["state", "length", "live", "title", "blocked", "failed"];

/** The states in which a player stands still and can be sent somewhere. @type {MediaState[]} */
export const AT_REST = ["ready", "paused", "ended"];
