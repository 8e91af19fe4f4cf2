import { tn, t } from "../../i18n/translate.js";
import { sentenceOf } from "../lib/fetch_json.js";
import { isWords } from "../lib/format.js";
import { roomAt } from "../lib/popover_place.js";
import { FoundGrid } from "./found_grid.js";
import { Preview } from "./preview.js";

/** @typedef {import("../lib/shapes.js").Found} Found */
/** @typedef {import("../lib/shapes.js").Search} Search */

/** How long typing rests before this server is asked, and YouTube, which takes few questions a day. */
const HERE_AFTER_MS = 200;
const YOUTUBE_AFTER_MS = 800;

/** A video as small as YouTube allows, and a row below it. */
const VIDEO_PX = 200;
const ROW_PX = 64;
/** As the style has it: no more of a page is covered, so that what plays in the room stays in sight. */
const MOST_OF_PAGE = 0.45;

/**
 * A combobox over a field that takes links: words in it are searched for while they are typed, and what is found can be
 * chosen from a grid below or above it, by arrow keys and Enter or by hand.
 */
export class SearchBox {
  #form;
  #input;
  #search;
  #grid;
  #panel = document.createElement("div");
  #note = document.createElement("p");
  #said = document.createElement("p");
  #withYouTube;
  /** Of several questions that are under way, only the answer to the last is shown. */
  #asked = 0;
  /** What the grid shows is the whole answer to this text. @type {string | null} */
  #answered = null;
  /** What the grid shows was found for this text, all of it or not. @type {string | null} */
  #shown = null;
  /** @type {ReturnType<typeof setTimeout>[]} */
  #typing = [];
  /** The whole question that is under way: nothing is asked twice. @type {{text: string, done: Promise<void>} | null} */
  #asking = null;
  /** Why not everything was searched. */
  #problem = "";
  /** The panel was closed for these words: what is yet found of them does not open it again. */
  #isDismissed = false;

