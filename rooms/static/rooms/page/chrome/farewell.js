import { waitUntil } from "../lib/backoff.js";
import { part } from "../lib/dom.js";
import { words } from "../lib/words.js";

/** Reasons after which one may come back at once. */
const MAY_RETURN = ["kicked", "replaced", "password"];
/** Reasons that may pass: a private room opens to all again, a closed one is reopened. */
const MAY_PASS = ["right withdrawn", "closed", "gone"];

/**
 * Replace the page by a farewell, since the room has ended for its reader.
 *
 * @param {ParentNode} root
 * @param {string} reason as the stream told it
 * @param {{until_ms?: number | null, because?: string}} [about] of a ban
 */
export function sayFarewell(root, reason, { until_ms, because } = {}) {
  const { title, text } =
    words.farewell[/** @type {keyof typeof words.farewell} */ (reason)] ?? words.farewell.gone;
  for (const sheet of document.querySelectorAll("dialog[open]")) {
    if (sheet instanceof HTMLDialogElement) sheet.close();
  }
  for (const rest of document.querySelectorAll(".skip, .bar, main:not(.farewell)")) rest.setAttribute("inert", "");
  const heading = part(root, "farewell-title", HTMLElement);
  heading.textContent = title;
  const details = [until_ms ? words.banEnds(until_ms) : "", because ? words.banReason(because) : ""];
  part(root, "farewell-text", HTMLElement).textContent = [text, ...details].filter(Boolean).join(" ");
  part(root, "farewell-again", HTMLElement).hidden = !MAY_RETURN.includes(reason);
  part(root, "farewell", HTMLElement).hidden = false;
  document.title = title;
  heading.focus();
  if (MAY_PASS.includes(reason)) waitUntil(isOpen, () => location.reload());
}

/** Whether the server shows this page to its reader again, who should see it then. */
async function isOpen() {
  return !document.hidden && (await fetch(location.href, { method: "HEAD", cache: "no-store" })).ok;
}
