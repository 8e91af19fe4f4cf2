import { numeral } from "../../i18n/translate.js";
import { place } from "../lib/arrange.js";
import { part, write } from "../lib/dom.js";
import { othersRow, PersonRow } from "./person_row.js";

/** @typedef {import("../lib/shapes.js").Person} Person */

/** Who is here and who holds a role: the count, and a row for each, oneself first. */
export class People {
  #session;
  #list;
  #counts;
  #alone;
  #myId;
  #menu;
  #shown = "";
  /** By id: a row stays as long as its person does, since it may just be pressed. @type {Map<string, PersonRow>} */
  #rows = new Map();
  /** One's own name as the server told it last. @type {string | undefined} */
  #told;

  /**
   * @param {ParentNode} root
   * @param {import("../room/session.js").Session} session
   * @param {{id: string, name: string, role: import("../room/types.js").Role}} me
   * @param {{has: (person: Person) => boolean, open: (button: HTMLElement, person: Person) => void}} menu of each person
   */
  constructor(root, session, me, menu) {
    this.#session = session;
    this.#myId = me.id;
    this.me = me.name;
    this.#role = me.role;
    this.#menu = menu;
    this.#list = part(root, "people", HTMLElement);
    this.#alone = part(root, "alone", HTMLElement);
    this.#counts = [part(root, "count", HTMLElement), part(root, "people-count", HTMLElement)];
    this.#list.addEventListener("click", (event) => this.#pressed(event));
  }

  #role;

  show() {
    const { people } = this.#session.state;
    this.#takeName(people.items?.find(({ id }) => id === this.#myId)?.name);
    const shown = JSON.stringify([people, this.me]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    // The reader is here, even if the server has not counted them yet.
    const here = Math.max(1, people.listeners);
    for (const count of this.#counts) write(count, numeral(here));
    this.#alone.hidden = here > 1;
    const rows = this.#everybody;
    const rest = here - rows.filter((person) => person.state !== "away" || person.is_you).length;
    place(this.#list, [...rows.map((person) => this.#rowOf(person)), ...(rest > 0 ? [othersRow(rest)] : [])]);
    for (const [id, { element }] of this.#rows) if (!element.isConnected) this.#rows.delete(id);
  }

  /** @param {Person} person @returns {HTMLElement} */
  #rowOf(person) {
    const row = this.#rows.get(person.id) ?? new PersonRow(person.id);
    this.#rows.set(person.id, row);
    row.show(person, this.#menu.has(person));
    return row.element;
  }

  /** Oneself may be renamed in another tab, or by another browser of the account. @param {string} [name] */
  #takeName(name) {
    if (name && this.#told && name !== this.#told) this.me = name;
    this.#told = name ?? this.#told;
  }

  /** @returns {Person[]} oneself first */
  get #everybody() {
    const items = this.#session.state.people.items ?? [];
    const mine = items.find((person) => person.id === this.#myId);
    const me = { ...(mine ?? this.#newcomer), name: this.me, is_you: true };
    return [me, ...items.filter((person) => person.id !== this.#myId)];
  }

  /** Oneself, before the server has counted one. @returns {Person} */
  get #newcomer() {
    const { id, role } = { id: this.#myId, role: this.#role };
    return { id, name: this.me, role, state: "listening", is_you: true, muted: false, since_ms: 0 };
  }

  /** @param {Event} event */
  #pressed(event) {
    const button = event.target instanceof Element ? event.target.closest(".person-more") : null;
    const id = button?.closest("li")?.dataset.id;
    const person = this.#everybody.find((one) => one.id === id);
    if (button instanceof HTMLElement && person) this.#menu.open(button, person);
  }
}
