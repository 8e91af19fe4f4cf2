import { letterOf } from "../lib/letter.js";

/**
 * Ctrl+Z, or Cmd+Z, takes back what was just done: what the page offers, else what the server remembers; in a field it is
 * the field's own.
 *
 * @param {{undo: () => boolean}} offers
 * @param {() => unknown} undo
 */
export function undoByKey(offers, undo) {
  /** Fields that were emptied by hand: what stood there can be brought back. @type {WeakSet<EventTarget>} */
  const emptied = new WeakSet();
  document.addEventListener("input", ({ target }) => {
    if (!(target instanceof HTMLInputElement)) return;
    if (target.value === "") emptied.add(target);
    else emptied.delete(target);
  });
  document.addEventListener("keydown", (event) => {
    const isUndo = letterOf(event) === "z" && (event.ctrlKey || event.metaKey);
    if (!isUndo || event.shiftKey || event.altKey || event.repeat || document.querySelector("dialog[open]")) return;
    if (hasOwnUndo(event.target) || (event.target && emptied.has(event.target))) return;
    event.preventDefault();
    if (!offers.undo()) void undo();
  });
}

/**
 * @param {EventTarget | null} target
 * @returns {boolean} a field that a script emptied has nothing of its own to take back
 */
function hasOwnUndo(target) {
  if (target instanceof HTMLInputElement) return !["range", "checkbox", "radio"].includes(target.type) && target.value !== "";
  return target instanceof Element && target.matches("textarea, [contenteditable]");
}
