/**
 * Ctrl+Z, or Cmd+Z, takes back what was just done: what the page offers, else what the server remembers; in a field it is
 * the field's own.
 *
 * @param {{undo: () => boolean}} offers
 * @param {() => unknown} undo
 */
export function undoByKey(offers, undo) {
  document.addEventListener("keydown", (event) => {
    const isUndo = event.key.toLowerCase() === "z" && (event.ctrlKey || event.metaKey);
    if (!isUndo || event.shiftKey || event.altKey || event.repeat || document.querySelector("dialog[open]")) return;
    if (hasOwnUndo(event.target)) return;
    event.preventDefault();
    if (!offers.undo()) void undo();
  });
}

/**
 * @param {EventTarget | null} target
 * @returns {boolean} an empty field has nothing of its own to take back
 */
function hasOwnUndo(target) {
  if (target instanceof HTMLInputElement) return !["range", "checkbox", "radio"].includes(target.type) && target.value !== "";
  return target instanceof Element && target.matches("textarea, [contenteditable]");
}
