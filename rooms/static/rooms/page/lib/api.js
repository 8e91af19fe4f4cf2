import { part } from "./dom.js";
import { csrfToken, fetchAnswer, fetchJson } from "./fetch_json.js";

/** @typedef {import("./shapes.js").Entry} Entry */
/** @typedef {import("./shapes.js").Player} Player */

/**
 * What became of a pasted text.
 *
 * @typedef {object} Outcome
 * @property {Entry[]} entries what was added
 * @property {{text: string, reason: string}[]} refused what was not, and why
 */

/** The calls that the page makes for one room. */
export class Api {
  #base;

  /** @param {string} slug */
  constructor(slug) {
    this.slug = slug;
    this.#base = `/api/v1/rooms/${encodeURIComponent(slug)}`;
  }

  get eventsUrl() {
    return `${this.#base}/events`;
  }

  /**
   * @param {{playing?: boolean, position_ms?: number, entry_id?: number, rate?: number}} change
   * @returns {Promise<Player>}
   */
  setPlayer(change) {
    return this.#call("PATCH", "/player", change);
  }

  /**
   * @param {'next' | 'previous'} where
   * @param {number | null} entryId the current entry, so that two hosts who skip at once skip only one track
   * @returns {Promise<Player>}
   */
  skip(where, entryId) {
    return this.#call("POST", `/player/${where}`, entryId === null ? {} : { entry_id: entryId });
  }

  /**
   * @param {string} url a link, or any text that holds links
   * @param {number | null} [after] the entry to put it behind; null for the front; the end if left out
   * @returns {Promise<Outcome>}
   */
  async add(url, after) {
    const answer = await this.#call("POST", "/queue", after === undefined ? { url } : { url, after });
    return { entries: answer.items ?? [answer], refused: answer.refused ?? [] };
  }

  /**
   * @param {File} file a list of links, whose format and encoding the server finds out
   * @returns {Promise<Outcome>}
   */
  async addFile(file) {
    const url = part(document, "queue-file", HTMLInputElement).dataset.url ?? "";
    const { items, refused } = await fetchAnswer("POST", url, file, { "Content-Type": "application/octet-stream" });
    return { entries: items, refused };
  }

  /**
   * @param {number} entryId
   * @param {number | null} after the entry to put it behind; null for the front
   */
  move(entryId, after) {
    return this.#call("PATCH", `/queue/${entryId}`, { after });
  }

  /** Have an entry tried again that listeners could not play. @param {number} entryId */
  retry(entryId) {
    return this.#call("PATCH", `/queue/${entryId}`, { unplayable: "" });
  }

  /** @param {number} entryId */
  remove(entryId) {
    return this.#call("DELETE", `/queue/${entryId}`);
  }

  /**
   * @param {number} entryId
   * @param {{title: string, artist: string}} names
   */
  renameEntry(entryId, names) {
    return this.#call("PATCH", `/queue/${entryId}`, names);
  }

  /**
   * @param {number} entryId
   * @param {boolean} vote
   */
  vote(entryId, vote) {
    return this.#call("PATCH", `/queue/${entryId}`, { vote });
  }

  /** @param {number[]} entries */
  removeAll(entries) {
    return this.#call("DELETE", "/queue", { entries });
  }

  /** @param {number[]} entries */
  playNext(entries) {
    return this.#call("POST", "/queue/next", { entries });
  }

  /** @param {string} [addedBy] the id of a person: only what they added is taken out */
  clearQueue(addedBy) {
    return this.#call("DELETE", "/queue", addedBy ? { added_by: addedBy } : undefined);
  }

  shuffleQueue() {
    return this.#call("POST", "/queue/shuffle");
  }

  /** Undo what the caller did last. */
  undo() {
    return this.#call("POST", "/undo");
  }

  /**
   * @param {string} q
   * @param {number} [before] the line that the page of the history goes on behind
   * @returns {Promise<{items: import("./shapes.js").Played[], next: string | null}>}
   */
  history(q, before) {
    const query = new URLSearchParams({ q, ...(before ? { before: String(before) } : {}) });
    return this.#call("GET", `/history?${query}`);
  }

  /**
   * @param {string} q
   * @param {boolean} youtube whether YouTube is searched as well, if the server can
   * @returns {Promise<import("./shapes.js").Search>}
   */
  search(q, youtube) {
    return this.#call("GET", `/search?${new URLSearchParams({ q, youtube: String(youtube) })}`);
  }

