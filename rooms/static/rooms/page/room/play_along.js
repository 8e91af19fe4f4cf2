import { SoundOwner } from "../../sharing/sound_owner.js";
import { followerIn } from "../playback/follower.js";

/**
 * Play what the room plays, in step with it, until the room is over. What the server told counts, not what a host's
 * page shows ahead of it: a track that may yet be refused is not preloaded.
 *
 * @param {import("./room_connection.js").RoomConnection} connection
 * @param {HTMLElement} stage where the players are put
 * @param {Storage} [storage] where preferences and learned latencies outlive the page
 * @param {{isMute?: boolean}} [options] whether it never sounds, so that another tab may
 * @returns {import("../playback/follower.js").RoomFollower}
 */
export function playAlong(connection, stage, storage, { isMute = false } = {}) {
  const { clock, session } = connection;
  const owner = isMute ? undefined : new SoundOwner(connection.api.slug);
  const follower = followerIn(stage, clock, storage, owner);
  owner?.start();
  const follow = () => {
    follower.follow(session.state.player);
    follower.next(session.toldFollowing, session.state.advance_at_ms);
  };
  follower.addEventListener("status", (event) => session.heard(/** @type {CustomEvent} */ (event).detail));
  connection.addEventListener("told", follow);
  connection.addEventListener("end", () => {
    connection.removeEventListener("told", follow);
    follower.pause();
    // For good: no key of the page or of headphones is to begin it again.
    follower.destroy();
  });
  clock.start();
  follow();
  return follower;
}
