import { Refusal } from './api.js';
import { part, write } from './dom.js';
import { hueOf } from './format.js';
import { words } from './words.js';

/** No more names than this are written out. */
const MOST_NAMES = 200;

/** Who is here: the count, the names, and one's own name. */
export class People {
  #session;
  #list;
  #counts;
  #alone;
  #shown = '';

  /**
   * @param {ParentNode} root
   * @param {import('./session.js').Session} session
   * @param {string} me
   */
  constructor(root, session, me) {
    this.#session = session;
    this.me = me;
    this.#list = part(root, 'people', HTMLElement);
    this.#alone = part(root, 'alone', HTMLElement);
    this.#counts = [part(root, 'count', HTMLElement), part(root, 'people-count', HTMLElement)];
  }

  show() {
    const { people, room } = this.#session.state;
    const shown = JSON.stringify([people, room.hosts, this.me]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    for (const count of this.#counts) write(count, people.listeners.toLocaleString());
    this.#alone.hidden = people.listeners > 1;
    const names = this.#names(people.names).slice(0, MOST_NAMES);
    const rest = people.listeners - names.length;
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
  const [item, face, text] = [document.createElement('li'), document.createElement('span'), document.createElement('bdi')];
  face.className = 'face';
  face.style.setProperty('--own-hue', String(hueOf(name)));
  face.setAttribute('aria-hidden', 'true');
  face.textContent = [...name][0]?.toUpperCase() ?? '';
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
  const element = document.createElement('span');
  element.className = 'badge';
  element.textContent = text;
  return element;
}

/**
 * @param {number} count
 * @returns {HTMLLIElement}
 */
function others(count) {
  const item = document.createElement('li');
  item.className = 'rest';
  item.textContent = words.others(count);
  return item;
}

/**
 * Let people change their name without leaving the page.
 *
 * @param {ParentNode} root
 * @param {import('./api.js').Api} api
 * @param {(name: string) => void} renamed
 */
export function nameForm(root, api, renamed) {
  const form = part(root, 'name-form', HTMLFormElement);
  const input = part(form, 'my-name', HTMLInputElement);
  const save = part(form, 'save-name', HTMLButtonElement);
  const problem = part(form, 'name-problem', HTMLElement);
  const showSave = () => (save.hidden = input.value.trim() === input.defaultValue);
  showSave();
  input.addEventListener('input', showSave);
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    problem.hidden = true;
    try {
      const { name } = await api.rename(input.value);
      input.value = input.defaultValue = name;
      showSave();
      renamed(name);
    } catch (refusal) {
      problem.textContent = refusal instanceof Refusal ? refusal.message : words.problems.unknown;
      problem.hidden = false;
    }
  });
}
