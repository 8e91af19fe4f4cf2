import { sentenceOf } from "../lib/fetch_json.js";
import { part, setLabel, write } from "../lib/dom.js";
import { words } from "../lib/words.js";

/** @typedef {import("./chat_window.js").Line} Line */

/** The field in which people write: Enter sends, Shift and Enter begins a line, Escape gives a correction up. */
export class Composer {
  #form;
  #field;
  #send;
  #problem;
  #calls;
  /** The message that is being corrected. @type {Line | null} */
  #edited = null;
  #isSending = false;

  /**
   * @param {HTMLFormElement} form
   * @param {{say: (text: string) => Promise<unknown>, edit: (id: number, text: string) => Promise<unknown>}} calls
   */
  constructor(form, calls) {
    this.#form = form;
    this.#calls = calls;
    this.#field = part(form, "chat-text", HTMLTextAreaElement);
    this.#send = part(form, "chat-send", HTMLButtonElement);
    this.#problem = part(form, "chat-problem", HTMLElement);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#submit();
    });
    this.#field.addEventListener("keydown", (event) => this.#pressed(event));
    this.#field.addEventListener("input", () => this.#complain(""));
  }

  /**
   * Put a name into the field, as one who is spoken to.
   *
   * @param {string} name
   */
  mention(name) {
    const before = this.#field.value.trimEnd();
    this.#field.value = `${before}${before ? " " : ""}@${name} `;
    this.#field.focus();
  }

  /** @param {Line} line one's own message */
  edit(line) {
    this.#edited = line;
    this.#field.value = line.text;
    this.#showMode();
    this.#field.focus();
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    // What is being composed, as Korean syllables are, is ended by the Enter that ends it.
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      void this.#submit();
    } else if (event.key === "Escape" && this.#edited) {
      event.preventDefault();
      this.#leaveEditing();
    }
  }

  async #submit() {
    const text = this.#field.value.trim();
    if (this.#isSending || !text) return;
    this.#isSending = true;
    this.#complain("");
    try {
      if (this.#edited) await this.#calls.edit(this.#edited.id, text);
      else await this.#calls.say(text);
      // What was typed on meanwhile stays.
      if (this.#field.value.trim() === text) this.#leaveEditing();
    } catch (refusal) {
      this.#complain(sentenceOf(refusal));
    } finally {
      this.#isSending = false;
    }
  }

  #leaveEditing() {
    this.#edited = null;
    this.#field.value = "";
    this.#showMode();
  }

  #showMode() {
    const isEditing = this.#edited !== null;
    this.#form.classList.toggle("is-editing", isEditing);
    setLabel(this.#send, isEditing ? words.chat.save : words.chat.send);
  }

  /** @param {string} text */
  #complain(text) {
    this.#problem.hidden = !text;
    write(this.#problem, text);
    if (text) this.#field.setAttribute("aria-invalid", "true");
    else this.#field.removeAttribute("aria-invalid");
  }
}