  /**
   * @param {number} [before] the line that the page of the log goes on behind
   * @returns {Promise<{items: import("./shapes.js").Deed[], next: string | null}>}
   */
  log(before) {
    return this.#call("GET", before ? `/log?before=${before}` : "/log");
  }

  /** @param {object} hint what this browser's player noticed of the current entry */
  hint(hint) {
    return this.#call("POST", "/player/hints", hint);
  }

  /**
   * @param {string} text
   * @returns {Promise<import("./shapes.js").Message>}
   */
  say(text) {
    return this.#call("POST", "/chat", { text });
  }

  /**
   * @param {number} id
   * @param {string} text
   * @returns {Promise<import("./shapes.js").Message>}
   */
  editMessage(id, text) {
    return this.#call("PATCH", `/chat/${id}`, { text });
  }

  /** @param {number} id */
  removeMessage(id) {
    return this.#call("DELETE", `/chat/${id}`);
  }

  /**
   * @param {number} before the id of a message
   * @returns {Promise<{items: import("./shapes.js").Message[], next: string | null}>}
   */
  olderMessages(before) {
    return this.#call("GET", `/chat?before=${before}`);
  }

  /** @param {string} emoji */
  react(emoji) {
    return this.#call("POST", "/reactions", { emoji });
  }

  /** @param {object} change */
  setRoom(change) {
    return this.#call("PATCH", "", change);
  }

  close() {
    return this.#call("DELETE", "");
  }

  /** @returns {Promise<{items: any[]}>} */
  invitations() {
    return this.#call("GET", "/invitations");
  }

  /** @param {object} invitation its role, how many may join by it, when it ends */
  invite(invitation) {
    return this.#call("POST", "/invitations", invitation);
  }

  /** @param {number} id */
  withdrawInvitation(id) {
    return this.#call("DELETE", `/invitations/${id}`);
  }

  /** @returns {Promise<{url: string}>} */
  makeRecovery() {
    return this.#call("POST", "/recovery", {});
  }

  withdrawRecovery() {
    return this.#call("DELETE", "/recovery");
  }

  /**
   * @param {string} name
   * @returns {Promise<{name: string}>}
   */
  rename(name) {
    const body = new URLSearchParams({ name });
    return fetchAnswer("POST", `/r/${encodeURIComponent(this.slug)}/name`, body);
  }

  /**
   * @param {number} entryId the current entry, so that a late voice skips no other
   * @param {boolean} wants
   * @returns {Promise<{votes: number, needed: number}>}
   */
  voteToSkip(entryId, wants) {
    return this.#call(wants ? "PUT" : "DELETE", "/player/skip-vote", { entry_id: entryId });
  }

  /** @param {import("./shapes.js").Person["state"]} state what this browser's own player does */
  tellState(state) {
    return this.#call("PATCH", "/people/me", { state });
  }

  /**
   * @param {string} id
   * @param {{role?: string, muted?: boolean}} change
   */
  setPerson(id, change) {
    return this.#call("PATCH", `/people/${id}`, change);
  }

  /** @param {string} id */
  kick(id) {
    return this.#call("POST", `/people/${id}/kick`);
  }

  /**
   * @param {string} id
   * @param {{until_ms: number | null, reason: string}} terms
   * @returns {Promise<{id: number}>}
   */
  ban(id, terms) {
    return this.#call("POST", `/people/${id}/ban`, terms);
  }

  bans() {
    return this.#call("GET", "/bans");
  }

  /** @param {number} ban */
  liftBan(ban) {
    return this.#call("DELETE", `/bans/${ban}`);
  }

  /**
   * @param {{id?: string, message?: number}} what a person or a message
   * @param {string} reason
   */
  report(what, reason) {
    return this.#call("POST", "/reports", { ...what, reason });
  }

  /** @param {string} id */
  handOver(id) {
    return this.#call("POST", "/owner", { id });
  }

  /** The page is being left: the others need not wait whether the network brings it back. */
  goodbye() {
    const body = new URLSearchParams({ csrfmiddlewaretoken: csrfToken() });
    navigator.sendBeacon(`/r/${encodeURIComponent(this.slug)}/goodbye`, body);
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {object} [body]
   */
  #call(method, path, body) {
    return fetchJson(method, this.#base + path, body);
  }
}
