import { YouTubeFrame } from "../../../players/media/youtube_frame.js";

/** YouTube's onStateChange tells it of a video that came to its end. */
const ENDED = 0;

/** A YouTube player of its own for one video, beside the room's; whoever starts it pressed something. */
export class VideoPreview {
  #frame;

  /**
   * @param {HTMLElement} place which it fills; YouTube asks for 200 by 200 pixels that nothing covers
   * @param {object} told
   * @param {() => void} told.ended
   * @param {() => void} told.failed
   */
  constructor(place, { ended, failed }) {
    this.#frame = new YouTubeFrame({
      onStateChange: ({ data }) => data === ENDED && ended(),
      onError: failed,
    });
    place.replaceChildren(this.#frame.element);
  }

  /**
   * @param {string} mediaId
   * @param {number} volume from 0 to 1
   * @returns {Promise<boolean>} whether YouTube could be reached
   */
  async play(mediaId, volume) {
    const frame = this.#frame;
    await frame.ready(mediaId);
    if (frame.isDestroyed) return true;
    frame.volume = volume;
    frame.applySound();
    frame.player?.playVideo();
    return frame.player !== null;
  }

  stop() {
    this.#frame.destroy();
  }
}
