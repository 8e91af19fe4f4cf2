/**
 * Reducer of a room's events: the state after each of them, and whether one is missing. Pure, so that tables test it.
 *
 * @typedef {import("../page/lib/shapes.js").Player} Player
 * @typedef {import("../page/lib/shapes.js").People} People
 * @typedef {import("../page/lib/shapes.js").State} State
 *
 * @typedef {object} Applied
 * @property {State | null} state the same object if nothing changed
 * @property {boolean} gap whether something was missed, so that the snapshot has to be fetched
 */

import { changeChat } from "./chat_change.js";
import { changeQueue } from "./queue_change.js";

/** @type {Record<string, (state: State, data: any) => State | null>} */
const REDUCERS = {
  player: (state, data) => withPlayer(state, data),
  queue: (state, data) => withQueue(state, data),
  room: (state, data) => ({ ...state, room: data.room }),
  chat: (state, data) => ({ ...state, chat: changeChat(state.chat, data) }),
};

/**
 * What `state` becomes by one event. An event is applied if it follows what is known, ignored if it is older, and a
 * gap if something before it is missing.
 * @param {State | null} state null before the first snapshot
 * @param {string} name
 * @param {any} data
 * @returns {Applied}
 */
export function apply(state, name, data) {
  if (name === "snapshot") return { state: withSnapshot(state, data), gap: false };
  if (state === null) return { state, gap: true };
  if (name === "people") return { state: { ...state, people: peopleOf(data) }, gap: false };
  if (name === "tick" || name === "resumed") return { state, gap: data.version > state.version };
  if (!Object.hasOwn(REDUCERS, name) || data.version <= state.version) return { state, gap: false };
  if (data.prev > state.version) return { state, gap: true };
  const next = REDUCERS[name](state, data);
  if (!next) return { state, gap: true };
  const { version, advance_at_ms = null } = data;
  return { state: { ...next, version, advance_at_ms }, gap: false };
}

/**
 * What `state` becomes by the player that answered a listener's own call. It leaves the version as it is: the call may
 * have changed nothing, and the event of that version may tell of something else.
 * @param {State} state
 * @param {Player} player
 * @returns {State}
 */
export function withPlayer(state, player) {
  const isNewer = player.version > Math.max(state.version, state.player.version);
  return isNewer ? { ...state, player: playerOf(player) } : state;
}

/**
 * What `state` becomes by the message that answered a listener's own call, as with the player.
 * @param {State} state
 * @param {import("./chat_change.js").ChatChange} change
 * @returns {State}
 */
export function withMessage(state, change) {
  return { ...state, chat: changeChat(state.chat, change) };
}

/**
 * @param {State | null} state
 * @param {any} data
 * @returns {State}
 */
function withSnapshot(state, data) {
  const { version, room, queue, chat = [], advance_at_ms = null } = data;
  // Another room may live under the same slug by now; its versions have nothing to do with those of the old one.
  const same = state?.room.created_at_ms === room.created_at_ms ? state : null;
  if (same && version < same.version) return same;
  const player = same && same.player.version > version ? same.player : playerOf(data.player);
  const people = data.people ? peopleOf(data.people) : (same?.people ?? { listeners: 0, items: [] });
  return { version, room, player, queue, chat, people, advance_at_ms };
}

/**
 * @param {State} state
 * @param {any} data
 * @returns {State | null}
 */
function withQueue(state, data) {
  const queue = changeQueue(state.queue, data);
  if (queue === null) return null;
  const isCurrent = data.op === "update" && data.entry.id === state.player.entry_id;
  return { ...state, queue, player: isCurrent ? { ...state.player, entry: data.entry } : state.player };
}

/**
 * @param {Player} data
 * @returns {Player}
 */
function playerOf({ version, entry_id, playing, position_ms, rate, effective_at_ms, entry, ended = false, ...more }) {
  const { skip, now_playing } = more;
  const known = { version, entry_id, playing, position_ms, rate, effective_at_ms, entry, ended };
  return { ...known, ...(skip && { skip }), ...(now_playing && { now_playing }) };
}

/**
 * @param {People} data
 * @returns {People}
 */
function peopleOf({ listeners, items }) {
  return { listeners, items };
}
