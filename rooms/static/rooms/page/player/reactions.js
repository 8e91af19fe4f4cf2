import { mayMove, optionalPart, part, write } from "../lib/dom.js";
import { placeBeside } from "../lib/popover_place.js";
import { t } from "../../i18n/translate.js";

/** More at once than these are no more to look at. */
const MOST_FLOATING = 24;
const FLOAT_MS = 2_400;
/** How long the counts stay that stand still. */
const STAY_MS = 2_500;

/**
 * Reactions: a button with the room's six for those who may react, and what everybody sends, which rises over the
 * artwork. Over a video nothing is drawn: there, and where nothing may move, the counts stand beside the title.
 */
export class Reactions {
  #root;
  #session;
  #react;
  #frame;
  #deck;
  #counts;
  #sheet;
  #shown = "";
  /** @type {Map<string, number>} */
  #standing = new Map();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #leaving;

  /**
   * @param {ParentNode} root
   * @param {import("../room/session.js").Session} session
   * @param {(emoji: string) => void} react
   */
  constructor(root, session, react) {
    this.#root = root;
    this.#session = session;
    this.#react = react;
    this.#deck = part(root, "deck", HTMLElement);
    this.#frame = part(root, "floating", HTMLElement);
    this.#counts = part(root, "reaction-counts", HTMLElement);
    this.#sheet = optionalPart(root, "reactions", HTMLElement);
    this.#sheet?.addEventListener("toggle", (event) => this.#toggled(/** @type {ToggleEvent} */ (event)));
    this.#sheet?.addEventListener("click", (event) => {
      const emoji = event.target instanceof HTMLButtonElement ? event.target.dataset.emoji : "";
      if (emoji) this.#react(emoji);
    });
  }

  show() {
    const { reactions = [] } = this.#session.state.room;
    const shown = reactions.join(" ");
    if (!this.#sheet || shown === this.#shown) return;
    this.#shown = shown;
    this.#sheet.replaceChildren(...reactions.map(button));
  }

  /** @param {Record<string, number>} counts since the last time */
  hear(counts) {
    if (document.hidden) return;
    if (this.#deck.dataset.picture === "cover" && mayMove()) this.#float(counts);
    else this.#stand(counts);
  }

  /** @param {Record<string, number>} counts */
  #float(counts) {
    const free = MOST_FLOATING - this.#frame.childElementCount;
    const emoji = Object.entries(counts).flatMap(([one, count]) => Array(Math.min(count, 6)).fill(one));
    for (const one of emoji.slice(0, Math.max(0, free))) this.#frame.append(floating(one));
  }

  /** @param {Record<string, number>} counts */
  #stand(counts) {
    for (const [emoji, count] of Object.entries(counts))
      this.#standing.set(emoji, (this.#standing.get(emoji) ?? 0) + count);
    const told = [...this.#standing].map(([emoji, count]) => (count > 1 ? `${emoji} ${count}` : emoji));
    write(this.#counts, told.join("  "));
    clearTimeout(this.#leaving);
    this.#leaving = setTimeout(() => {
      this.#standing.clear();
      write(this.#counts, "");
    }, STAY_MS);
  }

  /** @param {ToggleEvent} event */
  #toggled({ newState }) {
    const opener = part(this.#root, "react", HTMLElement);
    opener.setAttribute("aria-expanded", String(newState === "open"));
    if (newState === "open" && this.#sheet) placeBeside(this.#sheet, opener);
  }
}

/** @param {string} emoji */
function button(emoji) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "reaction";
  made.dataset.emoji = emoji;
  made.setAttribute("aria-label", t("React with {emoji}", { emoji }));
  made.textContent = emoji;
  return made;
}

/** @param {string} emoji */
function floating(emoji) {
  const made = document.createElement("span");
  made.textContent = emoji;
  made.style.insetInlineStart = `${8 + Math.random() * 80}%`;
  made.style.animationDelay = `${Math.random() * 250}ms`;
  setTimeout(() => made.remove(), FLOAT_MS + 300);
  return made;
}
