import { ContextMenu } from "../lib/context_menu.js";
import { mayMove, optionalPart, part } from "../lib/dom.js";
import { sentenceOf } from "../lib/fetch_json.js";
import { ChatLog } from "./chat_log.js";
import { Composer } from "./composer.js";
import { mentions } from "./message_text.js";

/** @typedef {import("./chat_window.js").Line} Line */
/** @typedef {import("../lib/shapes.js").Person} Person */
/** @typedef {import("../room/types.js").State} State */

/** Names of more people than these are not looked for in messages. */
const MOST_NAMES = 200;

/**
 * What the chat needs of the page.
 *
 * @typedef {object} Page
 * @property {string} myId
 * @property {() => string} myName
 * @property {boolean} mayModerate
 * @property {(line: Line) => void} report asks why the operator should look at a message
 * @property {{may: (what: string, person: Person) => boolean, do: (what: string, person: Person) => void}} moderation
 * @property {(text: string) => void} say tells what was refused
 * @property {() => void} mentioned called when somebody speaks to the reader, who may be elsewhere
 */

/** The chat of a room: its log, the field in which to write, and a menu for each message. */
export class Chat {
  #session;
  #api;
  #page;
  #panel;
  #log;
  #menu;
  #composer;

  /**
   * @param {ParentNode} root
   * @param {import("../room/session.js").Session} session
   * @param {import("../room/room_connection.js").RoomConnection} connection
   * @param {Page} page
   */
  constructor(root, session, { api, applyMessage }, page) {
    this.#session = session;
    this.#api = api;
    this.#page = page;
    this.#panel = part(root, "chat-panel", HTMLElement);
    const form = optionalPart(root, "chat-form", HTMLFormElement);
    const calls = {
      say: async (/** @type {string} */ text) => {
        applyMessage(await api.say(text));
        this.#log.toEnd();
      },
      edit: async (/** @type {number} */ id, /** @type {string} */ text) => applyMessage(await api.editMessage(id, text)),
    };
    this.#composer = form && new Composer(form, calls);
    this.#log = new ChatLog(this.#panel, session.state.chat, () => this.#around(), (before) => api.olderMessages(before));
    this.#menu = this.#makeMenu(root);
    // On a narrow page its field is below what plays.
    root.querySelector("#tab-chat")?.addEventListener("click", () => {
      part(root, "side", HTMLElement).scrollIntoView({ behavior: mayMove() ? "smooth" : "instant" });
    });
    this.#panel.addEventListener("click", (event) => this.#clicked(event));
  }

  /** @param {ParentNode} root @returns {ContextMenu<Line>} */
  #makeMenu(root) {
    return new ContextMenu(root, "message-menu", {
      may: (what, line) => this.#can(what, line),
      do: (what, line) => this.#act(what, line),
    });
  }

  show() {
    this.#panel.classList.toggle("is-off", this.#session.state.room.chat_kept === "off");
  }

  /**
   * Take what the stream told.
   *
   * @param {string} name of the event: "chat" or "snapshot"
   * @param {any} data
   */
  hear(name, data) {
    if (name === "chat" && data.op !== "add") this.#log.change(data.op, data.message);
    if (name === "chat" && data.op === "remove") this.#composer?.forget(data.message.id);
    for (const message of this.#log.take(this.#session.state.chat)) {
      const isOther = message.person !== this.#page.myId;
      if (name === "chat" && isOther && mentions(message.text, this.#page.myName())) this.#page.mentioned();
    }
    if (this.#menu.subject && data.message?.id === this.#menu.subject.id) this.#menu.close();
  }

  /** @param {string} text what the room did, as a quiet line */
  note(text) {
    this.#log.say(text, this.#session.clock.now());
  }

  /** @returns {import("./message_row.js").Around} */
  #around() {
    const { people, chat } = this.#session.state;
    const names = new Set([this.#page.myName(), ...(people.items ?? []).map(({ name }) => name), ...chat.map(({ name }) => name)]);
    return {
      me: this.#page.myId,
      myName: this.#page.myName(),
      names: [...names].slice(0, MOST_NAMES),
    };
  }

  /**
   * @param {string} what
   * @param {Line} line
   */
  #can(what, line) {
    const isMine = line.person === this.#page.myId;
    if (what === "edit") return isMine && this.#composer !== null;
    if (what === "remove") return isMine || this.#page.mayModerate;
    if (what === "report") return !isMine;
    if (what === "mute" || what === "ban") return !isMine && this.#page.moderation.may(what, this.#authorOf(line));
    return !isMine && this.#composer !== null;
  }

  /** Who wrote a message may have left, and is in no list then. @param {Line} line @returns {Person} */
  #authorOf({ person: id, name }) {
    const gone = /** @type {const} */ ({ role: "guest", state: "away", is_you: false, muted: false, since_ms: 0 });
    return this.#session.state.people.items?.find((one) => one.id === id) ?? { ...gone, id, name };
  }

  /**
   * @param {string} what
   * @param {Line} line
   */
  async #act(what, line) {
    if (what === "mention") this.#composer?.mention(line.name);
    if (what === "edit") this.#composer?.edit(line);
    if (what === "report") this.#page.report(line);
    if (what === "mute" || what === "ban") this.#page.moderation.do(what, this.#authorOf(line));
    if (what === "remove") await this.#api.removeMessage(line.id).catch((problem) => this.#page.say(sentenceOf(problem)));
  }

  /** @param {Event} event */
  #clicked(event) {
    const button = event.target instanceof Element ? event.target.closest(".message-more") : null;
    const line = button && this.#log.lineOf(button.closest(".message"));
    if (button instanceof HTMLElement && line) this.#menu.open(button, line);
  }
}
