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

/**
 * @param {number} count
 * @returns {HTMLLIElement}
 */
export function othersRow(count) {
  const item = document.createElement("li");
  item.className = "faint";
  item.textContent = words.others(count);
  return item;
}

/** @param {Person} person @returns {HTMLElement[]} */
function parts(person) {
  const found = [face(person), name(person.name)];
  if (person.role === "owner" || person.role === "host") found.push(badge(words.roles[person.role]));
  if (person.is_you) found.push(badge(words.you));
  if (person.muted) found.push(badge(words.mutedBadge));
  if (person.state !== "listening") found.push(state(words.states[person.state]));
  return found;
}

/** @param {Person} person */
function face(person) {
  const element = document.createElement("span");
  element.className = "face";
  element.style.setProperty("--own-hue", String(hueOf(person.name)));
  element.setAttribute("aria-hidden", "true");
  element.textContent = [...person.name][0]?.toUpperCase() ?? "";
  return element;
}

/** @param {string} text */
function name(text) {
  const element = document.createElement("bdi");
  element.className = "clip";
  element.textContent = text;
  return element;
}

/** @param {string} text */
function badge(text) {
  const element = document.createElement("span");
  element.className = "badge";
  element.textContent = text;
  return element;
}

/** @param {string} text */
function state(text) {
  const element = document.createElement("span");
  element.className = "person-state small faint";
  element.textContent = text;
  return element;
}

function menuButton() {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button round person-more";
  button.setAttribute("aria-haspopup", "menu");
  button.setAttribute("aria-expanded", "false");
  button.innerHTML = '<svg class="icon" aria-hidden="true"><use href="#i-more"></use></svg>';
  return button;
}
