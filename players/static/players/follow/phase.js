/**
 * The modes of the playback machine.
 *
 * - `empty`: nothing is to be played
 * - `still`: the room is paused
 * - `starting`: on the way to the instant of a start
 * - `running`: told to play
 * - `over`: at the end, or beyond it
 * - `alone`: paused by the listener
 * - `blocked`: the browser refuses to play even without sound
 * - `failed`: cannot be played here
 * @typedef {"empty" | "still" | "starting" | "running" | "over" | "alone" | "blocked" | "failed"} Mode
 *
 * The phases that a page shows.
 *
 * - `empty`: the room plays nothing
 * - `loading`: not yet able to play, or buffering
 * - `waiting`: for the instant at which everybody starts, or for the next track
 * - `playing`
 * - `paused`: the room is
 * - `blocked`: the browser blocks the sound until `listen()`; in step and silent, or about to be
 * - `elsewhere`: another tab of this browser sounds until `listen()`; in step and silent, or about to be
 * - `alone`: paused by this listener, until `backToLive()`
 * - `hold`: an advertisement or a stall holds it up
 * - `unplayable`: this track cannot be played here
 * @typedef {"empty" | "loading" | "waiting" | "playing" | "paused" | "blocked" | "elsewhere" | "alone" | "hold"
 *   | "unplayable"} Phase
 */

/** @type {Record<string, Phase>} */
const OF_MODE = { still: "paused", starting: "waiting", over: "waiting", failed: "unplayable" };

/**
 * @param {Mode} mode
 * @param {import("../media/adapter.js").MediaState} state
 * @param {{isHeld: boolean, isSoundBlocked: boolean, isElsewhere: boolean}} about
 * @returns {Phase}
 */
export function phaseOf(mode, state, { isHeld, isSoundBlocked, isElsewhere }) {
  const isPlayed = mode === "starting" || mode === "running";
  // Said however the network stalls: a button that comes and goes cannot be pressed.
  if (isPlayed && isElsewhere) return "elsewhere";
  if (isPlayed && isSoundBlocked) return "blocked";
  const isBusy = state === "loading" || state === "buffering";
  if (isBusy && (isPlayed || mode === "still")) return "loading";
  if (mode !== "running") return OF_MODE[mode] ?? mode;
  if (state !== "playing") return "waiting";
  return isHeld ? "hold" : "playing";
}
