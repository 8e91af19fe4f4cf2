const GAP_PX = 4;
const MARGIN_PX = 8;
/** What the page's head covers, and how much of a list is worth opening below the field. */
const HEAD_PX = 68;
const ENOUGH_PX = 260;

/**
 * Put an open popover where it fits: under a button, else to its right, else above it. Above comes last, since that is
 * where a video may be, which nothing is to cover.
 *
 * @param {HTMLElement} popover
 * @param {HTMLElement} button
 */
export function placeBeside(popover, button) {
  const beside = button.getBoundingClientRect();
  const { width, height } = popover.getBoundingClientRect();
  const fitsBelow = beside.bottom + GAP_PX + height <= innerHeight - MARGIN_PX;
  const fitsRight = beside.right + GAP_PX + width <= innerWidth - MARGIN_PX;
  const left = !fitsBelow && fitsRight ? beside.right + GAP_PX : beside.right - width;
  const top = fitsBelow
    ? beside.bottom + GAP_PX
    : fitsRight
      ? beside.bottom - height
      : beside.top - GAP_PX - height;
  popover.style.left = `${Math.max(MARGIN_PX, Math.min(left, innerWidth - width - MARGIN_PX))}px`;
  popover.style.top = `${Math.max(MARGIN_PX, top)}px`;
}

/**
 * How high a list may be at a field: below it, or above where there is more room. The keyboard of a phone leaves little.
 *
 * @param {HTMLElement} field
 */
export function roomAt(field) {
  const { top, bottom } = field.getBoundingClientRect();
  const seen = visualViewport;
  const above = top - (seen?.offsetTop ?? 0) - HEAD_PX;
  const below = (seen ? seen.offsetTop + seen.height : innerHeight) - bottom;
  const isBelow = below > Math.min(above, ENOUGH_PX);
  return { isBelow, px: Math.floor(isBelow ? below : above) - 2 * MARGIN_PX };
}
