/**
 * Arrow keys in an open menu; Tab closes it.
 *
 * @param {HTMLElement} menu a popover
 * @param {HTMLElement[]} items those that can be chosen
 * @param {KeyboardEvent} event
 */
export function moveInMenu(menu, items, event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  event.stopPropagation();
  if (event.key === "Tab") return menu.hidePopover();
  if (!step) return;
  event.preventDefault();
  const at = items.findIndex((item) => item === document.activeElement);
  items[(at + step + items.length) % items.length].focus();
}
