import { t } from "../../i18n/translate.js";
import { focusFirst } from "../lib/focus.js";

/** How long a sentence stays, and how long one that can be taken back, in milliseconds. */
const STAY_MS = 4500;
const OFFER_MS = 8000;
const LEAVE_MS = 240;
/** What takes no longer is not worth a progress bar. */
const MOMENT_MS = 300;
/** A connection that has said nothing for so long will not any more. */
const LONGEST_MS = 600_000;

/**
 * Toasts. A newer one takes the place of an older one, except that news never takes the
 * place of an offer, to undo or to do more, which stands beside it.
 */
export class Toasts {
  #place;
  #said = new Toast(STAY_MS);
  #offered = new Toast(OFFER_MS);
  #proposed = new Toast(OFFER_MS);
  #during = new Toast(LONGEST_MS);
  /** @type {(() => unknown) | null} */
  #undo = null;

  /** @param {HTMLElement} place a polite live region */
  constructor(place) {
    this.#place = place;
  }

  /** @param {string} text */
  say = (text) => {
    this.#said.show(this.#place, sentence(text));
  };

  /**
   * Say what was done, with a button that takes it back.
   *
   * @param {string} text
   * @param {() => unknown} undo
   * @param {number} [afterMs] how long to wait with the words, so that a key that is held is not read out each time
   * @returns {() => void} withdraws the offer
   */
  offer(text, undo, afterMs = 0) {
    this.#undo = undo;
    const toast = sentence(text);
    toast.append(this.#button());
    const gone = () => {
      if (this.#undo === undo) this.#undo = null;
    };
    this.#offered.show(this.#place, toast, gone, afterMs);
    return () => this.#undo === undo && this.#offered.end();
  }

  /**
   * Say what was done, with a button that does more.
   *
   * @param {string} text
   * @param {string} label
   * @param {() => unknown} act
   */
  propose = (text, label, act) => {
    const toast = sentence(text);
    const button = buttonOf(label);
    button.addEventListener("click", () => {
      this.#proposed.end();
      act();
    });
    toast.append(button);
    this.#proposed.show(this.#place, toast);
  };

  /**
   * Say what is under way, with a progress bar, until it is done.
   *
   * @template T
   * @param {string} text
   * @param {Promise<T>} work
   * @returns {Promise<T>}
   */
  during = (text, work) => {
    const [toast, bar] = [sentence(text), document.createElement("progress")];
    bar.setAttribute("aria-label", text);
    toast.append(bar);
    this.#during.show(this.#place, toast, () => {}, MOMENT_MS);
    return work.finally(() => this.#during.end());
  };

  /** @returns {boolean} whether there was anything to take back */
  undo() {
    const undo = this.#undo;
    if (!undo) return false;
    this.#offered.end();
    void undo();
    return true;
  }

  #button() {
    const button = buttonOf(t("Undo"));
    button.setAttribute("aria-keyshortcuts", "Control+Z Meta+Z");
    button.addEventListener("click", () => this.undo());
    return button;
  }
}

/** One place for one toast at a time, which stays while a pointer or the focus is on it. */
class Toast {
  #stayMs;
  /** @type {HTMLElement | null} */
  #shown = null;
  #gone = () => {};
  /** Where the focus was before it came here. @type {Element | null} */
  #cameFrom = null;
  #timer = 0;

  /** @param {number} stayMs */
  constructor(stayMs) {
    this.#stayMs = stayMs;
  }

  /**
   * @param {HTMLElement} place
   * @param {HTMLElement} toast
   * @param {() => void} [gone]
   * @param {number} [afterMs]
   */
  show(place, toast, gone = () => {}, afterMs = 0) {
    const isNewer = this.#shown !== null;
    this.end();
    [this.#shown, this.#gone] = [toast, gone];
    if (isNewer) toast.classList.add("is-newer");
    toast.addEventListener("focusin", ({ relatedTarget }) => {
      if (relatedTarget instanceof Element) this.#cameFrom = relatedTarget;
    });
    for (const left of ["pointerleave", "focusout"]) toast.addEventListener(left, () => this.#wait());
    const appear = () => {
      place.append(toast);
      this.#wait();
    };
    if (afterMs) this.#timer = setTimeout(appear, afterMs);
    else appear();
  }

  end() {
    clearTimeout(this.#timer);
    const hadFocus = this.#shown?.contains(document.activeElement);
    this.#shown?.remove();
    this.#shown = null;
    if (hadFocus) focusFirst(this.#cameFrom, ...document.querySelectorAll('[role="tab"][aria-selected="true"]'));
    this.#gone();
    this.#gone = () => {};
  }

  #wait() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#leave(), this.#stayMs);
  }

  #leave() {
    const toast = this.#shown;
    if (toast?.matches(":hover, :focus-within")) return this.#wait();
    toast?.classList.add("is-leaving");
    this.#timer = setTimeout(() => this.end(), LEAVE_MS);
  }
}

/** @param {string} label */
function buttonOf(label) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "toast-undo";
  button.textContent = label;
  return button;
}

/**
 * @param {string} text
 * @returns {HTMLElement}
 */
function sentence(text) {
  const [toast, words] = [document.createElement("div"), document.createElement("span")];
  toast.className = "toast";
  words.dir = "auto";
  words.textContent = text;
  toast.append(words);
  return toast;
}
