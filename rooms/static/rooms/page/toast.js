/** How long a sentence stays, in milliseconds. */
const STAY_MS = 4500;
const LEAVE_MS = 240;

/** Short sentences at the foot of the page, one at a time: a newer one takes the place of an older one. */
export class Toasts {
  #place;
  #timer = 0;

  /** @param {HTMLElement} place a polite live region */
  constructor(place) {
    this.#place = place;
  }

  /** @param {string} text */
  say = (text) => {
    clearTimeout(this.#timer);
    const toast = document.createElement("p");
    toast.className = "toast";
    toast.dir = "auto";
    toast.textContent = text;
    this.#place.replaceChildren(toast);
    this.#timer = setTimeout(() => this.#leave(toast), STAY_MS);
  };

  /** @param {HTMLElement} toast */
  #leave(toast) {
    toast.classList.add("is-leaving");
    this.#timer = setTimeout(() => toast.remove(), LEAVE_MS);
  }
}
