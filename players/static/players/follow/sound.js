/** By which the volume is multiplied meanwhile: the room stays audible behind what is listened to. */
const DUCKED = 0.15;

/**
 * Volume and mute of all players: the listener's choice, overruled while the browser's autoplay policy blocks
 * sound.
 */
export class Sound {
  #stage;
  #preferences;

  /** Whether the browser refused to play with sound; then it plays without, until a gesture allows it. */
  isBlocked = false;

  /** Whether another tab of this browser plays the same room, so that this one is silent. */
  isElsewhere = false;

  /** Whether something else on this page is listened to for a moment, so that the room steps back. */
  #isDucked = false;

  /** By which the listener's volume is multiplied, from 0 to 1: a sleep timer fades the sound out. */
  #loudness = 1;

  /**
   * @param {import("./stage.js").Stage} stage
   * @param {import("../preferences.js").Preferences} preferences
   */
  constructor(stage, preferences) {
    this.#stage = stage;
    this.#preferences = preferences;
  }

  get isDucked() {
    return this.#isDucked;
  }

  set isDucked(isDucked) {
    this.#isDucked = isDucked;
    this.apply();
  }

  get loudness() {
    return this.#loudness;
  }

  set loudness(loudness) {
    if (loudness === this.#loudness) return;
    this.#loudness = loudness;
    this.apply();
  }

  apply() {
    for (const media of this.#stage.all) {
      media.muted = this.#preferences.muted || this.isBlocked || this.isElsewhere;
      media.volume = this.#preferences.volume * this.#loudness * (this.#isDucked ? DUCKED : 1);
    }
  }

  /** Go on without sound. Returns whether that is any change. */
  block() {
    if (this.isBlocked || this.isElsewhere || this.#preferences.muted) return false;
    this.isBlocked = true;
    this.apply();
    return true;
  }

  /** To be called in a user's gesture. */
  unblock() {
    this.isBlocked = false;
    this.apply();
    for (const media of this.#stage.all) media.unlock();
  }
}
