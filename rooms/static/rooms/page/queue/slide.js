import { mayMove } from "../lib/dom.js";
import { ROW_PX } from "./row.js";

/** Rows farther away than this appear in their place; a long flight says nothing. */
const FARTHEST = 24;

/**
 * Animate the visible rows from their old places to their new ones (FLIP).
 *
 * @param {HTMLElement} list
 * @param {HTMLElement[]} before the rows that were shown, in their order
 * @param {HTMLElement[]} after
 */
export function slide(list, before, after) {
  if (!mayMove() || !before.length) return;
  const old = new Map(before.map((row, at) => [row, at]));
  const top = list.getBoundingClientRect().top;
  const first = Math.max(0, Math.floor(-top / ROW_PX));
  const last = Math.ceil((innerHeight - top) / ROW_PX);
  for (const [at, row] of after.slice(first, last).entries()) {
    const moved = (old.get(row) ?? first + at) - (first + at);
    if (moved && Math.abs(moved) <= FARTHEST) slideFrom(row, moved * ROW_PX);
  }
}

/**
 * @param {HTMLElement} row
 * @param {number} offset in pixels
 */
function slideFrom(row, offset) {
  row.animate([{ transform: `translateY(${offset}px)` }, { transform: "none" }], {
    duration: 220,
    easing: "cubic-bezier(0.2, 0.7, 0.3, 1)",
  });
}
