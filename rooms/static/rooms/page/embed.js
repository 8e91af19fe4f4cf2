import { t } from "../i18n/translate.js";
import { Artwork } from "./player/artwork.js";
import { Deck } from "./player/deck.js";
import { part, setIcon, write } from "./lib/dom.js";
import { Entrance } from "./player/entrance.js";
import { sayFarewell } from "./chrome/farewell.js";
import { Live } from "./screens/live.js";
import { playAlong } from "./room/play_along.js";
import { RoomConnection } from "./room/room_connection.js";
import { startViews } from "./screens/views.js";

/** In these this browser makes no sound, so that the button offers to. */
const SILENT = ["alone", "blocked", "elsewhere"];

/**
 * The button that lets a reader of another site's page listen. Nothing is loaded from a provider before it is
 * pressed.
 */
class ListenButton {
  #connection;
  #stage;
  #button;
  #text;
  /** @type {ReturnType<typeof playAlong> | null} */
  #follower = null;

  /**
   * @param {ParentNode} root
   * @param {RoomConnection} connection
   */
  constructor(root, connection) {
    this.#connection = connection;
    this.#stage = part(root, "stage", HTMLElement);
    this.#button = part(root, "listen", HTMLButtonElement);
    this.#text = part(root, "listen-text", HTMLElement);
    this.#button.addEventListener("click", () => this.#toggle());
  }

  show() {
    const { player } = this.#connection.session;
    this.#button.disabled = player.entry_id === null;
    setIcon(this.#button, this.#isOn ? "pause" : "play");
    write(this.#text, this.#isOn ? t("Stop") : t("Listen"));
  }

  get #isOn() {
    const phase = this.#connection.session.status?.phase ?? "alone";
    return this.#follower !== null && !SILENT.includes(phase);
  }

  #toggle() {
    const phase = this.#connection.session.status?.phase;
    if (!this.#follower) this.#begin();
    else if (phase === "blocked" || phase === "elsewhere") this.#follower.listen();
    else if (phase === "alone") this.#follower.backToLive();
    else this.#follower.pause();
    this.show();
  }

  #begin() {
    // Without storage: preferences set in another site's page must not change those of the room's own page.
    this.#follower = playAlong(this.#connection, this.#stage);
    this.#follower.listen();
    this.#connection.startPlaying();
  }
}

/** The small player: what plays, live, and a button to listen. */
function embed() {
  const root = document;
  const connection = new RoomConnection(part(root, "deck", HTMLElement), { hasPlayer: false });
  const { session } = connection;
  const backdrop = part(root, "backdrop", HTMLElement);
  const artwork = new Artwork(part(root, "cover", HTMLElement), backdrop, session.state.room.name);
  const [name, nothing] = [part(root, "room-name", HTMLElement), part(root, "nothing", HTMLElement)];
  startViews(session, [
    new Deck(root, session, artwork),
    new Entrance(part(root, "now", HTMLElement), session),
    new Live(root, session),
    new ListenButton(root, connection),
    { show: () => write(name, session.state.room.name) },
    { show: () => (nothing.hidden = session.entry !== null) },
  ]);
  connection.addEventListener("end", (event) => sayFarewell(root, /** @type {CustomEvent} */ (event).detail, connection.farewell));
  whenSeen(document.body, () => void connection.connect());
}

/**
 * Connect once the frame is seen: far down another site's page it is neither a listener nor worth a stream.
 *
 * @param {Element} element
 * @param {() => void} act
 */
function whenSeen(element, act) {
  const observer = new IntersectionObserver((seen) => {
    if (!seen.some(({ isIntersecting }) => isIntersecting)) return;
    observer.disconnect();
    act();
  });
  observer.observe(element);
}

embed();
