import { part } from "../lib/dom.js";
import { moveInMenu } from "../lib/menu_keys.js";
import { placeBeside } from "../lib/popover_place.js";

/**
 * The menu of the whole queue.
 *
 * @param {ParentNode} root
 * @param {Record<string, () => unknown>} acts by the `data-do` of their items
 */
export function queueMenu(root, acts) {
  const button = part(root, "queue-more", HTMLButtonElement);
  const menu = part(root, "queue-menu", HTMLElement);
  const items = /** @type {HTMLElement[]} */ ([...menu.querySelectorAll('[role="menuitem"]')]);
  button.addEventListener("click", () => {
    menu.showPopover();
    placeBeside(menu, button);
    items[0].focus();
  });
  menu.addEventListener("toggle", (event) => {
    const isOpen = /** @type {ToggleEvent} */ (event).newState === "open";
    button.setAttribute("aria-expanded", String(isOpen));
    if (!isOpen && document.activeElement === document.body) button.focus();
  });
  menu.addEventListener("keydown", (event) => moveInMenu(menu, items, event));
  menu.addEventListener("click", (event) => {
    const item = event.target instanceof Element ? event.target.closest("[data-do]") : null;
    menu.hidePopover();
    if (item instanceof HTMLElement) acts[item.dataset.do ?? ""]?.();
  });
}
