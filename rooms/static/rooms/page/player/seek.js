import { optionalPart, part, write } from "../lib/dom.js";
import { clockTime } from "../lib/format.js";
import { loadedUntilMs } from "./loaded.js";
import { words } from "../lib/words.js";

/** How far the arrow keys go, and how far with Shift, in milliseconds. */
export const STEP_MS = 5000;
export const LONG_STEP_MS = 30_000;
/** Key presses closer than this become one seek, in milliseconds. */
const KEYS_MS = 300;

/**
 * The seek bar: the room's position and, thinner, this browser's own. Hosts may drag it. What is live has none of it, and
 * a mark instead.
 */
export class Seek {
  #session;
  #seekTo;
  #track;
  #input;
  #thumb;
  #stage;
  #loadedLine;
  #roomLine;
  #myLine;
  #miniLine;
  #elapsed;
  #length;
  #liveMark;
  #hover;
  #isHeld = false;
  /** What is held is a place in this entry. @type {number | null} */
  #heldIn = null;
  #keys = 0;

  /**
   * @param {ParentNode} root
   * @param {import("../room/session.js").Session} session
   * @param {(positionMs: number) => void} seekTo
   */
  constructor(root, session, seekTo) {
    this.#session = session;
    this.#seekTo = seekTo;
    this.#track = part(root, "track", HTMLElement);
    this.#input = optionalPart(root, "seek-input", HTMLInputElement);
    this.#thumb = optionalPart(root, "thumb", HTMLElement);
    this.#stage = part(root, "stage", HTMLElement);
    this.#loadedLine = part(root, "loaded-line", HTMLElement);
    this.#roomLine = part(root, "room-line", HTMLElement);
    this.#myLine = part(root, "my-line", HTMLElement);
    this.#miniLine = optionalPart(root, "mini-line", HTMLElement);
    this.#elapsed = part(root, "elapsed", HTMLElement);
    this.#length = part(root, "length", HTMLElement);
    this.#liveMark = part(root, "live-mark", HTMLElement);
    this.#hover = part(root, "hover", HTMLElement);
    this.#listen();
  }

  /** Called a few times a second. */
  show() {
    const { entry, isLive, lengthMs, status } = this.#session;
    this.#liveMark.hidden = !isLive;
    for (const element of [this.#track, this.#elapsed, this.#length]) element.hidden = isLive;
    // The next track is not sent to where the one before was to go.
    if (this.#isHeld && this.#session.player.entry_id !== this.#heldIn) this.#forget();
    if (isLive) return;
    const positionMs = this.#isHeld && this.#input ? Number(this.#input.value) : this.#session.positionMs;
    this.#draw(this.#roomLine, positionMs);
    this.#draw(this.#myLine, status?.positionMs ?? 0);
    this.#draw(this.#loadedLine, entry ? loadedUntilMs(this.#stage, entry.url, positionMs) : 0);
    if (this.#miniLine) this.#draw(this.#miniLine, positionMs);
    if (this.#thumb) this.#thumb.style.insetInlineStart = `${(this.#share(positionMs) * 100).toFixed(3)}%`;
    // Nobody knows how far it is, if it is played at all.
    write(this.#elapsed, status?.phase === "unplayable" && !lengthMs ? "–" : clockTime(positionMs));
    write(this.#length, clockTime(lengthMs));
    this.#tell(positionMs, lengthMs);
  }

  /** @param {number} ms @returns {number} 0 to 1 */
  #share(ms) {
    const { lengthMs } = this.#session;
    return lengthMs ? Math.min(1, Math.max(0, ms / lengthMs)) : 0;
  }

  /**
   * @param {HTMLElement} line
   * @param {number} untilMs
   */
  #draw(line, untilMs) {
    line.style.transform = `scaleX(${this.#share(untilMs).toFixed(5)})`;
  }

  /**
   * Go on or back; what is pressed in one breath becomes one seek, and is seen at once.
   *
   * @param {number} byMs
   */
  stepBy(byMs) {
    if (!this.#input || this.#session.player.entry_id === null || this.#session.isLive) return;
    if (!this.#session.lengthMs) return this.#seekTo(this.#session.positionMs + byMs);
    this.#input.value = String(Number(this.#input.value) + byMs);
    this.#hold();
    this.#input.setAttribute("aria-valuetext", clockTime(Number(this.#input.value)));
    clearTimeout(this.#keys);
    this.#keys = setTimeout(() => this.#letGo(), KEYS_MS);
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
    // What has the focus would lose it between two tracks.
    this.#input.disabled = !lengthMs && !this.#input.matches(":focus");
    this.#input.max = String(lengthMs ?? 1);
    if (!this.#isHeld) this.#input.value = String(positionMs);
  }

  #listen() {
    this.#track.addEventListener("pointerdown", (event) => this.#take(event));
    this.#track.addEventListener("pointermove", (event) => this.#move(event));
    this.#track.addEventListener("pointerup", () => this.#letGo());
    this.#track.addEventListener("pointercancel", () => this.#forget());
    this.#track.addEventListener("pointerleave", () => (this.#hover.hidden = true));
    this.#input?.addEventListener("input", () => this.#hold());
    this.#input?.addEventListener("change", () => this.#letGo());
    this.#input?.addEventListener("keydown", (event) => this.#pressed(event));
  }

  #hold() {
    if (!this.#isHeld) this.#heldIn = this.#session.player.entry_id;
    this.#isHeld = true;
    this.show();
  }

  #letGo() {
    if (!this.#isHeld || !this.#input) return;
    if (this.#session.lengthMs) this.#seekTo(Number(this.#input.value));
    this.#forget();
  }

  #forget() {
    clearTimeout(this.#keys);
    this.#isHeld = false;
    this.#track.classList.remove("is-held");
  }

  /**
   * Pointers are followed here and not by the range, whose thumb has a width: under the pointer is what will be heard,
   * and on a phone a tap is enough.
   *
   * @param {PointerEvent} event
   */
  #take(event) {
    this.#showHover(event);
    if (!this.#input || !this.#session.lengthMs || event.button !== 0) return;
    this.#track.setPointerCapture(event.pointerId);
    this.#track.classList.add("is-held");
    this.#input.value = String(this.#under(event));
    this.#hold();
  }

  /** @param {PointerEvent} event */
  #move(event) {
    this.#showHover(event);
    if (!this.#input || !this.#track.classList.contains("is-held")) return;
    this.#input.value = String(this.#under(event));
    this.#hold();
  }

  /** @param {PointerEvent} event @returns {number} the position under the pointer, in milliseconds */
  #under(event) {
    const box = this.#track.getBoundingClientRect();
    const share = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
    return share * (this.#session.lengthMs ?? 0);
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    const step = { ArrowLeft: -STEP_MS, ArrowDown: -STEP_MS, ArrowRight: STEP_MS, ArrowUp: STEP_MS }[
      event.key
    ];
    if (!step || !this.#input) return;
    event.preventDefault();
    event.stopPropagation();
    this.stepBy(event.shiftKey ? Math.sign(step) * LONG_STEP_MS : step);
  }

  /** @param {PointerEvent} event */
  #showHover(event) {
    if (!this.#session.lengthMs) return;
    const under = this.#under(event);
    this.#hover.hidden = false;
    this.#hover.style.insetInlineStart = `${this.#share(under) * 100}%`;
    write(this.#hover, clockTime(under));
  }
}
