/**
 * What single keys do, wherever the focus does not need them itself.
 *
 * @param {Record<string, () => void>} acts by the `key` of the keyboard event, letters in lower case
 */
export function keys(acts) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (document.querySelector("dialog[open]") || wants(event.target, event.key)) return;
    const act = acts[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
}

/**
 * @param {EventTarget | null} target
 * @param {string} key
 * @returns {boolean}
 */
function wants(target, key) {
  if (!(target instanceof Element)) return false;
  if (target.matches('input:not([type="range"]), textarea, select, [contenteditable]')) return true;
  if (key === " " || key === "Enter") return target.matches("button, a, summary, input");
  return key.startsWith("Arrow") && target.matches('input, [role="tab"], [role="menuitem"]');
}
