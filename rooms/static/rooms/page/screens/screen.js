import { Clock } from "../../clock/clock.js";
import { RoomStream } from "../../stream/room_stream.js";
import { Api } from "../lib/api.js";
import { Session } from "../room/session.js";

/** @typedef {import("../room/types.js").State} State */

/**
 * A page that shows a room and changes nothing in it. Dispatches `end` when the room is over for whoever looks at it;
 * what it shows is the session's to tell.
 */
export class Screen extends EventTarget {
  clock = new Clock();
  session;
  api;
  #stream;
  #isStarted = false;

  /** @param {HTMLElement} main whose data say which room, and who looks at it */
  constructor(main) {
    super();
    const { slug = "", me = "", role = "" } = main.dataset;
    const snapshot = snapshotOfPage();
    this.api = new Api(slug);
    this.session = new Session(snapshot, this.clock);
    this.#stream = new RoomStream(this.api.eventsUrl, { snapshot, identity: `${role} ${me}` });
  }

  /** @param {{show: () => void}[]} views drawn now, and whenever something is new */
  start(views) {
    if (this.#isStarted) return;
    this.#isStarted = true;
    const show = () => views.forEach((view) => view.show());
    this.session.addEventListener("change", show);
    this.session.addEventListener("status", show);
    this.#listen();
    show();
  }

  connect() {
    this.#stream.connect();
  }

  #listen() {
    const { session } = this;
    this.#stream.addEventListener("state", (event) => session.told(/** @type {CustomEvent} */ (event).detail.state));
    this.#stream.addEventListener("connection", (event) => {
      session.connection = /** @type {CustomEvent} */ (event).detail;
      session.changed();
      if (session.connection === "live") this.clock.burst();
    });
    this.#stream.addEventListener("bye", (event) => {
      this.#stream.close();
      this.clock.stop();
      this.dispatchEvent(new CustomEvent("end", { detail: /** @type {CustomEvent} */ (event).detail }));
    });
  }
}

/** @returns {State} */
function snapshotOfPage() {
  const text = document.getElementById("snapshot")?.textContent;
  if (!text) throw new Error("The page has no snapshot of its room.");
  return JSON.parse(text);
}
