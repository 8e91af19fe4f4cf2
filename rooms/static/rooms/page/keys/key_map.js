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
  // What was focused before may be in a panel that is closed by now.
  sheet.addEventListener("close", () => focusFirst(cameFrom, part(root, "sync", HTMLElement)));
  return open;
}
