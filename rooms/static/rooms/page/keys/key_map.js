import { part } from "../lib/dom.js";
import { focusFirst } from "../lib/focus.js";
import { closeOnBackdrop } from "../lib/dialog.js";

/**
 * The sheet that tells what the keys do, with the switch for those that are single characters.
 *
 * @param {ParentNode} root
 * @param {import("./keys.js").Keys} keys
 * @returns {() => void} opens it
 */
export function keyMap(root, keys) {
  const sheet = part(root, "key-map", HTMLDialogElement);
  const on = part(sheet, "keys-on", HTMLInputElement);
  /** @type {Element | null} */
  let cameFrom = null;
  const open = () => {
    cameFrom = document.activeElement;
    on.checked = keys.areOn;
    sheet.showModal();
  };
  on.addEventListener("change", () => (keys.areOn = on.checked));
  part(root, "keys-button", HTMLButtonElement).addEventListener("click", open);
  closeOnBackdrop(sheet);
  // The browser gives the focus back before it tells of the close, unless what had it is in a panel that is closed by
  // now. A field that was entered in between keeps it.
  sheet.addEventListener("close", () => {
    const isLost = document.activeElement === document.body || sheet.contains(document.activeElement);
    if (isLost) focusFirst(cameFrom, part(root, "sync", HTMLElement));
  });
  return open;
}
