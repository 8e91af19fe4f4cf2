import { Follower } from "../../../players/follow/follower.js";

/**
 * Play what the room plays, in step with it.
 *
 * @param {import("../screens/screen.js").Screen} screen
 * @param {HTMLElement} stage where the players are put
 * @param {Storage} [storage] where what is preferred and learned outlives the page
 * @returns {Follower}
 */
export function playAlong(screen, stage, storage) {
  const { clock, session } = screen;
  const follower = new Follower({ stage, clock, storage });
  const follow = () => {
    follower.follow(session.state.player);
    follower.next(session.following, session.state.advance_at_ms);
  };
  follower.addEventListener("status", (event) => session.heard(/** @type {CustomEvent} */ (event).detail));
  session.addEventListener("change", follow);
  screen.addEventListener("end", () => {
    session.removeEventListener("change", follow);
    follower.pause();
  });
  clock.start();
  follow();
  return follower;
}
