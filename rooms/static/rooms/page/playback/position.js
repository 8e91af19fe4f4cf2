import { LEAD_MS, TRACK_LEAD_MS, positionAt, timelineOf } from "../../../players/timeline.js";

/** The leads that the server gives to a start, so that what the page shows ahead of its answer does not jump. */
export const START_LEAD_MS = LEAD_MS;
export const TRACK_START_LEAD_MS = TRACK_LEAD_MS;

/**
 * The position of a player at an instant of the server's clock. Apart from the follower, since a page that only shows a
 * room loads no media player.
 *
 * @param {import("../lib/shapes.js").Player} player
 * @param {number} nowMs
 */
export function positionOf(player, nowMs) {
  return positionAt(timelineOf(player), nowMs);
}
