import { PAUSED, PLAYING } from "./youtube_player.js";

/**
 * Pre-roll for YouTube: plays a video muted until its first frame shows, and pauses it. A video that was only cued, or
 * sought while paused, starts up to seconds late, and no event tells when it is ready.
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
