import { mayMove } from "../lib/dom.js";
import { focusFirst } from "../lib/focus.js";

/** What the dock covers of the page's foot while it is small, in pixels: what lies under it is not in sight. */
const DOCK_PX = 64;
/** And what the bar covers of its head. */
const BAR_PX = 60;

/**
 * Where the window is narrow, give the foot of the page a small player while the large one is scrolled out of sight.
 *
 * @param {HTMLElement} transport the large one's
 * @param {HTMLElement} title the small one's, which leads back to the large one
 */
export function dock(transport, title) {
  title.addEventListener("click", () => scrollTo({ top: 0, behavior: mayMove() ? "smooth" : "auto" }));
  const tell = (/** @type {IntersectionObserverEntry[]} */ seen) => {
    const hadFocus = title.parentElement?.contains(document.activeElement);
    const isDocked = document.body.classList.toggle("is-docked", !seen[seen.length - 1].isIntersecting);
    if (hadFocus && !isDocked) focusFirst(transport.querySelector('[data-part="play"]'));
  };
  const place = title.closest(".dock");
  // A complaint or large letters make it higher: what stands above it is not to cover its field.
  const measure = () => document.body.style.setProperty("--dock", `${place?.getBoundingClientRect().height}px`);
  if (place) new ResizeObserver(measure).observe(place, { box: "border-box" });
  const rootMargin = `-${BAR_PX}px 0px -${DOCK_PX}px`;
  new IntersectionObserver(tell, { rootMargin, threshold: 0.5 }).observe(transport);
}
