import { keep, memory } from "../lib/dom.js";
import { letterOf } from "../lib/letter.js";

/** Set where this browser was told to leave single characters alone. */
const STORAGE_KEY = "musicrooms:single-keys";

/**
 * What single keys do, wherever the focus does not need them itself. Characters can be switched off, as people who
 * dictate need it, or whose hands slip; the arrows stay.
 */
export class Keys {
  #acts;

  /** @param {Record<string, () => void>} acts by the `key` of the keyboard event, letters in lower case */
  constructor(acts) {
    this.#acts = acts;
    document.addEventListener("keydown", (event) => this.#pressed(event));
  }

  get areOn() {
    return memory()?.getItem(STORAGE_KEY) !== "off";
  }

  set areOn(on) {
    if (on) memory()?.removeItem(STORAGE_KEY);
    else keep(memory(), STORAGE_KEY, "off");
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    const { key } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || event.isComposing) return;
    if (document.querySelector("dialog[open]") || wants(event.target, key)) return;
    if (key.length === 1 && !this.areOn) return;
    const act = this.#acts[nameOf(event)];
    if (!act) return;
    event.preventDefault();
    // A key that is held turns the volume on and on, but plays or skips once.
    if (!event.repeat || key.startsWith("Arrow")) act();
  }
}

/** @param {KeyboardEvent} event */
function nameOf(event) {
  const { key, shiftKey } = event;
  if (key.length === 1) return letterOf(event);
  return shiftKey ? `Shift+${key}` : key;
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
