import { Clock } from "../../clock/clock.js";
import { PASSING, RoomStream } from "../../stream/room_stream.js";
import { Api } from "../lib/api.js";
import { Session } from "./session.js";

/** @typedef {import("./types.js").State} State */

/** Processes tell each other within this time who listens. */
const HINT_AGAIN_MS = 3_000;

/**
 * A page's connection to its room: the stream, the clock, the calls, and the session that views draw. Dispatches `told`
 * ({before, state, name, data}) when the server told something new, `notice` and `reaction` (their data), and `end` (the
 * reason) when the room is over for this page.
 */
export class RoomConnection extends EventTarget {
  clock = new Clock();
  session;
  api;
  /** What the stream said as it ended for good. @type {{until_ms?: number | null, because?: string}} */
  farewell = {};
  #stream;

  /**
   * @param {HTMLElement} main whose data attributes name the room and the reader
   * @param {{hasPlayer?: boolean}} [options] whether the page plays what the room plays, or only shows it
   */
  constructor(main, { hasPlayer = true } = {}) {
    super();
    const { slug = "", me = "", role = "" } = main.dataset;
    const snapshot = snapshotOfPage();
    this.api = new Api(slug);
    this.session = new Session(snapshot, this.clock);
    const options = { snapshot: snapshot.beyond ? null : snapshot, identity: `${role} ${me}`, hasPlayer };
    this.#stream = new RoomStream(this.api.eventsUrl, options);
    this.#listen();
  }

  /** Of a long queue the page holds what comes next; the rest is fetched now that this can be seen. */
  async connect() {
    if (this.session.state.beyond) await this.#stream.load();
    this.#stream.connect();
  }

  /** The page, which only showed the room until now, plays along. */
  startPlaying() {
    this.#stream.startPlaying();
  }

  /** Take the player that answered this page's own call. @type {(player: import("./types.js").Player) => void} */
  apply = (player) => this.#stream.apply(player);

  /** Take the message that answered this page's own call. @type {(message: import("./types.js").Message) => void} */
  applyMessage = (message) => this.#stream.applyMessage(message);

  /** Send what the follower learned to the server. @param {EventTarget} follower */
  reportFor(follower) {
    follower.addEventListener("hint", (event) => {
      const hint = /** @type {CustomEvent} */ (event).detail;
      // Refused may be who listens only since a moment ago, by another process. What is lost then costs little.
      this.api.hint(hint).catch(() => setTimeout(() => this.api.hint(hint).catch(() => {}), HINT_AGAIN_MS));
    });
    window.addEventListener("pagehide", () => this.api.goodbye());
  }

  #listen() {
    const { session } = this;
    this.#stream.addEventListener("state", (event) => {
      const { state, name, data } = /** @type {CustomEvent} */ (event).detail;
      const before = session.state;
      // What is said changes nothing else of the page, and may come many times a second.
      if (name === "chat") session.state = state;
      else session.told(state);
      this.#tell("told", { before, state, name, data });
    });
    for (const name of PASSING) {
      this.#stream.addEventListener(name, (event) => this.#tell(name, /** @type {CustomEvent} */ (event).detail));
    }
    this.#stream.addEventListener("connection", (event) => {
      session.connection = /** @type {CustomEvent} */ (event).detail;
      session.changed();
      if (session.connection === "live") this.clock.burst();
    });
    this.#stream.addEventListener("bye", (event) => {
      this.#stream.close();
      this.clock.stop();
      this.farewell = this.#stream.farewell;
      this.#tell("end", this.#reasonOf(/** @type {CustomEvent} */ (event).detail));
    });
  }

  /**
   * The right that a password withdraws is given back by it.
   *
   * @param {string} reason as the stream told it
   * @returns {string}
   */
  #reasonOf(reason) {
    const { has_password, visibility } = this.session.state.room;
    return reason === "right withdrawn" && has_password && visibility !== "private" ? "password" : reason;
  }

  /**
   * @param {string} name
   * @param {any} detail
   */
  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

/** @returns {State} */
function snapshotOfPage() {
  const text = document.getElementById("snapshot")?.textContent;
  if (!text) throw new Error("The page has no snapshot of its room.");
  return JSON.parse(text);
}
