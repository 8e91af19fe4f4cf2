const AT_REST = ["ready", "paused", "ended"];

/** Stands a player where the paused room stands. */
export class Rest {
  #isSettled = false;

  /** The room stands somewhere else. */
  begin() {
    this.#isSettled = false;
  }

  /**
   * To be called with whatever the player comes to: one seek is enough, and none while it loads.
   * @param {import("./adapter.js").Media} media
   * @param {import("./course.js").Course} course
   */
  settle(media, course) {
    if (media.state === "playing") media.pause();
    if (this.#isSettled || !AT_REST.includes(media.state)) return;
    this.#isSettled = true;
    if (Math.abs(media.positionMs - course.positionMs) > media.precisionMs) media.seek(course.positionMs);
  }
}
