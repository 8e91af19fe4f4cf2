import { keep, memory, part } from "../lib/dom.js";

const STORAGE_KEY = "musicrooms:chat-share";
/** Of the side panel, in percent. */
const [LEAST, MOST, USUAL, STEP] = [20, 75, 45, 5];

/** A divider between the queue and the chat, which stays where it is put, in all rooms of this browser. */
export class ChatDivider {
  #side;
  #divider;
  #share = USUAL;

  /**
   * @param {ParentNode} root
   * @param {HTMLElement} side
   */
  constructor(root, side) {
    this.#side = side;
    this.#divider = part(root, "chat-divider", HTMLElement);
    this.#set(Number(memory()?.getItem(STORAGE_KEY)) || USUAL);
    this.#divider.addEventListener("pointerdown", (event) => this.#grab(event));
    this.#divider.addEventListener("keydown", (event) => this.#pressed(event));
    this.#divider.addEventListener("dblclick", () => this.#keep(USUAL));
  }

  /** @param {PointerEvent} event */
  #grab(event) {
    event.preventDefault();
    this.#divider.setPointerCapture(event.pointerId);
    const { top, height } = this.#side.getBoundingClientRect();
    const move = (/** @type {PointerEvent} */ { clientY }) => this.#set(((top + height - clientY) / height) * 100);
    this.#divider.addEventListener("pointermove", move);
    const end = () => {
      this.#divider.removeEventListener("pointermove", move);
      this.#keep(this.#share);
    };
    this.#divider.addEventListener("lostpointercapture", end, { once: true });
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    const step = { ArrowUp: STEP, ArrowDown: -STEP }[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    this.#keep(this.#share + step);
  }

  /** @param {number} share */
  #keep(share) {
    this.#set(share);
    keep(memory(), STORAGE_KEY, String(Math.round(this.#share)));
  }

  /** @param {number} share */
  #set(share) {
    this.#share = Math.min(MOST, Math.max(LEAST, share));
    this.#side.style.setProperty("--chat-share", `${this.#share}%`);
    this.#divider.setAttribute("aria-valuenow", String(Math.round(this.#share)));
  }
}
