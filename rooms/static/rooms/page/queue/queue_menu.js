import { optionalPart, part } from "../lib/dom.js";
import { moveInMenu } from "../lib/menu_keys.js";
import { placeBeside } from "../lib/popover_place.js";

/**
 * The menu of the whole queue: a file of links goes in, the queue comes out as one, and what else is done to all of it.
 *
 * @param {ParentNode} root
 * @param {(files: File[]) => void} bring
 * @param {Record<string, () => unknown>} acts by the `data-do` of their items
 */
export function queueMenu(root, bring, acts) {
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
  const picker = optionalPart(root, "queue-file", HTMLInputElement);
  optionalPart(root, "queue-bring", HTMLButtonElement)?.addEventListener("click", () => picker?.click());
  picker?.addEventListener("change", () => {
    bring([...(picker.files ?? [])]);
    picker.value = "";
  });
}
