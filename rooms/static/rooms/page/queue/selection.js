import { sentenceOf } from "../lib/fetch_json.js";
import { onPress, optionalPart, part, setUsable, write } from "../lib/dom.js";
import { letterOf } from "../lib/letter.js";
import { ownLists } from "../lib/lists_api.js";
import { moveInMenu } from "../lib/menu_keys.js";
import { placeBeside } from "../lib/popover_place.js";
import { words } from "../lib/words.js";

/** @typedef {import("../room/types.js").Entry} Entry */

/** Several rows chosen at once: each row's lead is a checkbox meanwhile, and a toolbar says what is done to them. */
export class Selection {
  #queue;
  #session;
  #acts;
  #panel;
  #bar;
  #count;
  #next;
  #remove;
  /** @type {Set<number>} */
  #chosen = new Set();
  /** From where a range is chosen. @type {number | null} */
  #anchor = null;

  /**
   * @param {ParentNode} root
   * @param {import("./queue.js").Queue} queue
   * @param {import("../room/session.js").Session} session
   * @param {object} acts
   * @param {(entry: Entry) => boolean} acts.mayRemove
   * @param {(entries: Entry[]) => unknown} acts.remove
   * @param {(entries: Entry[]) => unknown} acts.playNext
   * @param {(text: string) => void} acts.say
   * @param {string} acts.slug
   */
  constructor(root, queue, session, acts) {
    this.#queue = queue;
    this.#session = session;
    this.#acts = acts;
    this.#bar = part(root, "selection", HTMLElement);
    this.#panel = /** @type {HTMLElement} */ (this.#bar.parentElement);
    this.#count = part(root, "selection-count", HTMLElement);
    this.#next = optionalPart(root, "selection-next", HTMLButtonElement);
    this.#remove = part(root, "selection-remove", HTMLButtonElement);
    onPress(this.#next, () => this.#do(acts.playNext));
    onPress(this.#remove, () => this.#do(acts.remove));
    part(root, "selection-close", HTMLButtonElement).addEventListener("click", () => this.#end());
    this.#connectLists(root);
    queue.list.addEventListener("click", (event) => this.#clicked(event), true);
    // A range of rows is meant, not of letters.
    queue.list.addEventListener("mousedown", (event) => event.shiftKey && event.preventDefault());
    this.#panel.addEventListener("keydown", (event) => this.#pressed(event), true);
  }

  /** @param {Entry} entry the first that is chosen */
  begin(entry) {
    this.#toggle(entry);
    this.#queue.focusLead(entry.id);
  }

  show() {
    if (!this.#chosen.size) return;
    const known = new Set(this.#session.queue.map(({ id }) => id));
    for (const id of this.#chosen) if (!known.has(id)) this.#chosen.delete(id);
    this.#draw();
  }

  get #isOn() {
    return !this.#bar.hidden;
  }

  /** What is chosen, in the order of the queue. */
  get #entries() {
    return this.#session.queue.filter(({ id }) => this.#chosen.has(id));
  }

  /** @param {MouseEvent} event */
  #clicked(event) {
    const target = event.target instanceof Element ? event.target : null;
    const entry = this.#queue.entryAt(target);
    const isOther = target?.closest(".row-more, .row-vote");
    if (!entry || isOther || !(this.#isOn || event.ctrlKey || event.metaKey || event.shiftKey)) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.shiftKey) this.#range(entry);
    else this.#toggle(entry);
    // Keys go on from where was clicked.
    this.#queue.focusLead(entry.id);
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    // In a field of the panel they are the field's own.
    const isTyped = event.target instanceof Element && event.target.matches("input, textarea, select");
    if (!this.#isOn || event.altKey || isTyped) return;
    const isAll = letterOf(event) === "a" && (event.ctrlKey || event.metaKey);
    if (event.key === "Escape") this.#end();
    else if (isAll) this.#choose(this.#shown.map(({ id }) => id));
    else if (event.key === "Delete") this.#remove.click();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {Entry} entry */
  #toggle({ id }) {
    const chosen = new Set(this.#chosen);
    if (!chosen.delete(id)) chosen.add(id);
    this.#anchor = id;
    this.#choose(chosen);
  }

  /** @param {Entry} entry up to which all are chosen, from the one that was clicked last */
  #range({ id }) {
    const shown = this.#shown.map((entry) => entry.id);
    const [from, to] = [shown.indexOf(this.#anchor ?? id), shown.indexOf(id)].sort((a, b) => a - b);
    this.#choose([...this.#chosen, ...shown.slice(Math.max(0, from), to + 1)]);
  }

  get #shown() {
    return this.#queue.visible.flatMap((row) => this.#queue.entryAt(row) ?? []);
  }

  /** @param {Iterable<number>} ids */
  #choose(ids) {
    this.#chosen = new Set(ids);
    if (this.#chosen.size) this.#draw();
    else this.#end();
  }

  #draw() {
    const entries = this.#entries;
    this.#panel.toggleAttribute("data-selecting", true);
    this.#bar.hidden = false;
    this.#queue.choose(this.#chosen);
    write(this.#count, words.chosen.count(entries.length));
    setUsable(this.#remove, entries.length > 0 && entries.every(this.#acts.mayRemove));
    if (this.#next) setUsable(this.#next, entries.length > 0);
  }

  #end() {
    const place = this.#queue.visible.findIndex((row) => row.hasAttribute("data-chosen"));
    const hadFocus = this.#panel.contains(document.activeElement);
    this.#chosen = new Set();
    this.#anchor = null;
    this.#bar.hidden = true;
    this.#panel.toggleAttribute("data-selecting", false);
    this.#queue.choose(null);
    if (hadFocus) this.#queue.focusNear(place);
  }

  /** @param {(entries: Entry[]) => unknown} act */
  #do(act) {
    const entries = this.#entries;
    this.#end();
    void act(entries);
  }

  /** @param {ParentNode} root */
  #connectLists(root) {
    const button = optionalPart(root, "selection-keep", HTMLButtonElement);
    if (!button) return;
    const menu = part(root, "selection-lists", HTMLElement);
    button.addEventListener("click", () => this.#attempt(async () => {
      menu.replaceChildren(...(await ownLists.all()).map((list) => this.#item(menu, list)));
      if (!menu.childElementCount) return this.#acts.say(words.chosen.noList);
      menu.showPopover();
      placeBeside(menu, button);
      menu.querySelector("button")?.focus();
    }));
    menu.addEventListener("keydown", (event) => {
      moveInMenu(menu, /** @type {HTMLElement[]} */ ([...menu.children]), event);
    });
    menu.addEventListener("toggle", (event) => {
      const isOpen = /** @type {ToggleEvent} */ (event).newState === "open";
      button.setAttribute("aria-expanded", String(isOpen));
      if (!isOpen && document.activeElement === document.body) button.focus();
    });
  }

  /**
   * @param {HTMLElement} menu
   * @param {import("../lib/lists_api.js").OwnList} list
   */
  #item(menu, list) {
    const item = document.createElement("button");
    item.type = "button";
    item.setAttribute("role", "menuitem");
    item.dir = "auto";
    item.textContent = list.name;
    item.addEventListener("click", () => {
      const ids = this.#entries.map(({ id }) => id);
      menu.hidePopover();
      this.#end();
      void this.#attempt(async () => {
        const { items } = await ownLists.keep(list.id, this.#acts.slug, ids);
        this.#acts.say(words.chosen.kept(items.length, list.name));
      });
    });
    return item;
  }

  /** @param {() => Promise<unknown>} act */
  async #attempt(act) {
    try {
      await act();
    } catch (problem) {
      this.#acts.say(sentenceOf(problem));
    }
  }
}
