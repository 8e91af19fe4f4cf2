import { AT_REST } from "../media/adapter.js";

/** Seeks a paused player to where the paused room is, once for each pause. */
export class StandStill {
  #isSettled = false;

  /** The room stands somewhere else. */
  begin() {
    this.#isSettled = false;
  }

  /**
   * To be called with whatever the player comes to: one seek is enough, and none while it loads. It is sought even
   * where it stands already, so that it is ready to start.
   * @param {import("../media/adapter.js").Media} media
   * @param {import("./room_position.js").RoomPosition} room
   */
  settle(media, room) {
    if (media.state === "playing") media.pause();
    if (this.#isSettled || !AT_REST.includes(media.state)) return;
    this.#isSettled = true;
    if (media.state !== "ready" || Math.abs(media.positionMs - room.positionMs) > media.precisionMs) {
      media.seek(room.positionMs);
    }
  }
}
