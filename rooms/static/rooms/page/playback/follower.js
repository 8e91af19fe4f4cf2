import { Follower } from "../../../players/follow/follower.js";

/**
 * The media player of a page, in step with its room. This folder is all of the page that knows the other application.
 *
 * @typedef {Follower} RoomFollower
 * @typedef {import("../../../players/follow/follower.js").Status} Status
 * @typedef {import("../../../players/preferences.js").Tightness} Tightness
 *
 * @param {HTMLElement} stage where the players are put
 * @param {import("../../clock/clock.js").Clock} clock
 * @param {Storage} [storage] where preferences and learned latencies outlive the page
 * @param {import("../../sharing/sound_owner.js").SoundOwner} [owner] which of the browser's tabs sounds
 * @returns {RoomFollower}
 */
export function followerIn(stage, clock, storage, owner) {
  return new Follower({ stage, clock, storage, owner });
}
