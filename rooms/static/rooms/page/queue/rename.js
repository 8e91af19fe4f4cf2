import { sentenceOf } from "../lib/fetch_json.js";
import { closeOnBackdrop } from "../lib/dialog.js";
import { part } from "../lib/dom.js";

/** @typedef {import("../room/types.js").Entry} Entry */

/** The form that gives an entry another title and artist, in its queue alone. */
export class RenameForm {
  #sheet;
  #title;
  #artist;
  #problem;
  /** @type {Entry | null} */
  #entry = null;

  /**
   * @param {ParentNode} root
   * @param {(entry: Entry, names: {title: string, artist: string}) => Promise<unknown>} rename
   */
  constructor(root, rename) {
    this.#sheet = part(root, "rename-sheet", HTMLDialogElement);
    const form = part(this.#sheet, "rename-form", HTMLFormElement);
    const problem = (this.#problem = part(this.#sheet, "rename-problem", HTMLElement));
    this.#title = /** @type {HTMLInputElement} */ (form.elements.namedItem("title"));
    this.#artist = /** @type {HTMLInputElement} */ (form.elements.namedItem("artist"));
    closeOnBackdrop(this.#sheet);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      problem.hidden = true;
      const names = { title: this.#title.value.trim(), artist: this.#artist.value.trim() };
      try {
        if (this.#entry) await rename(this.#entry, names);
        this.#sheet.close();
      } catch (refusal) {
        problem.textContent = sentenceOf(refusal);
        problem.hidden = false;
      }
    });
  }

  /** @param {Entry} entry */
  open(entry) {
    this.#entry = entry;
    this.#problem.hidden = true;
    [this.#title.value, this.#artist.value] = [entry.title, entry.artist];
    this.#sheet.showModal();
    this.#title.select();
  }
}
