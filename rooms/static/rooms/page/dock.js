/**
 * Where the window is narrow, give the foot of the page a small player while the large one is scrolled out of sight.
 *
 * @param {HTMLElement} transport the large one
 */
export function dock(transport) {
  new IntersectionObserver((seen) => {
    document.body.classList.toggle("is-docked", !seen.some((entry) => entry.isIntersecting));
  }).observe(transport);
}
