import { sentenceOf } from "../lib/fetch_json.js";
import { optionalPart, write } from "../lib/dom.js";
import { words } from "../lib/words.js";

/** The button for who may vote to skip but not skip: pressed while one's voice counts, with how many there are. */
export class SkipVote {
  #session;
  #api;
  #say;
  #button;
  #text;
  #canVote;
  /** The entry that one's own voice is for. @type {number | null} */
  #votedFor = null;

  /**
   * @param {ParentNode} root
   * @param {import("../room/session.js").Session} session
   * @param {boolean} canVote by the rule; without a host here the room may let everybody
   * @param {import("../lib/api.js").Api} api
   * @param {(text: string) => void} say
   */
  constructor(root, session, canVote, api, say) {
    this.#session = session;
    this.#canVote = canVote;
    this.#api = api;
    this.#say = say;
    this.#button = optionalPart(root, "skip-vote", HTMLButtonElement);
    this.#text = optionalPart(root, "skip-votes", HTMLElement);
    this.#button?.addEventListener("click", () => this.#toggle());
  }

  show() {
    if (!this.#button || !this.#text) return;
    // A voice ends with its stream, and given again it is one all the same.
    if (this.#session.connection !== "live") this.#votedFor = null;
    const { entry_id, skip = { votes: 0, needed: 1 } } = this.#session.player;
    this.#button.hidden = entry_id === null || !(this.#canVote || this.#isLeftToAll);
    this.#button.setAttribute("aria-pressed", String(entry_id !== null && this.#votedFor === entry_id && skip.votes > 0));
    write(this.#text, skip.votes ? words.skipVotes(skip.votes, skip.needed) : "");
  }

  /** Whether the room lets everybody skip while no host is here, and none is. */
  get #isLeftToAll() {
    const { room, people } = this.#session.state;
    const hosts = (people.items ?? []).filter(({ role }) => role === "host" || role === "owner");
    return room.rules.without_host === "everybody-skips" && hosts.every(({ state }) => state === "away");
  }

  async #toggle() {
    const id = this.#session.player.entry_id;
    if (id === null) return;
    const wants = this.#button?.getAttribute("aria-pressed") !== "true";
    try {
      this.#votedFor = wants ? id : null;
      await this.#api.voteToSkip(id, wants);
    } catch (problem) {
      this.#votedFor = null;
      this.#say(sentenceOf(problem));
    }
    this.show();
  }
}
