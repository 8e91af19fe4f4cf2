import { part } from "./dom.js";
import { moveInMenu } from "./menu_keys.js";
import { placeBeside } from "./popover_place.js";

/**
 * A context menu: one for a whole list, opened beside the row whose button was pressed.
 *
 * @template T what a row is about
 */
export class ContextMenu {
  #menu;
  #acts;
  /** @type {T | null} */
  #subject = null;
  /** @type {HTMLElement | null} */
  #button = null;

  /**
   * @param {ParentNode} root
   * @param {string} name of the part that is the menu, whose items say in `data-do` what they do
   * @param {{may: (what: string, subject: T) => boolean, do: (what: string, subject: T) => unknown}} acts
   */
  constructor(root, name, acts) {
    this.#acts = acts;
    this.#menu = part(root, name, HTMLElement);
    this.#menu.addEventListener("click", (event) => this.#chosen(event));
    this.#menu.addEventListener("keydown", (event) => moveInMenu(this.#menu, this.#shown, event));
    this.#menu.addEventListener("toggle", (event) => {
      if (/** @type {ToggleEvent} */ (event).newState === "closed") this.#closed();
    });
  }

  /** What it is open for; null while it is closed. */
  get subject() {
    return this.#subject;
  }

  /** @param {T} subject @returns {boolean} whether there is anything to choose */
  has(subject) {
    return this.#all.some((item) => this.#acts.may(item.dataset.do ?? "", subject));
  }

  /**
   * @param {HTMLElement} button
   * @param {T} subject
   */
  open(button, subject) {
    // Where another row's menu was open until just now, its closing goes unheard.
    this.#button?.setAttribute("aria-expanded", "false");
    this.#subject = subject;
    this.#button = button;
    for (const item of this.#all) item.hidden = !this.#acts.may(item.dataset.do ?? "", subject);
    button.setAttribute("aria-expanded", "true");
    this.#menu.showPopover();
    placeBeside(this.#menu, button);
    this.#shown[0]?.focus();
  }

  close() {
    if (this.#subject !== null) this.#menu.hidePopover();
  }

  get #all() {
    return /** @type {HTMLElement[]} */ ([...this.#menu.querySelectorAll('[role="menuitem"]')]);
  }

  get #shown() {
    return this.#all.filter((item) => !item.hidden);
  }

  /** @param {Event} event */
  #chosen(event) {
    const item = event.target instanceof Element ? event.target.closest("[data-do]") : null;
    const subject = this.#subject;
    if (!(item instanceof HTMLElement) || subject === null) return;
    this.#menu.hidePopover();
    this.#acts.do(item.dataset.do ?? "", subject);
  }

  #closed() {
    this.#button?.setAttribute("aria-expanded", "false");
    if (this.#menu.contains(document.activeElement) || document.activeElement === document.body) this.#button?.focus();
    this.#subject = this.#button = null;
  }
}
