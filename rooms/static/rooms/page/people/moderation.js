import { t } from "../../i18n/translate.js";
import { sentenceOf } from "../lib/fetch_json.js";

/** @typedef {import("../lib/shapes.js").Person} Person */
/** @typedef {import("../room/types.js").Role} Role */

/** @type {Role[]} */
const RANKS = ["guest", "member", "host", "owner"];

/** @param {Role} role */
const rank = (role) => RANKS.indexOf(role);

/** What the page's reader does to others here; each is said, with a button that takes it back where it can be. */
export class Moderation {
  #api;
  #can;
  #role;
  #toasts;
  #sheets;

  /**
   * @param {import("../lib/api.js").Api} api
   * @param {import("../room/rights.js").Rights} can
   * @param {Role} role one's own
   * @param {import("../room/host.js").Sayer} toasts
   * @param {{ban: (person: Person) => void, report: (person: Person) => void, banned: () => void}} sheets ask for more,
   *   and hear that the bans changed
   */
  constructor(api, can, role, toasts, sheets) {
    this.#api = api;
    this.#can = can;
    this.#role = role;
    this.#toasts = toasts;
    this.#sheets = sheets;
  }

  /**
   * @param {string} what as the menu calls it
   * @param {Person} person
   */
  may = (what, person) => {
    if (person.is_you) return false;
    const isAbove = this.#role === "owner" || rank(this.#role) > rank(person.role);
    const moderates = this.#can.moderate && isAbove;
    const mayRaise = this.#can.invite && rank(this.#role) >= rank("host") && rank(person.role) < rank("host");
    /** @type {Record<string, boolean>} */
    const table = {
      "make-host": mayRaise,
      "take-back": this.#can.moderate && isAbove && person.role === "host",
      "hand-over": this.#role === "owner" && person.role !== "owner",
      mute: moderates && !person.muted,
      unmute: moderates && person.muted,
      kick: moderates && person.state !== "away",
      ban: moderates,
      report: true,
    };
    return table[what] ?? false;
  };

  /**
   * @param {string} what
   * @param {Person} person
   */
  do = (what, person) => {
    const { id, name } = person;
    /** @type {Record<string, () => unknown>} */
    const acts = {
      "make-host": () => this.#giveRole(person, "host", t("{name} is a host now", { name })),
      "take-back": () => this.#giveRole(person, "guest", t("{name} is no host any more", { name })),
      "hand-over": () => this.#handOver(person),
      mute: () => this.#mute(person, true, t("{name} is muted", { name })),
      unmute: () => this.#mute(person, false, t("{name} may speak again", { name })),
      kick: () => this.#attempt(() => this.#api.kick(id), t("{name} was kicked", { name })),
      ban: () => this.#sheets.ban(person),
      report: () => this.#sheets.report(person),
    };
    acts[what]?.();
  };

  /**
   * Ban somebody; raises what the server refuses, for the sheet that asked.
   *
   * @param {Person} person
   * @param {{until_ms: number | null, reason: string}} terms
   */
  async ban({ id, name }, terms) {
    const ban = await this.#api.ban(id, terms);
    this.#sheets.banned();
    this.#toasts.offer(t("{name} is banned", { name }), async () => {
      await this.#attempt(() => this.#api.liftBan(ban.id));
      this.#sheets.banned();
    });
  }

  /**
   * @param {Person} person
   * @param {Role} role
   * @param {string} text
   */
  #giveRole({ id, role: before }, role, text) {
    const change = (/** @type {Role} */ wanted) => () => this.#api.setPerson(id, { role: wanted });
    return this.#attempt(change(role), text, change(before));
  }

  /**
   * @param {Person} person
   * @param {boolean} muted
   * @param {string} text
   */
  #mute({ id }, muted, text) {
    const change = (/** @type {boolean} */ wanted) => () => this.#api.setPerson(id, { muted: wanted });
    return this.#attempt(change(muted), text, change(!muted));
  }

  /** @param {Person} person */
  async #handOver({ id, name }) {
    if (!confirm(t("Hand the room over to {name}? You stay as a host, and only they can give it back.", { name }))) return;
    if (await this.#attempt(() => this.#api.handOver(id))) location.reload();
  }

  /**
   * @param {() => Promise<unknown>} call
   * @param {string} [text] what is said once it is done
   * @param {() => Promise<unknown>} [undo]
   * @returns {Promise<boolean>} whether the server agreed
   */
  async #attempt(call, text = "", undo) {
    try {
      await call();
      if (text && undo) this.#toasts.offer(text, () => this.#attempt(undo));
      else if (text) this.#toasts.say(text);
      return true;
    } catch (problem) {
      this.#toasts.say(sentenceOf(problem));
      return false;
    }
  }
}
