import { numeral } from "../../i18n/translate.js";
import { part, write } from "../lib/dom.js";
import { hueOf } from "../lib/format.js";
import { words } from "../lib/words.js";

/** No more names than this are written out. */
const MOST_NAMES = 200;

/** Who is here: the count, the names, and one's own name. */
export class People {
  #session;
  #list;
  #counts;
  #alone;
  #shown = "";

  /**
   * @param {ParentNode} root
   * @param {import("../room/session.js").Session} session
   * @param {DOMStringMap} self one's own id and name, `you` and `me`
   */
  constructor(root, session, { you = "", me = "" }) {
    this.#session = session;
    this.id = you;
    this.me = me;
    this.#list = part(root, "people", HTMLElement);
    this.#alone = part(root, "alone", HTMLElement);
    this.#counts = [part(root, "count", HTMLElement), part(root, "people-count", HTMLElement)];
  }

  show() {
    const { people, room } = this.#session.state;
    const shown = JSON.stringify([people, room.hosts, this.me]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    // The reader is here, even if the server has not counted them yet.
    const here = Math.max(1, people.listeners);
    for (const count of this.#counts) write(count, numeral(here));
    this.#alone.hidden = here > 1;
    const names = this.#names(people.names).slice(0, MOST_NAMES);
    const rest = here - names.length;
    this.#list.replaceChildren(
      ...names.map((name, at) => person(name, at === 0, room.hosts.includes(name))),
      ...(rest > 0 ? [others(rest)] : []),
    );
  }

  /**
   * Oneself first.
   *
   * @param {string[]} names
   * @returns {string[]}
   */
  #names(names) {
    const at = names.indexOf(this.me);
    return [this.me, ...names.slice(0, at < 0 ? undefined : at), ...(at < 0 ? [] : names.slice(at + 1))];
  }
}

/**
 * @param {string} name
 * @param {boolean} isMe
 * @param {boolean} isHost
 * @returns {HTMLLIElement}
 */
function person(name, isMe, isHost) {
  const [item, face, text] = [
    document.createElement("li"),
    document.createElement("span"),
    document.createElement("bdi"),
  ];
  face.className = "face";
  face.style.setProperty("--own-hue", String(hueOf(name)));
  face.setAttribute("aria-hidden", "true");
  face.textContent = [...name][0]?.toUpperCase() ?? "";
  text.className = "clip";
  text.textContent = name;
  item.append(face, text);
  if (isHost) item.append(badge(words.hostBadge));
  if (isMe) item.append(badge(words.you));
  return item;
}

/**
 * @param {string} text
 * @returns {HTMLElement}
 */
function badge(text) {
  const element = document.createElement("span");
  element.className = "badge";
  element.textContent = text;
  return element;
}

/**
 * @param {number} count
 * @returns {HTMLLIElement}
 */
function others(count) {
  const item = document.createElement("li");
  item.className = "faint";
  item.textContent = words.others(count);
  return item;
}
