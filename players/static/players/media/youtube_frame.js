import { makeBox, makePlayer } from "./youtube_player.js";

/** The frame of one YouTube player, made with the first video and kept for those after it. */
export class YouTubeFrame {
  element = makeBox();
  /** @type {YT.Player | null} */
  player = null;
  isDestroyed = false;
  muted = false;
  volume = 1;
  #events;
  /** @type {Promise<YT.Player> | null} */
  #making = null;

  /** @param {YT.Events} events */
  constructor(events) {
    this.#events = events;
  }

  /**
   * Wait for the player; it stays null where YouTube cannot be reached, and the next call tries again.
   * @param {string} videoId what a new player shows first
   */
  async ready(videoId) {
    this.#making ??= makePlayer(this.element, videoId, this.#events);
    this.player = await this.#making.catch(() => null);
    if (this.player === null) this.#making = null;
    if (this.isDestroyed) this.#drop();
  }

  applySound() {
    this.player?.setVolume(Math.round(this.volume * 100));
    if (this.muted) this.player?.mute();
    else this.player?.unMute();
  }

  destroy() {
    this.isDestroyed = true;
    this.#drop();
    this.element.remove();
  }

  #drop() {
    this.player?.destroy();
    this.player = null;
  }
}
