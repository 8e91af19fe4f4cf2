import { moveInMenu } from "../lib/menu_keys.js";
import { placeBeside } from "../lib/popover_place.js";
import { optionalPart, part } from "../lib/dom.js";
import { hasFailedHere } from "../room/unplayable_reason.js";

/** @typedef {import("../room/types.js").Entry} Entry */

/** After these the menu stays, since they are pressed more than once. */
const REPEATED = ["up", "down"];

/** The context menu of rows: one for the whole list, opened beside the row whose button was pressed. */
export class RowMenu {
  #menu;
  #act;
  #can;
  /** @type {Entry | null} */
  #entry = null;
  /** @type {HTMLElement | null} */
  #button = null;

  /**
   * @param {ParentNode} root
   * @param {{act: (what: string, entry: Entry) => void, can: (what: string, entry: Entry) => boolean}} acts
   */
  constructor(root, { act, can }) {
    this.#act = act;
    this.#can = can;
    this.#menu = part(root, "menu", HTMLElement);
    this.#menu.addEventListener("click", (event) => this.#chosen(event));
    this.#menu.addEventListener("keydown", (event) => moveInMenu(this.#menu, this.#items, event));
    this.#menu.addEventListener("toggle", (event) => {
      if (/** @type {ToggleEvent} */ (event).newState === "closed") this.#closed();
    });
  }

  /**
   * @param {HTMLElement} button
   * @param {Entry} entry
   * @param {boolean} isOwn whether it may be removed and renamed
   */
  open(button, entry, isOwn) {
    // Where another row's menu was open until just now, its closing goes unheard.
    this.#button?.setAttribute("aria-expanded", "false");
    this.#entry = entry;
    this.#button = button;
    const link = this.#menu.querySelector("a");
    if (link) link.href = entry.url;
    for (const name of ["remove", "rename"]) part(this.#menu, name, HTMLElement).hidden = !isOwn;
    const retry = optionalPart(this.#menu, "retry", HTMLElement);
    if (retry) retry.hidden = !hasFailedHere(entry);
    button.setAttribute("aria-expanded", "true");
    this.#enable();
    this.#menu.showPopover();
    placeBeside(this.#menu, button);
    this.#items[0]?.focus();
  }

  /** @returns {HTMLElement[]} */
  get #items() {
    const items = /** @type {NodeListOf<HTMLElement>} */ (this.#menu.querySelectorAll('[role="menuitem"]'));
    return [...items].filter((item) => !item.hidden);
  }

  /** @param {Event} event */
  #chosen(event) {
    const item = event.target instanceof Element ? event.target.closest("[data-do]") : null;
    if (!(item instanceof HTMLElement) || !this.#entry) return;
    const what = item.dataset.do ?? "";
    if (item.getAttribute("aria-disabled") === "true") return;
    this.#act(what, this.#entry);
    if (REPEATED.includes(what)) this.#enable();
    else this.#menu.hidePopover();
  }

  /** What would change nothing is greyed out; it keeps the focus, since it may just have been pressed to the end. */
  #enable() {
    for (const item of this.#items) {
      const can = this.#entry && this.#can(item.dataset.do ?? "", this.#entry);
      item.setAttribute("aria-disabled", String(!can));
    }
  }

  #closed() {
    this.#button?.setAttribute("aria-expanded", "false");
    if (this.#menu.contains(document.activeElement) || document.activeElement === document.body)
      this.#button?.focus();
    this.#entry = this.#button = null;
  }
}
