import { part } from "../lib/dom.js";
import { placeBeside } from "../lib/popover_place.js";

/** @typedef {import("../lib/shapes.js").Person} Person */

/** The context menu of people: one for the whole list, opened beside the row whose button was pressed. */
export class PersonMenu {
  #menu;
  #acts;
  #buttonOf;
  /** @type {Person | null} */
  #person = null;

  /**
   * @param {ParentNode} root
   * @param {{may: (what: string, person: Person) => boolean, do: (what: string, person: Person) => void}} acts
   * @param {(id: string) => HTMLElement | null} buttonOf
   */
  constructor(root, acts, buttonOf) {
    this.#acts = acts;
    this.#buttonOf = buttonOf;
    this.#menu = part(root, "person-menu", HTMLElement);
    this.#menu.addEventListener("click", (event) => this.#chosen(event));
    this.#menu.addEventListener("keydown", (event) => this.#moved(event));
    this.#menu.addEventListener("toggle", (event) => {
      if (/** @type {ToggleEvent} */ (event).newState === "closed") this.#closed();
    });
  }

  /** @param {Person} person @returns {boolean} whether there is anything to choose */
  has(person) {
    return this.#all.some((item) => this.#acts.may(item.dataset.do ?? "", person));
  }

  /**
   * @param {HTMLElement} button
   * @param {Person} person
   */
  open(button, person) {
    this.#person = person;
    for (const item of this.#all) item.hidden = !this.#acts.may(item.dataset.do ?? "", person);
    button.setAttribute("aria-expanded", "true");
    this.#menu.showPopover();
    placeBeside(this.#menu, button);
    this.#shown[0]?.focus();
  }

  /** @returns {HTMLElement[]} */
  get #all() {
    return [.../** @type {NodeListOf<HTMLElement>} */ (this.#menu.querySelectorAll('[role="menuitem"]'))];
  }

  get #shown() {
    return this.#all.filter((item) => !item.hidden);
  }

  /** @param {Event} event */
  #chosen(event) {
    const item = event.target instanceof Element ? event.target.closest("[data-do]") : null;
    if (!(item instanceof HTMLElement) || !this.#person) return;
    const person = this.#person;
    this.#menu.hidePopover();
    this.#acts.do(item.dataset.do ?? "", person);
  }

  /** @param {KeyboardEvent} event */
  #moved(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    event.stopPropagation();
    if (event.key === "Tab") return this.#menu.hidePopover();
    if (!step) return;
    event.preventDefault();
    const items = this.#shown;
    const at = items.findIndex((item) => item === document.activeElement);
    items[(at + step + items.length) % items.length].focus();
  }

  #closed() {
    const button = this.#person && this.#buttonOf(this.#person.id);
    button?.setAttribute("aria-expanded", "false");
    if (this.#menu.contains(document.activeElement) || document.activeElement === document.body) button?.focus();
    this.#person = null;
  }
}