  /**
   * @param {HTMLFormElement} form
   * @param {HTMLInputElement} input
   * @param {object} calls
   * @param {(q: string, youtube: boolean) => Promise<Search>} calls.search
   * @param {(found: Found) => unknown} calls.choose
   * @param {(isHeard: boolean) => void} calls.heard whether something is heard before it is added
   */
  constructor(form, input, { search, choose, heard }) {
    this.#form = form;
    this.#input = input;
    this.#search = search;
    this.#withYouTube = form.dataset.searches === "youtube";
    const preview = new Preview({ fits: () => this.#fitsVideo(), say: (text) => this.#tell(text), heard });
    this.#grid = new FoundGrid(`${input.id}-found`, preview, (found) => {
      this.close();
      choose(found);
    });
    this.#build(preview.element);
    input.addEventListener("input", () => this.#typed());
    input.addEventListener("keydown", (event) => this.#key(event));
    input.addEventListener("focus", () => this.#grid.length && isWords(input.value) && this.#open(true));
    // Into the frame of a video the focus goes without a word.
    form.addEventListener("focusout", () => setTimeout(() => this.#hasFocus || this.#open(false)));
  }

  get #hasFocus() {
    return this.#form.contains(document.activeElement);
  }

  /** @param {HTMLElement} video */
  #build(video) {
    const [input, panel] = [this.#input, this.#panel];
    panel.className = "found";
    panel.hidden = true;
    this.#note.className = "found-note small faint";
    this.#note.hidden = true;
    this.#said.className = "sr-only";
    this.#said.setAttribute("role", "status");
    panel.append(video, this.#grid.element, this.#note);
    // The field keeps the focus, and the keyboard of a phone stays.
    panel.addEventListener("mousedown", (event) => event.preventDefault());
    this.#form.append(panel, this.#said);
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-haspopup", "grid");
    input.setAttribute("aria-controls", this.#grid.element.id);
    input.setAttribute("aria-expanded", "false");
  }

  /**
   * Search for the words that stand in the field, now, and have the first that is found chosen next.
   *
   * @returns {Promise<boolean>} whether there is something to choose from, or something to say
   */
  async offer() {
    const text = this.#input.value.trim();
    if (!isWords(text)) return false;
    this.#rest();
    if (this.#answered !== text) await this.#askAll(text);
    if (this.#input.value.trim() !== text) return true; // typed on meanwhile
    if (!this.#grid.length) return Boolean(this.#problem);
    this.#input.focus();
    this.#open(true);
    this.#mark(this.#grid.move(1, 0));
    return true;
  }

  close() {
    this.#rest();
    this.#asked++;
    this.#answered = this.#asking = null;
    this.#grid.show([]);
    this.#tell("");
    this.#open(false);
  }

  #rest() {
    for (const timer of this.#typing) clearTimeout(timer);
    this.#typing = [];
  }

  #typed() {
    const text = this.#input.value.trim();
    if (!isWords(text)) return this.close();
    this.#rest();
    this.#answered = this.#asking = null;
    this.#problem = "";
    this.#isDismissed = false;
    this.#typing = [setTimeout(() => this.#ask(text, false), HERE_AFTER_MS)];
    if (this.#withYouTube) this.#typing.push(setTimeout(() => this.#askAll(text), YOUTUBE_AFTER_MS));
  }

  /**
   * @param {string} text
   * @returns {Promise<void>} once everything was asked about it that there is to ask
   */
  #askAll(text) {
    if (this.#asking?.text !== text) {
      const done = this.#ask(text, this.#withYouTube).finally(() => {
        if (this.#asking?.done === done) this.#asking = null;
      });
      this.#asking = { text, done };
    }
    return this.#asking.done;
  }

  /**
   * @param {string} text
   * @param {boolean} youtube whether YouTube is asked as well
   */
  async #ask(text, youtube) {
    const asked = ++this.#asked;
    if (youtube) this.#tell(t("Searching YouTube…"));
    try {
      const { items, unsearched } = await this.#search(text, youtube);
      if (asked !== this.#asked) return;
      const isWhole = youtube || !this.#withYouTube;
      this.#mark(this.#grid.show(items));
      this.#shown = text;
      this.#answered = isWhole ? text : null;
      this.#problem = unsearched.map(({ reason }) => reason).join(" ");
      const nothing = t("Nothing found. A link can be pasted here as well.");
      const none = items.length ? "" : isWhole ? nothing : t("Searching YouTube…");
      this.#tell([this.#problem, none].filter(Boolean).join(" "));
      if (isWhole) this.#announce(items.length);
    } catch (problem) {
      if (asked !== this.#asked) return;
      this.#answered = null;
      // What other words found is not to be chosen for these.
      if (this.#shown !== text) this.#mark(this.#grid.show([]));
      this.#problem = sentenceOf(problem);
      this.#tell(this.#problem);
      this.#announce(this.#grid.length);
    }
    this.#open(this.#hasFocus && !this.#isDismissed);
  }

  /** @param {string} text below what was found, or in its place */
  #tell(text) {
    this.#note.textContent = text;
    this.#note.hidden = !text;
  }

  /** @param {number} count */
  #announce(count) {
    const found = count ? tn("{count} track found.", "{count} tracks found.", count) : "";
    this.#said.textContent = [found, this.#note.textContent].filter(Boolean).join(" ");
  }

  /** @param {boolean} isOpen */
  #open(isOpen) {
    const isShown = isOpen && (this.#grid.length > 0 || !this.#note.hidden);
    this.#panel.hidden = !isShown;
    this.#input.setAttribute("aria-expanded", String(isShown && this.#grid.length > 0));
    if (isShown) return this.#place();
    this.#grid.leave();
    this.#said.textContent = "";
    this.#mark("");
  }

  #place() {
    const { isBelow, px } = roomAt(this.#form);
    this.#panel.toggleAttribute("data-below", isBelow);
    this.#panel.style.setProperty("--room", `${px}px`);
  }

  /** Whether a video fits between a list and what plays in the room, no smaller than YouTube asks for. */
  #fitsVideo() {
    const { width } = this.#form.getBoundingClientRect();
    return Math.min(roomAt(this.#form).px, innerHeight * MOST_OF_PAGE) >= VIDEO_PX + ROW_PX && width >= VIDEO_PX + 8;
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "ArrowDown" && this.#grid.length) this.#open(true);
    if (this.#panel.hidden) return;
    const forward = getComputedStyle(this.#input).direction === "rtl" ? -1 : 1;
    /** @type {Record<string, () => unknown>} */
    const acts = {
      ArrowDown: () => this.#mark(this.#grid.move(1, 0)),
      ArrowUp: () => this.#mark(this.#grid.move(-1, 0)),
      ...(this.#grid.active && {
        ArrowRight: () => this.#mark(this.#grid.move(0, forward)),
        ArrowLeft: () => this.#mark(this.#grid.move(0, -forward)),
        Enter: () => this.#grid.press(),
      }),
      Escape: () => {
        this.#isDismissed = true;
        this.#open(false);
      },
    };
    const act = acts[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  /** @param {string} id of the cell that the arrow keys stand on */
  #mark(id) {
    if (id) this.#input.setAttribute("aria-activedescendant", id);
    else this.#input.removeAttribute("aria-activedescendant");
  }
}
