import { part } from "./dom.js";
import { words } from "./words.js";

/**
 * What remains of the page when the room is over for whoever looks at it.
 *
 * @param {ParentNode} root
 * @param {string} reason as the stream told it
 */
export function sayFarewell(root, reason) {
  const { title, text } =
    words.farewell[/** @type {keyof typeof words.farewell} */ (reason)] ?? words.farewell.gone;
  for (const sheet of document.querySelectorAll("dialog[open]")) {
    if (sheet instanceof HTMLDialogElement) sheet.close();
  }
  for (const rest of document.querySelectorAll(".bar, .room")) rest.setAttribute("inert", "");
  const heading = part(root, "farewell-title", HTMLElement);
  heading.textContent = title;
  part(root, "farewell-text", HTMLElement).textContent = text;
  part(root, "farewell", HTMLElement).hidden = false;
  document.title = title;
  heading.focus();
}
