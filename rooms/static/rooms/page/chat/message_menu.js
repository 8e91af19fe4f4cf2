import { part } from "../lib/dom.js";
import { placeBeside } from "../lib/popover_place.js";

/** @typedef {import("./chat_window.js").Line} Line */

/** The context menu of messages: one for all, opened beside the message whose button was pressed. */
export class MessageMenu {
  #menu;
  #act;
  #can;
  /** @type {Line | null} */
  #line = null;
  /** @type {HTMLElement | null} */
  #button = null;

  /**
   * @param {ParentNode} root
   * @param {{act: (what: string, line: Line) => void, can: (what: string, line: Line) => boolean}} acts
   */
  constructor(root, { act, can }) {
    this.#act = act;
    this.#can = can;
    this.#menu = part(root, "message-menu", HTMLElement);
    this.#menu.addEventListener("click", (event) => this.#chosen(event));
    this.#menu.addEventListener("keydown", (event) => this.#moved(event));
    this.#menu.addEventListener("toggle", (event) => {
      if (/** @type {ToggleEvent} */ (event).newState === "closed") this.#closed();
    });
  }

  /** The message that it is open for; null while it is closed. @returns {Line | null} */
  get line() {
    return this.#line;
  }

  /**
   * @param {HTMLElement} button
   * @param {Line} line
   */
  open(button, line) {
    this.#line = line;
    this.#button = button;
    for (const item of this.#all) item.hidden = !this.#can(item.dataset.do ?? "", line);
    button.setAttribute("aria-expanded", "true");
    this.#menu.showPopover();
    placeBeside(this.#menu, button);
    this.#items[0]?.focus();
  }

  close() {
    if (this.#line) this.#menu.hidePopover();
  }

  get #all() {
    return /** @type {HTMLElement[]} */ ([...this.#menu.querySelectorAll('[role="menuitem"]')]);
  }

  get #items() {
    return this.#all.filter((item) => !item.hidden);
  }

  /** @param {Event} event */
  #chosen(event) {
    const item = event.target instanceof Element ? event.target.closest("[data-do]") : null;
    const line = this.#line;
    if (!(item instanceof HTMLElement) || !line) return;
    this.#menu.hidePopover();
    this.#act(item.dataset.do ?? "", line);
  }

  /** @param {KeyboardEvent} event */
  #moved(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    event.stopPropagation();
    if (event.key === "Tab") return this.#menu.hidePopover();
    if (!step) return;
    event.preventDefault();
    const items = this.#items;
    const at = items.findIndex((item) => item === document.activeElement);
    items[(at + step + items.length) % items.length].focus();
  }

  #closed() {
    this.#button?.setAttribute("aria-expanded", "false");
    if (this.#menu.contains(document.activeElement) || document.activeElement === document.body)
      this.#button?.focus();
    this.#line = this.#button = null;
  }
}
