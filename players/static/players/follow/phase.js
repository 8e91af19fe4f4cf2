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
 * - `blocked`: the browser blocks the sound; in step and silent, until `listen()`
 * - `elsewhere`: in step and silent, since another tab of this browser sounds, until `listen()`
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
  const isBusy = state === "loading" || state === "buffering";
  if (isBusy && ["still", "starting", "running"].includes(mode)) return "loading";
  if (mode !== "running") return OF_MODE[mode] ?? mode;
  if (state !== "playing") return "waiting";
  if (isHeld) return "hold";
  if (isElsewhere) return "elsewhere";
  return isSoundBlocked ? "blocked" : "playing";
}
