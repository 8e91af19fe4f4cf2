/**
 * Where the music is: the same arithmetic as `players/timeline.py`, held to the same table of cases,
 * `tests/unit/timeline_cases.json`.
 *
 * @typedef {import("../rooms/page/lib/shapes.js").Player} Player
 *
 * The line of positions of one entry. Its names are those of the API, since its values come from there.
 * @typedef {object} Timeline
 * @property {boolean} playing
 * @property {number} position_ms where the music was at `effective_at_ms`
 * @property {number} rate
 * @property {number} effective_at_ms may lie in the future: until then the position stands still
 * @property {number} first_ms
 * @property {number | null} last_ms null while the end is not known
 */

/** How far ahead of a host's call the server puts a start, so that every listener hears of it in time. */
export const LEAD_MS = 400;
/** The same for a start of another track, which players have to load first. */
export const TRACK_LEAD_MS = 1_500;
/** An instant that lies further ahead than this is no lead: somebody set a clock back. */
const MOST_AHEAD_MS = 5_000;
/** What is shorter counts as so long. */
const LEAST_PART_MS = 1_000;

/**
 * The line that the API's player describes, within the trims of its entry and the length of the media.
 * @param {Player} player
 * @returns {Timeline}
 */
export function timelineOf(player) {
  const { playing, position_ms, rate, effective_at_ms, entry } = player;
  return { playing, position_ms, rate, effective_at_ms, ...boundsOf(entry) };
}

/**
 * The position at the instant `nowMs` of the server's clock, within the bounds.
 * @param {Timeline} timeline
 * @param {number} nowMs
 */
export function positionAt(timeline, nowMs) {
  let position = timeline.position_ms;
  if (timeline.playing) position += Math.floor(timeline.rate * Math.max(0, nowMs - timeline.effective_at_ms));
  if (timeline.last_ms !== null) position = Math.min(position, timeline.last_ms);
  return Math.max(position, timeline.first_ms);
}

/**
 * The instant at which the position reaches the end; null if paused or if no end is known.
 * @param {Timeline} timeline
 */
export function endsAtMs(timeline) {
  if (!timeline.playing || timeline.last_ms === null) return null;
  const leftMs = Math.max(0, timeline.last_ms - Math.max(timeline.position_ms, timeline.first_ms));
  return timeline.effective_at_ms + Math.ceil(leftMs / timeline.rate);
}

/**
 * Whether the music would stand still for longer than any lead: the clock was set back since.
 * @param {Timeline} timeline
 * @param {number} nowMs
 */
export function isAdrift(timeline, nowMs) {
  return timeline.playing && timeline.effective_at_ms > nowMs + MOST_AHEAD_MS;
}

/**
 * Where an entry starts and ends, by its trims and the length of its media; what is live has no end.
 * @param {Player["entry"]} entry
 */
export function boundsOf(entry) {
  if (entry?.is_live) return { first_ms: 0, last_ms: null };
  const start = entry?.start_ms ?? 0;
  const length = entry?.length_ms ?? Infinity;
  const last = Math.min(length, entry?.end_ms ?? Infinity);
  const first_ms = start >= length ? 0 : start;
  return { first_ms, last_ms: last === Infinity ? null : Math.max(last, first_ms + LEAST_PART_MS) };
}
