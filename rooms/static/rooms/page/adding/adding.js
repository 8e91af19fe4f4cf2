import { t } from "../../i18n/translate.js";
import { AddForm } from "./add_form.js";
import { Unusable, checkFiles } from "./link_files.js";
import { takePastesAndDrops } from "./paste_and_drop.js";
import { playlistBeside } from "./playlist_offer.js";
import { sentenceOf } from "../lib/fetch_json.js";
import { partlyAdded } from "../room/several.js";
import { reasonOf } from "../room/unplayable_reason.js";
import { words } from "../lib/words.js";

/** @typedef {import("../lib/api.js").Outcome} Outcome */

/**
 * Where it is said what became of a link.
 *
 * @typedef {object} Sayer
 * @property {(text: string) => void} say
 * @property {(text: string, label: string, act: () => unknown) => void} propose says it with a button that does more
 * @property {<T>(text: string, work: Promise<T>) => Promise<T>} during says that it is under way
 */

/** Every way to add a link: the page's fields, a paste or a drop anywhere, a file, a suggestion. */
export class Adding {
  #add;
  #bring;
  #sayer;
  /** @type {AddForm[]} */
  #forms;

  /**
   * @param {ParentNode} root
   * @param {object} ways
   * @param {(url: string) => Promise<Outcome>} ways.add
   * @param {(file: File) => Promise<Outcome>} ways.bring
   * @param {(q: string, youtube: boolean) => Promise<import("../lib/shapes.js").Search>} ways.search
   * @param {(isHeard: boolean) => void} ways.heard whether something is heard before it is added
   * @param {Sayer} sayer
   */
  constructor(root, { add, bring, search, heard }, sayer) {
    this.#sayer = sayer;
    this.#bring = bring;
    const say = sayer.say;
    this.#add = async (/** @type {string} */ url) => this.#tell(await add(url), playlistBeside(url));
    this.#forms = [...root.querySelectorAll('form[data-part="add"]')].map(
      (form) => new AddForm(/** @type {HTMLFormElement} */ (form), this.#add, { search, heard }),
    );
    const mayAdd = this.#forms.length > 0;
    takePastesAndDrops({
      mayAdd,
      add: (text) => (mayAdd ? void this.quietly(text) : say(t("You cannot add music in this room."))),
      bring: (files) => (mayAdd ? void this.files(files) : say(t("You cannot add music in this room."))),
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
      this.#sayer.say(sentenceOf(problem));
    }
  }

  /**
   * Add files of links, one after the other, in their order.
   *
   * @param {File[]} files
   */
  async files(files) {
    try {
      checkFiles(files);
    } catch (problem) {
      return this.#sayer.say(problem instanceof Unusable ? problem.message : sentenceOf(problem));
    }
    for (const file of files) {
      try {
        this.#tell(await this.#sayer.during(t("Adding “{name}”…", { name: file.name }), this.#bring(file)));
      } catch (problem) {
        this.#sayer.say(t("“{name}”: {reason}", { name: file.name, reason: sentenceOf(problem) }));
      }
    }
  }

  /**
   * @param {Outcome} outcome
   * @param {string | null} [playlist] that the link named beside what was added
   */
  #tell(outcome, playlist = null) {
    const [text, { say, propose }] = [told(outcome), this.#sayer];
    if (playlist === null || outcome.entries.length !== 1) return say(text);
    propose(text, t("Add its whole playlist"), () => this.quietly(playlist));
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
