import { sentenceOf } from "../lib/fetch_json.js";
import { part, setLabel, write } from "../lib/dom.js";
import { words } from "../lib/words.js";

/** @typedef {import("./chat_window.js").Line} Line */

/** The code of keys that belong to a composition: Safari tells of the Enter that ends one by nothing else. */
const COMPOSED = 229;

/** The field in which people write: Enter sends, Shift and Enter begins a line, Escape gives a correction up. */
export class Composer {
  #form;
  #field;
  #send;
  #problem;
  #calls;
  /** The message that is being corrected. @type {Line | null} */
  #edited = null;
  /** What is sent, one after the other: a second message does not wait for its press, nor overtake the first.
   * @type {{text: string, edited: Line | null}[]} */
  #outbox = [];

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
      this.#submit();
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

  /** @param {number} id of a message that is gone: what would have corrected it is a message of its own */
  forget(id) {
    if (this.#edited?.id !== id) return;
    this.#edited = null;
    this.#showMode();
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    // What is being composed, as Korean syllables are, is ended by the Enter that ends it, or given up by Escape.
    if (event.isComposing || event.keyCode === COMPOSED) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.#submit();
    } else if (event.key === "Escape" && this.#edited) {
      event.preventDefault();
      this.#leaveEditing();
    }
  }

  #submit() {
    const [text, edited] = [this.#field.value.trim(), this.#edited];
    this.#complain("");
    // At once: what is typed on meanwhile is another message. A phone has no Escape: there a correction is given up by an
    // empty field.
    this.#leaveEditing();
    if (text && this.#outbox.push({ text, edited }) === 1) void this.#sendAll();
  }

  async #sendAll() {
    try {
      for (let [next] = this.#outbox; next; [next] = this.#outbox) {
        if (next.edited) await this.#calls.edit(next.edited.id, next.text);
        else await this.#calls.say(next.text);
        this.#outbox.shift();
      }
    } catch (refusal) {
      this.#giveBack();
      this.#complain(sentenceOf(refusal));
    }
  }

  /** What was refused, and what waited behind it, stands in the field again, before what was typed on. */
  #giveBack() {
    const unsent = this.#outbox.splice(0);
    this.#field.value = [...unsent.map(({ text }) => text), this.#field.value].filter(Boolean).join("\n");
    this.#edited ??= unsent[0].edited;
    this.#showMode();
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
