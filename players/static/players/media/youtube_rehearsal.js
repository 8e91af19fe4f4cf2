import { PAUSED, PLAYING } from "./youtube_player.js";

/**
 * A video that was only cued, or sought while it was paused, starts up to seconds late, and nothing tells when it is
 * there. So it is rehearsed: it plays, muted, until the first frame shows, and is paused at once. What is played after
 * that starts soon.
 */
export class Rehearsal {
  isOn = false;

  /** To be called before the video is loaded or sought. @param {YT.Player} player */
  begin(player) {
    this.isOn = true;
    player.mute();
  }

  /** To be called with each state that the player comes to. @param {number} code @param {YT.Player} player */
  isOverWith(code, player) {
    if (code === PLAYING) player.pauseVideo();
    if (code === PAUSED) this.end();
    return !this.isOn;
  }

  end() {
    this.isOn = false;
  }
}
