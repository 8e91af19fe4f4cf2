import { t } from "../../i18n/translate.js";
import { setIcon, setLabel } from "../lib/dom.js";
import { VideoPreview } from "../playback/video_preview.js";

/** @typedef {import("../lib/shapes.js").Found} Found */

/** Quietly, while what the room plays goes on beneath it. */
const VOLUME = 0.3;

/** Hearing a track before it is added, quietly, one at a time: a file by itself, a video in a player that is seen. */
export class Preview {
  /** Where a video is shown. */
  element = document.createElement("div");
  #audio = new Audio();
  /** @type {VideoPreview | null} */
  #video = null;
  #fits;
  #say;
  #heard;
  /** Of the track that is heard. @type {HTMLButtonElement | null} */
  #button = null;

  /**
   * @param {object} calls
   * @param {() => boolean} calls.fits whether a video can be shown in the size that YouTube asks for
   * @param {(text: string) => void} calls.say what went wrong
   * @param {(isHeard: boolean) => void} calls.heard whether something is, from now on
   */
  constructor({ fits, say, heard }) {
    this.#fits = fits;
    this.#say = say;
    this.#heard = heard;
    this.element.className = "found-video";
    this.element.hidden = true;
    this.#audio.volume = VOLUME;
    // Also by a key of the system, and at the end. The pause that makes way for the next track comes when that plays.
    this.#audio.onpause = () => !this.#video && this.#audio.paused && this.stop();
    this.#audio.onerror = () => !this.#video && this.#button && this.#fail();
  }

  /**
   * @param {Found} found
   * @returns {HTMLElement} the button by which to hear it, or a link where there is no room for its video; the arrow
   *   keys lead there, not Tab
   */
  control(found) {
    const title = found.title || found.url;
    const isElsewhere = found.provider === "youtube" && !this.#fits();
    const control = document.createElement(isElsewhere ? "a" : "button");
    control.className = "button quiet icon-only";
    control.tabIndex = -1;
    control.innerHTML = `<svg class="icon" aria-hidden="true"><use href="#i-${isElsewhere ? "link" : "sound"}"></use></svg>`;
    if (control instanceof HTMLAnchorElement) {
      Object.assign(control, { href: found.url, target: "_blank", rel: "noopener" });
      setLabel(control, t("Watch {title} on YouTube, in a new tab", { title }));
    } else {
      control.type = "button";
      setLabel(control, t("Hear {title} quietly", { title }));
      control.setAttribute("aria-pressed", "false");
      control.addEventListener("click", () => (this.#button === control ? this.stop() : this.#play(found, control)));
    }
    return control;
  }

  stop() {
    this.#audio.pause();
    this.#audio.removeAttribute("src");
    this.#video?.stop();
    this.#video = null;
    this.element.hidden = true;
    this.#show(false);
    this.#button = null;
    this.#heard(false);
  }

  /**
   * @param {Found} found
   * @param {HTMLButtonElement} button
   */
  async #play(found, button) {
    this.stop();
    this.#say("");
    this.#button = button;
    this.#show(true);
    this.#heard(true);
    const isHeard = found.provider === "youtube" ? this.#watch(found) : this.#listen(found);
    if (!(await isHeard) && this.#button === button) this.#fail();
  }

  /** @param {Found} found */
  #listen(found) {
    this.#audio.src = found.url;
    return this.#audio.play().then(
      () => true,
      () => false,
    );
  }

  /** @param {Found} found */
  #watch(found) {
    this.element.hidden = false;
    const video = new VideoPreview(this.element, {
      ended: () => this.#video === video && this.stop(),
      failed: () => this.#video === video && this.#fail(),
    });
    this.#video = video;
    return video.play(found.media_id, VOLUME);
  }

  #fail() {
    this.stop();
    this.#say(t("This cannot be heard here."));
  }

  /** @param {boolean} isHeard */
  #show(isHeard) {
    if (!this.#button) return;
    setIcon(this.#button, isHeard ? "pause" : "sound");
    this.#button.setAttribute("aria-pressed", String(isHeard));
  }
}
