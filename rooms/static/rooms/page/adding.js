import { AddForm } from "./add.js";
import { takeLinksAnywhere } from "./anywhere.js";
import { Refusal } from "./api.js";
import { words } from "./words.js";

/** @typedef {import("./types.js").Entry} Entry */

/** Every way to add a link: the page's fields, a paste or a drop anywhere, a suggestion. */
export class Adding {
  #add;
  #say;
  /** @type {AddForm[]} */
  #forms;

  /**
   * @param {ParentNode} root
   * @param {(url: string) => Promise<Entry[]>} add
   * @param {(text: string) => void} say
   */
  constructor(root, add, say) {
    this.#say = say;
    this.#add = async (/** @type {string} */ url) => {
      const entries = await add(url);
      const failed = entries.find((entry) => entry.unplayable);
      if (failed) say(words.problems.unplayable(failed.title, failed.unplayable ?? ""));
      else say(words.addedHere(entries.length));
    };
    this.#forms = [...root.querySelectorAll('form[data-part="add"]')].map(
      (form) => new AddForm(/** @type {HTMLFormElement} */ (form), this.#add),
    );
    if (this.#forms.length) takeLinksAnywhere((links) => void this.quietly(links));
  }

  /** Put the cursor into the field that can be seen. */
  focus() {
    this.#forms.find((form) => form.isVisible)?.focus();
  }

  /** @param {string} url added by another way than a field, so that a complaint needs a place of its own */
  async quietly(url) {
    try {
      await this.#add(url);
    } catch (problem) {
      this.#say(problem instanceof Refusal ? problem.message : words.problems.unknown);
    }
  }
}
