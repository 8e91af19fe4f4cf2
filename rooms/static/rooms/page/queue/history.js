import { sentenceOf } from "../lib/api.js";
import { part } from "../lib/dom.js";
import { words } from "../lib/words.js";

/** @typedef {import("../lib/shapes.js").Played} Played */

/** How long typing rests before it is searched for. */
const SEARCH_AFTER_MS = 250;

/** What played in the room, in place of the queue, each to be queued again by one click. */
export class History {
  #panel;
  #section;
  #search;
  #list;
  #empty;
  #more;
  #read;
  #again;
  /** Of several that are under way, only the answer to the last question is shown. */
  #asked = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #typing;

  /**
   * @param {ParentNode} root
   * @param {boolean} mayAdd
   * @param {object} calls
   * @param {(q: string, before?: number) => Promise<{items: Played[], next: string | null}>} calls.read
   * @param {(url: string) => unknown} calls.again
   */
  constructor(root, mayAdd, { read, again }) {
    this.#section = part(root, "history", HTMLElement);
    this.#panel = /** @type {HTMLElement} */ (this.#section.parentElement);
    this.#search = part(root, "history-search", HTMLInputElement);
    this.#list = part(root, "history-list", HTMLElement);
    this.#empty = part(root, "history-empty", HTMLElement);
    this.#more = part(root, "history-more", HTMLButtonElement);
    this.#read = read;
    this.#again = mayAdd ? again : null;
    part(root, "history-close", HTMLButtonElement).addEventListener("click", () => this.#close());
    this.#section.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.#close();
    });
    this.#search.addEventListener("input", () => {
      clearTimeout(this.#typing);
      this.#typing = setTimeout(() => this.#show(), SEARCH_AFTER_MS);
    });
    this.#more.addEventListener("click", () => {
      const last = this.#list.lastElementChild;
      if (last instanceof HTMLElement) void this.#show(Number(last.dataset.played));
    });
  }

  open() {
    this.#section.hidden = false;
    this.#panel.toggleAttribute("data-history", true);
    this.#search.value = "";
    this.#search.focus();
    void this.#show();
  }

  #close() {
    this.#section.hidden = true;
    this.#panel.toggleAttribute("data-history", false);
    part(this.#panel, "queue-more", HTMLElement).focus();
  }

  /** @param {number} [before] the line to go on behind */
  async #show(before) {
    const asked = ++this.#asked;
    try {
      const { items, next } = await this.#read(this.#search.value, before);
      if (asked !== this.#asked) return;
      const lines = items.map((one) => this.#line(one));
      if (before === undefined) this.#list.replaceChildren(...lines);
      else this.#list.append(...lines);
      this.#more.hidden = next === null;
      this.#empty.textContent = words.history.nothing;
    } catch (problem) {
      this.#empty.textContent = sentenceOf(problem);
    }
    this.#empty.hidden = this.#list.childElementCount > 0;
  }

  /** @param {Played} played */
  #line({ id, entry, added_by, played_at_ms, outcome }) {
    const line = document.createElement("li");
    line.className = "history-row";
    line.dataset.played = String(id);
    const text = document.createElement("span");
    text.className = "row-text";
    const at = new Date(played_at_ms).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
    const how = outcome === "ended" ? "" : words.history[outcome];
    const facts = [at, entry.artist, added_by && words.addedBy(added_by.name), how].filter(Boolean).join(" · ");
    text.append(clipped("row-title", entry.title), clipped("row-by small", facts));
    line.append(text);
    const again = this.#again;
    if (again) line.append(button(words.history.again(entry.title), () => again(entry.url)));
    return line;
  }
}

/**
 * @param {string} name
 * @param {string} text
 */
function clipped(name, text) {
  const span = document.createElement("span");
  span.className = `${name} clip`;
  span.dir = "auto";
  span.textContent = text;
  return span;
}

/**
 * @param {string} label
 * @param {() => unknown} act
 */
function button(label, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "button quiet icon-only";
  made.setAttribute("aria-label", label);
  made.title = label;
  made.innerHTML = '<svg class="icon" aria-hidden="true"><use href="#i-plus"></use></svg>';
  made.addEventListener("click", () => act());
  return made;
}
