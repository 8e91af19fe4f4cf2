import { optionalPart, part, write } from "./dom.js";
import { clockTime } from "./format.js";
import { words } from "./words.js";

/** How far the arrow keys go, in milliseconds. */
const STEP_MS = 5000;
/** Key presses closer than this become one seek, in milliseconds. */
const KEYS_MS = 300;

/** The line of positions: the room's and, thinner, this browser's own. Hosts may take hold of it. */
export class Seek {
  #session;
  #seekTo;
  #track;
  #input;
  #thumb;
  #roomLine;
  #myLine;
  #elapsed;
  #length;
  #hover;
  #isHeld = false;
  #keys = 0;

  /**
   * @param {ParentNode} root
   * @param {import("./session.js").Session} session
   * @param {(positionMs: number) => void} seekTo
   */
  constructor(root, session, seekTo) {
    this.#session = session;
    this.#seekTo = seekTo;
    this.#track = part(root, "track", HTMLElement);
    this.#input = optionalPart(root, "seek-input", HTMLInputElement);
    this.#thumb = optionalPart(root, "thumb", HTMLElement);
    this.#roomLine = part(root, "room-line", HTMLElement);
    this.#myLine = part(root, "my-line", HTMLElement);
    this.#elapsed = part(root, "elapsed", HTMLElement);
    this.#length = part(root, "length", HTMLElement);
    this.#hover = part(root, "hover", HTMLElement);
    this.#listen();
  }

  /** Called a few times a second. */
  show() {
    const { lengthMs, status } = this.#session;
    const positionMs = this.#isHeld && this.#input ? Number(this.#input.value) : this.#session.positionMs;
    const share = (/** @type {number} */ ms) => (lengthMs ? Math.min(1, Math.max(0, ms / lengthMs)) : 0);
    this.#roomLine.style.transform = `scaleX(${share(positionMs).toFixed(5)})`;
    this.#myLine.style.transform = `scaleX(${share(status?.positionMs ?? 0).toFixed(5)})`;
    if (this.#thumb) this.#thumb.style.insetInlineStart = `${(share(positionMs) * 100).toFixed(3)}%`;
    write(this.#elapsed, clockTime(positionMs));
    write(this.#length, clockTime(lengthMs));
    this.#tell(positionMs, lengthMs);
  }

  /**
   * @param {number} positionMs
   * @param {number | null} lengthMs
   */
  #tell(positionMs, lengthMs) {
    const element = this.#input ?? this.#track;
    const text = words.position(clockTime(positionMs), clockTime(lengthMs));
    // Whole seconds: a screen reader that sits on the line is not to be told four times a second.
    if (element.getAttribute("aria-valuetext") !== text && !element.matches(":focus")) {
      element.setAttribute("aria-valuetext", text);
      if (!this.#input) element.setAttribute("aria-valuenow", String(Math.floor(positionMs / 1000)));
      if (!this.#input && lengthMs)
        element.setAttribute("aria-valuemax", String(Math.floor(lengthMs / 1000)));
    }
    if (!this.#input) return;
    this.#input.disabled = !lengthMs;
    this.#input.max = String(lengthMs ?? 1);
    if (!this.#isHeld) this.#input.value = String(positionMs);
  }

  #listen() {
    this.#track.addEventListener("pointermove", (event) => this.#showHover(event));
    this.#track.addEventListener("pointerleave", () => (this.#hover.hidden = true));
    this.#input?.addEventListener("input", () => this.#hold());
    this.#input?.addEventListener("change", () => this.#letGo());
    this.#input?.addEventListener("keydown", (event) => this.#pressed(event));
  }

  #hold() {
    this.#isHeld = true;
    this.show();
  }

  #letGo() {
    if (!this.#isHeld || !this.#input) return;
    this.#seekTo(Number(this.#input.value));
    this.#isHeld = false;
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    const step = { ArrowLeft: -STEP_MS, ArrowDown: -STEP_MS, ArrowRight: STEP_MS, ArrowUp: STEP_MS }[
      event.key
    ];
    if (!step || !this.#input) return;
    event.preventDefault();
    event.stopPropagation();
    this.#input.value = String(Number(this.#input.value) + step);
    this.#hold();
    this.#input.setAttribute("aria-valuetext", clockTime(Number(this.#input.value)));
    clearTimeout(this.#keys);
    this.#keys = setTimeout(() => this.#letGo(), KEYS_MS);
  }

  /** @param {PointerEvent} event */
  #showHover(event) {
    const { lengthMs } = this.#session;
    if (!lengthMs || event.pointerType === "touch") return;
    const box = this.#track.getBoundingClientRect();
    const share = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
    this.#hover.hidden = false;
    this.#hover.style.insetInlineStart = `${share * 100}%`;
    write(this.#hover, clockTime(share * lengthMs));
  }
}
