import { sentenceOf } from "../lib/fetch_json.js";
import { part } from "../lib/dom.js";
import { linksIn } from "../lib/format.js";
import { words } from "../lib/words.js";
import { SearchBox } from "./search_box.js";

/** A field that takes links, and words to find some by. */
export class AddForm {
  #form;
  #input;
  #button;
  #problem;
  #add;
  #box;

  /**
   * @param {HTMLFormElement} form
   * @param {(url: string) => Promise<unknown>} add
   * @param {Pick<ConstructorParameters<typeof SearchBox>[2], "search" | "heard">} finding
   */
  constructor(form, add, finding) {
    this.#form = form;
    this.#add = add;
    const input = form.elements.namedItem("url");
    if (!(input instanceof HTMLInputElement)) throw new Error('The form has no field called "url".');
    this.#input = input;
    this.#button = /** @type {HTMLButtonElement} */ (form.querySelector('button[type="submit"]'));
    this.#problem = part(form, "problem", HTMLElement);
    this.#box = new SearchBox(form, input, { ...finding, choose: ({ url }) => void this.submit(url) });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#enter();
    });
    this.#input.addEventListener("paste", (event) => this.#pasted(event));
    this.#input.addEventListener("input", () => this.#complain(""));
  }

  focus() {
    this.#input.focus();
  }

  /** @returns {boolean} */
  get isVisible() {
    return this.#form.checkVisibility();
  }

  /** Words that find something are a choice, whatever else stands in the field is added or complained about. */
  async #enter() {
    if (!(await this.#box.offer())) await this.submit(this.#input.value);
  }

  /** @param {string} text */
  async submit(text) {
    if (this.#form.getAttribute("aria-busy") === "true") return;
    if (!text.trim()) return this.#complain(words.problems.noLink);
    this.#complain("");
    this.#box.close();
    this.#setBusy(true);
    try {
      await this.#add(text.trim());
      this.#input.value = "";
    } catch (problem) {
      this.#complain(sentenceOf(problem));
    } finally {
      this.#setBusy(false);
    }
  }

  /**
   * A field of one line glues pasted lines together; a text of several links is taken as it is.
   *
   * @param {ClipboardEvent} event
   */
  #pasted(event) {
    const text = event.clipboardData?.getData("text") ?? "";
    if (linksIn(text).length < 2) return;
    event.preventDefault();
    void this.submit(text);
  }

  /** @param {boolean} busy */
  #setBusy(busy) {
    this.#form.setAttribute("aria-busy", String(busy));
    // Not disabled: a button that is would lose the focus.
    this.#button.setAttribute("aria-disabled", String(busy));
    this.#input.readOnly = busy;
    this.#button.textContent = busy ? words.adding : words.add;
  }

  /** @param {string} text */
  #complain(text) {
    this.#problem.textContent = text;
    this.#problem.hidden = !text;
    if (text) this.#input.setAttribute("aria-invalid", "true");
    else this.#input.removeAttribute("aria-invalid");
  }
}
