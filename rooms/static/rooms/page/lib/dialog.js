/**
 * Close a dialog by a click on its backdrop. A press that began inside is none, as where letters are selected and the
 * pointer is let go beside the sheet.
 *
 * @param {HTMLDialogElement} sheet
 */
export function closeOnBackdrop(sheet) {
  let isOutside = false;
  sheet.addEventListener("pointerdown", (event) => (isOutside = isBeside(sheet, event)));
  sheet.addEventListener("click", (event) => {
    if (isOutside && isBeside(sheet, event)) sheet.close();
  });
}

/**
 * @param {HTMLDialogElement} sheet
 * @param {MouseEvent} event
 */
function isBeside(sheet, { target, clientX: x, clientY: y }) {
  const box = sheet.getBoundingClientRect();
  return target === sheet && (x < box.left || x > box.right || y < box.top || y > box.bottom);
}
