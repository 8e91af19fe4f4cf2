import { clockTime, hueOf } from "../lib/format.js";
import { numeral } from "../../i18n/translate.js";
import { child, showImage, write } from "../lib/dom.js";
import { reasonOf } from "../room/unplayable_reason.js";
import { words } from "../lib/words.js";

/** @typedef {import("../room/types.js").Entry} Entry */

/** The height of a row in pixels, as the style sheet has it: places in a long list are arithmetic, not layout. */
export const ROW_PX = 56;

/** One entry of the queue, as a row. */
export class Row {
  #numeral;
  #image;
  #title;
  #by;
  #length;
  #lead;
  #more;
  #vote;
  #votes;
  /** @type {Entry | null} */
  #entry = null;
  #number = "";
  /** @type {"played" | "current" | "next" | ""} */
  #role = "";
  #isUnsettled = false;
  /** Whether it is chosen; null where nothing is chosen from. @type {boolean | null} */
  #isChosen = null;
  #mayPlay;
  #hasFailed = false;

  /** @param {HTMLElement} element made from the row's template, here or by the server */
  constructor(element) {
    this.element = element;
    this.#numeral = child(element, ".row-number", HTMLElement);
    this.#image = child(element, "img", HTMLImageElement);
    this.#title = child(element, ".row-title", HTMLElement);
    this.#by = child(element, ".row-by", HTMLElement);
    this.#length = child(element, ".row-length", HTMLElement);
    this.#lead = child(element, ".row-lead", HTMLButtonElement);
    this.#mayPlay = !this.#lead.disabled;
    this.#more = child(element, ".row-more", HTMLElement);
    this.#vote = child(element, ".row-vote", HTMLElement);
    this.#votes = child(element, ".row-votes", HTMLElement);
    // The server's own row may have failed to load its picture before anybody listened.
    this.#image.addEventListener("error", () => (this.#image.hidden = true));
    if (this.#image.complete && !this.#image.naturalWidth) this.#image.hidden = true;
  }

  /** @param {Entry} entry */
  show(entry) {
    if (entry === this.#entry) return;
    this.#entry = entry;
    this.element.dataset.id = String(entry.id);
    write(this.#title, entry.title);
    this.#title.title = entry.title;
    this.#tell(entry);
    write(this.#length, entry.is_live ? words.live : clockTime(entry.length_ms));
    write(this.#votes, entry.votes ? numeral(entry.votes) : "");
    this.element.toggleAttribute("data-voted", entry.votes > 0);
    this.#vote.setAttribute("aria-label", [words.voteFor(entry.title), entry.votes && words.votes(entry.votes)].filter(Boolean).join(", "));
    this.element.toggleAttribute("data-unplayable", Boolean(entry.unplayable));
    this.element.style.setProperty("--own-hue", String(hueOf(entry.title)));
    this.#nameLead();
    this.#more.setAttribute("aria-label", words.more(entry.title));
    showImage(this.#image, entry.artwork_url);
  }

  /** @param {boolean} hasFailed whether this browser could not play it */
  mark(hasFailed) {
    this.#hasFailed = hasFailed;
    this.element.toggleAttribute("data-failed", hasFailed);
    if (this.#entry) this.#tell(this.#entry);
  }

  /** @param {Entry} entry */
  #tell(entry) {
    write(this.#by, reasonOf(entry) || (this.#hasFailed ? words.failedHere : this.#credit(entry)));
  }

  /**
   * @param {boolean} isUnsettled whether the server has not confirmed yet that it is here
   */
  settle(isUnsettled) {
    if (isUnsettled === this.#isUnsettled) return;
    this.#isUnsettled = isUnsettled;
    if (isUnsettled) this.element.setAttribute("aria-busy", "true");
    else this.element.removeAttribute("aria-busy");
  }

  /**
   * @param {number} number counted from what plays; 0 or less for what has played
   * @param {boolean} isCurrent
   */
  place(number, isCurrent) {
    const shown = number > 0 ? String(number) : "";
    if (shown !== this.#number) {
      this.#numeral.textContent = this.#number = shown;
      this.#nameLead();
    }
    const role = isCurrent ? "current" : number < 0 ? "played" : "next";
    if (role === this.#role) return;
    this.#role = role;
    this.element.toggleAttribute("data-current", isCurrent);
    this.element.toggleAttribute("data-played", role === "played");
    if (isCurrent) this.element.setAttribute("aria-current", "true");
    else this.element.removeAttribute("aria-current");
  }

  /** @param {boolean | null} isChosen whether its checkbox is checked; null for none */
  choose(isChosen) {
    if (isChosen === this.#isChosen) return;
    this.#isChosen = isChosen;
    this.element.toggleAttribute("data-chosen", isChosen === true);
    this.#lead.disabled = isChosen === null && !this.#mayPlay;
    if (isChosen === null) for (const name of ["role", "aria-checked"]) this.#lead.removeAttribute(name);
    else {
      this.#lead.setAttribute("role", "checkbox");
      this.#lead.setAttribute("aria-checked", String(isChosen));
    }
    this.#nameLead();
  }

  /** Voice control goes by the visible label, which is the number. */
  #nameLead() {
    const title = this.#entry?.title ?? "";
    const name = !this.#entry ? "" : this.#isChosen === null ? words.playNow(title) : title;
    this.#lead.setAttribute("aria-label", this.#number ? `${this.#number} ${name}` : name);
  }

  /** @param {Entry} entry @returns {string} */
  #credit(entry) {
    const from = entry.autofilled ? words.autofilled : entry.added_by && words.addedBy(entry.added_by.name);
    return [entry.artist, from].filter(Boolean).join(" · ");
  }
}
