import { sentenceOf } from "../lib/fetch_json.js";
import { element, part } from "../lib/dom.js";
import { focusFirst } from "../lib/focus.js";

/**
 * Lines of what was, newest first, in place of the queue: a page of them, and more on demand.
 *
 * @template {{id: number}} Line
 */
export class PastPanel {
  #panel;
  #section;
  #list;
  #empty;
  #more;
  #close;
  #calls;
  /** Of several that are under way, only the answer to the last question is shown. */
  #asked = 0;

  /**
   * @param {ParentNode} root
   * @param {string} name of the section, and the beginning of the names of its parts
   * @param {object} calls
   * @param {(before?: number) => Promise<{items: Line[], next: string | null}>} calls.read
   * @param {(line: Line) => HTMLElement[]} calls.draw what stands in a line
   * @param {string} calls.nothing what is said where there is no line
   */
  constructor(root, name, calls) {
    this.#calls = calls;
    this.#section = part(root, name, HTMLElement);
    this.#panel = /** @type {HTMLElement} */ (this.#section.parentElement);
    this.#list = part(root, `${name}-list`, HTMLElement);
    this.#empty = part(root, `${name}-empty`, HTMLElement);
    this.#more = part(root, `${name}-more`, HTMLButtonElement);
    this.#close = part(root, `${name}-close`, HTMLButtonElement);
    this.#close.addEventListener("click", () => this.close());
    this.#section.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.close();
    });
    this.#more.addEventListener("click", () => {
      const last = this.#list.lastElementChild;
      if (last instanceof HTMLElement) void this.read(Number(last.dataset.line));
    });
  }

  get isOpen() {
    return !this.#section.hidden;
  }

  /** Whether no more than the first page is shown. */
  get isShort() {
    return this.#list.childElementCount <= 50;
  }

  /** @param {HTMLElement} focused what takes the focus */
  open(focused) {
    this.#section.hidden = false;
    this.#panel.toggleAttribute("data-history", true);
    focused.focus();
    void this.read();
  }

  close() {
    this.#section.hidden = true;
    this.#panel.toggleAttribute("data-history", false);
    part(this.#panel, "queue-more", HTMLElement).focus();
  }

  /** @param {number} [before] the line to go on behind */
  async read(before) {
    const asked = ++this.#asked;
    let hasFailed = false;
    try {
      const { items, next } = await this.#calls.read(before);
      if (asked !== this.#asked) return;
      const lines = items.map((one) => this.#line(one));
      const focused = this.#list.contains(document.activeElement) ? document.activeElement : null;
      const kept = focused?.closest("li")?.dataset.line ?? (document.activeElement === this.#more && lines[0]?.dataset.line);
      if (before === undefined) this.#list.replaceChildren(...lines);
      else this.#list.append(...lines);
      this.#more.hidden = next === null;
      if (kept) this.#keepFocus(kept);
      this.#empty.textContent = this.#calls.nothing;
    } catch (problem) {
      if (asked !== this.#asked) return;
      this.#empty.textContent = sentenceOf(problem);
      hasFailed = true;
    }
    // What failed is said below what there was, which is not what was asked for.
    this.#empty.hidden = !hasFailed && this.#list.childElementCount > 0;
  }

  /** What had the focus may be gone with its line, or with the last page. @param {string} line what stands for it */
  #keepFocus(line) {
    const focused = document.activeElement;
    if (this.#section.contains(focused) && focused?.checkVisibility()) return;
    focusFirst(this.#list.querySelector(`[data-line="${line}"] button`), this.#close);
  }

  /** @param {Line} about */
  #line(about) {
    const line = document.createElement("li");
    line.className = "history-row";
    line.dataset.line = String(about.id);
    line.append(...this.#calls.draw(about));
    return line;
  }
}

/**
 * A title, and what is known of it in small letters below.
 *
 * @param {string} title
 * @param {string} facts
 */
export function twoLines(title, facts) {
  const text = element("span", "row-text");
  text.append(clipped("row-title", title), clipped("row-by small", facts));
  return text;
}

/**
 * @param {string} name
 * @param {string} text
 */
function clipped(name, text) {
  const span = element("span", `${name} clip`, text, "auto");
  span.title = text;
  return span;
}
