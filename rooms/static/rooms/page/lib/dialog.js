/**
 * Close a dialog by a click on its backdrop.
 *
 * @param {HTMLDialogElement} sheet
 */
export function closeOnBackdrop(sheet) {
  sheet.addEventListener("click", (event) => {
    if (event.target !== sheet) return;
    const box = sheet.getBoundingClientRect();
    const { clientX: x, clientY: y } = event;
    if (x < box.left || x > box.right || y < box.top || y > box.bottom) sheet.close();
  });
}
