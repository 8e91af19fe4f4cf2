import { hueOf } from "../lib/format.js";
import { words } from "../lib/words.js";

/** @typedef {import("../lib/shapes.js").Person} Person */

/**
 * A row of the list of people: the name, a badge for the role, what their player does, and the button of their menu.
 *
 * @param {Person} person
 * @param {boolean} hasMenu
 * @returns {HTMLLIElement}
 */
export function personRow(person, hasMenu) {
  const item = document.createElement("li");
  item.dataset.id = person.id;
  item.dataset.state = person.state;
  item.append(face(person), name(person.name));
  if (person.role === "owner" || person.role === "host") item.append(badge(words.roles[person.role]));
  if (person.is_you) item.append(badge(words.you));
  if (person.muted) item.append(badge(words.mutedBadge));
  if (person.state !== "listening") item.append(state(words.states[person.state]));
  if (hasMenu) item.append(menuButton(person.name));
  return item;
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

/** @param {string} of */
function menuButton(of) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button round person-more";
  button.setAttribute("aria-haspopup", "menu");
  button.setAttribute("aria-expanded", "false");
  button.setAttribute("aria-label", words.more(of));
  button.innerHTML = '<svg class="icon" aria-hidden="true"><use href="#i-more"></use></svg>';
  return button;
}
