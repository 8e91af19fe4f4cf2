import { element, iconButton } from "../lib/dom.js";
import { hueOf } from "../lib/format.js";
import { words } from "../lib/words.js";

/** @typedef {import("../lib/shapes.js").Person} Person */

/** A row of the list of people: the name, badges, what their player does, and the button of their menu. */
export class PersonRow {
  element = document.createElement("li");
  #button = menuButton();
  #shown = "";

  /** @param {string} id */
  constructor(id) {
    this.element.dataset.id = id;
  }

  /**
   * All is drawn anew but the button, which may just be pressed.
   *
   * @param {Person} person
   * @param {boolean} hasMenu
   */
  show(person, hasMenu) {
    const shown = JSON.stringify([person, hasMenu]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.element.dataset.state = person.state;
    this.#button.setAttribute("aria-label", words.more(person.name));
    for (const part of [...this.element.children]) if (part !== this.#button || !hasMenu) part.remove();
    this.element.prepend(...parts(person));
    if (hasMenu && !this.element.contains(this.#button)) this.element.append(this.#button);
  }
}

/** @param {number} count */
export function othersRow(count) {
  return element("li", "faint", words.others(count));
}

/** @param {Person} person @returns {HTMLElement[]} */
function parts(person) {
  const found = [face(person), element("bdi", "clip", person.name)];
  if (person.role === "owner" || person.role === "host") found.push(element("span", "badge", words.roles[person.role]));
  if (person.is_you) found.push(element("span", "badge", words.you));
  if (person.muted) found.push(element("span", "badge", words.mutedBadge));
  if (person.state !== "listening") found.push(element("span", "person-state small faint", words.states[person.state]));
  return found;
}

/** @param {Person} person */
function face({ name }) {
  const made = element("span", "face", [...name][0]?.toUpperCase() ?? "");
  made.style.setProperty("--own-hue", String(hueOf(name)));
  made.setAttribute("aria-hidden", "true");
  return made;
}

function menuButton() {
  const button = iconButton("button round person-more", "more");
  button.setAttribute("aria-haspopup", "menu");
  button.setAttribute("aria-expanded", "false");
  return button;
}
