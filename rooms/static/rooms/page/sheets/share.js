import { closeOnBackdrop } from "../lib/dialog.js";
import { optionalPart, part } from "../lib/dom.js";
import { words } from "../lib/words.js";

const SHOWN_MS = 2000;

/**
 * The sheet with the room's links.
 *
 * @param {ParentNode} root
 * @param {(text: string) => void} say
 */
export function shareSheet(root, say) {
  const sheet = part(root, "share", HTMLDialogElement);
  const link = fieldValue("share-link");
  part(root, "share-button", HTMLButtonElement).addEventListener("click", () => sheet.showModal());
  closeOnBackdrop(sheet);
  for (const place of [sheet, optionalPart(root, "invite", HTMLElement)]) {
    place?.addEventListener("click", (event) => {
      const button = event.target instanceof Element ? event.target.closest("button") : null;
      if (button?.dataset.copy) void copyWith(button, fieldValue(button.dataset.copy));
    });
  }
  part(root, "alone-copy", HTMLButtonElement).addEventListener("click", async () => {
    if (await copy(link)) say(words.linkCopied);
    else sheet.showModal();
  });
  webShare(optionalPart(sheet, "web-share", HTMLButtonElement), link);
}

/**
 * @param {HTMLButtonElement | null} button
 * @param {string} url
 */
function webShare(button, url) {
  if (!button || typeof navigator.share !== "function") return;
  button.hidden = false;
  button.addEventListener("click", () => {
    // Rejected when the share sheet is cancelled, which is no error.
    navigator.share({ title: button.dataset.name, url }).catch(() => {});
  });
}

/**
 * @param {HTMLButtonElement} button
 * @param {string} text
 */
async function copyWith(button, text) {
  if (!(await copy(text))) return;
  button.textContent = words.copied;
  setTimeout(() => (button.textContent = words.copy), SHOWN_MS);
}

/**
 * @param {string} text
 * @returns {Promise<boolean>}
 */
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copySelected(text);
  }
}

/**
 * The old way, for pages that are served without HTTPS, where browsers hide their clipboard.
 *
 * @param {string} text
 * @returns {boolean}
 */
function copySelected(text) {
  const field = [...document.querySelectorAll("input")].find(
    (input) => input.readOnly && input.value === text && input.checkVisibility(),
  );
  field?.select();
  return Boolean(field) && document.execCommand("copy");
}

/**
 * @param {string} id
 * @returns {string}
 */
function fieldValue(id) {
  const field = document.getElementById(id);
  return field instanceof HTMLInputElement ? field.value : "";
}
