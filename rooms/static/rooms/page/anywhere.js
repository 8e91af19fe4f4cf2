import { linksIn } from "./format.js";

/**
 * Take links that are pasted or dropped anywhere on the page, not only into its field.
 *
 * @param {(links: string) => void} add
 */
export function takeLinksAnywhere(add) {
  const take = (/** @type {DataTransfer | null} */ data) => {
    const links = linksIn(data?.getData("text/uri-list") || data?.getData("text/plain") || "");
    if (links.length) add(links.join("\n"));
    return links.length > 0;
  };
  document.addEventListener("paste", (event) => {
    if (!isField(event.target) && take(event.clipboardData)) event.preventDefault();
  });
  document.addEventListener("dragover", (event) => {
    if (isField(event.target) || !holdsLink(event.dataTransfer)) return;
    event.preventDefault();
    document.body.classList.add("is-over");
  });
  for (const end of ["dragleave", "drop", "dragend"]) {
    document.addEventListener(end, () => document.body.classList.remove("is-over"));
  }
  document.addEventListener("drop", (event) => {
    if (!isField(event.target) && take(event.dataTransfer)) event.preventDefault();
  });
}

/**
 * @param {EventTarget | null} target
 * @returns {boolean}
 */
function isField(target) {
  return target instanceof Element && target.matches("input, textarea, select, [contenteditable]");
}

/**
 * @param {DataTransfer | null} data
 * @returns {boolean}
 */
function holdsLink(data) {
  return Boolean(data?.types.some((type) => type === "text/uri-list" || type === "text/plain"));
}
