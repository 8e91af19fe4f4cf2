import { t } from "../../i18n/translate.js";
import { AddForm } from "./add_form.js";
import { takePastesAndDrops } from "./paste_and_drop.js";
import { sentenceOf } from "../lib/api.js";
import { partlyAdded } from "../room/several.js";
import { reasonOf } from "../room/unplayable_reason.js";
import { words } from "../lib/words.js";

/** @typedef {import("../lib/api.js").Outcome} Outcome */

/** Every way to add a link: the page's fields, a paste or a drop anywhere, a suggestion. */
export class Adding {
  #add;
  #say;
  /** @type {AddForm[]} */
  #forms;

  /**
   * @param {ParentNode} root
   * @param {(url: string) => Promise<Outcome>} add
   * @param {(text: string) => void} say
   */
  constructor(root, add, say) {
    this.#say = say;
    this.#add = async (/** @type {string} */ url) => say(told(await add(url)));
    this.#forms = [...root.querySelectorAll('form[data-part="add"]')].map(
      (form) => new AddForm(/** @type {HTMLFormElement} */ (form), this.#add),
    );
    const mayAdd = this.#forms.length > 0;
    takePastesAndDrops({
      mayAdd,
      add: (text) => (mayAdd ? void this.quietly(text) : say(t("You cannot add music in this room."))),
      say,
    });
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
      this.#say(sentenceOf(problem));
    }
  }
}

/**
 * @param {Outcome} outcome
 * @returns {string}
 */
function told({ entries, refused }) {
  if (refused.length) return partlyAdded(entries.length, refused);
  const failed = entries.find((entry) => entry.unplayable);
  if (failed) return words.problems.unplayable(failed.title, reasonOf(failed));
  return words.addedHere(entries.length);
}
