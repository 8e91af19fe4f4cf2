/**
 * Put the focus onto the first of these that can take it, so that it never falls back to the top of the page.
 *
 * @param {(Element | null | undefined)[]} candidates
 * @returns {boolean} whether one of them took it
 */
export function focusFirst(...candidates) {
  for (const one of candidates) {
    if (!(one instanceof HTMLElement) || !one.checkVisibility()) continue;
    one.focus({ preventScroll: true });
    if (document.activeElement === one) return true;
  }
  return false;
}

/**
 * Where what has the focus has just gone out of sight, or does nothing any more, hand it on to the first that can take
 * it.
 *
 * @param {(Element | null | undefined)[]} candidates
 */
export function handOnFocus(...candidates) {
  const focused = document.activeElement;
  if (!(focused instanceof HTMLElement) || focused === document.body) return;
  if (!focused.checkVisibility() || focused.matches(":disabled")) focusFirst(...candidates);
}
