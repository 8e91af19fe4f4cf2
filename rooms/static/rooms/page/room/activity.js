import { positionOf } from "../playback/position.js";
import { clockTime } from "../lib/format.js";
import { reasonOf } from "./unplayable_reason.js";
import { words } from "../lib/words.js";

/** @typedef {import("./types.js").Entry} Entry */
/** @typedef {import("./types.js").Player} Player */
/** @typedef {{kind: string, by: string | null, entry?: {title: string}, reason?: string, role?: string, of?: string}} Notice */
/** @typedef {import("./types.js").State} State */

/** A smaller step than this is the clock's, not a host's, in milliseconds. */
const SEEK_MS = 1500;

/**
 * What others just did that everybody should hear of, or what became of what was added here; empty if nothing did.
 *
 * @param {State} before
 * @param {State} after
 * @param {string} by the nickname of who acted; empty if nobody did
 * @param {{id: string, name: string, added: Set<number>}} self one's own id and name, and the entries that this page added
 * @param {number} nowMs
 * @returns {string}
 */
export function newsOf(before, after, by, self, nowMs) {
  const [failed] = whatTurnedOut(before, after, self.added);
  if (failed) return words.problems.unplayable(failed.title, reasonOf(failed));
  return whatHappened(before, after, by, self.name, nowMs) || whatWasAdded(before, after, self);
}

/**
 * What a notice of the stream says, as a sentence; empty for kinds that are not known.
 *
 * @param {Notice} notice
 * @returns {string}
 */
export function sentenceOfNotice({ kind, by, entry, reason = "", role = "", of = "" }) {
  const who = by || words.somebody;
  if (kind === "skipped" && entry) return by ? words.did.skipped(who, entry.title) : words.notices.votedOff(entry.title);
  if (kind === "passed-over" && entry) return words.notices.passedOver(entry.title, reasonOf({ unplayable: reason }));
  if (kind === "role") return (by ? words.notices.made[role]?.(by, of) : words.notices.came[role]?.(of)) ?? "";
  return kind === "came" ? (words.notices.came[role]?.(who) ?? "") : "";
}

/**
 * What `who` just did to the player, as a sentence; empty if nobody did or if it was `me`.
 *
 * @param {State} before
 * @param {State} after
 * @param {string} who
 * @param {string} me
 * @param {number} nowMs
 * @returns {string}
 */
function whatHappened(before, after, who, me, nowMs) {
  const [was, is] = [before.player, after.player];
  if (!who || who === me || was.version === is.version) return "";
  if (was.entry_id !== is.entry_id) return whatChanged(who, before.queue, was, is);
  if (was.playing !== is.playing) return is.playing ? words.did.played(who) : words.did.paused(who);
  const step = positionOf(is, nowMs) - positionOf(was, nowMs);
  return Math.abs(step) > SEEK_MS ? words.did.moved(who, clockTime(is.position_ms)) : "";
}

/**
 * @param {string} who
 * @param {Entry[]} queue as it was
 * @param {Player} was
 * @param {Player} is
 * @returns {string}
 */
function whatChanged(who, queue, was, is) {
  if (!is.entry) return "";
  if (!was.entry) return words.did.chose(who, is.entry.title);
  const [from, to] = [was, is].map((player) => queue.findIndex((entry) => entry.id === player.entry_id));
  // Told by a notice, which knows whether it was skipped or another one was chosen.
  if (to === from + 1) return "";
  return to < from && to >= 0
    ? words.did.wentBack(who, is.entry.title)
    : words.did.chose(who, is.entry.title);
}

/**
 * What others put into the queue, as a sentence.
 *
 * @param {State} before
 * @param {State} after
 * @param {{id: string, added: Set<number>}} self
 * @returns {string}
 */
function whatWasAdded(before, after, { id, added: mine }) {
  if (before.queue === after.queue || after.queue.length <= before.queue.length) return "";
  const known = new Set(before.queue.map((entry) => entry.id));
  const added = after.queue.filter(
    (entry) => !known.has(entry.id) && !mine.has(entry.id) && entry.added_by?.id !== id,
  );
  if (!added.length) return "";
  const who = added[0].added_by?.name ?? words.somebody;
  return added.length === 1 ? words.did.added(who, added[0].title) : words.did.addedMany(who, added.length);
}

/**
 * Which of the entries that this page added turned out to be unplayable.
 *
 * @param {State} before
 * @param {State} after
 * @param {Set<number>} mine
 * @returns {Entry[]}
 */
function whatTurnedOut(before, after, mine) {
  if (before.queue === after.queue) return [];
  const fine = new Set(before.queue.filter((entry) => !entry.unplayable).map((entry) => entry.id));
  return after.queue.filter((entry) => entry.unplayable && fine.has(entry.id) && mine.has(entry.id));
}
