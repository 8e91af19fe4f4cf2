import { mayMove } from "./dom.js";

const EASING = "cubic-bezier(0.2, 0.7, 0.3, 1)";
const SLIDE = { duration: 240, easing: EASING };
const GROW = { duration: 240, easing: EASING };

/**
 * Make `wanted` the children of `list`, in this order: those that are new grow into place, those that move slide there.
 *
 * @param {HTMLElement} list
 * @param {HTMLElement[]} wanted
 */
export function arrange(list, wanted) {
  const before = new Map([...list.children].map((child) => [child, child.getBoundingClientRect()]));
  place(list, wanted);
  if (!mayMove()) return;
  for (const child of wanted) {
    const old = before.get(child);
    if (old) slide(child, old);
    else child.animate([{ opacity: 0, scale: 0.92 }, { opacity: 1, scale: 1 }], GROW);
  }
}

/**
 * The same at once. Only what stands elsewhere is moved, for the rest may just be pressed; what has the focus keeps it.
 *
 * @param {HTMLElement} list
 * @param {HTMLElement[]} wanted
 */
export function place(list, wanted) {
  const focused = document.activeElement;
  const staying = new Set(wanted);
  for (const child of [...list.children]) if (!staying.has(/** @type {HTMLElement} */ (child))) child.remove();
  for (const [at, child] of wanted.entries()) {
    if (list.children[at] !== child) list.insertBefore(child, list.children[at] ?? null);
  }
  if (focused instanceof HTMLElement && focused !== document.activeElement) focused.focus({ preventScroll: true });
}

/**
 * @param {HTMLElement} child
 * @param {DOMRect} old
 */
function slide(child, old) {
  const { left, top } = child.getBoundingClientRect();
  const [x, y] = [old.left - left, old.top - top];
  if (x || y) child.animate([{ transform: `translate(${x}px, ${y}px)` }, { transform: "none" }], SLIDE);
}
