import { t } from "../../i18n/translate.js";
import { setIcon, setLabel } from "../lib/dom.js";

/** @typedef {import("../lib/shapes.js").Found} Found */

/** Beneath what the room plays, which goes on. */
const VOLUME = 0.3;

/**
 * Hearing a track before it is added: a file plays here, quietly, one at a time. A video opens on YouTube, whose player
 * would need more room than a row of a list has.
 */
export class Preview {
  #say;
  /** @type {HTMLAudioElement | null} */
  #audio = null;
  /** @type {HTMLButtonElement | null} */
  #button = null;

  /** @param {(text: string) => void} say what went wrong */
  constructor(say) {
    this.#say = say;
  }

  /**
   * @param {Found} found
   * @returns {HTMLElement} the button or the link by which to hear it; the arrow keys lead there, not Tab
   */
  control(found) {
    const title = found.title || found.url;
    const isVideo = found.provider === "youtube";
    const control = document.createElement(isVideo ? "a" : "button");
    control.className = "button quiet icon-only";
    control.tabIndex = -1;
    control.innerHTML = `<svg class="icon" aria-hidden="true"><use href="#i-${isVideo ? "link" : "sound"}"></use></svg>`;
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
    this.#audio?.pause();
    this.#audio?.removeAttribute("src");
    this.#show(false);
    this.#button = null;
  }

  /**
   * @param {Found} found
   * @param {HTMLButtonElement} button
   */
  #play(found, button) {
    this.stop();
    this.#say("");
    this.#button = button;
    const audio = (this.#audio ??= new Audio());
    audio.onended = () => this.stop();
    audio.volume = VOLUME;
    audio.src = found.url;
    this.#show(true);
    audio.play().catch(() => {
      if (this.#button !== button) return;
      this.stop();
      this.#say(t("This cannot be heard here."));
    });
  }

  /** @param {boolean} isHeard */
  #show(isHeard) {
    if (!this.#button) return;
    setIcon(this.#button, isHeard ? "pause" : "sound");
    this.#button.setAttribute("aria-pressed", String(isHeard));
  }
}
